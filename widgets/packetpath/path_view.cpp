// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_view.h"

#include "diagnostics/collect/session.h"
#include "diagnostics/model/probe_ids.h"
#include "widgets/packetpath/path_page.h"
#include "widgets/packetpath/path_suggest.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/packetpath/query_bar.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/line_button.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QStackedWidget>
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
    rows->addWidget(m_content, 1);
    m_content->addWidget(m_suggestions);
    m_content->addWidget(m_page);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_all);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFocusProxy(m_bar);

    connect(m_engine, &PathEngine::namesReady, this, [this](const NamesPtr& names) {
        m_names = names;
        m_bar->setNames(names);
        suggest();
        updateStack();
    });
    connect(m_engine, &PathEngine::answered, this, &PathView::showAnswer);
    connect(m_bar, &QueryBar::asked, this, &PathView::ask);
    connect(m_page, &PathPage::passedOverChanged, this, [this] {
        if (!m_asked.isEmpty())
            m_engine->ask(m_asked, m_page->passedOver());
    });
    connect(m_page, &PathPage::dumpWanted, this, &PathView::showDump);
    connect(m_page, &PathPage::said, this, &View::said);
    const auto changed = [this] {
        m_stale = true;
        if (isVisible())
            refresh();
    };
    connect(&session(), &Session::opened, this, [this, changed] {
        m_asked.clear();
        m_bar->setText({});
        m_content->setCurrentWidget(m_suggestions);
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

void PathView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    refresh();
}

void PathView::refresh()
{
    if (m_stale) {
        m_stale = false;
        m_engine->setSnapshot(session().isOpen() ? session().snapshot() : Snapshot());
        if (!m_asked.isEmpty())
            m_engine->ask(m_asked, m_page->passedOver());
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
    m_stack->setCurrentWidget(session().isOpen() && !m_names->collected.empty() ? m_all : static_cast<QWidget*>(m_empty));
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

void PathView::ask(const QString& text)
{
    m_asked = text;
    if (m_stale)
        refresh();
    else
        m_engine->ask(text, m_page->passedOver());
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
    m_bar->showNode(QString::fromStdString(answer->query.node));
    m_content->setCurrentWidget(m_page);
    m_page->setAnswer(answer);
    Q_EMIT answerShown();
}

/// The rule's line in the output that it was read from: found by its text, since several outputs may hold the table.
void PathView::showDump(const TraceStep& step)
{
    const auto& answer = m_page->answer();
    if (!answer)
        return;
    if (const auto evidence = evidenceOf(session().snapshot(), answer->trace.node, step, answer->query.packet.dst.isV6()))
        Q_EMIT evidenceWanted(*evidence);
    else
        Q_EMIT said(tr("The output that this line came from is not here any more"));
}

bool PathView::open(const Place& place)
{
    if (place.key.isEmpty())
        return true;
    m_bar->setText(place.key);
    ask(place.key);
    return true;
}

bool PathView::stepBack()
{
    if (m_content->currentWidget() == m_page && m_page->stepBack())
        return true;
    if (m_content->currentWidget() != m_page)
        return false;
    m_content->setCurrentWidget(m_suggestions);
    m_bar->setText({});
    m_bar->takeFocus();
    m_asked.clear();
    return true;
}

bool PathView::focusFilter()
{
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
    if (const auto& answer = m_page->answer())
        m_page->setAnswer(answer);
    suggest();
    updateStack();
}

} // namespace medic
