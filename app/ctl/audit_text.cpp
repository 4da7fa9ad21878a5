// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/audit_text.h"

#include "app/ctl/output.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace medic::ctl {

namespace {

using namespace netfilter;

QString tr(const char* text) { return QCoreApplication::translate("ctl", text); }

QString percent(double share) { return QString::number(share * 100.0, 'f', share > 0.9995 || share < 0.0005 ? 0 : 1) + QStringLiteral(" %"); }

Colour colourOf(AuditVerdict verdict)
{
    return verdict == AuditVerdict::Ok ? Colour::Green : verdict == AuditVerdict::Unknown ? Colour::Violet : Colour::Red;
}

QString frontendWords(const AuditFrontend& frontend)
{
    QString kind;
    switch (frontend.kind) {
    case FrontendKind::ClusterIp: kind = QStringLiteral("ClusterIP"); break;
    case FrontendKind::ExternalIp: kind = QStringLiteral("externalIP"); break;
    case FrontendKind::LoadBalancer: kind = QCoreApplication::translate("ctl", "load balancer IP"); break;
    case FrontendKind::NodePort: kind = QStringLiteral("nodePort"); break;
    }
    const QString address = safe(frontend.address);
    return kind + u' ' + (address.contains(u':') ? u'[' + address + u']' : address) + u':' + QString::number(frontend.port);
}

QString clientWords(const AuditFrontend& frontend)
{
    switch (frontend.client) {
    case ClientKind::Node: return QCoreApplication::translate("ctl", "from the node");
    case ClientKind::Pod: return QCoreApplication::translate("ctl", "from Pod %1").arg(safe(frontend.clientAddress));
    case ClientKind::Outside: return QCoreApplication::translate("ctl", "from outside (%1)").arg(safe(frontend.clientAddress));
    }
    return {};
}

/// The key words of AuditProblem::reason.
QString reasonWords(const AuditProblem& problem)
{
    static const std::map<std::string_view, const char*> words {
        {"no-such-endpoint", QT_TRANSLATE_NOOP("ctl", "the Service has no such endpoint")},
        {"not-ready", QT_TRANSLATE_NOOP("ctl", "this endpoint is not ready")},
        {"terminating", QT_TRANSLATE_NOOP("ctl", "this endpoint is terminating")},
        {"other-node", QT_TRANSLATE_NOOP("ctl", "this endpoint is not for this node (policy Local, or hints)")},
        {"other-service", QT_TRANSLATE_NOOP("ctl", "it belongs to another Service")},
        {"wrong-port", QT_TRANSLATE_NOOP("ctl", "the endpoint has another port")},
        {"refused", QT_TRANSLATE_NOOP("ctl", "a rule refuses, as if there were no endpoints")},
        {"nothing-refuses", QT_TRANSLATE_NOOP("ctl", "no rule knows this address, not even to refuse")},
        {"not-known", QT_TRANSLATE_NOOP("ctl", "kube-proxy's rules do not know this address")},
        {"stays-here", QT_TRANSLATE_NOOP("ctl", "no rule translates it; the node itself gets the packets")},
        {"leaves-untranslated", QT_TRANSLATE_NOOP("ctl", "no rule translates it; the packets leave as they are")},
        {"network-policy", QT_TRANSLATE_NOOP("ctl", "a network policy drops it before")},
        {"source-ranges", QT_TRANSLATE_NOOP("ctl", "a client outside of loadBalancerSourceRanges gets through")},
        {"no-affinity", QT_TRANSLATE_NOOP("ctl", "sessionAffinity ClientIP is not in the rules")},
        {"affinity", QT_TRANSLATE_NOOP("ctl", "the rules keep clients to one endpoint, the Service does not ask for it")},
        {"hostPort", QT_TRANSLATE_NOOP("ctl", "taken by a hostPort")},
    };
    if (const auto found = words.find(problem.reason); found != words.end())
        return tr(found->second);
    if (problem.verdict == AuditVerdict::Stolen)
        return QCoreApplication::translate("ctl", "taken by a rule of %1").arg(safe(problem.reason));
    return safe(problem.reason);
}

QString placeText(const std::string& table, const std::string& chain, int rule, int line, const std::string& text)
{
    QString place = safe(table) + (table.empty() ? QString() : QStringLiteral(" ")) + safe(chain);
    if (rule > 0)
        place += u' ' + QCoreApplication::translate("ctl", "rule %1").arg(rule);
    if (line > 0)
        place += QStringLiteral(" (") + QCoreApplication::translate("ctl", "line %1").arg(line) + u')';
    return place + QStringLiteral(": ") + safe(text);
}

QString problemText(const AuditProblem& problem)
{
    QString text = QStringLiteral("      ") + coloured(padded(auditVerdictWords(problem.verdict), 18), colourOf(problem.verdict));
    QStringList parts;
    if (!problem.endpoint.empty()) {
        QString who = safe(problem.endpoint);
        if (!problem.pod.empty())
            who += QStringLiteral(" (") + safe(problem.pod) + u')';
        if (problem.verdict == AuditVerdict::MissingEndpoint)
            who = QCoreApplication::translate("ctl", "%1 gets nothing").arg(who);
        else if (problem.verdict != AuditVerdict::Unreachable)
            who = QCoreApplication::translate("ctl", "%1 gets %2 of the packets").arg(who, percent(problem.share));
        parts.append(who);
    }
    if (const QString reason = reasonWords(problem); !reason.isEmpty())
        parts.append(reason);
    if (!problem.other.empty())
        parts.append(safe(problem.other));
    text += parts.join(QStringLiteral(" · ")) + u'\n';
    for (const RuleReference& rule : problem.rules)
        text += QStringLiteral("                        ") + coloured(placeText(rule.table, rule.chain, rule.rule, rule.line, rule.text), Colour::Grey) + u'\n';
    return text;
}

QString portName(const kube::Service& service, std::size_t port)
{
    const auto& of = service.ports[port];
    QString name = safe(service.meta.nameSpace + '/' + service.meta.name);
    name += u':' + (of.name.empty() ? QString::number(of.port) : safe(of.name));
    return name + (of.protocol == "TCP" ? QString() : u' ' + safe(of.protocol));
}

QString conflictWords(const Conflict& conflict)
{
    switch (conflict.kind) {
    case Conflict::Kind::NeverMatches:
        return conflict.harmful ? QCoreApplication::translate("ctl", "this rule can never match; an earlier one takes all its packets")
                                : QCoreApplication::translate("ctl", "this rule can never match, and would change nothing");
    case Conflict::Kind::TwoBackends: return QCoreApplication::translate("ctl", "iptables-legacy and iptables-nft both hold rules: packets pass both");
    case Conflict::Kind::NativeDrop: return QCoreApplication::translate("ctl", "what this rule accepts, a native nftables chain drops all the same");
    case Conflict::Kind::LostMark: return QCoreApplication::translate("ctl", "this rule was meant for marked packets and meets all: its mark was lost");
    case Conflict::Kind::MixedPortmap: return QCoreApplication::translate("ctl", "hostPorts stand before kube-proxy's rules here and behind them there");
    case Conflict::Kind::AbsentSet: return QCoreApplication::translate("ctl", "ipset %1 is asked and is not there").arg(safe(conflict.what));
    case Conflict::Kind::AbsentChain: return QCoreApplication::translate("ctl", "chain %1 is jumped to and is not there").arg(safe(conflict.what));
    }
    return {};
}

QString nodeText(const NodeAudit& node, const std::vector<kube::Service>& services)
{
    const QString name = node.node.empty() ? QCoreApplication::translate("ctl", "the node") : safe(node.node);
    QString text = coloured(name, Colour::Bold) + QStringLiteral(" · kube-proxy: ") + safe(node.mode) + QStringLiteral(" · ");
    QStringList counts;
    for (int i = 0; i <= static_cast<int>(AuditVerdict::Stolen); ++i)
        if (const auto verdict = static_cast<AuditVerdict>(i); node.count(verdict) > 0)
            counts.append(auditVerdictWords(verdict) + u' ' + QString::number(node.count(verdict)));
    if (!node.extras.empty())
        counts.append(auditVerdictWords(AuditVerdict::Extra) + u' ' + QString::number(node.extras.size()));
    text += QCoreApplication::translate("ctl", "%1 Service ports").arg(node.ports.size()) + (counts.isEmpty() ? QString() : QStringLiteral(": ") + counts.join(QStringLiteral(", "))) + u'\n';
    for (const auto& port : node.ports) {
        if (port.verdict == AuditVerdict::Ok)
            continue;
        text += QStringLiteral("  ") + coloured(portName(services[port.service], port.port), Colour::Bold) + u'\n';
        QStringList told; // several clients, the same fault
        for (const auto& frontend : port.frontends) {
            if (frontend.verdict == AuditVerdict::Ok)
                continue;
            QString problems;
            for (const auto& problem : frontend.problems)
                problems += problemText(problem);
            const QString key = frontendWords(frontend) + problems;
            if (told.contains(key))
                continue;
            told.append(key);
            text += QStringLiteral("    ") + frontendWords(frontend) + u' ' + clientWords(frontend) + u'\n' + problems;
        }
    }
    for (const auto& extra : node.extras) {
        text += QStringLiteral("  ") + coloured(padded(auditVerdictWords(AuditVerdict::Extra), 18), Colour::Red) + safe(extra.address) + u' ' + safe(extra.protocol);
        if (!extra.service.empty())
            text += QStringLiteral(" (") + safe(extra.service) + u')';
        text += u' ' + QCoreApplication::translate("ctl", "no Service has this address and port") + u'\n';
        text += QStringLiteral("                    ") + coloured(placeText(extra.rule.table, extra.rule.chain, extra.rule.rule, extra.rule.line, extra.rule.text), Colour::Grey) + u'\n';
    }
    for (const auto& conflict : node.conflicts) {
        text += QStringLiteral("  ") + coloured(conflict.harmful ? QCoreApplication::translate("ctl", "conflict") : QCoreApplication::translate("ctl", "remark"), conflict.harmful ? Colour::Yellow : Colour::Grey)
            + u' ' + (conflict.v6 ? QStringLiteral("ip6 ") : QString()) + conflictWords(conflict) + u'\n';
        text += QStringLiteral("    ") + placeText(conflict.rule.table, conflict.rule.chain, conflict.rule.rule, conflict.rule.line, conflict.rule.text) + u'\n';
        for (const auto& other : conflict.others)
            text += QStringLiteral("    ") + QCoreApplication::translate("ctl", "by") + u' ' + placeText(other.table, other.chain, other.rule, other.line, other.text) + u'\n';
    }
    constexpr std::size_t shown = 12;
    for (std::size_t i = 0; i < std::min(shown, node.warnings.size()); ++i)
        text += QStringLiteral("  ") + QCoreApplication::translate("ctl", "note:") + u' ' + safe(node.warnings[i]) + u'\n';
    if (node.warnings.size() > shown)
        text += QStringLiteral("  ") + QCoreApplication::translate("ctl", "note: and %1 more").arg(node.warnings.size() - shown) + u'\n';
    return text;
}

/// Services × nodes, only those lines in which something is not ok.
QString matrix(const std::vector<NodeAudit>& nodes, const std::vector<kube::Service>& services)
{
    std::map<std::pair<std::size_t, std::size_t>, std::vector<AuditVerdict>> rows;
    for (std::size_t n = 0; n < nodes.size(); ++n)
        for (const auto& port : nodes[n].ports) {
            auto& row = rows[{port.service, port.port}];
            row.resize(nodes.size(), AuditVerdict::Ok);
            row[n] = port.verdict;
        }
    std::erase_if(rows, [](const auto& row) { return std::all_of(row.second.begin(), row.second.end(), [](auto one) { return one == AuditVerdict::Ok; }); });
    if (rows.empty())
        return {};
    QString text = padded(QString(), 36);
    for (const auto& node : nodes)
        text += padded(safe(node.node), 20) + u' ';
    text += u'\n';
    for (const auto& [key, row] : rows) {
        text += padded(portName(services[key.first], key.second), 36);
        for (const AuditVerdict verdict : row)
            text += coloured(padded(auditVerdictWords(verdict), 20), colourOf(verdict)) + u' ';
        text += u'\n';
    }
    return text + u'\n';
}

} // namespace

