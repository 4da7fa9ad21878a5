// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/trace_text.h"

#include <QCoreApplication>

namespace medic::ctl {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("medic::ctl", text); }

/// What came from a dump may hold escape sequences: a terminal never gets them.
QString plain(std::string_view text)
{
    QString result = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    for (QChar& c : result)
        if (c.category() == QChar::Other_Control || (c.category() == QChar::Other_Format))
            c = QLatin1Char('?');
    return result;
}

QString dispositionWords(Disposition disposition)
{
    switch (disposition) {
    case Disposition::Delivered: return tr("delivered to this node");
    case Disposition::Forwarded: return tr("leaves the node");
    case Disposition::Dropped: return tr("dropped");
    case Disposition::Rejected: return tr("rejected");
    case Disposition::NoRoute: return tr("no route");
    case Disposition::Martian: return tr("refused as martian");
    case Disposition::Queued: return tr("given to a program");
    case Disposition::Undecidable: return tr("cannot be decided");
    }
    return {};
}

QString endpoint(const std::string& address, std::uint16_t port)
{
    const QString host = plain(address);
    if (port == 0)
        return host;
    return (host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host) + QLatin1Char(':')
        + QString::number(port);
}

QString packetWords(const TracePacket& packet)
{
    QString text = plain(packet.protocol) + QLatin1Char(' ') + endpoint(packet.src, packet.sport) + QStringLiteral(" → ")
        + endpoint(packet.dst, packet.dport);
    if (packet.mark != 0)
        text += QStringLiteral("  mark 0x%1").arg(packet.mark, 0, 16);
    if (!packet.in.empty())
        text += QStringLiteral("  in ") + plain(packet.in);
    if (!packet.out.empty())
        text += QStringLiteral("  out ") + plain(packet.out);
    return text;
}

QString ownerWords(const RuleOwner& owner)
{
    if (owner.kind.empty() || owner.kind == "unknown")
        return {};
    QString text = plain(owner.kind);
    if (!owner.name.empty()) {
        text += QLatin1Char(' ');
        if (!owner.nameSpace.empty())
            text += plain(owner.nameSpace) + QLatin1Char('/');
        text += plain(owner.name);
        if (!owner.port.empty())
            text += QLatin1Char(':') + plain(owner.port);
    }
    return QStringLiteral("  [%1]").arg(text);
}

void addSteps(QString& text, const std::vector<TraceStep>& steps)
{
    int chainWidth = 0, hookWidth = 0;
    for (const auto& step : steps) {
        hookWidth = std::max(hookWidth, static_cast<int>(step.hook.size()));
        chainWidth = std::max(chainWidth, static_cast<int>(step.table.size() + step.chain.size()) + 8);
    }
    chainWidth = std::min(chainWidth, 52);
    for (const auto& step : steps) {
        QString place = plain(step.table);
        if (!step.chain.empty())
            place += (place.isEmpty() ? QString() : QStringLiteral(" ")) + plain(step.chain);
        if (step.rule > 0)
            place += QStringLiteral(" #%1").arg(step.rule);
        const QString mark = step.matched == Tri::Yes ? QStringLiteral(" ")
            : step.matched == Tri::No                 ? QStringLiteral("-")
                                                      : QStringLiteral("?");
        text += QStringLiteral("  %1 %2  %3  %4").arg(mark, plain(step.hook).leftJustified(hookWidth),
                                                       place.leftJustified(chainWidth), plain(step.action));
        if (!step.reason.empty())
            text += QStringLiteral("  (%1)").arg(plain(step.reason));
        text += ownerWords(step.owner) + QLatin1Char('\n');
        if (step.before && step.after && (step.before->src != step.after->src || step.before->dst != step.after->dst
                                          || step.before->dport != step.after->dport || step.before->sport != step.after->sport))
            text += QStringLiteral("      %1  ⇒  %2\n").arg(
                endpoint(step.before->src, step.before->sport) + QStringLiteral(" → ") + endpoint(step.before->dst, step.before->dport),
                endpoint(step.after->src, step.after->sport) + QStringLiteral(" → ") + endpoint(step.after->dst, step.after->dport));
        if (step.handle > 0) // nft prints its JSON in one line
            text += QStringLiteral("      handle %1: %2\n").arg(step.handle).arg(plain(step.text));
        else if (step.line > 0)
            text += QStringLiteral("      %1: %2\n").arg(step.line).arg(plain(step.text));
        else if (!step.text.empty())
            text += QStringLiteral("      %1\n").arg(plain(step.text));
    }
}

