// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/qdisc.h"

#include "diagnostics/parse/lines.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace medic::parse {

using Json = nlohmann::json;

namespace {

double numberOf(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string textOf(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::vector<Qdisc>> fromJson(std::string_view text)
{
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded() || !document.is_array())
        return failure(ErrorCode::BadSyntax, "tc qdisc", "not a JSON list");
    std::vector<Qdisc> result;
    for (const Json& item : document) {
        if (!item.is_object())
            continue;
        Qdisc qdisc {textOf(item, "kind"), textOf(item, "dev"), textOf(item, "parent"), item.contains("root"), 0, 0, 0, 0};
        qdisc.drops = static_cast<std::uint64_t>(std::max(0.0, numberOf(item, "drops")));
        if (const auto options = item.find("options"); options != item.end() && options->is_object()) {
            qdisc.rateBits = numberOf(*options, "rate") * 8;
            qdisc.burstBytes = numberOf(*options, "burst");
        }
        if (!qdisc.kind.empty())
            result.push_back(std::move(qdisc));
    }
    return result;
}

/// tc's "10Mbit", "10Kbit", "1250000bps", "256Mb", "32Kb", "1000b": SI steps for rates, 1024 for sizes.
std::optional<double> tcNumber(std::string_view text, bool rate)
{
    const std::size_t unit = text.find_first_not_of("0123456789.");
    const auto value = real(text.substr(0, unit));
    if (!value)
        return std::nullopt;
    const std::string_view suffix = unit == std::string_view::npos ? std::string_view() : text.substr(unit);
    const double step = rate ? 1000 : 1024;
    double factor = 1;
    if (suffix.starts_with('K') || suffix.starts_with('k'))
        factor = step;
    else if (suffix.starts_with('M'))
        factor = step * step;
    else if (suffix.starts_with('G'))
        factor = step * step * step;
    if (rate && suffix.ends_with("bps"))
        factor *= 8;
    return *value * factor;
}

} // namespace

Result<std::vector<Qdisc>> qdiscs(std::string_view text)
{
    if (trim(text).starts_with('['))
        return fromJson(text);
    std::vector<Qdisc> result;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.empty())
            continue;
        if (parts[0] == "Sent" && !result.empty()) {
            const std::string_view dropped = after(line.text, "(dropped ");
            result.back().drops = number<std::uint64_t>(dropped.substr(0, dropped.find(','))).value_or(0);
            continue;
        }
        if (parts[0] != "qdisc" || parts.size() < 5)
            continue;
        Qdisc qdisc;
        qdisc.kind = parts[1];
        qdisc.line = line.number;
        for (std::size_t i = 3; i < parts.size(); ++i) {
            const std::string_view next = i + 1 < parts.size() ? parts[i + 1] : std::string_view();
            if (parts[i] == "dev")
                qdisc.device = next;
            else if (parts[i] == "root")
                qdisc.root = true;
            else if (parts[i] == "parent")
                qdisc.parent = next;
            else if (parts[i] == "rate")
                qdisc.rateBits = tcNumber(next, true).value_or(0);
            else if (parts[i] == "burst")
                qdisc.burstBytes = tcNumber(before(next, "/"), false).value_or(0);
        }
        if (!qdisc.device.empty())
            result.push_back(std::move(qdisc));
    }
    if (result.empty() && !trim(text).empty())
        return failure(ErrorCode::BadSyntax, "tc", "expected the output of tc qdisc");
    return result;
}

std::optional<double> quantity(std::string_view text)
{
    text = trim(text);
    const std::size_t unit = text.find_first_not_of("0123456789.+-");
    const auto value = real(text.substr(0, unit));
    if (!value)
        return std::nullopt;
    const std::string_view suffix = unit == std::string_view::npos ? std::string_view() : text.substr(unit);
    if (suffix.empty())
        return value;
    constexpr std::array<std::pair<std::string_view, double>, 16> factors {{
        {"n", 1e-9}, {"u", 1e-6}, {"m", 1e-3}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18},
        {"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0}, {"Pi", 1125899906842624.0},
        {"Ei", 1152921504606846976.0}, {"", 1.0},
    }};
    for (const auto& [name, factor] : factors)
        if (suffix == name)
            return *value * factor;
    if ((suffix.front() == 'e' || suffix.front() == 'E') && suffix.size() > 1)
        if (const auto exponent = number<int>(suffix.substr(suffix[1] == '+' ? 2 : 1)); exponent && std::abs(*exponent) < 30)
            return *value * std::pow(10, *exponent);
    return std::nullopt;
}

} // namespace medic::parse
