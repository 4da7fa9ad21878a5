// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/path_query.h"

#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/path_words.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace medic::netfilter {

namespace {

using Kind = PathMistake::Kind;
using End = PathEnd::Kind;

/// Thrown nowhere: the first mistake that was met, carried beside the values.
struct Reader {
    const PathNames& names;
    std::optional<PathMistake> mistake {};
    std::string servicePort {}; ///< a port by name, to be found in the Service
    std::uint8_t wanted = 0; ///< the protocol that was asked for; 0: none

    bool fail(Kind kind, std::string_view word, std::vector<std::string> candidates = {})
    {
        if (!mistake)
            mistake = PathMistake {kind, std::string(word), std::move(candidates)};
        return false;
    }

    bool readPort(std::string_view text, std::uint16_t& port)
    {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535)
            return fail(Kind::BadPort, text);
        port = static_cast<std::uint16_t>(value);
        return true;
    }

    bool address(std::string_view word, PathEnd& end);
    bool named(std::string_view kind, std::string_view word, PathEnd& end);
    bool pod(std::string_view nameSpace, std::string_view name, PathEnd& end);
    bool service(std::string_view nameSpace, std::string_view name, PathEnd& end);
    bool node(std::string_view name, PathEnd& end);
    bool anything(std::string_view nameSpace, std::string_view name, PathEnd& end);
    bool end(const std::vector<std::string>& words, PathEnd& end);
    bool options(const std::vector<std::string>& words, std::size_t from, PathQuery& query);
    bool resolve(PathQuery& query);
    bool servicePorts(PathQuery& query);
    bool chooseNode(PathQuery& query);
};

bool Reader::address(std::string_view word, PathEnd& end)
{
    const auto split = splitHostPort(word);
    const auto parsed = IpAddress::parse(split.host);
    if (!parsed)
        return fail(Kind::BadAddress, word);
    end.kind = End::Address;
    end.address = *parsed;
    return split.port.empty() || readPort(split.port, end.port);
}

template<typename List, typename Fits>
auto findNamed(const List& list, std::string_view nameSpace, std::string_view name, Fits fits)
{
    std::vector<const typename List::value_type*> found;
    for (const auto& one : list)
        if (one.meta.name == name && (nameSpace.empty() || one.meta.nameSpace == nameSpace) && fits(one))
            found.push_back(&one);
    // Without a namespace "default" is meant, as kubectl does; only then is any other looked at.
    if (nameSpace.empty() && found.size() > 1)
        for (const auto* one : found)
            if (one->meta.nameSpace == "default")
                return std::vector {one};
    return found;
}

template<typename Found>
std::vector<std::string> fullNames(const Found& found, std::string_view kind)
{
    std::vector<std::string> result;
    for (const auto* one : found)
        result.push_back(std::string(kind) + ' ' + one->meta.nameSpace + '/' + one->meta.name);
    return result;
}

bool Reader::pod(std::string_view nameSpace, std::string_view name, PathEnd& end)
{
    const auto found = findNamed(names.pods, nameSpace, name, [](const kube::Pod&) { return true; });
    if (found.empty()) {
        if (!names.podsKnown)
            return fail(Kind::PodsUnknown, name);
        return fail(Kind::NoSuchPod, name, likeliest(names, "pod", name));
    }
    if (found.size() > 1)
        return fail(Kind::Ambiguous, name, fullNames(found, "pod"));
    const kube::Pod& one = *found.front();
    end.kind = End::Pod;
    end.nameSpace = one.meta.nameSpace;
    end.name = one.meta.name;
    end.node = one.node;
    end.address = addressAmong(one.podIps, IpFamily::None);
    if (end.address.isNone())
        end.address = addressAmong({one.podIp}, IpFamily::None);
    if (end.address.isNone() && one.hostNetwork)
        end.address = addressAmong({one.hostIp}, IpFamily::None);
    if (end.address.isNone())
        return fail(Kind::NoPodAddress, name);
    return true;
}

