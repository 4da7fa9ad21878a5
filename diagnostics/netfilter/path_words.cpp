// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/path_words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace medic::netfilter {

namespace {

constexpr std::array<std::string_view, 4> arrows {"->", "=>", "→", "⇒"};

std::vector<std::string> wordsOf(std::string_view text)
{
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const auto start = text.find_first_not_of(" \t\r\n", at);
        if (start == std::string_view::npos)
            break;
        auto end = text.find_first_of(" \t\r\n", start);
        end = end == std::string_view::npos ? text.size() : end;
        words.emplace_back(text.substr(start, end - start));
        at = end;
    }
    return words;
}

/// 3: the same beginning; 2: a word within begins so; 1: somewhere in it; 0: not.
int nearness(std::string_view typed, std::string_view name)
{
    if (name.starts_with(typed))
        return 3;
    const auto at = name.find(typed);
    if (at == std::string_view::npos)
        return 0;
    return name[at - 1] == '-' || name[at - 1] == '/' || name[at - 1] == '.' ? 2 : 1;
}

class Likely {
public:
    explicit Likely(std::string_view typed) : m_typed(lower(typed)) { }

    void offer(std::string_view name, const std::string& text)
    {
        int score = nearness(m_typed, name);
        if (score == 0)
            score = nearness(m_typed, std::string_view(text).substr(text.find(' ') + 1));
        // "web-7" where there is a "web-0": all but the tail is the same
        if (score == 0 && m_typed.size() > 3 && name.starts_with(std::string_view(m_typed).substr(0, m_typed.size() - 1)))
            score = 1;
        if (score > 0)
            m_found.emplace_back(-score, text);
    }

    std::vector<std::string> best(std::size_t limit)
    {
        const auto count = std::min(limit, m_found.size());
        std::partial_sort(m_found.begin(), m_found.begin() + static_cast<std::ptrdiff_t>(count), m_found.end());
        std::vector<std::string> result;
        for (std::size_t i = 0; i < count; ++i)
            result.push_back(std::move(m_found[i].second));
        return result;
    }

private:
    std::string m_typed;
    std::vector<std::pair<int, std::string>> m_found;
};

} // namespace

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + 32);
    return result;
}

QueryWords splitQuery(std::string_view text)
{
    QueryWords result;
    std::size_t at = std::string_view::npos, length = 0;
    for (const auto arrow : arrows)
        if (const auto found = text.find(arrow); found < at) {
            at = found;
            length = arrow.size();
        }
    result.arrow = at != std::string_view::npos;
    result.from = result.arrow ? wordsOf(text.substr(0, at)) : std::vector<std::string>();
    result.to = wordsOf(result.arrow ? text.substr(at + length) : text);
    return result;
}

HostPort splitHostPort(std::string_view word)
{
    if (word.starts_with('[')) {
        const auto close = word.find(']');
        if (close == std::string_view::npos)
            return {word, {}};
        const auto rest = word.substr(close + 1);
        return {word.substr(1, close - 1), rest.starts_with(':') ? rest.substr(1) : rest};
    }
    const auto colon = word.find(':');
    if (colon == std::string_view::npos || word.find(':', colon + 1) != std::string_view::npos)
        return {word, {}};
    return {word.substr(0, colon), word.substr(colon + 1)};
}

bool looksLikeAddress(std::string_view word)
{
    const auto [host, port] = splitHostPort(word);
    if (IpAddress::parse(host))
        return true;
    if (word.starts_with('[') || host.find(':') != std::string_view::npos)
        return true;
    return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos && host.find('.') != std::string_view::npos;
}

std::string kindWord(std::string_view word)
{
    const std::string name = lower(word);
    if (name == "pod" || name == "pods" || name == "po")
        return "pod";
    if (name == "svc" || name == "service" || name == "services" || name == "服务")
        return "svc";
    if (name == "node" || name == "nodes" || name == "no" || name == "host" || name == "节点")
        return "node";
    if (name == "ip" || name == "addr" || name == "address")
        return "ip";
    return {};
}

std::optional<std::uint8_t> protocolWord(std::string_view word)
{
    const std::string name = lower(word);
    if (name == "tcp")
        return proto::tcp;
    if (name == "udp")
        return proto::udp;
    if (name == "sctp")
        return proto::sctp;
    if (name == "icmp" || name == "icmp6" || name == "icmpv6" || name == "ping")
        return proto::icmp;
    return std::nullopt;
}

std::optional<std::uint32_t> markWord(std::string_view word)
{
    const bool hex = word.starts_with("0x") || word.starts_with("0X");
    if (hex)
        word.remove_prefix(2);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, hex ? 16 : 10);
    if (word.empty() || error != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return value;
}

bool isNodeWord(std::string_view word)
{
    const std::string name = lower(word);
    return name == "on" || name == "at" || name == "@" || name == "via" || name == "在";
}

