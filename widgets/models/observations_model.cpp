// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/observations_model.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/text/probe_names.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <algorithm>

namespace medic {

namespace {

Verdict shownAs(const Observation& observation)
{
    // Whether a probe ran is not a diagnosis: it ran, it does not apply, or we do not know.
    if (observation.state == ProbeState::Complete)
        return observation.truncated ? Verdict::Unknown : Verdict::Ok;
    return observation.state == ProbeState::NotApplicable ? Verdict::NotApplicable : Verdict::Unknown;
}

int linesOf(const ObservationRow& row)
{
    const std::string& out = row.observation->out;
    if (row.lines < 0)
        row.lines = int(std::count(out.begin(), out.end(), '\n')) + (!out.empty() && out.back() != '\n');
    return row.lines;
}

} // namespace

QList<ObservationRow> observationRows(const std::vector<ObservationPtr>& observations)
{
    QList<ObservationRow> rows;
    rows.reserve(qsizetype(observations.size()));
    for (const ObservationPtr& one : observations)
        rows.append({.id = QString::fromStdString(one->probe), .observation = one});
    return rows;
}

int ObservationsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(ColumnCount); }

QVariant ObservationsModel::data(const QModelIndex& at, int role) const
{
    if (!at.isValid() || at.row() >= rowCount())
        return {};
    const Observation& one = *row(at.row()).observation;
    const bool ran = one.state == ProbeState::Complete;
    switch (role) {
    case Qt::DisplayRole:
        switch (Column(at.column())) {
        case State:
            return ran && one.truncated ? tr("cut short") : words::probeState(one.state);
        case Probe:
            return probeName(one.probe);
        case Command:
            return lineSafe(QString::fromStdString(one.command).simplified());
        case Exit:
            return ran ? QString::number(one.exitStatus) : QString();
        case Lines:
            return QString::number(linesOf(row(at.row())));
        case Size:
            return byteWords(qint64(one.out.size()));
        case Took:
            return durationWords(one.duration);
        case ColumnCount:
            break;
        }
        return {};
    case SortRole:
        switch (Column(at.column())) {
        case State:
            return int(one.state);
        case Exit:
            return one.exitStatus;
        case Lines:
            return linesOf(row(at.row()));
        case Size:
            return double(one.out.size());
        case Took:
            return double(one.duration.count());
        default:
            return data(at, Qt::DisplayRole);
        }
    case Qt::DecorationRole:
        return at.column() == State ? QVariant(theme::stateIcon(shownAs(one))) : QVariant();
    case Qt::FontRole:
        return at.column() == Command ? QVariant(theme::monospaceFont()) : QVariant();
    case Qt::TextAlignmentRole:
        return at.column() >= Exit ? QVariant(int(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    case Qt::ToolTipRole:
        return at.column() == Command ? QVariant(toolTipSafe(QString::fromStdString(one.command))) : at.column() == Probe ? QVariant(toolTipSafe(QString::fromStdString(one.probe))) : QVariant();
    case VerdictRole:
        return int(shownAs(one));
    case IdRole:
        return row(at.row()).id;
    case FilterRole:
        return probeName(one.probe) + u'\n' + QString::fromStdString(one.probe + '\n' + one.command);
    default:
        return {};
    }
}

QVariant ObservationsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section >= Exit ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (Column(section)) {
    case State:
        return tr("State");
    case Probe:
        return tr("Probe");
    case Command:
        return tr("Command");
    case Exit:
        return tr("Exit");
    case Lines:
        return tr("Lines");
    case Size:
        return tr("Size");
    case Took:
        return tr("Took");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace medic
