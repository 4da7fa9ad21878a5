// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/parse/nft_ruleset.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

/// The JSON of one expression or statement of nft as a value: used by the reader of rulesets only.
/// Whatever has an unexpected shape comes out as Unknown with its JSON; nothing here throws.
namespace medic::parse::nft::json {

using Value = nlohmann::json;

[[nodiscard]] std::string dump(const Value& value);
[[nodiscard]] std::string textOf(const Value& object, const char* key);
[[nodiscard]] std::int64_t numberOf(const Value& object, const char* key);
[[nodiscard]] std::string flagsOf(const Value& object, const char* key); ///< one text or a list, joined by ','

[[nodiscard]] Expression expression(const Value& value, int depth = 0);
/// The elements of a set, or pairs of a map.
[[nodiscard]] std::vector<Expression> elements(const Value& list, bool pairs, int depth = 0);
[[nodiscard]] Statement statement(const std::string& key, const Value& value);

} // namespace medic::parse::nft::json
