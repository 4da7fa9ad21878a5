// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/nft_constant.h"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace medic::netfilter::nftables {

/// What a selector yields for a packet: a number of which some bits may not be known.
struct Value {
    Word word, unknown; ///< bits set in `unknown` may be anything
    std::string reason; ///< why; empty when all is known
    [[nodiscard]] bool known() const { return unknown.isZero(); }
};

[[nodiscard]] Tri isIn(const Value& value, const Range& range);

/// A set or a map, ready for lookups: by hash where elements are exact, in order otherwise. Immutable; keeps pointers
/// into the ruleset that it was made from.
class SetIndex {
public:
    SetIndex() = default;
    SetIndex(const std::vector<parse::nft::Expression>& elements, const std::vector<Type>& types);

    struct Found {
        /// Yes: one candidate; No: none; Unknown: each of the candidates, or none of them.
        Tri answer = Tri::No;
        std::vector<std::size_t> candidates; ///< element numbers; cut off after maxCandidates
        std::string reason;
    };
    static constexpr std::size_t maxCandidates = 16;

    [[nodiscard]] Found find(const std::vector<Value>& key) const;
    /// Of a map; null for an element that has none.
    [[nodiscard]] const parse::nft::Expression* data(std::size_t element) const { return m_elements[element].data; }
    [[nodiscard]] std::size_t size() const { return m_elements.size(); }

private:
    struct Element {
        std::vector<Range> key;
        const parse::nft::Expression* data = nullptr;
    };
    [[nodiscard]] Tri matches(const Element& element, const std::vector<Value>& key, std::string& reason) const;

    std::vector<Element> m_elements;
    std::unordered_map<std::string, std::size_t> m_exact;
    std::vector<std::size_t> m_ranges; ///< elements that are not exact; by first value if there is one dimension
    std::vector<std::string> m_odd; ///< elements that are not understood
    std::size_t m_catchAll = noElement, m_dimensions = 0;
    static constexpr std::size_t noElement = static_cast<std::size_t>(-1);
};

} // namespace medic::netfilter::nftables
