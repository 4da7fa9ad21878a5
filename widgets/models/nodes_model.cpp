// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/nodes_model.h"

#include "diagnostics/collect/words.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/parse/kube_objects.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/state.h"

#include <map>

namespace medic {

using Progress = collect::NodeProgress;

namespace {

struct KubeNodes {
    std::map<std::string, kube::Node, std::less<>> byName;
};

const KubeNodes& kubeNodes(const Snapshot& snapshot)
{
    return snapshot.remember<KubeNodes>("widgets/kube-nodes", [&snapshot] {
        KubeNodes result;
        const ObservationPtr list = snapshot.cluster(probe::apiNodes);
        if (!list || list->state != ProbeState::Complete)
            return result;
        if (auto nodes = kube::parseNodes(list->out, "api/nodes"))
            for (kube::Node& node : *nodes)
                result.byName.emplace(node.meta.name, std::move(node));
        return result;
    });
}

QString roleOf(const kube::Node& node)
{
    for (const std::string& role : node.roles)
        if (role == "master" || role == "control-plane")
            return QStringLiteral("control-plane");
    return node.roles.empty() ? QStringLiteral("worker") : QString::fromStdString(node.roles.front());
}

/// Which findings are about which node.
std::map<std::string_view, std::vector<const Finding*>> byNode(const std::vector<Finding>& findings)
{
    std::map<std::string_view, std::vector<const Finding*>> result;
    for (const Finding& finding : findings) {
        const Subject& subject = finding.subject();
        if (!subject.node.empty())
            result[subject.node].push_back(&finding);
        if (subject.kind == SubjectKind::Node && subject.name != subject.node)
            result[subject.name].push_back(&finding);
    }
    return result;
}

} // namespace

QList<NodeRow> nodeRows(const Snapshot& snapshot, const std::vector<Progress>& progress,
                        const std::vector<Finding>& findings, const Catalogue& catalogue, Language language)
{
    const KubeNodes& api = kubeNodes(snapshot);
    std::map<std::string, NodeRow> rows;
    const auto touch = [&rows](const std::string& name) -> NodeRow& {
        NodeRow& row = rows[name];
        row.id = QString::fromStdString(name);
        return row;
    };
    for (const std::string& name : snapshot.nodes()) {
        NodeRow& row = touch(name);
        row.state = Progress::State::Done;
        const ObservationPtr connect = snapshot.find(name, probe::connect);
        if (connect && connect->state != ProbeState::Complete) {
            row.state = connect->state == ProbeState::Cancelled ? Progress::State::Cancelled : Progress::State::Failed;
            row.reason = QString::fromStdString(connect->err).section(u'\n', 0, 0);
        }
        for (const ObservationPtr& one : snapshot.ofNode(name))
            row.bytes += qint64(one->out.size());
        if (row.state == Progress::State::Done)
            row.verdict = Verdict::Ok;
    }
    for (const auto& [name, node] : api.byName) {
        const bool collected = rows.contains(name);
        NodeRow& row = touch(name);
        if (!collected)
            row.state = Progress::State::Waiting;
        row.role = roleOf(node);
        row.version = QString::fromStdString(node.kubeletVersion);
        const auto address = node.addresses.find("InternalIP");
        if (address != node.addresses.end())
            row.address = QString::fromStdString(address->second);
    }
    for (const Progress& one : progress) {
        NodeRow& row = touch(one.node.toStdString());
        row.state = one.state;
        row.done = one.done;
        row.total = one.total;
        row.bytes = std::max(row.bytes, one.bytes);
        if (one.state == Progress::State::Done)
            row.verdict = Verdict::Ok;
        else if (one.state == Progress::State::Failed || one.state == Progress::State::Cancelled)
            row.verdict = Verdict::Unknown;
        if (one.error)
            row.reason = words::sentence(*one.error);
    }
    const auto found = byNode(findings);
    for (auto& [name, row] : rows) {
        const Finding* worst = nullptr;
        const auto own = found.find(name);
        if (own == found.end())
            continue;
        for (const Finding* finding : own->second) {
            row.failures += finding->verdict() == Verdict::Failure;
            row.warnings += finding->verdict() == Verdict::Warning;
            row.unknowns += finding->verdict() == Verdict::Unknown;
            if (!worst || moreUrgent(*finding, *worst))
                worst = finding;
        }
        if (!worst || severity(worst->verdict()) <= severity(Verdict::Ok))
            continue;
        // A node that could not be reached stays unknown, whatever an earlier look at it found.
        const bool unreached = row.state == Progress::State::Failed || row.state == Progress::State::Cancelled;
        if (worst->verdict() != Verdict::Unknown || row.verdict != Verdict::Ok) {
            row.verdict = unreached && severity(worst->verdict()) < severity(Verdict::Unknown) ? Verdict::Unknown : worst->verdict();
            row.reason = QString::fromStdString(catalogue.title(*worst, language));
        } else if (row.reason.isEmpty()) {
            row.reason = QString::fromStdString(catalogue.title(*worst, language));
        }
    }
    QList<NodeRow> result;
    result.reserve(qsizetype(rows.size()));
    for (auto& [name, row] : rows)
        result.append(std::move(row));
    return result;
}

std::optional<TimePoint> momentOf(const collect::Session& session)
{
    return session.isLive() ? std::optional<TimePoint>(std::chrono::system_clock::now()) : std::nullopt;
}

QString progressWord(Progress::State state)
{
    switch (state) {
    case Progress::State::Waiting:
        return QCoreApplication::translate("medic::NodesModel", "waiting");
    case Progress::State::Connecting:
        return QCoreApplication::translate("medic::NodesModel", "connecting");
    case Progress::State::Running:
        return QCoreApplication::translate("medic::NodesModel", "running");
    case Progress::State::Done:
        return QCoreApplication::translate("medic::NodesModel", "done");
    case Progress::State::Partial:
        return QCoreApplication::translate("medic::NodesModel", "partial");
    case Progress::State::Failed:
        return QCoreApplication::translate("medic::NodesModel", "unreachable");
    case Progress::State::Cancelled:
        return QCoreApplication::translate("medic::NodesModel", "cancelled");
    }
    return {};
}

int NodesModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(ColumnCount); }

