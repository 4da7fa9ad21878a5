// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::sshtext {

/// One line of a configuration file, split: the keyword in lower case, then its arguments without their quotes.
struct Line {
    std::string keyword;
    std::vector<std::string> arguments;
    std::string rest; ///< everything behind the keyword as it stands (for ProxyCommand)
};

/// Splits a line as ssh does: "Keyword argument…" or "Keyword=argument", quotes, '#' starts a comment.
/// Empty optional: nothing on it. An error is an unbalanced quote.
[[nodiscard]] Result<std::optional<Line>> splitLine(std::string_view text);

[[nodiscard]] std::vector<std::string> splitList(std::string_view text, char separator);
[[nodiscard]] std::string lowered(std::string_view text);

/// The jump that `ssh … -W %h:%p … host` stands for, when a ProxyCommand is that idiom and nothing more.
[[nodiscard]] std::optional<std::string> jumpOfProxyCommand(const std::vector<std::string>& words);

} // namespace medic::sshtext