bool Reader::service(std::string_view nameSpace, std::string_view name, PathEnd& end)
{
    const auto found = findNamed(names.services, nameSpace, name, [](const kube::Service&) { return true; });
    if (found.empty()) {
        if (!names.servicesKnown)
            return fail(Kind::ServicesUnknown, name);
        return fail(Kind::NoSuchService, name, likeliest(names, "svc", name));
    }
    if (found.size() > 1)
        return fail(Kind::Ambiguous, name, fullNames(found, "svc"));
    end.kind = End::Service;
    end.nameSpace = found.front()->meta.nameSpace;
    end.name = found.front()->meta.name;
    end.address = addressAmong(found.front()->clusterIps, IpFamily::None);
    return !end.address.isNone() || fail(Kind::NoServiceAddress, name);
}

bool Reader::node(std::string_view name, PathEnd& end)
{
    if (std::find(names.nodes.begin(), names.nodes.end(), name) == names.nodes.end())
        return fail(Kind::NoSuchNode, name, likeliest(names, "node", name));
    end.kind = End::Node;
    end.name = name;
    end.node = name;
    if (const auto own = names.addresses.find(end.name); own != names.addresses.end() && !own->second.empty())
        end.address = own->second.front();
    return true;
}

bool Reader::anything(std::string_view nameSpace, std::string_view name, PathEnd& end)
{
    if (nameSpace.empty() && std::find(names.nodes.begin(), names.nodes.end(), name) != names.nodes.end())
        return node(name, end);
    const auto any = [](const auto&) { return true; };
    const auto services = findNamed(names.services, nameSpace, name, any);
    const auto pods = findNamed(names.pods, nameSpace, name, any);
    if (services.size() == 1 && pods.empty())
        return service(nameSpace, name, end);
    if (pods.size() == 1 && services.empty())
        return pod(nameSpace, name, end);
    auto candidates = fullNames(services, "svc");
    const auto more = fullNames(pods, "pod");
    candidates.insert(candidates.end(), more.begin(), more.end());
    if (!candidates.empty())
        return fail(Kind::Ambiguous, name, std::move(candidates));
    return fail(Kind::NoSuchName, name, likeliest(names, {}, name));
}

/// [ns/]name[:port], name.ns, name.ns.svc.cluster.local
bool Reader::named(std::string_view kind, std::string_view word, PathEnd& end)
{
    std::string_view name = word, port, nameSpace;
    if (const auto colon = word.rfind(':'); colon != std::string_view::npos) {
        name = word.substr(0, colon);
        port = word.substr(colon + 1);
        if (port.empty())
            return fail(Kind::BadPort, word);
    }
    if (const auto slash = name.find('/'); slash != std::string_view::npos) {
        nameSpace = name.substr(0, slash);
        name = name.substr(slash + 1);
    } else if (const auto svc = name.find(".svc"); svc != std::string_view::npos && (kind.empty() || kind == "svc")) {
        const auto dot = name.rfind('.', svc - 1);
        if (dot != std::string_view::npos && dot > 0) {
            nameSpace = name.substr(dot + 1, svc - dot - 1);
            name = name.substr(0, dot);
            kind = "svc";
        }
    }
    const bool found = kind == "pod" ? pod(nameSpace, name, end)
        : kind == "svc"              ? service(nameSpace, name, end)
        : kind == "node"             ? node(name, end)
                                     : anything(nameSpace, name, end);
    if (!found)
        return false;
    if (port.empty())
        return true;
    if (end.kind == End::Service && port.find_first_not_of("0123456789") != std::string_view::npos) {
        servicePort = port;
        return true;
    }
    return readPort(port, end.port);
}

