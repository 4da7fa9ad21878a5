// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"
#include "diagnostics/model/catalogue.h"
#include "widgets/models/nodes_model.h"

#include <QWidget>

class QLabel;
class QTabWidget;
class QToolButton;
class QTreeView;

namespace medic {

class BarsChart;
class ComponentRow;
class FactsTables;
class FilterProxy;
class FindingsModel;
class ObservationsModel;
class PlainLabel;

/// One node in place of the table: identity, components, up to four charts, its findings, its raw observations.
/// Screen's thread; `catalogue` outlives it.
class NodePanel final : public QWidget
{
    Q_OBJECT

public:
    explicit NodePanel(const Catalogue& catalogue, QWidget* parent = nullptr);

    void showNode(const NodeRow& row, const Snapshot& snapshot, const std::vector<Finding>& findings, std::optional<TimePoint> now);
    [[nodiscard]] const QString& node() const { return m_node; }
    void setLive(bool live); ///< a recording's node cannot be swept again
    void setLanguage(Language language);
    void retranslate();
    void focusFirst();

Q_SIGNALS:
    void backWanted();
    void sweepWanted(const QString& node);
    void evidenceWanted(const medic::Evidence& evidence);
    void findingWanted(const QString& key);

protected:
    void changeEvent(QEvent* event) override;

private:
    void updateTabTitles();
    void showTables(const std::vector<checks::Table>& tables);
    void paintMark();

    const Catalogue& m_catalogue;
    Language m_language = Language::English;
    QString m_node;
    bool m_browsing = false; ///< an observation was opened: the drawer follows the arrow keys
    Verdict m_verdict = Verdict::Unknown;
    QToolButton* m_back;
    QLabel* m_mark;
    PlainLabel* m_name;
    PlainLabel* m_reason;
    PlainLabel* m_identity;
    QToolButton* m_sweep;
    ComponentRow* m_components;
    QWidget* m_charts;
    BarsChart* m_disks;
    BarsChart* m_memory;
    BarsChart* m_pressure;
    BarsChart* m_limits;
    QTabWidget* m_tabs;
    FindingsModel* m_findings;
    FilterProxy* m_findingsProxy;
    QTreeView* m_findingsView;
    ObservationsModel* m_observations;
    FilterProxy* m_observationsProxy;
    QTreeView* m_observationsView;
    FactsTables* m_tables;
    std::vector<checks::Table> m_shownTables;
};

} // namespace medic
