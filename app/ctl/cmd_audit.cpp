// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/audit_text.h"
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/netfilter/audit_json.h"

#include <QCoreApplication>

#include <algorithm>

namespace medic::ctl {

namespace {

using namespace netfilter;

/// Not a node of the file: says which are.
Result<void> checkNames(const QStringList& wanted, const std::vector<std::string>& known, const std::string& where)
{
    for (const QString& name : wanted) {
        if (std::find(known.begin(), known.end(), name.toStdString()) != known.end())
            continue;
        std::string names;
        for (const auto& one : known)
            names += (names.empty() ? "" : ", ") + one;
        return failure(ErrorCode::BadValue, "--node " + name.toStdString(),
                       QCoreApplication::translate("ctl", "%1 holds no such node").arg(QString::fromStdString(where)).toStdString() + (names.empty() ? "" : " (" + names + ')'));
    }
    return {};
}

struct Audited {
    std::unique_ptr<ServiceAudit> audit;
    std::vector<NodeAudit> nodes;
};

Result<Audited> auditIncident(const QString& file, const QStringList& wanted)
{
    const auto incident = IncidentFile::open(file.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!incident)
        return tl::unexpected(incident.error());
    const auto snapshot = incident->snapshot();
    if (!snapshot)
        return tl::unexpected(snapshot.error());
    const auto nodes = snapshot->nodes();
    if (auto checked = checkNames(wanted, nodes, file.toStdString()); !checked)
        return tl::unexpected(checked.error());
    ClusterObjects objects = ClusterObjects::fromSnapshot(*snapshot);
    Audited result {.audit = std::make_unique<ServiceAudit>(std::move(objects)), .nodes = {}};
    for (const auto& node : nodes)
        if (wanted.isEmpty() || wanted.contains(QString::fromStdString(node)))
            result.nodes.push_back(result.audit->audit(NodeState::fromSnapshot(*snapshot, node), node));
    return result;
}

Result<Audited> auditDump(const QString& dump, const QString& api, const QStringList& wanted)
{
    auto objects = ClusterObjects::fromDirectory(api.toStdString());
    if (!objects)
        return tl::unexpected(objects.error());
    auto state = NodeState::fromDirectory(dump.toStdString());
    if (!state)
        return tl::unexpected(state.error());
    if (objects->nodes && !wanted.isEmpty()) {
        std::vector<std::string> known;
        for (const auto& node : *objects->nodes)
            known.push_back(node.meta.name);
        if (auto checked = checkNames(wanted, known, "nodes.json"); !checked)
            return tl::unexpected(checked.error());
    }
    Audited result {.audit = std::make_unique<ServiceAudit>(std::move(*objects)), .nodes = {}};
    result.nodes.push_back(result.audit->audit(*state, wanted.value(0).toStdString()));
    return result;
}

int exitStatus(const Audited& audited)
{
    bool unknown = !audited.audit->objects().services || audited.nodes.empty();
    for (const NodeAudit& node : audited.nodes) {
        const bool conflicts = std::any_of(node.conflicts.begin(), node.conflicts.end(), [](const Conflict& one) { return one.harmful; });
        if (conflicts || !node.extras.empty())
            return ProblemsFound;
        for (const auto& port : node.ports) {
            if (isProblem(port.verdict))
                return ProblemsFound;
            unknown = unknown || port.verdict == AuditVerdict::Unknown;
        }
    }
    return unknown ? SomethingUnknown : NothingWrong;
}

} // namespace

std::vector<OptionSpec> auditOptions()
{
    return {
        {"--dump", "DIR", QT_TRANSLATE_NOOP("ctl", "a folder with one node's raw outputs")},
        {"--api", "DIR", QT_TRANSLATE_NOOP("ctl", "a folder with services.json, endpointslices.json or endpoints.json, pods.json, nodes.json")},
        {"--node", "NODE", QT_TRANSLATE_NOOP("ctl", "only this node; with --dump: which node it is (may be repeated for a file)"), nullptr, true},
        {"--format", "FORMAT", QT_TRANSLATE_NOOP("ctl", "text (default) or json")},
    };
}

int runAudit(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, auditOptions());
    if (!arguments)
        return UsageError;
    const QString format = arguments->has("--format") ? arguments->value("--format") : QStringLiteral("text");
    if (format != QLatin1String("text") && format != QLatin1String("json"))
        return usageError(QCoreApplication::translate("ctl", "--format %1: expected text or json").arg(format));
    const bool dump = arguments->has("--dump"), api = arguments->has("--api");
    const QStringList nodes = arguments->values("--node");
    if (dump != api || dump == !arguments->files().isEmpty() || arguments->files().size() > 1)
        return usageError(QCoreApplication::translate("ctl", "expected either one FILE.medic, or --dump DIR and --api DIR"));
    if (dump && nodes.size() > 1)
        return usageError(QCoreApplication::translate("ctl", "--node is given twice, and --dump is one node"));
    const auto audited = dump ? auditDump(arguments->value("--dump"), arguments->value("--api"), nodes) : auditIncident(arguments->files().first(), nodes);
    if (!audited)
        return fail(audited.error());
    if (!audited->audit->objects().services)
        printError(QStringLiteral("medicctl: ") + QCoreApplication::translate("ctl", "the Services were not collected: there is nothing to compare the rules with"));
    const int status = exitStatus(*audited);
    if (format == QLatin1String("json"))
        print(auditJson(*audited->audit, audited->nodes, status) + '\n');
    else
        print(auditText(*audited->audit, audited->nodes));
    return status;
}

} // namespace medic::ctl