bool Reader::end(const std::vector<std::string>& words, PathEnd& end)
{
    if (words.empty()) {
        end.kind = End::TheNode;
        return true;
    }
    std::string_view word = words[0];
    std::string kind = kindWord(word);
    std::size_t used = 1;
    if (const auto slash = word.find('/'); kind.empty() && slash != std::string_view::npos && !kindWord(word.substr(0, slash)).empty()) {
        kind = kindWord(word.substr(0, slash)); // "pod/web-0", as kubectl prints it
        word.remove_prefix(slash + 1);
    } else if (!kind.empty()) {
        if (words.size() < 2)
            return fail(Kind::NoSuchName, word, likeliest(names, kind, {}));
        word = words[1];
        used = 2;
    }
    if (words.size() > used)
        return fail(Kind::UnknownWord, words[used]);
    if (kind == "ip" || (kind.empty() && looksLikeAddress(word)))
        return address(word, end);
    return named(kind, word, end);
}

bool Reader::options(const std::vector<std::string>& words, std::size_t from, PathQuery& query)
{
    for (std::size_t i = from; i < words.size(); ++i) {
        const std::string& word = words[i];
        const bool more = i + 1 < words.size();
        if (const auto protocol = protocolWord(word)) {
            wanted = *protocol;
        } else if (isNodeWord(word) && more) {
            query.node = words[++i];
            if (std::find(names.nodes.begin(), names.nodes.end(), query.node) == names.nodes.end())
                return fail(Kind::NoSuchNode, query.node, likeliest(names, "node", query.node));
        } else if (word == "in" && more) {
            query.packet.in = words[++i];
        } else if (word == "port" && more) {
            if (!readPort(words[++i], query.to.port))
                return false;
        } else if (word == "mark" && more) {
            const auto mark = markWord(words[++i]);
            if (!mark)
                return fail(Kind::BadMark, words[i]);
            query.packet.mark = *mark;
        } else if (word == "proto" && more) {
            const auto number = protocolNumber(words[++i]);
            if (!number || *number == 0)
                return fail(Kind::UnknownProtocol, words[i]);
            wanted = *number;
        } else {
            return fail(Kind::UnknownWord, word);
        }
    }
    return true;
}

/// The port and protocol that a Service without them must mean.
bool Reader::servicePorts(PathQuery& query)
{
    const auto found = findNamed(names.services, query.to.nameSpace, query.to.name, [](const kube::Service&) { return true; });
    if (found.empty())
        return true;
    std::vector<const kube::ServicePort*> fitting;
    std::vector<std::string> all;
    for (const auto& port : found.front()->ports) {
        const auto protocol = protocolNumber(port.protocol.empty() ? "tcp" : lower(port.protocol)).value_or(proto::tcp);
        all.push_back(query.to.nameSpace + '/' + query.to.name + ':' + std::to_string(port.port) + ' ' + protocolName(protocol));
        if (wanted != 0 && wanted != protocol)
            continue;
        if (!servicePort.empty() ? port.name == servicePort : query.to.port == 0 || port.port == query.to.port)
            fitting.push_back(&port);
    }
    if (fitting.empty() && query.to.port != 0)
        return true; // asked on purpose: what happens to a port that the Service does not have
    if (fitting.empty())
        return fail(Kind::NoSuchServicePort, servicePort.empty() ? query.to.name : servicePort, all);
    if (fitting.size() > 1 && query.to.port == 0)
        return fail(Kind::PortMissing, query.to.name, all);
    query.to.port = fitting.front()->port;
    if (wanted == 0)
        wanted = protocolNumber(fitting.front()->protocol.empty() ? "tcp" : lower(fitting.front()->protocol)).value_or(proto::tcp);
    return true;
}

bool Reader::chooseNode(PathQuery& query)
{
    if (names.collected.empty())
        return fail(Kind::NothingCollected, {});
    if (query.node.empty())
        query.node = query.from.node;
    if (query.node.empty() && !query.from.address.isNone())
        query.node = names.nodeOf(query.from.address);
    if (query.node.empty())
        query.node = query.to.kind == End::Node ? query.to.name : query.to.kind == End::Address ? names.nodeOf(query.to.address) : std::string();
    if (query.node.empty()) {
        query.node = names.collected.front();
        query.nodeChosen = names.collected.size() > 1;
    }
    return names.isCollected(query.node) || fail(Kind::NodeNotCollected, query.node, names.collected);
}

