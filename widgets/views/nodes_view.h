// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/nodes_model.h"
#include "widgets/views/view.h"

class QStackedWidget;
class QTimer;
class QTreeView;

namespace medic {

class EmptyState;
class FilterBar;
class FilterProxy;
class HeatMap;
class NodePanel;

/// Every node: the heat map above the table; a node opens in place. Key of a place: the node's name.
class NodesView final : public View
{
    Q_OBJECT

public:
    explicit NodesView(const ViewContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("nodes"); }
    [[nodiscard]] QString name() const override { return tr("Nodes"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("nodes"); }
    bool open(const Place& place) override;
    bool stepBack() override;
    bool focusFilter() override;
    [[nodiscard]] QList<PaletteItem> paletteItems() const override;
    void retranslate() override;

    [[nodiscard]] NodesModel* model() const { return m_model; }

private:
    void refresh();
    void refreshSoon();
    void openNode(const QString& node);
    void updateEmpty();

    NodesModel* m_model;
    FilterProxy* m_proxy;
    FilterBar* m_filter;
    HeatMap* m_map;
    QTreeView* m_table;
    NodePanel* m_panel;
    EmptyState* m_empty;
    QWidget* m_all;
    QStackedWidget* m_stack;
    QTimer* m_soon;
};

} // namespace medic
