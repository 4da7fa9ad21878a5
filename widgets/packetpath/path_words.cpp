// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_words.h"

#include "widgets/text/escape.h"

#include <QLocale>
#include <QStringList>

#include <cmath>

namespace medic::packetpath {

namespace {

bool begins(const std::string& text, std::string_view with) { return std::string_view(text).starts_with(with); }

QString after(const std::string& text, std::string_view prefix)
{
    return lineSafe(text.substr(std::min(prefix.size(), text.size())));
}

} // namespace

QString endpointText(const std::string& address, std::uint16_t number)
{
    const QString host = lineSafe(address);
    if (number == 0)
        return host;
    return (host.contains(u':') ? u'[' + host + u']' : host) + u':' + QString::number(number);
}

NatChange natOf(const TraceStep& step)
{
    NatChange change;
    if (!step.before || !step.after)
        return change;
    const TracePacket& a = *step.before;
    const TracePacket& b = *step.after;
    change.destination = a.dst != b.dst || a.dport != b.dport;
    change.source = a.src != b.src || (a.sport != b.sport && !b.sportRandom);
    change.destinationBefore = endpointText(a.dst, a.dport);
    change.destinationAfter = endpointText(b.dst, b.dport);
    change.sourceBefore = endpointText(a.src, a.sport);
    change.sourceAfter = endpointText(b.src, b.sportRandom ? 0 : b.sport);
    if (b.sportRandom && b.sport != 0)
        change.sourceAfter += (b.src.find(':') == std::string::npos ? QStringLiteral(":") : QStringLiteral(" :")) + u'*';
    return change;
}

QString PathWords::disposition(Disposition disposition)
{
    switch (disposition) {
    case Disposition::Delivered: return tr("delivered on this node");
    case Disposition::Forwarded: return tr("sent on its way");
    case Disposition::Dropped: return tr("dropped");
    case Disposition::Rejected: return tr("rejected");
    case Disposition::NoRoute: return tr("no route");
    case Disposition::Martian: return tr("refused as martian");
    case Disposition::Queued: return tr("given to a program");
    case Disposition::Undecidable: return tr("cannot be decided");
    }
    return {};
}

QString PathWords::dispositionMeaning(Disposition disposition)
{
    switch (disposition) {
    case Disposition::Delivered: return tr("A process on this node gets the packet (or a refusal, when none listens there).");
    case Disposition::Forwarded: return tr("The packet leaves by this device: to a Pod of this node, or to the next machine.");
    case Disposition::Dropped: return tr("The packet vanishes without a word; the sender waits until its timeout.");
    case Disposition::Rejected: return tr("The sender is told at once that it may not pass.");
    case Disposition::NoRoute: return tr("The routing tables know no way to this address.");
    case Disposition::Martian: return tr("The kernel does not believe the addresses: such a packet cannot come from where it came.");
    case Disposition::Queued: return tr("A program decides about the packet; the rules alone do not tell what it does.");
    case Disposition::Undecidable: return tr("What was collected does not tell how it goes on.");
    }
    return {};
}

Verdict PathWords::verdict(Disposition disposition)
{
    switch (disposition) {
    case Disposition::Delivered:
    case Disposition::Forwarded: return Verdict::Ok;
    case Disposition::Dropped:
    case Disposition::Rejected:
    case Disposition::NoRoute:
    case Disposition::Martian: return Verdict::Failure;
    case Disposition::Queued:
    case Disposition::Undecidable: break;
    }
    return Verdict::Unknown;
}

QString PathWords::owner(const RuleOwner& owner)
{
    const auto safe = [](const std::string& text) { return lineSafe(text); };
    QString name = owner.nameSpace.empty() ? safe(owner.name) : safe(owner.nameSpace) + u'/' + safe(owner.name);
    if (owner.kind == "Service") {
        if (owner.name.empty())
            return tr("kube-proxy, a Service");
        return owner.port.empty() ? tr("Service %1").arg(name) : tr("Service %1, port %2").arg(name, safe(owner.port));
    }
    if (owner.kind == "endpoint") {
        if (owner.name.empty())
            return owner.detail.empty() ? tr("kube-proxy, an endpoint") : tr("endpoint %1").arg(safe(owner.detail));
        return owner.detail.empty() ? tr("endpoint of Service %1").arg(name) : tr("endpoint %1 of Service %2").arg(safe(owner.detail), name);
    }
    if (owner.kind == "hostPort") {
        if (owner.detail.empty() || owner.detail == "portmap")
            return tr("hostPort of a Pod (portmap)");
        return tr("hostPort of Pod sandbox %1 (portmap)").arg(safe(owner.detail).left(16));
    }
    static const std::vector<std::pair<std::string_view, QString>> proper {
        {"calico", QStringLiteral("Calico")}, {"flannel", QStringLiteral("flannel")}, {"cilium", QStringLiteral("Cilium")},
        {"docker", QStringLiteral("Docker")}, {"firewalld", QStringLiteral("firewalld")}, {"istio", QStringLiteral("Istio")},
        {"linkerd", QStringLiteral("Linkerd")}, {"kubelet", QStringLiteral("kubelet")}, {"ufw", QStringLiteral("ufw")},
        {"kube-router", QStringLiteral("kube-router")}, {"weave", QStringLiteral("Weave Net")}, {"tailscale", QStringLiteral("Tailscale")},
        {"aws-vpc-cni", QStringLiteral("AWS VPC CNI")}, {"fail2ban", QStringLiteral("fail2ban")}, {"libvirt", QStringLiteral("libvirt")},
        {"podman", QStringLiteral("Podman")}};
    for (const auto& [kind, shown] : proper)
        if (owner.kind == kind)
            return owner.detail.empty() ? shown : shown + QStringLiteral(" (") + safe(owner.detail) + u')';
    if (owner.kind.empty() || owner.kind == "unknown")
        return {};
    return owner.name.empty() ? safe(owner.kind) : safe(owner.kind) + u' ' + name;
}

QString PathWords::ownerShort(const RuleOwner& owner)
{
    if (owner.kind == "endpoint" && !owner.detail.empty())
        return tr("endpoint %1").arg(lineSafe(owner.detail));
    return PathWords::owner(owner);
}

QString PathWords::hook(const std::string& hook)
{
    const std::string only(hookOnly(hook));
    if (only == "ROUTING")
        return tr("Routing");
    if (only == "BRIDGE")
        return tr("Bridge");
    if (only == "WIRE")
        return tr("Network");
    return lineSafe(only);
}

QString PathWords::hookHint(const std::string& full)
{
    if (const auto node = nodeOfHook(full); !node.empty())
        return lineSafe(std::string(node));
    const std::string_view hook = hookOnly(full);
    if (hook == "PREROUTING")
        return tr("just arrived");
    if (hook == "INPUT")
        return tr("for this node");
    if (hook == "FORWARD")
        return tr("passing through");
    if (hook == "OUTPUT")
        return tr("made on this node");
    if (hook == "POSTROUTING")
        return tr("about to leave");
    if (hook == "ROUTING")
        return tr("which way?");
    if (hook == "IPVS")
        return tr("load balancer");
    if (hook == "BRIDGE")
        return tr("switched");
    return {};
}

QString PathWords::hookMeaning(const std::string& full)
{
    const std::string_view hook = hookOnly(full);
    if (hook == "PREROUTING")
        return tr("Every packet that arrives passes here first, before the kernel decides where it goes. Services are translated here.");
    if (hook == "INPUT")
        return tr("Packets for this node itself pass here, before a process gets them.");
    if (hook == "FORWARD")
        return tr("Packets that the node passes on, to or from Pods, pass here. Network policies sit here.");
    if (hook == "OUTPUT")
        return tr("Packets that a process of this node makes pass here.");
    if (hook == "POSTROUTING")
        return tr("The last station before a packet leaves. Its source is rewritten here (masquerade).");
    if (hook == "ROUTING")
        return tr("The routing tables decide: for this node, or out by which device.");
    if (hook == "IPVS")
        return tr("The kernel's load balancer: takes packets to a virtual server and sends each connection to a real server.");
    if (hook == "WIRE")
        return tr("The packet travels from one node to the next, as it is or packed into another one (VXLAN, IPIP, WireGuard).");
    if (hook == "BRIDGE")
        return tr("The packet passes a bridge, as between Pods of one node.");
    return {};
}

QString PathWords::backend(const std::string& backend)
{
    if (backend == "legacy")
        return tr("iptables (legacy)");
    if (backend == "nft-compat")
        return tr("iptables (nft)");
    if (backend == "nft")
        return tr("nftables");
    if (backend == "ipvs")
        return tr("IPVS");
    if (backend == "conntrack")
        return tr("connection tracking");
    if (backend == "route")
        return tr("routing");
    return lineSafe(backend);
}

QString PathWords::action(const TraceStep& step)
{
    const std::string& text = step.action;
    if (begins(text, "jump "))
        return QStringLiteral("→ ") + after(text, "jump ");
    if (begins(text, "goto "))
        return QStringLiteral("→ ") + after(text, "goto ");
    if (step.backend == "conntrack")
        return tr("translated back");
    if (step.matched == Tri::Unknown && text == "assumed not to match")
        return tr("if it does not match: goes on");
    if (hookOnly(step.hook) == "ROUTING") {
        const bool again = begins(text, "again: ");
        const std::string way = again ? text.substr(7) : text;
        QString words;
        if (way == "local")
            words = tr("for this node itself");
        else if (way == "no route")
            words = tr("no route");
        else if (way == "unknown")
            words = tr("not known");
        else if (begins(way, "out ")) {
            const auto via = way.find(" via ");
            const QString device = lineSafe(way.substr(4, via == std::string::npos ? via : via - 4));
            words = via == std::string::npos ? tr("out by %1").arg(device)
                                             : tr("out by %1, next hop %2").arg(device, lineSafe(way.substr(via + 5)));
        } else {
            words = lineSafe(way);
        }
        return again ? tr("again: %1").arg(words) : words;
    }
    return lineSafe(text);
}

QString PathWords::actionMeaning(const TraceStep& step)
{
    const std::string& text = step.action;
    if (step.matched == Tri::No)
        return tr("The rule does not fit this packet; the next one is looked at.");
    if (text == "assumed not to match")
        return tr("Whether this rule matches is not known. Both ways are followed; this is the one on which it does not match.");
    if (begins(text, "jump "))
        return tr("Goes on in chain %1, and comes back here if nothing there decides.").arg(after(text, "jump "));
    if (begins(text, "goto "))
        return tr("Goes on in chain %1, and does not come back to this chain.").arg(after(text, "goto "));
    const NatChange nat = natOf(step);
    if (nat.destination && nat.source)
        return tr("Rewrites both addresses; answers are translated back.");
    if (nat.destination)
        return tr("Rewrites where the packet goes: to %1 instead of %2. All further packets of the connection follow.").arg(nat.destinationAfter, nat.destinationBefore);
    if (nat.source)
        return tr("Rewrites whom the packet seems to come from: %1 instead of %2. The answer comes back to this node.").arg(nat.sourceAfter, nat.sourceBefore);
    if (text == "accept")
        return tr("Lets the packet pass this table; other tables and hooks are still asked.");
    if (text == "drop" || text == "policy drop")
        return text == "drop" ? tr("Throws the packet away, without telling anybody.") : tr("No rule let the packet pass, and the chain throws away what is left over.");
    if (begins(text, "reject"))
        return tr("Throws the packet away and tells the sender.");
    if (text == "return")
        return tr("Leaves this chain; the one that jumped here goes on.");
    if (begins(text, "mark "))
        return tr("Puts a number on the packet, which later rules ask for.");
    if (begins(text, "connmark") || begins(text, "save mark") || begins(text, "restore mark"))
        return tr("Copies a number between the packet and its connection, which later rules ask for.");
    if (text == "count" || text == "continue")
        return tr("Changes nothing; the next rule is looked at.");
    if (text == "notrack")
        return tr("Connection tracking leaves this packet alone: it cannot be translated.");
    if (begins(text, "queue "))
        return tr("A program decides about the packet.");
    if (hookOnly(step.hook) == "ROUTING" || hookOnly(step.hook) == "WIRE")
        return hookMeaning(step.hook);
    return {};
}

QString PathWords::place(const TraceStep& step)
{
    if (step.chain.empty())
        return step.table.empty() ? hook(step.hook) : lineSafe(step.table);
    const QString chain = lineSafe(step.table) + u' ' + lineSafe(step.chain);
    return step.rule > 0 ? tr("%1, rule %2").arg(chain).arg(step.rule) : tr("%1, policy").arg(chain);
}

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

QString PathWords::share(double share)
{
    if (share > 0.9995)
        return tr("all");
    for (int parts = 2; parts <= 10; ++parts)
        for (int some = 1; some < parts; ++some)
            if (std::abs(share * parts - some) < 1e-4)
                return QStringLiteral("%1/%2").arg(some).arg(parts);
    return QLocale().toString(share * 100.0, 'f', share < 0.0095 ? 2 : share < 0.1 ? 1 : 0) + QStringLiteral(" %");
}

QString PathWords::shareOrNone(double share) { return share < 1e-9 ? tr("none") : PathWords::share(share); }

QString PathWords::outcome(const std::string& outcome)
{
    const auto blank = outcome.find(' ');
    const std::string_view name = std::string_view(outcome).substr(0, blank);
    for (int i = 0; i <= int(Disposition::Undecidable); ++i)
        if (dispositionName(static_cast<Disposition>(i)) == name)
            return disposition(static_cast<Disposition>(i)) + (blank == std::string::npos ? QString() : lineSafe(outcome.substr(blank)));
    return lineSafe(outcome);
}

QString PathWords::fork(const TreePart& part)
{
    switch (part.fork) {
    case Fork::None: return {};
    case Fork::Share: return part.share > 0.9995 ? QString() : share(part.share);
    case Fork::IfItMatches: return tr("? if so");
    case Fork::IfItDoesNot: return tr("? if not");
    case Fork::EitherWay: return tr("? perhaps");
    }
    return {};
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
