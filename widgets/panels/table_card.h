// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"

#include <QWidget>

class QTreeView;

namespace medic {

class RatesChart;

/// What several observations say together, in a wizard's step or on a node's page: a title, the rows with their states and
/// bars, how to read them; bandwidth asked for and in force as a chart too. A row opens the line that it was read from.
/// Screen's thread.
class TableCard final : public QWidget
{
    Q_OBJECT

public:
    explicit TableCard(checks::Table table, QWidget* parent = nullptr);

    [[nodiscard]] QTreeView* view() const { return m_view; }
    [[nodiscard]] RatesChart* rates() const { return m_rates; } ///< of the bandwidth table; else null
    /// Takes the room that there is instead of the height of a few rows.
    void fillRoom();

Q_SIGNALS:
    void evidenceWanted(const medic::Evidence& evidence);

private:
    QTreeView* m_view;
    RatesChart* m_rates = nullptr;
};

} // namespace medic
