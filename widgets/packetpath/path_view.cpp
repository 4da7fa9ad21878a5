// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_view.h"

#include "diagnostics/collect/session.h"
#include "diagnostics/model/probe_ids.h"
#include "widgets/packetpath/chains_page.h"
#include "widgets/packetpath/compare_page.h"
#include "widgets/packetpath/ipvs_page.h"
#include "widgets/packetpath/kernel_trace_dialog.h"
#include "widgets/packetpath/observer.h"
#include "widgets/packetpath/path_page.h"
#include "widgets/packetpath/path_suggest.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/packetpath/query_bar.h"
#include "widgets/packetpath/what_if_dialog.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/line_button.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QAbstractButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace medic {

using collect::Session;
using namespace packetpath;

PathView::PathView(const ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_engine(new PathEngine(this))
    , m_names(std::make_shared<const netfilter::PathNames>())
    , m_bar(new QueryBar)
    , m_page(new PathPage)
    , m_chains(new ChainsPage)
    , m_ipvs(new IpvsPage)
    , m_compare(new ComparePage)
    , m_observer(new Observer(session(), this))
    , m_tabs(new QTabBar)
    , m_empty(new EmptyState(QStringLiteral("path")))
    , m_suggestions(new QWidget)
    , m_suggestionList(new QVBoxLayout(m_suggestions))
    , m_all(new QWidget)
    , m_content(new QStackedWidget)
    , m_stack(new QStackedWidget)
{
    auto* rows = new QVBoxLayout(m_all);
    rows->setContentsMargins(theme::pageMargin, theme::groupGap, theme::pageMargin, theme::gridStep);
    rows->setSpacing(theme::gridStep);
    rows->addWidget(m_bar);
    rows->addWidget(m_tabs);
    rows->addWidget(m_content, 1);
    m_content->addWidget(m_suggestions);
    m_content->addWidget(m_page);
    m_content->addWidget(m_chains);
    m_content->addWidget(m_ipvs);
    m_content->addWidget(m_compare);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (int i = 0; i < 4; ++i)
        m_tabs->addTab({});
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_all);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFocusProxy(m_bar);

    connect(m_engine, &PathEngine::namesReady, this, [this](const NamesPtr& names) {
        m_names = names;
        m_bar->setNames(names);
        if (!names->isCollected(m_node.toStdString()))
            m_node = names->collected.empty() ? QString() : QString::fromStdString(names->collected.front());
        m_compareStale = true;
        m_page->setLive(session().isOpen() && session().isLive());
        showNode(m_node);
        updateTab();
        suggest();
        updateStack();
    });
    connect(m_engine, &PathEngine::answered, this, &PathView::showAnswer);
    connect(m_engine, &PathEngine::loaded, this, [this](const QString& node, const LoadedNodePtr& loaded) {
        if (node != m_node)
            return;
        m_chains->setNode(loaded, m_names);
        m_chains->setPath(m_page->answer());
        m_ipvs->setNode(loaded, m_names);
    });
    connect(m_tabs, &QTabBar::currentChanged, this, &PathView::updateTab);
    connect(m_bar, &QueryBar::nodeWanted, this, &PathView::showNode);
    connect(m_page, &PathPage::chainWanted, this, [this](const TraceStep& step) {
        showNode(QString::fromStdString(m_page->answer()->nameOfNode(step)));
        m_tabs->setCurrentIndex(ChainsTab);
        m_chains->showStep(step, m_page->answer()->query.packet.dst.isV6());
    });
    connect(m_bar, &QueryBar::asked, this, [this](const QString& text) {
        ask(text);
        m_tabs->setCurrentIndex(PathTab);
    });
    connect(m_page, &PathPage::passedOverChanged, this, [this] {
        if (!m_asked.isEmpty())
            m_engine->ask(m_asked, m_page->passedOver(), m_whatIf);
    });
    connect(m_page, &PathPage::withoutWanted, this, [this](const TraceStep& step) {
        const auto& answer = m_page->answer();
        if (answer->nameOfNode(step) != answer->query.node) {
            Q_EMIT said(tr("Add “on %1” to the query to think this rule away").arg(lineSafe(answer->nameOfNode(step))));
            return;
        }
        if (m_whatIf.node != answer->query.node)
            m_whatIf = {};
        m_whatIf.node = answer->query.node;
        m_whatIf.changes.push_back(netfilter::DisableRule {{answer->query.packet.dst.isV6(), step.backend, step.table, step.chain, step.rule}});
        m_engine->ask(m_asked, m_page->passedOver(), m_whatIf);
    });
    connect(m_page, &PathPage::changeWanted, this, &PathView::changeInThought);
    connect(m_engine, &PathEngine::audited, m_page, &PathPage::setAudit);
    connect(m_page, &PathPage::asItIsWanted, this, [this] {
        m_whatIf = {};
        m_engine->ask(m_asked, m_page->passedOver());
    });
    connectObserver();
    connect(m_compare, &ComparePage::said, this, &View::said);
    connect(m_page, &PathPage::dumpWanted, this, &PathView::showDump);
    connect(m_page, &PathPage::said, this, &View::said);
    const auto changed = [this] {
        m_stale = true;
        if (isVisible())
            refresh();
    };
    connect(&session(), &Session::opened, this, [this, changed] {
        m_asked.clear();
        m_whatIf = {};
        m_node.clear();
        m_bar->setText({});
        m_page->setAnswer(nullptr);
        m_tabs->setCurrentIndex(PathTab);
        updateTab();
        changed();
    });
    connect(&session(), &Session::closed, this, changed);
    connect(&session(), &Session::sweepFinished, this, changed);
    connect(m_empty, &EmptyState::pressed, this, [this] {
        if (session().isOpen() && session().isLive())
            session().sweep({});
        else
            Q_EMIT placeWanted({.view = QStringLiteral("start"), .key = {}, .detail = {}});
    });
    retranslate();
}

