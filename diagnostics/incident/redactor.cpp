// SPDX-License-Identifier: GPL-3.0-or-later
// What a Redactor knows and how it learns it.
#include "diagnostics/incident/plain_text.h"
#include "diagnostics/incident/redaction_private.h"
#include "diagnostics/incident/redaction_words.h"
#include "diagnostics/model/probe_ids.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace medic {

using nlohmann::json;
using namespace incident;

namespace {

constexpr std::string_view blanks = " \t\r\n";

std::vector<std::string> wordsOf(std::string_view text, std::string_view separators = blanks)
{
    std::vector<std::string> words;
    for (std::size_t at = text.find_first_not_of(separators); at != std::string_view::npos; at = text.find_first_not_of(separators, at)) {
        const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
        words.emplace_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool hostLike(std::string_view name)
{
    return !name.empty() && isAlnum(name.front()) && isAlnum(name.back())
        && std::all_of(name.begin(), name.end(), [](char c) { return isAlnum(c) || c == '-' || c == '.' || c == '_'; });
}

/// The word after each `marker`.
template<typename Take>
void after(std::string_view text, std::string_view marker, Take take)
{
    for (std::size_t at = text.find(marker); at != std::string_view::npos; at = text.find(marker, at + 1)) {
        const std::size_t from = at + marker.size();
        std::size_t end = from;
        while (end < text.size() && (isAlnum(text[end]) || text[end] == '-' || text[end] == '_' || text[end] == '.'))
            ++end;
        if (end > from)
            take(std::string(text.substr(from, end - from)), text.substr(end));
    }
}

} // namespace

std::string Redactor::Private::noted(const std::string& original, std::string standIn) const
{
    if (original != standIn)
        replaced.emplace(original, standIn);
    return standIn;
}

std::string Redactor::Private::secretFor(std::string_view value) const { return "redacted-" + keyedDigits(key, "secret:" + std::string(value), 10); }

std::string Redactor::Private::hostFor(const std::string& label) const
{
    if (keptNames.contains(label))
        return label;
    return noted(label, "host-" + keyedDigits(key, "host:" + label, 10));
}

std::string Redactor::Private::domainFor(const std::string& domain) const
{
    return noted(domain, "zone-" + keyedDigits(key, "zone:" + domain, 8) + ".invalid");
}

std::string Redactor::Private::userFor(const std::string& user) const { return noted(user, "user-" + keyedDigits(key, "user:" + user, 8)); }

std::string Redactor::Private::macFor(const std::string& mac) const
{
    std::string small = mac;
    std::transform(small.begin(), small.end(), small.begin(), [](char c) { return isLetter(c) ? static_cast<char>(c | 0x20) : c == '-' ? ':' : c; });
    // The two lowest bits of the first octet tell groups and local addresses apart (IEEE 802, 8.2): kept. A group is
    // the same everywhere.
    const int kept = std::stoi(small.substr(0, 2), nullptr, 16) & 3;
    if (small.find_first_not_of("0:") == std::string::npos || (kept & 1) != 0)
        return mac;
    const std::string hash = keyedHash(key, "mac:" + small);
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string result = mac;
    for (std::size_t group = 0; group * 3 < mac.size(); ++group) {
        auto byte = static_cast<unsigned char>(hash[group % hash.size()]);
        if (group == 0)
            byte = static_cast<unsigned char>((byte & 0xfc) | kept);
        result[group * 3] = hex[byte >> 4];
        result[group * 3 + 1] = hex[byte & 15];
    }
    return noted(mac, result);
}

std::string Redactor::Private::foreignHost(const std::string& host) const
{
    if (publicDomain(host) || host.ends_with(".invalid"))
        return host;
    const std::size_t dot = host.find('.');
    const std::string label = host.substr(0, dot), domain = dot == std::string::npos ? "" : host.substr(dot + 1);
    const std::string first = genericName(label) ? label : hostFor(label);
    if (domain.empty())
        return first;
    if (domain.find('.') == std::string::npos && !privateDomain(domain))
        return domainFor(host); // example.cn: the domain itself
    return first + "." + domainFor(domain);
}

void Redactor::Private::addName(const std::string& name, const std::string& standIn)
{
    if (name.size() < 2 || !names.emplace(name, standIn).second)
        return;
    auto& list = byStart[{small(name[0]), small(name[1])}];
    list.push_back(name);
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

void Redactor::Private::addDomain(const std::string& domain)
{
    if (hostLike(domain) && domain.find('.') != std::string::npos && !publicDomain(domain) && !addressBytes(domain))
        addName(domain, "zone-" + keyedDigits(key, "zone:" + domain, 8) + ".invalid");
}

void Redactor::Private::addFqdn(const std::string& host)
{
    if (!hostLike(host) || addressBytes(host) || publicDomain(host))
        return;
    const std::size_t dot = host.find('.');
    const std::string label = host.substr(0, dot);
    if (!genericName(label) && !keptNames.contains(label))
        addName(label, "host-" + keyedDigits(key, "host:" + label, 10));
    if (dot == std::string::npos)
        return;
    const std::string domain = host.substr(dot + 1);
    if (domain.find('.') != std::string::npos)
        addDomain(domain);
    else
        addName(host, foreignHost(host));
}

std::string_view Redactor::Private::nameAt(std::string_view text, std::size_t at) const
{
    if (at + 2 > text.size())
        return {};
    const auto list = byStart.find({small(text[at]), small(text[at + 1])});
    if (list == byStart.end())
        return {};
    const auto same = [](char a, char b) { return small(a) == small(b); }; // programs write names in capitals, too
    for (const std::string& name : list->second)
        if (at + name.size() <= text.size() && std::equal(name.begin(), name.end(), text.begin() + static_cast<std::ptrdiff_t>(at), same)
            && (at + name.size() == text.size() || !isAlnum(text[at + name.size()])))
            return name;
    return {};
}

Redactor::Redactor(std::string key) : d(std::make_unique<Private>(std::move(key))) { }
Redactor::Redactor(Redactor&&) noexcept = default;
Redactor& Redactor::operator=(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

void Redactor::addHostName(const std::string& name) { d->addFqdn(name); }

void Redactor::keepHostName(const std::string& name) { d->keptNames.insert(name); }

void Redactor::addUserName(const std::string& name)
{
    if (hostLike(name) && !genericName(name))
        d->addName(name, "user-" + keyedDigits(d->key, "user:" + name, 8));
}

void Redactor::learn(const Observation& observation)
{
    using namespace medic::probe;
    const std::string& out = observation.out;
    const std::string_view id = observation.probe;
    addHostName(observation.node);

    const auto noteAddresses = [this](const std::string& text) {
        for (const std::string& word : wordsOf(text, " \t\r\n\"',/()[]{}"))
            if (addressBytes(word))
                d->knownAddresses.insert(word);
    };
    if (id == ipAddr || id == probe::hosts || id == apiNodes || id == apiPods || id == apiServices || id == apiEndpoints)
        noteAddresses(out);
    if (id == probe::hosts) {
        for (const std::string_view line : linesOf(out)) {
            const auto words = wordsOf(line.substr(0, line.find('#')));
            for (std::size_t i = 1; i < words.size(); ++i)
                addHostName(words[i]);
        }
    } else if (id == hostname) {
        for (const std::string& word : wordsOf(out))
            addHostName(word);
    } else if (id == uname) {
        const auto words = wordsOf(out);
        if (words.size() > 2 && words[0] == "Linux")
            addHostName(words[1]);
    } else if (id == resolvConf) {
        for (const std::string_view line : linesOf(out)) {
            const auto words = wordsOf(line);
            for (std::size_t i = 1; i < words.size() && (words[0] == "search" || words[0] == "domain"); ++i)
                d->addDomain(words[i]);
        }
    } else if (id == whoami) {
        for (const std::string& word : wordsOf(out))
            addUserName(word);
    } else if (id == apiNodes) {
        const json list = json::parse(out, nullptr, false);
        if (list.is_object() && list.contains("items") && list["items"].is_array()) {
            for (const json& node : list["items"]) {
                const auto text = [&node](const char* path) {
                    const json::json_pointer pointer(path);
                    return node.contains(pointer) && node[pointer].is_string() ? node[pointer].get<std::string>() : std::string();
                };
                addHostName(text("/metadata/name"));
                addHostName(text("/metadata/labels/kubernetes.io~1hostname"));
                if (const json::json_pointer pointer("/status/addresses"); node.contains(pointer) && node[pointer].is_array())
                    for (const json& address : node[pointer])
                        if (address.is_object() && address.contains("address") && address["address"].is_string())
                            addHostName(address["address"].get<std::string>());
            }
        }
    }
    // Registries stand before the first slash of an image's name.
    if (id == apiPods || id == dockerImages || id == dockerPs || id == crictlImages || id == crictlPs || id == ctrImages || id == ctrContainers)
        for (const std::string& word : wordsOf(out, " \t\r\n\"',")) {
            const std::string host = word.substr(0, word.find_first_of("/:"));
            const std::size_t dot = host.rfind('.');
            if (word.find('/') != std::string::npos && host.size() < 100 && dot != std::string::npos && dot + 2 < host.size()
                && std::all_of(host.begin() + static_cast<std::ptrdiff_t>(dot) + 1, host.end(), isLetter))
                addHostName(host);
        }
    after(out, "\"nodeName\":\"", [this](const std::string& name, std::string_view) { addHostName(name); });
    const auto user = [this](const std::string& name, std::string_view) { addUserName(name); };
    for (const std::string* text : {&out, &observation.command}) {
        after(*text, "/home/", user);
        after(*text, "session opened for user ", user);
        after(*text, "session closed for user ", user);
        after(*text, " invalid user ", user);
        for (const char* method : {"Accepted publickey for ", "Accepted password for ", "Failed password for "})
            after(*text, method, user);
    }
    if (id == connect)
        for (const std::string& word : wordsOf(observation.command))
            if (const std::size_t at = word.find('@'); at != std::string::npos)
                addUserName(word.substr(0, at));
}

std::string Redactor::redact(std::string_view text) const { return scanned(*d, text); }

std::string Redactor::hostName(const std::string& name) const { return name.empty() || name == "@local" ? name : redact(name); }

std::string Redactor::address(const std::string& address) const { return d->addresses.map(address).value_or(address); }

std::vector<std::pair<std::string, std::string>> Redactor::replacements() const { return {d->replaced.begin(), d->replaced.end()}; }

} // namespace medic
