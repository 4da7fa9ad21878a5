// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/nodes_view.h"

#include "diagnostics/collect/language.h"
#include "widgets/models/filter_proxy.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/filter_bar.h"
#include "widgets/panels/heat_map.h"
#include "widgets/panels/node_panel.h"
#include "widgets/panels/tables.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QHeaderView>
#include <QStackedWidget>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic {

using collect::Session;

NodesView::NodesView(const ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_model(new NodesModel(this))
    , m_proxy(new FilterProxy(this))
    , m_filter(new FilterBar({Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok}))
    , m_map(new HeatMap)
    , m_table(newTree())
    , m_panel(new NodePanel(catalogue()))
    , m_empty(new EmptyState(QStringLiteral("nodes")))
    , m_all(new QWidget)
    , m_stack(new QStackedWidget)
    , m_soon(new QTimer(this))
{
    auto* list = new QVBoxLayout(m_all);
    list->setContentsMargins(0, 0, 0, 0);
    list->setSpacing(theme::groupGap);
    m_map->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    list->addWidget(m_map);
    list->addWidget(m_filter);
    list->addWidget(m_table, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_all);
    m_stack->addWidget(m_panel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, theme::groupGap, theme::pageMargin, 0);
    layout->addWidget(m_stack);

    m_proxy->setSourceModel(m_model);
    m_table->setModel(m_proxy);
    m_table->setRootIsDecorated(false);
    m_table->sortByColumn(NodesModel::State, Qt::AscendingOrder);
    columns(m_table, {{NodesModel::State, 96}, {NodesModel::Name, 170}, {NodesModel::Role, 104}, {NodesModel::Sweep, 88}, {NodesModel::Failures, 66},
                      {NodesModel::Warnings, 76}, {NodesModel::Unknowns, 76}, {NodesModel::Address, 110}, {NodesModel::Version, 84}}, NodesModel::Reason);

    connect(m_filter, &FilterBar::textChanged, m_proxy, &FilterProxy::setWords);
    connect(m_filter, &FilterBar::shownChanged, m_proxy, &FilterProxy::setVerdicts);
    connect(m_map, &HeatMap::activated, this, &NodesView::openNode);
    connect(m_map, &HeatMap::currentChanged, this, [this](const QString& node) {
        const QModelIndex at = m_proxy->mapFromSource(m_model->index(m_model->indexOf(node), 0));
        if (at.isValid())
            m_table->setCurrentIndex(at);
    });
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex& at) { openNode(at.data(IdRole).toString()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& at) {
        if (at.isValid())
            m_map->setCurrent(at.data(IdRole).toString());
    });
    connect(m_panel, &NodePanel::backWanted, this, &NodesView::stepBack);
    connect(m_panel, &NodePanel::evidenceWanted, this, &View::evidenceWanted);
    connect(m_panel, &NodePanel::findingWanted, this, [this](const QString& key) { Q_EMIT placeWanted({.view = QStringLiteral("findings"), .key = key, .detail = {}}); });
    connect(m_panel, &NodePanel::sweepWanted, this, [this](const QString& node) {
        session().sweep({.nodes = {node.toStdString()}, .suites = {}, .probes = {}});
    });
    connect(m_empty, &EmptyState::pressed, this, [this] {
        if (session().isLive())
            session().sweep({});
        else
            Q_EMIT placeWanted({.view = QStringLiteral("start"), .key = {}, .detail = {}});
    });

    // Batches arrive up to ten times a second; a large cluster's table is made anew at most five times.
    m_soon->setSingleShot(true);
    m_soon->setInterval(200);
    connect(m_soon, &QTimer::timeout, this, &NodesView::refresh);
    connect(&session(), &Session::opened, this, [this] {
        m_stack->setCurrentWidget(m_all);
        refresh();
    });
    connect(&session(), &Session::closed, this, &NodesView::refresh);
    connect(&session(), &Session::progressChanged, this, &NodesView::refreshSoon);
    connect(&session(), &Session::observationsArrived, this, &NodesView::refreshSoon);
    connect(&session(), &Session::findingsChanged, this, &NodesView::refreshSoon);
    connect(&session(), &Session::sweepFinished, this, &NodesView::refreshSoon);
    retranslate();
}

