// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"

#include <QWidget>

class QTreeView;

namespace medic {

/// What several observations say together, in a wizard's step: a title, the rows with their states and bars, how to read
/// them. A row opens the line that it was read from. Screen's thread.
class TableCard final : public QWidget
{
    Q_OBJECT

public:
    explicit TableCard(checks::Table table, QWidget* parent = nullptr);

    [[nodiscard]] QTreeView* view() const { return m_view; }

Q_SIGNALS:
    void evidenceWanted(const medic::Evidence& evidence);

private:
    QTreeView* m_view;
};

} // namespace medic
