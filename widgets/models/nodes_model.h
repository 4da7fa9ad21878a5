// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/session.h"
#include "diagnostics/model/catalogue.h"
#include "widgets/models/table_model.h"

#include <QCoreApplication>

namespace medic {

/// One node as a row and as a cell of the heat map.
struct NodeRow {
    QString id; ///< the node's name; hostile
    QString role; ///< "control-plane", "worker" …; empty: not known
    QString address, version;
    Verdict verdict = Verdict::Unknown; ///< of its findings; Unknown while nothing is known
    QString reason; ///< the sentence that matters most: its worst finding, or why it could not be reached
    int failures = 0, warnings = 0, unknowns = 0;
    collect::NodeProgress::State state = collect::NodeProgress::State::Waiting;
    int done = 0, total = 0;
    qint64 bytes = 0;
    bool operator==(const NodeRow&) const = default;
};

/// Every node that the session knows, live or replayed, rolled up. Pure; cheap enough to be made anew for each batch.
[[nodiscard]] QList<NodeRow> nodeRows(const Snapshot& snapshot, const std::vector<collect::NodeProgress>& progress,
                                      const std::vector<Finding>& findings, const Catalogue& catalogue, Language language);

/// The moment that "ago" counts from: now beside a live cluster, none in a recording.
[[nodiscard]] std::optional<TimePoint> momentOf(const collect::Session& session);

[[nodiscard]] QString progressWord(collect::NodeProgress::State state);

class NodesModel final : public TableModel<NodeRow> {
    Q_DECLARE_TR_FUNCTIONS(medic::NodesModel)

public:
    enum Column { State, Name, Role, Sweep, Failures, Warnings, Unknowns, Reason, Address, Version, ColumnCount };
    using TableModel::TableModel;

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
};

} // namespace medic