void NodesView::refreshSoon()
{
    if (!m_soon->isActive())
        m_soon->start();
}

void NodesView::refresh()
{
    m_soon->stop();
    const QList<NodeRow> rows = session().isOpen()
        ? nodeRows(session().snapshot(), session().progress(), session().findings(), catalogue(), currentLanguage())
        : QList<NodeRow>();
    m_model->update(rows);
    m_map->setNodes(rows);
    m_map->setFixedHeight(qBound(28, m_map->heightFor(qMax(300, m_all->width())), qMax(190, height() * 2 / 5)));
    QMap<Verdict, int> counts;
    for (const NodeRow& row : rows)
        ++counts[row.verdict];
    m_filter->setCounts(counts);
    hideEmptyColumns(m_table, {NodesModel::Role, NodesModel::Address, NodesModel::Version});
    updateEmpty();
    if (m_stack->currentWidget() == m_panel)
        openNode(m_panel->node());
}

void NodesView::updateEmpty()
{
    const bool nothing = m_model->rowCount() == 0;
    if (nothing)
        m_stack->setCurrentWidget(m_empty);
    else if (m_stack->currentWidget() == m_empty)
        m_stack->setCurrentWidget(m_all);
    if (!session().isOpen())
        m_empty->setWords(tr("No cluster, no incident"), tr("Connect to a cluster or open a recorded incident; its nodes appear here."), tr("Go to the start page"));
    else if (session().sweeping())
        m_empty->setWords(tr("Asking for the nodes"), tr("The apiserver is asked first; where it does not answer, the profile's own list and hosts file are used."));
    else if (session().isLive())
        m_empty->setWords(tr("No nodes yet"), tr("Nothing was contacted so far. A sweep asks the apiserver and every node once, read-only."), tr("Sweep now"));
    else
        m_empty->setWords(tr("No nodes in this incident"), tr("The recording holds no observation of any node."), tr("Go to the start page"));
}

void NodesView::openNode(const QString& node)
{
    const int row = m_model->indexOf(node);
    if (row < 0)
        return;
    m_panel->setLive(session().isLive());
    m_panel->showNode(m_model->row(row), session().snapshot(), session().findings(), momentOf(session()));
    if (m_stack->currentWidget() != m_panel) {
        m_stack->setCurrentWidget(m_panel);
        m_panel->focusFirst();
    }
}

bool NodesView::open(const Place& place)
{
    if (place.key.isEmpty())
        return true;
    if (m_soon->isActive())
        refresh();
    if (m_model->indexOf(place.key) < 0)
        return false;
    openNode(place.key);
    return true;
}

bool NodesView::stepBack()
{
    if (m_stack->currentWidget() == m_panel) {
        m_stack->setCurrentWidget(m_all);
        m_table->setFocus();
        return true;
    }
    if (m_filter->clearWords())
        return true;
    if (m_filter->shown().isEmpty())
        return false;
    m_filter->setShown({});
    return true;
}

bool NodesView::focusFilter()
{
    if (m_stack->currentWidget() != m_all)
        return false;
    m_filter->takeFocus();
    return true;
}

QList<PaletteItem> NodesView::paletteItems() const
{
    QList<PaletteItem> items;
    for (const NodeRow& row : m_model->rows())
        items.append({.icon = QStringLiteral("server"), .title = row.id, .detail = row.reason, .place = {.view = id(), .key = row.id, .detail = {}}});
    return items;
}

void NodesView::retranslate()
{
    m_filter->setPlaceholder(tr("Filter nodes"));
    m_filter->retranslate();
    m_panel->setLanguage(currentLanguage());
    m_panel->retranslate();
    m_model->retranslate();
    m_table->setAccessibleName(tr("Nodes"));
    refresh();
}

} // namespace medic
