// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/podnet.h"

#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/metrics.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

namespace medic::parse {

namespace {

std::string sourceOf(std::string_view from)
{
    return from.starts_with("pod:") ? std::string(from.substr(4)) : std::string();
}

bool isSource(std::string_view from)
{
    return from == "host" || (from.starts_with("pod:") && from.size() > 4);
}

} // namespace

std::vector<PodNetwork> podNetworks(std::string_view text)
{
    std::vector<PodNetwork> result;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        const auto pid = parts.size() < 3 ? std::nullopt : number<int>(parts[0]);
        if (!pid || *pid <= 0)
            continue;
        PodNetwork one;
        one.pid = *pid;
        one.uid = parts[1];
        one.hostName = parts[2];
        one.line = line.number;
        for (std::size_t i = 3; i < parts.size(); ++i)
            if (const auto peer = number<int>(after(parts[i], "@if")); peer && *peer > 0)
                one.links.push_back({ std::string(before(parts[i], "@if")), *peer });
        result.push_back(std::move(one));
    }
    return result;
}

std::map<int, std::string> interfaceNames(std::string_view text)
{
    std::map<int, std::string> result;
    if (!trim(text).starts_with('[')) {
        for (const Line& line : lines(text)) { // "44: veth890eea47@if3: <BROADCAST…"
            const auto parts = words(line.text);
            if (parts.size() < 2 || !parts[0].ends_with(':') || !parts[1].ends_with(':')
                || line.text.starts_with(' '))
                continue;
            if (const auto index = number<int>(parts[0].substr(0, parts[0].size() - 1)))
                result[*index] = before(parts[1].substr(0, parts[1].size() - 1), "@");
        }
        return result;
    }
    const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
    if (!document.is_array())
        return result;
    for (const nlohmann::json& item : document)
        if (item.is_object() && item.contains("ifindex") && item["ifindex"].is_number_integer()
            && item.contains("ifname") && item["ifname"].is_string()) {
            const auto index = item["ifindex"].get<std::int64_t>();
            if (index > 0 && index < 2'000'000'000)
                result[static_cast<int>(index)] = item["ifname"].get<std::string>();
        }
    return result;
}

std::map<std::string, std::string, std::less<>> redirects(std::string_view text)
{
    std::map<std::string, std::string, std::less<>> result;
    for (const Line& line : lines(text)) {
        const std::string_view device = before(line.text, ": ");
        std::string_view target = after(line.text, "Redirect to device ");
        target = target.substr(0, target.find_first_of(") "));
        if (!target.empty() && device.size() < line.text.size() && device.find(' ') == std::string_view::npos)
            result.try_emplace(std::string(device), target);
    }
    return result;
}

bool DnsAnswer::replied() const
{
    static constexpr std::array codes { "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP" };
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::vector<DnsAnswer> dnsAnswers(std::string_view text)
{
    std::vector<DnsAnswer> result;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() < 9 || !isSource(parts[0]) || (parts[3] != "udp" && parts[3] != "tcp")
            || (parts[4] != "internal" && parts[4] != "external"))
            continue;
        DnsAnswer one;
        one.from = sourceOf(parts[0]);
        one.kind = parts[1];
        one.server = parts[2];
        one.protocol = parts[3];
        one.internal = parts[4] == "internal";
        one.code = parts[5];
        one.milliseconds = number<int>(parts[6]);
        one.address = parts[7] == "-" ? std::string_view() : parts[7];
        one.name = parts[8];
        one.line = line.number;
        result.push_back(std::move(one));
    }
    return result;
}

bool PathAnswer::fromApiserver() const
{
    if (status == 0)
        return false;
    const bool named = contains(names, "DNS:kubernetes,") || contains(names, "DNS:kubernetes.default")
        || contains(subject, "apiserver");
    const bool said
        = contains(body, "\"gitVersion\"") || (contains(body, "\"kind\"") && contains(body, "\"Status\""));
    return named || said;
}

std::vector<PathAnswer> pathAnswers(std::string_view text)
{
    std::vector<PathAnswer> result;
    for (const Section& section : sections(text)) {
        const auto heading = words(section.name);
        if (heading.size() != 3 || !isSource(heading[0]))
            continue;
        PathAnswer one;
        one.from = sourceOf(heading[0]);
        one.kind = heading[1];
        one.address = heading[2];
        one.line = section.headingLine;
        for (const Line& line : section.lines) {
            const auto parts = words(line.text);
            const auto status
                = parts.size() == 2 && parts[0].size() == 3 ? number<int>(parts[0]) : std::nullopt;
            if (status && (parts[1] == "-" || real(parts[1]))) {
                one.status = *status;
                one.seconds = real(parts[1]).value_or(0);
            } else if (line.text.starts_with("subject=")) {
                one.subject = line.text.substr(8);
                one.subjectLine = line.number;
            } else if (contains(line.text, "DNS:") || contains(line.text, "IP Address:")) {
                one.names += line.text;
            } else if (one.subjectLine == 0) {
                one.body += std::string(line.text) + '\n';
            }
        }
        result.push_back(std::move(one));
    }
    return result;
}

bool RegistryAnswer::notTrusted() const
{
    return containsNoCase(error, "certificate") || containsNoCase(error, "SSL routines")
        || contains(error, "curl: (60)");
}

std::vector<RegistryAnswer> registryAnswers(std::string_view text)
{
    std::vector<RegistryAnswer> result;
    const auto of = [&](std::string_view host) -> RegistryAnswer& {
        const auto found = std::find_if(
            result.begin(), result.end(), [&](const RegistryAnswer& one) { return one.host == host; });
        if (found != result.end())
            return *found;
        result.push_back({});
        result.back().host = host;
        return result.back();
    };
    for (const Section& section : sections(text)) {
        if (section.name.starts_with("resolve ")) {
            RegistryAnswer& one = of(std::string_view(section.name).substr(8));
            one.line = section.headingLine;
            for (const Line& line : section.lines) {
                const auto parts = words(line.text);
                if (parts.empty())
                    continue;
                if (parts[0].starts_with("rc=")) {
                    one.resolved = parts[0] == "rc=0" || !one.addresses.empty();
                    if (parts.size() > 1 && parts[1].starts_with("ms="))
                        one.milliseconds = number<int>(parts[1].substr(3)).value_or(0);
                } else if (std::find(one.addresses.begin(), one.addresses.end(), parts[0])
                    == one.addresses.end()) {
                    one.addresses.emplace_back(parts[0]);
                }
            }
        } else if (section.name.starts_with("https://")) {
            RegistryAnswer& one = of(before(before(std::string_view(section.name).substr(8), "/"), ":"));
            one.httpLine = section.headingLine;
            for (const Line& line : section.lines) {
                const auto parts = words(line.text);
                const auto status
                    = parts.size() >= 2 && parts[0].size() == 3 ? number<int>(parts[0]) : std::nullopt;
                if (status && real(parts[1]))
                    one.status = *status;
                else if (line.text.starts_with("curl: ("))
                    one.error = line.text;
            }
        }
    }
    return result;
}

bool privateAddress(std::string_view address)
{
    const auto first = number<int>(before(address, ".")),
               second = number<int>(before(after(address, "."), "."));
    if (!first || !second)
        return address.starts_with("fc") || address.starts_with("fd") || address.starts_with("fe80")
            || address == "::1";
    return *first == 10 || *first == 127 || (*first == 192 && *second == 168)
        || (*first == 172 && *second >= 16 && *second <= 31) || (*first == 169 && *second == 254)
        || (*first == 100 && *second >= 64 && *second <= 127);
}

} // namespace medic::parse
