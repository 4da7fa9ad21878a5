// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"
#include "widgets/models/table_model.h"

#include <QCoreApplication>

#include <vector>

namespace medic {

struct ObservationRow {
    QString id; ///< probe id
    ObservationPtr observation;
    mutable int lines = -1; ///< of its output; counted when first looked at
    bool operator==(const ObservationRow& other) const { return id == other.id && observation == other.observation; }
};

[[nodiscard]] QList<ObservationRow> observationRows(const std::vector<ObservationPtr>& observations);

/// What was collected of one node (or of the cluster), raw: one row a probe.
class ObservationsModel final : public TableModel<ObservationRow> {
    Q_DECLARE_TR_FUNCTIONS(medic::ObservationsModel)

public:
    enum Column { State, Probe, Command, Exit, Lines, Size, Took, ColumnCount };
    using TableModel::TableModel;

    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
};

} // namespace medic