std::vector<std::string> likeliest(const PathNames& names, std::string_view kind, std::string_view typed, std::size_t limit)
{
    Likely likely(typed);
    if (kind.empty() || kind == "node")
        for (const auto& node : names.nodes)
            likely.offer(node, "node " + node);
    if (kind.empty() || kind == "svc")
        for (const auto& service : names.services)
            likely.offer(service.meta.name, "svc " + service.meta.nameSpace + '/' + service.meta.name);
    if (kind.empty() || kind == "pod")
        for (const auto& pod : names.pods)
            likely.offer(pod.meta.name, "pod " + pod.meta.nameSpace + '/' + pod.meta.name);
    return likely.best(limit);
}

std::uint16_t onlyPort(const PathNames& names, const std::string& nameSpace, const std::string& pod, std::uint8_t protocol)
{
    std::uint16_t port = 0;
    for (const auto& one : names.pods) {
        if (one.meta.nameSpace != nameSpace || one.meta.name != pod)
            continue;
        for (const auto& container : one.containers)
            for (const auto& named : container.ports) {
                if (protocol != 0 && protocolNumber(named.protocol.empty() ? "tcp" : lower(named.protocol)) != protocol)
                    continue;
                if (port != 0 && port != named.containerPort)
                    return 0;
                port = named.containerPort;
            }
    }
    return port;
}

IpAddress sameFamily(const PathNames& names, const PathEnd& end, IpFamily family)
{
    IpAddress other;
    switch (end.kind) {
    case PathEnd::Kind::Pod:
        for (const auto& pod : names.pods)
            if (pod.meta.name == end.name && pod.meta.nameSpace == end.nameSpace)
                other = addressAmong(pod.podIps, family);
        break;
    case PathEnd::Kind::Service:
        for (const auto& service : names.services)
            if (service.meta.name == end.name && service.meta.nameSpace == end.nameSpace)
                other = addressAmong(service.clusterIps, family);
        break;
    case PathEnd::Kind::Node:
        if (const auto own = names.addresses.find(end.name); own != names.addresses.end())
            for (const auto& address : own->second)
                if (other.isNone() && address.family == family)
                    other = address;
        break;
    case PathEnd::Kind::Address:
    case PathEnd::Kind::TheNode: break;
    }
    return other.isNone() ? end.address : other;
}

std::vector<std::string> completePathQuery(std::string_view text, const PathNames& names, std::size_t limit)
{
    // Only the last word is completed; what stands before it stays as typed.
    const auto blank = text.find_last_of(" \t>");
    std::size_t start = blank == std::string_view::npos ? 0 : blank + 1;
    for (const std::string_view arrow : {"→", "⇒"})
        if (const auto at = text.rfind(arrow); at != std::string_view::npos)
            start = std::max(start, at + arrow.size());
    std::string_view typed = text.substr(start);
    std::string_view before = text.substr(0, start);
    const QueryWords words = splitQuery(before);
    const auto& side = words.arrow ? words.to : words.to.empty() ? words.from : words.to;
    std::vector<std::string> result;
    const auto add = [&](std::string_view stem, const std::string& completion) {
        const std::string whole = std::string(stem) + (stem.ends_with('>') ? " " : "") + completion;
        if (result.size() < limit && whole != text)
            result.push_back(whole);
    };
    std::string kind = side.empty() ? std::string() : kindWord(side.back());
    if (!side.empty() && isNodeWord(side.back())) {
        for (const auto& node : names.collected)
            if (nearness(typed, node) > 0)
                add(before, node);
        return result;
    }
    if (!side.empty() && kind.empty()) { // the end is named already: an arrow, a protocol, a node may follow
        if (!words.arrow)
            add(before, "-> ");
        for (const std::string_view option : {"tcp", "udp", "sctp", "icmp", "on "})
            if (words.arrow && option.starts_with(typed))
                add(before, std::string(option));
        return result;
    }
    // Kind and name are completed together, so that "we" leads to "pod default/web-0".
    std::string_view stem = before;
    if (!kind.empty()) {
        const auto end = stem.find_last_not_of(" \t");
        const auto begin = end == std::string_view::npos ? end : stem.find_last_of(" \t>", end);
        stem = stem.substr(0, begin == std::string_view::npos ? 0 : begin + 1);
        if (const auto at = stem.empty() ? before.rfind("→") : std::string_view::npos; at != std::string_view::npos)
            stem = before.substr(0, at + std::string_view("→").size());
    }
    const auto colon = typed.rfind(':');
    const auto name = typed.substr(0, colon);
    for (const auto& found : likeliest(names, kind == "ip" ? "none" : kind, name, limit)) {
        if (!words.arrow || !found.starts_with("svc ")) {
            add(stem, found);
            continue;
        }
        for (const auto& service : names.services)
            if ("svc " + service.meta.nameSpace + '/' + service.meta.name == found)
                for (const auto& port : service.ports)
                    if (colon == std::string_view::npos || std::to_string(port.port).starts_with(typed.substr(colon + 1)))
                        add(stem, found + ':' + std::to_string(port.port)
                                      + (lower(port.protocol) == "udp" ? " udp" : lower(port.protocol) == "sctp" ? " sctp" : ""));
    }
    return result;
}

} // namespace medic::netfilter
