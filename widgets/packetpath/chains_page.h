// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/rule_book.h"

#include <QThreadPool>
#include <QWidget>

#include <atomic>

class QLineEdit;
class QSplitter;
class QStackedWidget;
class QTimer;
class QToolButton;
class QTreeView;

namespace medic {
class EmptyState;
class PlainLabel;
}

namespace medic::packetpath {

class ChainMap;
class RulesModel;

/// A node's whole ruleset: the map above, one chain's rules (or what a search found) below. Rules are read and
/// searched by a worker. Screen's thread.
class ChainsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit ChainsPage(QWidget* parent = nullptr);
    ~ChainsPage() override;

    /// Null: nothing to show (yet).
    void setNode(const LoadedNodePtr& node, const NamesPtr& names);
    void setPath(const PathAnswerPtr& answer); ///< lights the rules that it met
    void showStep(const TraceStep& step, bool v6); ///< its chain, its rule chosen
    void showChain(const RuleRef& chain); ///< rule -1: the top
    void search(const QString& words);
    bool stepBack();
    void takeFocus();
    void retranslate();
    [[nodiscard]] RulesModel* model() const { return m_model; }
    [[nodiscard]] ChainMap* map() const { return m_map; }
    [[nodiscard]] const RuleBookPtr& book() const { return m_book; }
    [[nodiscard]] QTreeView* table() const { return m_table; }

Q_SIGNALS:
    void bookReady(); ///< after setNode
    void searchDone();

private:
    void build();
    void setBook(const RuleBookPtr& book);
    void startSearch();
    void leaveSearch();
    void follow(const QModelIndex& index);
    void updateHead();
    void go(const RuleRef& chain);

    LoadedNodePtr m_node;
    RuleBookPtr m_book;
    PathAnswerPtr m_path;
    RulesModel* m_model;
    ChainMap* m_map;
    QTreeView* m_table;
    QLineEdit* m_words;
    QToolButton* m_back;
    PlainLabel* m_title;
    PlainLabel* m_from;
    PlainLabel* m_summary;
    EmptyState* m_empty;
    QSplitter* m_split;
    QStackedWidget* m_stack;
    QTimer* m_soon;
    RuleRef m_current {-1, -1, -1};
    QList<RuleRef> m_history;
    std::optional<std::pair<TraceStep, bool>> m_wanted; ///< asked for before the book was there
    QThreadPool m_pool;
    std::atomic<quint64> m_newestBook {0}, m_newestSearch {0};
};

} // namespace medic::packetpath
