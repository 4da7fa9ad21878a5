// SPDX-License-Identifier: GPL-3.0-or-later
// Why: the key words of the tracer and of the query's reader in sentences.
#include "widgets/packetpath/path_words.h"

#include "widgets/packetpath/path_across.h"
#include "widgets/text/escape.h"

#include <QStringList>

#include <cstdlib>

namespace medic::packetpath {

namespace {

bool begins(const std::string& text, std::string_view with) { return std::string_view(text).starts_with(with); }

QString after(const std::string& text, std::string_view prefix)
{
    return lineSafe(text.substr(std::min(prefix.size(), text.size())));
}

/// "dropped policy of filter INPUT", or a reason alone.
QString lost(const std::string& text)
{
    for (int i = 0; i <= int(Disposition::Undecidable); ++i) {
        const auto how = static_cast<Disposition>(i);
        const std::string name = std::string(dispositionName(how)) + ' ';
        if (begins(text, name))
            return PathWords::disposition(how) + QStringLiteral(" · ") + PathWords::reason(text.substr(name.size()));
    }
    return PathWords::reason(text);
}

} // namespace

QString PathWords::reason(const std::string& reason)
{
    if (reason.empty())
        return {};
    if (begins(reason, "policy of "))
        return tr("the policy of %1").arg(after(reason, "policy of "));
    if (begins(reason, "unreachable: ") || begins(reason, "blackhole: ") || begins(reason, "prohibited: "))
        return tr("a route refuses it (%1)").arg(lineSafe(reason.substr(reason.find(": ") + 2)));
    if (begins(reason, "no route to the real server "))
        return tr("no route to the real server %1").arg(after(reason, "no route to the real server "));
    if (begins(reason, "no route to "))
        return tr("no route to %1").arg(after(reason, "no route to "));
    if (begins(reason, "forwarding is off on "))
        return tr("forwarding is switched off on %1").arg(after(reason, "forwarding is off on "));
    if (begins(reason, "the answer comes from "))
        return tr("the answer comes from another address than was asked (%1)").arg(after(reason, "the answer comes from "));
    if (begins(reason, "unknown beyond here: node "))
        return tr("%1 was not collected").arg(lineSafe(reason.substr(26, reason.rfind(" was not collected") - 26)));
    if (begins(reason, "unknown beyond here: "))
        return tr("%1 belongs to no known node").arg(lineSafe(reason.substr(21, reason.rfind(" is not an address") - 21)));
    if (begins(reason, "the answer does not come back through node "))
        return tr("the answer does not come back through %1, which translated the request")
            .arg(lineSafe(reason.substr(43, reason.rfind(", which") - 43)));
    if (begins(reason, "the answer's way on node "))
        return tr("the answer's way on %1 is not known").arg(lineSafe(reason.substr(25, reason.rfind(" is not known") - 25)));
    if (begins(reason, "node ") && reason.find(": ") != std::string::npos) {
        const auto colon = reason.find(": ");
        return lineSafe(reason.substr(5, colon - 5)) + tr(": ") + lost(reason.substr(colon + 2));
    }
    if (const auto end = reason.find(" packet "); begins(reason, "the ") && end != std::string::npos && reason.find(" > ") != std::string::npos) {
        const auto on = reason.find(" on ", end), colon = reason.find(": ", end);
        if (on != std::string::npos && colon != std::string::npos && on < colon)
            return tr("the %1 packet %2 is lost on %3 (%4)").arg(AcrossWords::carrier(reason.substr(4, end - 4)), lineSafe(reason.substr(end + 8, on - end - 8)),
                                                                 lineSafe(reason.substr(on + 4, colon - on - 4)), lost(reason.substr(colon + 2)));
    }
    if (begins(reason, "at random, share "))
        return tr("at random: %1 of the connections").arg(share(std::atof(reason.c_str() + 17)));
    if (begins(reason, "rp_filter is not known"))
        return tr("rp_filter was not collected, and the way back differs");
    if (begins(reason, "rp_filter"))
        return tr("rp_filter: the way back leads elsewhere (%1)").arg(after(reason, "rp_filter: "));
    static const std::vector<std::pair<std::string_view, const char*>> whole {
        {"the ipsets were not collected", QT_TR_NOOP("the ipsets were not collected")},
        {"the device is not known", QT_TR_NOOP("the device is not known")},
        {"the connection's mark is not known", QT_TR_NOOP("the connection's mark is not known")},
        {"the connection's status and age are not known", QT_TR_NOOP("the connection's status and age are not known")},
        {"the routes were not collected", QT_TR_NOOP("the routes were not collected")},
        {"the node's addresses were not collected", QT_TR_NOOP("the node's addresses were not collected")},
        {"which port of the bridge is not known", QT_TR_NOOP("which port of the bridge is not known")},
        {"which process sends is not known", QT_TR_NOOP("which process sends is not known")},
        {"whether a program listens is not known", QT_TR_NOOP("whether a program listens is not known")},
        {"as the connection's first packet was translated", QT_TR_NOOP("translated back, as the connection's first packet was")},
        {"the device has no address to use", QT_TR_NOOP("the device has no address to use")},
        {"IPVS does not send packets from the wire to loopback", QT_TR_NOOP("IPVS does not send packets from the wire to loopback")},
        {"too many rules", QT_TR_NOOP("too many rules")},
        {"too many open questions", QT_TR_NOOP("too many open questions")},
        {"the packet goes round in a circle", QT_TR_NOOP("the packet goes round in a circle")},
        {"the chains jump in a circle", QT_TR_NOOP("the chains jump in a circle")},
        {"the answer takes another way than the request", QT_TR_NOOP("the answer takes another way than the request")},
        {"by which device it leaves is not known", QT_TR_NOOP("by which device it leaves is not known")},
        {"multicast is not followed", QT_TR_NOOP("multicast is not followed")},
        {"whether hairpin mode is on at the Pod's port is not known", QT_TR_NOOP("whether hairpin mode is on at the Pod's port is not known")},
        {"destination", QT_TR_NOOP("another destination")}, {"source", QT_TR_NOOP("another source")},
        {"protocol", QT_TR_NOOP("another protocol")}, {"in interface", QT_TR_NOOP("came in by another device")},
        {"out interface", QT_TR_NOOP("leaves by another device")}, {"match", QT_TR_NOOP("a condition does not hold")},
        {"fragment", QT_TR_NOOP("not a fragment")}};
    for (const auto& [key, words] : whole)
        if (reason == key)
            return tr(words);
    return lineSafe(reason);
}

QString PathWords::mistake(const netfilter::PathMistake& mistake)
{
    using Kind = netfilter::PathMistake::Kind;
    const QString word = lineSafe(mistake.word);
    QStringList others;
    for (const auto& one : mistake.candidates)
        others.append(lineSafe(one));
    const QString list = others.join(tr(", "));
    const auto perhaps = [&](const QString& sentence) {
        return others.isEmpty() ? sentence : sentence + u' ' + tr("Perhaps: %1").arg(list);
    };
    switch (mistake.kind) {
    case Kind::Empty: return tr("Say from where to where: pod web-0 -> svc default/api:80");
    case Kind::NoDestination: return tr("Where to? Behind the arrow an address, a Service, a Pod or a node is missing.");
    case Kind::UnknownWord: return tr("“%1” is not understood here. Possible are tcp, udp, sctp, icmp, on NODE, in INTERFACE, mark N.").arg(word);
    case Kind::BadAddress: return tr("“%1” is not an address.").arg(word);
    case Kind::BadPort: return tr("“%1” is not a port (1 to 65535).").arg(word);
    case Kind::BadMark: return tr("“%1” is not a mark; expected a number such as 0x4000.").arg(word);
    case Kind::UnknownProtocol: return tr("“%1” is not a protocol.").arg(word);
    case Kind::NoSuchPod: return perhaps(tr("There is no Pod “%1”.").arg(word));
    case Kind::NoSuchService: return perhaps(tr("There is no Service “%1”.").arg(word));
    case Kind::NoSuchNode: return perhaps(tr("There is no node “%1”.").arg(word));
    case Kind::NoSuchName: return perhaps(tr("Nothing here is called “%1”.").arg(word));
    case Kind::PodsUnknown: return tr("The list of Pods was not collected, so “%1” cannot be looked up; its address would do.").arg(word);
    case Kind::ServicesUnknown: return tr("The list of Services was not collected, so “%1” cannot be looked up; its address and port would do.").arg(word);
    case Kind::Ambiguous: return tr("“%1” can be several things: %2").arg(word, list);
    case Kind::NoPodAddress: return tr("Pod “%1” has no address yet.").arg(word);
    case Kind::NoServiceAddress: return tr("Service “%1” has no cluster IP (headless or external name); name a Pod instead.").arg(word);
    case Kind::NoSuchServicePort: return tr("The Service has no port “%1”; it has: %2").arg(word, list);
    case Kind::PortMissing:
        return others.isEmpty() ? tr("Which port of %1? Add it, as in %1:80 (or say icmp).").arg(word) : tr("Which port of %1? It has: %2").arg(word, list);
    case Kind::NodeAddressUnknown: return tr("No address of “%1” is known.").arg(word);
    case Kind::FamiliesDiffer: return tr("One end is IPv4, the other IPv6: %1").arg(word);
    case Kind::NothingCollected: return tr("No node's rules were collected.");
    case Kind::NodeNotCollected: return tr("The packet would be followed on node “%1”, whose rules were not collected. Collected: %2").arg(word, list);
    }
    return {};
}

QString PathWords::warning(const std::string& warning)
{
    if (begins(warning, "by which interface "))
        return tr("By which interface the packet enters is not known.");
    if (begins(warning, "ip rule was not collected"))
        return tr("ip rule was not collected; the default rules are assumed.");
    if (begins(warning, "the IPVS table was not collected"))
        return tr("The IPVS table was not collected; none is assumed.");
    if (begins(warning, "whether the node forwards is not known"))
        return tr("Whether the node forwards is not known (no sysctl); it is assumed to.");
    if (begins(warning, "both ") && warning.find("hold rules") != std::string::npos)
        return tr("Both iptables-legacy and iptables-nft hold rules: the packet passes both.");
    if (warning == "iptables rules were not collected" || warning == "ip6tables rules were not collected")
        return tr("%1 rules were not collected.").arg(lineSafe(warning.substr(0, warning.find(' '))));
    if (begins(warning, "Cilium devices are present"))
        return tr("Cilium devices are present: its eBPF programs act before and beside these rules and are not followed.");
    return lineSafe(warning);
}

} // namespace medic::packetpath
