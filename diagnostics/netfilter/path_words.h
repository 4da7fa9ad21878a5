// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/path_query.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The small words of a path query; see path_query.h for the whole.
namespace medic::netfilter {

struct QueryWords {
    std::vector<std::string> from, to; ///< what stands before and after the arrow; all in `to` without one
    bool arrow = false;
};
/// Arrows are "->", "=>", "→" and "⇒".
[[nodiscard]] QueryWords splitQuery(std::string_view text);

struct HostPort {
    std::string_view host, port;
};
/// "10.0.0.1:80", "[fd00::1]:80", "fd00::1"
[[nodiscard]] HostPort splitHostPort(std::string_view word);
[[nodiscard]] bool looksLikeAddress(std::string_view word); ///< wants to be one, even when it is not valid

/// "pod", "svc", "node", "ip" for the words that mean them; empty: none of them.
[[nodiscard]] std::string kindWord(std::string_view word);
[[nodiscard]] std::optional<std::uint8_t> protocolWord(std::string_view word);
[[nodiscard]] std::optional<std::uint32_t> markWord(std::string_view word); ///< "0x4000", "16384"
[[nodiscard]] bool isNodeWord(std::string_view word); ///< "on", "at", "@"
[[nodiscard]] std::string lower(std::string_view text);

/// Names that are near to what was typed: "pod default/web-0" …; `kind` empty: of every kind.
[[nodiscard]] std::vector<std::string> likeliest(const PathNames& names, std::string_view kind, std::string_view typed,
                                                 std::size_t limit = 5);
/// The one port that a Pod's containers name (of this protocol; 0: any); 0: none, or several.
[[nodiscard]] std::uint16_t onlyPort(const PathNames& names, const std::string& nameSpace, const std::string& pod, std::uint8_t protocol);
/// An end's address of this family; its own when there is none.
[[nodiscard]] IpAddress sameFamily(const PathNames& names, const PathEnd& end, IpFamily family);

} // namespace medic::netfilter
