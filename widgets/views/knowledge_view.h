// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"

class QSplitter;
class QTreeView;

namespace medic {

class FilterBar;
class FilterProxy;
class KnowledgeModel;
class KnowledgePanel;

/// Everything that the program knows to be wrong with clusters, with where it is written, searched in both languages;
/// beside it the team's own links and notes. Needs no cluster, no incident and no network. Key of a place: a finding's id.
class KnowledgeView final : public View
{
    Q_OBJECT

public:
    explicit KnowledgeView(const ViewContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("knowledge"); }
    [[nodiscard]] QString name() const override { return tr("Knowledge"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("knowledge"); }
    bool open(const Place& place) override;
    bool stepBack() override;
    bool focusFilter() override;
    [[nodiscard]] QList<PaletteItem> paletteItems() const override;
    void retranslate() override;

    [[nodiscard]] KnowledgeModel* model() const { return m_model; }
    [[nodiscard]] KnowledgePanel* panel() const { return m_panel; }
    [[nodiscard]] QTreeView* table() const { return m_table; }
    [[nodiscard]] FilterBar* filter() const { return m_filter; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void showCurrent();

    KnowledgeModel* m_model;
    FilterProxy* m_proxy;
    FilterBar* m_filter;
    QTreeView* m_table;
    KnowledgePanel* m_panel;
    QSplitter* m_split;
    bool m_stale = true; ///< filled when it is first looked at
};

} // namespace medic
