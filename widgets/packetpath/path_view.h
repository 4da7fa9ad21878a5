// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"
#include "widgets/views/view.h"

class QStackedWidget;
class QTabBar;
class QVBoxLayout;

namespace medic {

class EmptyState;

namespace packetpath {
class ChainsPage;
class ComparePage;
class IpvsPage;
class Observer;
class PathPage;
class QueryBar;
} // namespace packetpath

/// A packet's way through one node, rule by rule, and the node's rules as a map. Key of a place: a query
/// ("pod web-0 -> svc default/api:80"). Screen's thread; reading and tracing are done by PathEngine's worker.
class PathView final : public View
{
    Q_OBJECT

public:
    explicit PathView(const ViewContext& context, QWidget* parent = nullptr);
    ~PathView() override;

    [[nodiscard]] QString id() const override { return QStringLiteral("path"); }
    [[nodiscard]] QString name() const override { return tr("Path"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("path"); }
    bool open(const Place& place) override;
    bool stepBack() override;
    bool focusFilter() override;
    [[nodiscard]] QList<PaletteItem> paletteItems() const override;
    void retranslate() override;

    [[nodiscard]] packetpath::QueryBar* bar() const { return m_bar; }
    [[nodiscard]] packetpath::PathPage* page() const { return m_page; }
    [[nodiscard]] packetpath::ChainsPage* chains() const { return m_chains; }
    [[nodiscard]] packetpath::IpvsPage* ipvs() const { return m_ipvs; }
    [[nodiscard]] packetpath::ComparePage* comparison() const { return m_compare; }
    enum Tab { PathTab, ChainsTab, IpvsTab, CompareTab };
    void showTab(Tab tab);

Q_SIGNALS:
    void answerShown(); ///< an asked query is on the screen, or its mistake

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh(); ///< what there is to ask about has changed
    void ask(const QString& text);
    void showAnswer(const packetpath::PathAnswerPtr& answer);
    void showDump(const TraceStep& step);
    void suggest();
    void updateStack();
    void showNode(const QString& node);
    void updateTab();
    void connectObserver();
    void askKernel();
    void changeInThought(const std::optional<TraceStep>& step);

    packetpath::PathEngine* m_engine;
    packetpath::NamesPtr m_names;
    packetpath::QueryBar* m_bar;
    packetpath::PathPage* m_page;
    packetpath::ChainsPage* m_chains;
    packetpath::IpvsPage* m_ipvs;
    packetpath::ComparePage* m_compare;
    packetpath::Observer* m_observer;
    QTabBar* m_tabs;
    EmptyState* m_empty;
    QWidget* m_suggestions;
    QVBoxLayout* m_suggestionList;
    QWidget* m_all;
    QStackedWidget* m_content;
    QStackedWidget* m_stack;
    QString m_asked;
    QString m_node; ///< whose rules are shown
    packetpath::WhatIf m_whatIf;
    bool m_stale = true;
    bool m_compareStale = true; ///< what there is to compare has changed since
};

} // namespace medic