PathView::~PathView() = default;

void PathView::changeInThought(const std::optional<TraceStep>& step)
{
    const auto& answer = m_page->answer();
    if (!answer || answer->mistake || !answer->node)
        return;
    if (step && answer->nameOfNode(*step) != answer->query.node) {
        Q_EMIT said(tr("Add “on %1” to the query to think this rule away").arg(lineSafe(answer->nameOfNode(*step))));
        return;
    }
    WhatIf current = m_whatIf.node == answer->query.node ? m_whatIf : WhatIf();
    current.node = answer->query.node;
    auto* dialog = new WhatIfDialog(answer->node, std::move(current), answer->query.packet.dst.isV6(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (step) {
        dialog->setPlace(*step);
        dialog->setKind(WhatIfDialog::Edit);
    }
    connect(dialog, &WhatIfDialog::wanted, this, [this](const WhatIf& wish) {
        m_whatIf = wish;
        m_engine->ask(m_asked, m_page->passedOver(), m_whatIf);
    });
    dialog->open();
}

void PathView::connectObserver()
{
    connect(m_page, &PathPage::countWanted, this, [this] {
        const auto& answer = m_page->answer();
        if (!answer)
            return;
        std::vector<std::string> nodes {answer->query.node};
        for (const auto& [name, node] : answer->nodes)
            if (name != answer->query.node)
                nodes.push_back(name);
        m_page->showCounted(true);
        if (!m_observer->count(nodes, 5))
            Q_EMIT said(tr("Not now: a sweep is under way."));
    });
    connect(m_page, &PathPage::kernelTraceWanted, this, &PathView::askKernel);
    connect(m_observer, &Observer::stateChanged, m_page, &PathPage::setObserving);
    connect(m_observer, &Observer::traced, m_page, &PathPage::setKernelTrace);
    connect(m_observer, &Observer::failed, this, &View::said);
}

void PathView::askKernel()
{
    const auto& answer = m_page->answer();
    if (!answer || answer->mistake)
        return;
    auto* dialog = new KernelTraceDialog(answer, session().profile(), session().isLive(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &KernelTraceDialog::confirmed, this, [this, node = answer->query.node](const netfilter::KernelTracePlan& plan) {
        if (!m_observer->traceKernel(node, plan))
            Q_EMIT said(tr("Not now: something else is being observed."));
    });
    dialog->open();
}

void PathView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    refresh();
}

void PathView::refresh()
{
    if (m_stale) {
        m_stale = false;
        m_compareStale = true;
        m_engine->setSnapshot(session().isOpen() ? session().snapshot() : Snapshot(), session().isOpen() ? session().earlierSnapshot() : nullptr);
        if (!m_asked.isEmpty())
            m_engine->ask(m_asked, m_page->passedOver(), m_whatIf);
    }
    updateStack();
}

void PathView::updateStack()
{
    if (!session().isOpen()) {
        m_empty->setWords(tr("No cluster, no incident"), tr("Connect to a cluster or open a recorded incident; then a packet can be followed through its nodes."),
                          tr("Go to the start page"));
    } else if (session().isLive()) {
        m_empty->setWords(tr("No rules were collected yet"), tr("To follow a packet, a node's iptables or nftables rules, its IPVS table and its routes are needed. A sweep reads them."),
                          tr("Sweep now"));
    } else {
        m_empty->setWords(tr("No rules in this incident"), tr("To follow a packet, a node's iptables or nftables rules, its IPVS table and its routes are needed. This recording holds none."),
                          tr("Go to the start page"));
    }
    const bool hasRules = session().isOpen() && !m_names->collected.empty();
    m_stack->setCurrentWidget(hasRules ? m_all : static_cast<QWidget*>(m_empty));
    // The keyboard belongs to what is seen: a hidden query line would keep it to itself.
    setFocusProxy(hasRules ? static_cast<QWidget*>(m_bar) : m_empty->findChild<QAbstractButton*>());
}

void PathView::suggest()
{
    while (QLayoutItem* item = m_suggestionList->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_suggestionList->setSpacing(theme::innerGap);
    m_suggestionList->addWidget(new PlainLabel(tr("Follow a packet"), PlainLabel::Kind::Heading));
    auto* hint = new PlainLabel(tr("From a Pod, a node or an address to a Service, a Pod or an address, as the kernel of the node decides it. For example:"), PlainLabel::Kind::Muted);
    hint->setWordWrap(true);
    m_suggestionList->addWidget(hint);
    m_suggestionList->addSpacing(theme::gridStep);
    for (const QString& query : suggestedQueries(*m_names, 6)) {
        auto* button = new LineButton(LineButton::Size::Small);
        button->setWords(lineSafe(query), {});
        button->setMark(theme::icon(QStringLiteral("path"), theme::Ink::Accent));
        connect(button, &LineButton::clicked, this, [this, query] {
            m_bar->setText(query);
            ask(query);
        });
        m_suggestionList->addWidget(button);
    }
    m_suggestionList->addStretch(1);
}

/// Whose rules the other tabs show. They are read when one of them is looked at.
void PathView::showNode(const QString& node)
{
    m_node = node;
    m_bar->showNode(node);
    if (m_tabs->currentIndex() != PathTab)
        m_engine->load(node);
}

void PathView::showTab(Tab tab) { m_tabs->setCurrentIndex(tab); }

void PathView::updateTab()
{
    switch (m_tabs->currentIndex()) {
    case ChainsTab: m_content->setCurrentWidget(m_chains); break;
    case IpvsTab: m_content->setCurrentWidget(m_ipvs); break;
    case CompareTab:
        m_content->setCurrentWidget(m_compare);
        if (m_compareStale && session().isOpen()) {
            m_compareStale = false;
            const IncidentFile* incident = session().incident();
            const auto sweeps = incident ? incident->sweeps() : Result<std::vector<SweepInfo>>();
            m_compare->setIncident(session().snapshot(), incident ? QString::fromStdString(incident->path().string()) : QString(), m_names->collected,
                                   sweeps ? *sweeps : std::vector<SweepInfo>(), [this](quint64 sweep) -> Result<Snapshot> {
                                       const IncidentFile* file = session().incident();
                                       return file ? file->snapshot(sweep) : failure(ErrorCode::MissingValue, "incident");
                                   });
        }
        return;
    default: m_content->setCurrentWidget(m_page->answer() ? m_page : m_suggestions); break;
    }
    if (m_tabs->currentIndex() != PathTab && !m_node.isEmpty())
        m_engine->load(m_node);
}

void PathView::ask(const QString& text)
{
    m_asked = text;
    if (m_stale)
        refresh();
    else
        m_engine->ask(text, m_page->passedOver(), m_whatIf);
}

void PathView::showAnswer(const PathAnswerPtr& answer)
{
    if (answer->mistake) {
        m_bar->showMistake(PathWords::mistake(*answer->mistake));
        Q_EMIT answerShown();
        return;
    }
    m_bar->showMistake({});
    m_bar->remember(answer->text);
    m_page->setAnswer(answer);
    showNode(QString::fromStdString(answer->query.node));
    m_chains->setPath(answer);
    if (m_tabs->currentIndex() == PathTab)
        m_content->setCurrentWidget(m_page);
    Q_EMIT answerShown();
}

/// The rule's line in the output that it was read from: found by its text, since several outputs may hold the table.
void PathView::showDump(const TraceStep& step)
{
    const auto& answer = m_page->answer();
    if (!answer)
        return;
    if (const auto evidence = evidenceOf(session().snapshot(), answer->nameOfNode(step), step, answer->query.packet.dst.isV6()))
        Q_EMIT evidenceWanted(*evidence);
    else
        Q_EMIT said(tr("The output that this line came from is not here any more"));
}

bool PathView::open(const Place& place)
{
    if (place.key.isEmpty())
        return true;
    m_bar->setText(place.key);
    m_tabs->setCurrentIndex(PathTab);
    ask(place.key);
    return true;
}

bool PathView::stepBack()
{
    if (m_content->currentWidget() == m_page && m_page->stepBack())
        return true;
    if (m_tabs->currentIndex() == ChainsTab && m_chains->stepBack())
        return true;
    if (m_tabs->currentIndex() == IpvsTab && m_ipvs->stepBack())
        return true;
    if (m_tabs->currentIndex() == CompareTab && m_compare->stepBack())
        return true;
    if (m_tabs->currentIndex() != PathTab) {
        m_tabs->setCurrentIndex(PathTab);
        return true;
    }
    if (m_content->currentWidget() != m_page)
        return false;
    m_whatIf = {};
    m_page->setAnswer(nullptr);
    m_chains->setPath(nullptr);
    m_bar->setText({});
    m_bar->takeFocus();
    m_asked.clear();
    updateTab();
    return true;
}

bool PathView::focusFilter()
{
    if (m_tabs->currentIndex() == ChainsTab) {
        m_chains->takeFocus();
        return true;
    }
    if (m_tabs->currentIndex() == IpvsTab) {
        m_ipvs->takeFocus();
        return true;
    }
    if (m_tabs->currentIndex() == CompareTab) {
        m_compare->takeFocus();
        return true;
    }
    m_bar->takeFocus();
    return true;
}

QList<PaletteItem> PathView::paletteItems() const
{
    QList<PaletteItem> items;
    for (const QString& query : m_bar->recent().mid(0, 6))
        items.append({.icon = iconName(), .title = query, .detail = tr("follow again"), .place = {.view = id(), .key = query, .detail = {}}});
    return items;
}

void PathView::retranslate()
{
    m_bar->retranslate();
    m_page->retranslate();
    m_chains->retranslate();
    m_ipvs->retranslate();
    m_compare->retranslate();
    m_tabs->setTabText(PathTab, tr("Packet's path"));
    m_tabs->setTabText(ChainsTab, tr("All rules"));
    m_tabs->setTabText(IpvsTab, tr("IPVS"));
    m_tabs->setTabText(CompareTab, tr("Side by side"));
    if (const auto& answer = m_page->answer())
        m_page->setAnswer(answer);
    suggest();
    updateStack();
}

} // namespace medic
