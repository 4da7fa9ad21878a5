// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"

class QSplitter;
class QStackedWidget;
class QTreeView;

namespace medic {

class EmptyState;
class FilterBar;
class FilterProxy;
class FindingPanel;
class FindingsModel;

/// What is wrong, grouped by what it says, severity first; beside it the one that is chosen, told whole.
/// Key of a place: Finding::key().
class FindingsView final : public View
{
    Q_OBJECT

public:
    explicit FindingsView(const ViewContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("findings"); }
    [[nodiscard]] QString name() const override { return tr("Findings"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("findings"); }
    bool open(const Place& place) override;
    bool stepBack() override;
    bool focusFilter() override;
    [[nodiscard]] QList<PaletteItem> paletteItems() const override;
    void retranslate() override;

    [[nodiscard]] FindingsModel* model() const { return m_model; }
    [[nodiscard]] FindingPanel* panel() const { return m_panel; }
    [[nodiscard]] QTreeView* table() const { return m_table; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void showCurrent();
    void updateEmpty();
    void fitColumns(); ///< where there is little room the sentence has it

    FindingsModel* m_model;
    FilterProxy* m_proxy;
    FilterBar* m_filter;
    QTreeView* m_table;
    FindingPanel* m_panel;
    EmptyState* m_empty;
    QSplitter* m_split;
    QStackedWidget* m_stack;
};

} // namespace medic
