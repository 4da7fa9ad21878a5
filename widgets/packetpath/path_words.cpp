// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_words.h"

#include "widgets/packetpath/path_across.h"
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

QString PathWords::end(const TreePart& part)
{
    const Disposition how = part.end.value_or(Disposition::Undecidable);
    const std::string_view node = nodeOfHook(part.hook);
    if (node.empty())
        return disposition(how);
    if (how == Disposition::Delivered)
        return part.packet.out.empty() ? tr("delivered on %1").arg(lineSafe(std::string(node))) : tr("reaches the Pod");
    if (how == Disposition::Forwarded)
        return tr("leaves the cluster");
    if (how == Disposition::Undecidable && hookOnly(part.hook) == "WIRE")
        return tr("unknown beyond here");
    return disposition(how);
}

QString PathWords::endMeaning(const TreePart& part)
{
    const Disposition how = part.end.value_or(Disposition::Undecidable);
    if (!nodeOfHook(part.hook).empty()) {
        if (how == Disposition::Delivered && !part.packet.out.empty())
            return tr("The node hands the packet to this Pod.");
        if (how == Disposition::Forwarded)
            return tr("The packet goes where nothing was collected: out of the cluster.");
        if (how == Disposition::Undecidable && hookOnly(part.hook) == "WIRE")
            return tr("The next node was not collected. What its rules do with the packet is not known.");
    }
    return dispositionMeaning(how);
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
    const std::string_view hook = hookOnly(full);
    if (hook == "WIRE")
        return tr("between the nodes");
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
    if (backend == "wire")
        return tr("between the nodes");
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
    if (hookOnly(step.hook) == "WIRE")
        return AcrossWords::wire(step);
    static constexpr std::string_view switched = "switched on ", received = "received by port ", unseen = ", not seen by netfilter (bridge-nf-call is 0)";
    if (begins(text, switched)) {
        const bool passedBy = text.size() > unseen.size() && text.ends_with(unseen);
        const QString bridge = lineSafe(text.substr(switched.size(), text.size() - switched.size() - (passedBy ? unseen.size() : 0)));
        return passedBy ? tr("switched on %1, not seen by netfilter (bridge-nf-call is 0)").arg(bridge) : tr("switched on %1").arg(bridge);
    }
    if (const auto of = text.find(" of "); begins(text, received) && of != std::string::npos) {
        const std::string port = text.substr(received.size(), of - received.size());
        const QString bridge = lineSafe(text.substr(of + 4));
        return port == "(not known)" ? tr("comes in by a port of %1").arg(bridge) : tr("comes in by port %1 of %2").arg(lineSafe(port), bridge);
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

} // namespace medic::packetpath
