// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/trace.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::playbooks {

/// What an expression may ask. Yes, no, or: it is not known.
class Asked {
public:
    virtual ~Asked() = default;
    /// found, present, ok, unknown, confirmed, verdict, answered, live, changes
    [[nodiscard]] virtual Tri truth(std::string_view function, const std::vector<std::string>& arguments) const = 0;
    /// answer, result, count; empty: not known
    [[nodiscard]] virtual std::optional<std::string> value(std::string_view function, const std::vector<std::string>& arguments) const = 0;
};

/// A condition of a playbook, e.g. `found(hostport.steals-service) and not (answer(kind) == 'unreachable')`.
/// The form is described in docs/playbooks.md. Three-valued: `unknown and no` is no, `unknown or yes` is yes, otherwise
/// unknown stays unknown. Immutable, cheap to copy; an empty expression is neither true nor false: ask empty() first.
class Expression {
public:
    struct Call {
        std::string function;
        std::vector<std::string> arguments;
    };
    struct Node;

    Expression() = default;

    /// `where` (file:line) is put before the column in the error.
    [[nodiscard]] static Result<Expression> parse(std::string_view text, const std::string& where = {});

    [[nodiscard]] bool empty() const { return m_root == nullptr; }
    [[nodiscard]] Tri evaluate(const Asked& asked) const;
    [[nodiscard]] const std::string& text() const { return m_text; }
    [[nodiscard]] const std::vector<Call>& calls() const { return m_calls; } ///< for validation and for evidence

private:
    std::shared_ptr<const Node> m_root;
    std::string m_text;
    std::vector<Call> m_calls;
};

/// The functions of the language.
struct FunctionInfo {
    std::string_view name;
    bool gives; ///< a value to compare, rather than yes/no/unknown
    enum class Argument { None, Finding, Step, VerdictId } argument;
    bool onNodeOf; ///< a second argument may name the question whose answer is the node
};
[[nodiscard]] const std::vector<FunctionInfo>& functions();

} // namespace medic::playbooks