void addBranch(QString& text, const TraceBranch& branch, const QString& title)
{
    text += QStringLiteral("%1  %2%").arg(title, QString::number(branch.probability * 100.0, 'f', 2));
    if (!branch.certain)
        text += QStringLiteral("  ") + tr("(if what is not known is so)");
    text += QLatin1Char('\n');
    addSteps(text, branch.steps);
    text += QStringLiteral("  = ") + dispositionWords(branch.disposition) + QStringLiteral(": ") + packetWords(branch.packet);
    if (branch.packet.sportRandom)
        text += QStringLiteral("  ") + tr("(the source port is any free one)");
    text += QLatin1Char('\n');
    if (!branch.reason.empty())
        text += QStringLiteral("    ") + plain(branch.reason) + QLatin1Char('\n');
}

} // namespace

QString traceText(const Trace& trace)
{
    QString text = packetWords(trace.packet) + QLatin1Char('\n');
    for (const auto& warning : trace.warnings)
        text += tr("warning: %1").arg(plain(warning)) + QLatin1Char('\n');
    int number = 0;
    for (const auto& branch : trace.branches) {
        text += QLatin1Char('\n');
        ++number;
        addBranch(text, branch, tr("Way %1").arg(number));
        int answer = 0;
        for (const auto& reply : branch.replies)
            addBranch(text, reply, tr("Answer %1.%2").arg(number).arg(++answer));
    }
    return text;
}

namespace {

QString endWords(netfilter::ClusterEnd end)
{
    switch (end) {
    case netfilter::ClusterEnd::Pod: return tr("reaches the Pod");
    case netfilter::ClusterEnd::Node: return tr("reaches the node");
    case netfilter::ClusterEnd::Outside: return tr("leaves the cluster");
    case netfilter::ClusterEnd::Refused: return tr("is refused");
    case netfilter::ClusterEnd::Unknown: return tr("cannot be followed further");
    }
    return {};
}

void addHops(QString& text, const std::vector<netfilter::ClusterHop>& hops)
{
    for (const auto& hop : hops) {
        QString how = hop.carrier.empty() ? QString() : QStringLiteral("  (%1)").arg(plain(hop.carrier));
        if (hop.outer)
            how = QStringLiteral("  (%1: %2 %3 → %4)").arg(plain(hop.carrier), plain(hop.outer->protocol), endpoint(hop.outer->src, 0),
                                                            endpoint(hop.outer->dst, hop.outer->dport));
        addBranch(text, hop.branch, tr("node %1").arg(plain(hop.node)) + how);
    }
}

} // namespace

QString clusterTraceText(const netfilter::ClusterTrace& trace)
{
    QString text = packetWords(trace.packet) + QLatin1Char('\n');
    for (const auto& warning : trace.warnings)
        text += tr("warning: %1").arg(plain(warning)) + QLatin1Char('\n');
    int number = 0;
    for (const auto& branch : trace.branches) {
        text += QStringLiteral("\n%1  %2%  %3").arg(tr("Way %1").arg(++number), QString::number(branch.probability * 100.0, 'f', 2), endWords(branch.end));
        text += (branch.whose.empty() ? QString() : QStringLiteral(": ") + plain(branch.whose)) + QLatin1Char('\n');
        if (!branch.reason.empty())
            text += QStringLiteral("  ") + plain(branch.reason) + QLatin1Char('\n');
        addHops(text, branch.hops);
        if (!branch.answered)
            continue;
        text += tr("The answer %1").arg(endWords(branch.answerEnd));
        text += (branch.answerReason.empty() ? QString() : QStringLiteral(": ") + plain(branch.answerReason)) + QLatin1Char('\n');
        addHops(text, branch.answer);
    }
    return text;
}

} // namespace medic::ctl