QVariant NodesModel::data(const QModelIndex& at, int role) const
{
    if (!at.isValid() || at.row() >= rowCount())
        return {};
    const NodeRow& node = row(at.row());
    const auto number = [](int count) { return count == 0 ? QString() : QString::number(count); };
    switch (role) {
    case Qt::DisplayRole:
        switch (Column(at.column())) {
        case State:
            return words::verdict(node.verdict);
        case Name:
            return lineSafe(node.id);
        case Role:
            return lineSafe(node.role);
        case Sweep:
            return node.state == Progress::State::Running && node.total > 0
                ? QStringLiteral("%1/%2").arg(node.done).arg(node.total)
                : progressWord(node.state);
        case Failures:
            return number(node.failures);
        case Warnings:
            return number(node.warnings);
        case Unknowns:
            return number(node.unknowns);
        case Reason:
            return lineSafe(node.reason);
        case Address:
            return lineSafe(node.address);
        case Version:
            return lineSafe(node.version);
        case ColumnCount:
            break;
        }
        return {};
    case SortRole:
        switch (Column(at.column())) {
        case State:
            return -severity(node.verdict) * 100000 - node.failures * 1000 - node.warnings;
        case Failures:
            return node.failures;
        case Warnings:
            return node.warnings;
        case Unknowns:
            return node.unknowns;
        case Sweep:
            return int(node.state) * 10000 + node.done;
        default:
            return data(at, Qt::DisplayRole);
        }
    case Qt::DecorationRole:
        return at.column() == State ? QVariant(theme::stateIcon(node.verdict)) : QVariant();
    case Qt::TextAlignmentRole:
        return at.column() >= Failures && at.column() <= Unknowns ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    case Qt::ToolTipRole:
        return at.column() == Reason && !node.reason.isEmpty() ? QVariant(toolTipSafe(node.reason)) : QVariant();
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(lineSafe(node.id), words::verdict(node.verdict));
    case VerdictRole:
        return int(node.verdict);
    case IdRole:
        return node.id;
    case FilterRole:
        return QStringList {node.id, node.role, node.address, node.version, node.reason, words::verdict(node.verdict), progressWord(node.state)}.join(u'\n');
    default:
        return {};
    }
}

QVariant NodesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section >= Failures && section <= Unknowns ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case State:
        return tr("State");
    case Name:
        return tr("Node");
    case Role:
        return tr("Role");
    case Sweep:
        return tr("Sweep");
    case Failures:
        return tr("Failures");
    case Warnings:
        return tr("Warnings");
    case Unknowns:
        return tr("Unknown");
    case Reason:
        return tr("What matters most");
    case Address:
        return tr("Address");
    case Version:
        return tr("Version");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace medic