bool Reader::resolve(PathQuery& query)
{
    PathEnd& from = query.from;
    PathEnd& to = query.to;
    if (to.kind == End::Service && wanted != proto::icmp && !servicePorts(query))
        return false;
    if (to.kind == End::Pod && to.port == 0)
        to.port = onlyPort(names, to.nameSpace, to.name, wanted);
    if (to.address.isNone())
        return fail(Kind::NodeAddressUnknown, to.name);
    if (!chooseNode(query))
        return false;
    query.packet.dst = to.address;
    query.packet.protocol = wanted == 0 ? proto::tcp : wanted == proto::icmp && to.address.isV6() ? proto::icmp6 : wanted;
    const bool ports = query.packet.protocol == proto::tcp || query.packet.protocol == proto::udp || query.packet.protocol == proto::sctp;
    if (ports && to.port == 0)
        return fail(Kind::PortMissing, to.kind == End::Address ? to.address.text() : to.name);
    query.packet.dport = ports ? to.port : 0;
    if (from.port != 0)
        query.packet.sport = from.port;
    // A node's own packet: the kernel picks the source, so that a loopback destination gets a loopback source.
    const bool own = from.kind == End::TheNode || (from.kind == End::Node && from.name == query.node);
    if (own)
        return true;
    if (from.address.isNone())
        return fail(Kind::NodeAddressUnknown, from.name);
    query.packet.src = sameFamily(names, from, to.address.family);
    if (query.packet.src.family != query.packet.dst.family) {
        if (to.kind != End::Address)
            query.packet.dst = sameFamily(names, to, query.packet.src.family);
        if (query.packet.src.family != query.packet.dst.family)
            return fail(Kind::FamiliesDiffer, from.address.text() + " -> " + to.address.text());
        to.address = query.packet.dst;
    }
    from.address = query.packet.src;
    return true;
}

} // namespace

std::string PathEnd::text() const
{
    const std::string suffix = port == 0 ? std::string() : ':' + std::to_string(port);
    switch (kind) {
    case Kind::Pod: return "pod " + nameSpace + '/' + name + suffix;
    case Kind::Service: return "svc " + nameSpace + '/' + name + suffix;
    case Kind::Node: return "node " + name + suffix;
    case Kind::Address: return port == 0 ? address.text() : endpointText(address, port);
    case Kind::TheNode: break;
    }
    return {};
}

std::string PathQuery::text() const
{
    std::string result = from.text() + (from.kind == End::TheNode ? "-> " : " -> ") + to.text();
    if (packet.protocol != proto::tcp)
        result += ' ' + (packet.protocol == proto::icmp6 ? std::string("icmp") : protocolName(packet.protocol));
    else if (to.kind == End::Service)
        result += " tcp";
    if (!packet.in.empty())
        result += " in " + packet.in;
    if (packet.mark != 0)
        result += " mark " + std::to_string(packet.mark);
    return result + " on " + node;
}

tl::expected<PathQuery, PathMistake> parsePathQuery(std::string_view text, const PathNames& names)
{
    Reader reader {names};
    const QueryWords words = splitQuery(text);
    if (words.from.empty() && words.to.empty())
        return tl::unexpected(PathMistake {});
    if (words.to.empty())
        return tl::unexpected(PathMistake {Kind::NoDestination, {}, {}});
    // TO ends where the options begin.
    std::size_t used = kindWord(words.to[0]).empty() ? 1 : 2;
    used = std::min(used, words.to.size());
    PathQuery query;
    const std::vector<std::string> target(words.to.begin(), words.to.begin() + static_cast<std::ptrdiff_t>(used));
    if (reader.end(words.from, query.from)) {
        reader.servicePort.clear();
        if (reader.end(target, query.to) && reader.options(words.to, used, query))
            reader.resolve(query);
    }
    if (reader.mistake)
        return tl::unexpected(*reader.mistake);
    return query;
}

} // namespace medic::netfilter