QString auditVerdictWords(AuditVerdict verdict)
{
    switch (verdict) {
    case AuditVerdict::Ok: return QCoreApplication::translate("ctl", "ok");
    case AuditVerdict::Unknown: return QCoreApplication::translate("ctl", "unknown");
    case AuditVerdict::WrongPolicy: return QCoreApplication::translate("ctl", "wrong policy");
    case AuditVerdict::WrongShare: return QCoreApplication::translate("ctl", "wrong share");
    case AuditVerdict::MissingEndpoint: return QCoreApplication::translate("ctl", "missing endpoint");
    case AuditVerdict::StaleEndpoint: return QCoreApplication::translate("ctl", "stale endpoint");
    case AuditVerdict::Extra: return QCoreApplication::translate("ctl", "extra");
    case AuditVerdict::Unreachable: return QCoreApplication::translate("ctl", "unreachable");
    case AuditVerdict::Missing: return QCoreApplication::translate("ctl", "missing");
    case AuditVerdict::Stolen: return QCoreApplication::translate("ctl", "stolen");
    }
    return {};
}

QString auditText(const ServiceAudit& audit, const std::vector<NodeAudit>& nodes)
{
    static const std::vector<kube::Service> none;
    const auto& services = audit.objects().services ? *audit.objects().services : none;
    QString text;
    if (nodes.size() > 1)
        text += matrix(nodes, services);
    for (const NodeAudit& node : nodes)
        text += nodeText(node, services);
    for (const auto& warning : audit.objects().warnings)
        text += QCoreApplication::translate("ctl", "note:") + u' ' + safe(warning) + u'\n';
    return text;
}

} // namespace medic::ctl
