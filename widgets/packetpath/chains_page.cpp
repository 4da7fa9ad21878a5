// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/chains_page.h"

#include "widgets/packetpath/chain_map.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/packetpath/rules_delegate.h"
#include "widgets/packetpath/rules_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/tables.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QMetaObject>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic::packetpath {

ChainsPage::ChainsPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new RulesModel(this))
    , m_map(new ChainMap)
    , m_table(newTree())
    , m_words(new QLineEdit)
    , m_back(iconButton(QStringLiteral("back"), nullptr))
    , m_title(new PlainLabel(PlainLabel::Kind::Strong))
    , m_from(new PlainLabel(PlainLabel::Kind::Muted))
    , m_summary(new PlainLabel(PlainLabel::Kind::Muted))
    , m_empty(new EmptyState(QStringLiteral("filter")))
    , m_split(new QSplitter)
    , m_stack(new QStackedWidget)
    , m_soon(new QTimer(this))
{
    build();
    m_pool.setMaxThreadCount(1);
    m_soon->setSingleShot(true);
    m_soon->setInterval(150);
    connect(m_soon, &QTimer::timeout, this, &ChainsPage::startSearch);
    connect(m_words, &QLineEdit::textChanged, m_soon, qOverload<>(&QTimer::start));
    connect(m_words, &QLineEdit::returnPressed, this, &ChainsPage::startSearch);
    connect(m_back, &QToolButton::clicked, this, &ChainsPage::stepBack);
    connect(m_map, &ChainMap::chainWanted, this, &ChainsPage::showChain);
    connect(m_table, &QTreeView::activated, this, &ChainsPage::follow);
    connect(m_table, &QTreeView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == RulesModel::Target || (index.column() == RulesModel::Place && m_model->isSearch()))
            follow(index);
    });
    retranslate();
}

ChainsPage::~ChainsPage()
{
    m_newestBook = m_newestSearch = ~quint64(0);
    m_pool.clear();
    m_pool.waitForDone();
}

void ChainsPage::build()
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::gridStep);
    m_words->setClearButtonEnabled(true);
    m_words->setObjectName(QStringLiteral("ruleSearch"));
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::gridStep);
    head->addWidget(m_words, 1);
    head->addWidget(m_summary);
    auto* right = new QWidget;
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, theme::innerGap, 0, 0);
    column->setSpacing(theme::innerGap);
    auto* title = new QHBoxLayout;
    title->addWidget(m_back);
    title->addWidget(m_title, 1);
    column->addLayout(title);
    m_from->setWordWrap(true);
    column->addWidget(m_from);
    column->addWidget(m_table, 1);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new RulesDelegate(m_table));
    m_table->setRootIsDecorated(false);
    m_table->setSortingEnabled(false);
    m_table->setUniformRowHeights(true);
    columns(m_table, {{RulesModel::Number, 56}, {RulesModel::Place, 200}, {RulesModel::Packets, 84}, {RulesModel::Bytes, 76}, {RulesModel::Rate, 84}, {RulesModel::Target, 250},
                      {RulesModel::Owner, 220}, {RulesModel::Line, 64}}, RulesModel::Conditions);
    m_split->setOrientation(Qt::Vertical);
    m_split->addWidget(m_map);
    m_split->addWidget(right);
    m_split->setChildrenCollapsible(false);
    m_split->setStretchFactor(0, 2);
    m_split->setStretchFactor(1, 3);
    m_split->setSizes({260, 320});
    auto* all = new QWidget;
    auto* inner = new QVBoxLayout(all);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(theme::gridStep);
    inner->addLayout(head);
    inner->addWidget(m_split, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(all);
    rows->addWidget(m_stack);
}

void ChainsPage::setNode(const LoadedNodePtr& node, const NamesPtr& names)
{
    if (node == m_node && m_book)
        return;
    m_node = node;
    const quint64 number = ++m_newestBook;
    if (!node) {
        setBook(nullptr);
        return;
    }
    m_pool.start([this, node, names, number] {
        if (number != m_newestBook)
            return;
        auto book = RuleBook::make(node, names);
        QMetaObject::invokeMethod(
            this, [this, number, book] {
                if (number == m_newestBook)
                    setBook(book);
            },
            Qt::QueuedConnection);
    });
}

void ChainsPage::setBook(const RuleBookPtr& book)
{
    m_book = book;
    m_history.clear();
    m_current = {-1, -1, -1};
    m_model->setBook(book);
    m_map->setBook(book);
    const bool any = book && book->ruleCount() > 0;
    m_stack->setCurrentIndex(any ? 1 : 0);
    if (any) {
        m_summary->setText(tr("Rules: %1 · tables: %2").arg(QLocale().toString(qulonglong(book->ruleCount()))).arg(book->tables().size()));
        setPath(m_path);
        // The first place that everything which arrives passes.
        for (std::size_t t = 0; t < book->tables().size() && m_current.table < 0; ++t)
            for (std::size_t c = 0; c < book->tables()[t].chains.size(); ++c)
                if (!book->tables()[t].chains[c].hook.empty() && book->tables()[t].chains[c].rules > 0) {
                    go({static_cast<std::int32_t>(t), static_cast<std::int32_t>(c), -1});
                    break;
                }
        if (m_wanted) {
            const auto wanted = *m_wanted;
            m_wanted.reset();
            showStep(wanted.first, wanted.second);
        }
        if (!m_words->text().trimmed().isEmpty())
            startSearch();
    }
    updateHead();
    Q_EMIT bookReady();
}

void ChainsPage::setPath(const PathAnswerPtr& answer)
{
    m_path = answer;
    std::vector<RuleRef> met;
    if (m_book && answer)
        for (const auto& branch : (answer->across ? answer->joined : answer->trace).branches)
            for (const auto& step : branch.steps)
                if (step.matched != Tri::No && step.rule > 0 && answer->nodeOf(step) == m_book->node())
                    if (const RuleRef at = m_book->find(step, answer->query.packet.dst.isV6()); at.table >= 0)
                        met.push_back(at);
    m_model->setMet(met);
    m_map->setMet(met);
}

void ChainsPage::showStep(const TraceStep& step, bool v6)
{
    if (!m_book) {
        m_wanted = {step, v6};
        return;
    }
    if (const RuleRef at = m_book->find(step, v6); at.table >= 0)
        showChain(at);
}

void ChainsPage::showChain(const RuleRef& chain)
{
    if (!m_book || chain.table < 0)
        return;
    leaveSearch();
    if (m_current.table >= 0 && (m_current.table != chain.table || m_current.chain != chain.chain)) {
        RuleRef place = m_current;
        if (const QModelIndex now = m_table->currentIndex(); now.isValid())
            place.rule = now.row();
        m_history.append(place);
    }
    go(chain);
}

void ChainsPage::go(const RuleRef& chain)
{
    m_current = chain;
    m_model->showChain(chain);
    m_map->setCurrent(chain);
    if (chain.rule >= 0) {
        const QModelIndex row = m_model->index(chain.rule, 0);
        m_table->setCurrentIndex(row);
        m_table->scrollTo(row, QAbstractItemView::PositionAtCenter);
    } else {
        m_table->scrollToTop();
    }
    updateHead();
}

void ChainsPage::follow(const QModelIndex& index)
{
    if (!m_book || !index.isValid())
        return;
    const RuleRef at = m_model->at(index.row());
    if (m_model->isSearch() && index.column() != RulesModel::Target)
        return showChain(at);
    const BookRule rule = m_book->rule(at);
    if (!rule.jumps.empty())
        showChain({at.table, rule.jumps.front(), -1});
    else if (m_model->isSearch())
        showChain(at);
}

void ChainsPage::search(const QString& words)
{
    m_words->setText(words);
    startSearch();
}

void ChainsPage::startSearch()
{
    m_soon->stop();
    const quint64 number = ++m_newestSearch;
    const QString words = m_words->text().trimmed();
    if (words.isEmpty() || !m_book) {
        if (m_model->isSearch() && m_current.table >= 0)
            go(m_current);
        return;
    }
    m_pool.start([this, book = m_book, words, number] {
        const auto stop = [this, number] { return number != m_newestSearch; };
        if (stop())
            return;
        auto found = std::make_shared<std::vector<RuleRef>>(book->search(words.toStdString(), stop));
        QMetaObject::invokeMethod(
            this, [this, number, found, book] {
                if (number != m_newestSearch || book != m_book)
                    return;
                m_model->showFound(std::move(*found));
                m_table->scrollToTop();
                updateHead();
                Q_EMIT searchDone();
            },
            Qt::QueuedConnection);
    });
}

void ChainsPage::leaveSearch()
{
    ++m_newestSearch;
    m_soon->stop();
    const QSignalBlocker quiet(m_words);
    m_words->clear();
}

bool ChainsPage::stepBack()
{
    if (m_model->isSearch() || !m_words->text().isEmpty()) {
        leaveSearch();
        if (m_current.table >= 0)
            go(m_current);
        return true;
    }
    if (m_history.isEmpty())
        return false;
    go(m_history.takeLast());
    return true;
}

void ChainsPage::takeFocus()
{
    m_words->setFocus();
    m_words->selectAll();
}

void ChainsPage::updateHead()
{
    m_back->setEnabled(!m_history.isEmpty() || m_model->isSearch());
    m_table->setColumnHidden(RulesModel::Place, !m_model->isSearch());
    m_table->setColumnHidden(RulesModel::Rate, !m_book || !m_book->deltas());
    if (!m_book || m_current.table < 0) {
        m_title->clear();
        m_from->clear();
        return;
    }
    if (m_model->isSearch()) {
        m_title->setText(tr("Rules found: %1").arg(QLocale().toString(m_model->rowCount())));
        m_from->setText(tr("Enter or a click on the chain opens the rule where it stands."));
        return;
    }
    const BookChain& chain = m_book->chain(m_current);
    QString title = lineSafe(m_book->table(m_current).name + ' ' + chain.name);
    if (!chain.policy.empty())
        title += QStringLiteral(" · ") + tr("policy %1").arg(lineSafe(chain.policy));
    m_title->setText(title);
    QStringList from;
    for (const RuleRef& one : chain.from) {
        if (from.size() == 4) {
            from.append(tr("%n more", nullptr, int(chain.from.size()) - 4));
            break;
        }
        from.append(QStringLiteral("%1 #%2").arg(lineSafe(m_book->chain(one).name)).arg(one.rule + 1));
    }
    if (!chain.hook.empty())
        m_from->setText(PathWords::hookMeaning(chain.hook));
    else
        m_from->setText(from.isEmpty() ? tr("Nothing jumps here: these rules are never asked.") : tr("From: %1").arg(from.join(tr(", "))));
}

void ChainsPage::retranslate()
{
    m_words->setPlaceholderText(tr("Search rules: an address, a port, a comment, a chain, a Service (default/api)"));
    m_words->setAccessibleName(tr("Search rules"));
    m_back->setToolTip(tr("Back to the chain before (Esc)"));
    m_table->setAccessibleName(tr("Rules"));
    m_map->setAccessibleName(tr("Map of the chains"));
    m_empty->setWords(tr("No rules here"), tr("This node has no iptables or nftables rules, or they were not collected."));
    m_model->retranslate();
    updateHead();
}

} // namespace medic::packetpath
