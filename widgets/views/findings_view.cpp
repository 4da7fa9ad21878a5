// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/findings_view.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "widgets/models/filter_proxy.h"
#include "widgets/models/findings_model.h"
#include "widgets/models/nodes_model.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/filter_bar.h"
#include "widgets/panels/finding_panel.h"
#include "widgets/panels/list_beside.h"
#include "widgets/panels/tables.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QHeaderView>
#include <QSplitter>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic {

using collect::Session;

FindingsView::FindingsView(const ViewContext& context, QWidget* parent)
    : View(context, parent)
    , m_model(new FindingsModel(catalogue(), this))
    , m_proxy(new FilterProxy(this))
    , m_filter(new FilterBar({Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok}))
    , m_table(newTree())
    , m_panel(new FindingPanel(catalogue(), context.notes))
    , m_empty(new EmptyState(QStringLiteral("findings")))
    , m_split(listBeside(m_filter, m_table, m_panel, 720, 460, 320))
    , m_stack(new QStackedWidget)
{
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_split);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_split, &QSplitter::splitterMoved, this, &FindingsView::fitColumns);
    m_proxy->setSourceModel(m_model);
    m_table->setModel(m_proxy);
    m_table->sortByColumn(FindingsModel::State, Qt::AscendingOrder);
    columns(m_table, {{FindingsModel::State, 116}, {FindingsModel::Where, 150}, {FindingsModel::Sure, 92}, {FindingsModel::Since, 130}}, FindingsModel::Title);
    wrapColumn(m_table, FindingsModel::Title);

    connect(m_filter, &FilterBar::textChanged, m_proxy, &FilterProxy::setWords);
    connect(m_filter, &FilterBar::shownChanged, m_proxy, &FilterProxy::setVerdicts);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &FindingsView::showCurrent);
    connect(m_panel, &FindingPanel::evidenceWanted, this, &View::evidenceWanted);
    connect(m_panel, &FindingPanel::nodeWanted, this, [this](const QString& node) { Q_EMIT placeWanted({.view = QStringLiteral("nodes"), .key = node, .detail = {}}); });
    connect(m_panel, &FindingPanel::playbookWanted, this, [this](const QString& playbook, const QString& key) {
        Q_EMIT placeWanted({.view = QStringLiteral("guide"), .key = playbook, .detail = key});
    });
    connect(m_panel, &FindingPanel::knowledgeWanted, this, [this](const QString& finding) {
        Q_EMIT placeWanted({.view = QStringLiteral("knowledge"), .key = finding, .detail = {}});
    });
    connect(m_table, &QTreeView::activated, this, [this](const QModelIndex& at) {
        const Finding* finding = m_model->finding(m_proxy->mapToSource(at));
        if (finding && m_model->groupSize(m_proxy->mapToSource(at)) == 1)
            Q_EMIT evidenceWanted(finding->evidence().front());
    });
    connect(m_empty, &EmptyState::pressed, this, [this] {
        if (session().isLive())
            session().sweep({});
        else
            Q_EMIT placeWanted({.view = QStringLiteral("start"), .key = {}, .detail = {}});
    });
    connect(&session(), &Session::opened, this, &FindingsView::refresh);
    connect(&session(), &Session::closed, this, &FindingsView::refresh);
    connect(&session(), &Session::findingsChanged, this, &FindingsView::refresh);
    connect(&session(), &Session::sweepStarted, this, &FindingsView::updateEmpty);
    connect(&session(), &Session::sweepFinished, this, &FindingsView::refresh);
    m_filter->setShown({Verdict::Failure, Verdict::Warning, Verdict::Unknown});
    retranslate();
}

void FindingsView::refresh()
{
    const std::vector<Finding> none;
    const std::vector<Finding>& findings = session().isOpen() ? session().findings() : none;
    m_model->update(findings, momentOf(session()));
    QMap<Verdict, int> counts;
    for (const Finding& finding : findings)
        ++counts[finding.verdict()];
    m_filter->setCounts(counts);
    fitColumns();
    updateEmpty();
    if (!m_table->currentIndex().isValid() && m_proxy->rowCount() > 0)
        m_table->setCurrentIndex(m_proxy->index(0, 0));
    showCurrent();
}

void FindingsView::fitColumns()
{
    const int room = m_table->width();
    hideEmptyColumns(m_table, {FindingsModel::Since});
    if (room < 640)
        m_table->setColumnHidden(FindingsModel::Since, true);
    m_table->setColumnHidden(FindingsModel::Sure, room < 560);
    m_table->setColumnHidden(FindingsModel::Where, room < 460);
}

void FindingsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    fitColumns();
}

void FindingsView::updateEmpty()
{
    const bool nothing = m_model->rowCount() == 0;
    m_stack->setCurrentWidget(nothing ? static_cast<QWidget*>(m_empty) : m_split);
    m_empty->setIconName(QStringLiteral("findings"));
    if (!session().isOpen())
        m_empty->setWords(tr("No cluster, no incident"), tr("Connect to a cluster or open a recorded incident; what is wrong with it appears here."), tr("Go to the start page"));
    else if (session().sweeping())
        m_empty->setWords(tr("Nothing found so far"), tr("The sweep is running; findings appear as soon as their facts have come."));
    else if (session().snapshot().empty() && session().isLive())
        m_empty->setWords(tr("Not looked yet"), tr("A sweep asks the apiserver and every node once, read-only."), tr("Sweep now"));
    else {
        m_empty->setIconName(QStringLiteral("state-ok"));
        m_empty->setWords(tr("Nothing found"), tr("Every check that could run passed. What could not be looked at would be listed here as unknown."));
    }
}

void FindingsView::showCurrent()
{
    const Finding* finding = m_model->finding(m_proxy->mapToSource(m_table->currentIndex()));
    if (finding)
        m_panel->showFinding(*finding, momentOf(session()));
    else
        m_panel->clear();
}

bool FindingsView::open(const Place& place)
{
    if (place.key.isEmpty())
        return true;
    const QModelIndex source = m_model->indexOf(place.key.toStdString());
    if (!source.isValid())
        return false;
    chooseRow(m_table, m_proxy, m_filter, source);
    return true;
}

bool FindingsView::stepBack() { return m_filter->clearWords(); }

bool FindingsView::focusFilter()
{
    if (m_stack->currentWidget() != m_split)
        return false;
    m_filter->takeFocus();
    return true;
}

QList<PaletteItem> FindingsView::paletteItems() const
{
    QList<PaletteItem> items;
    for (const Finding& finding : session().findings()) {
        if (severity(finding.verdict()) <= severity(Verdict::Ok))
            continue;
        items.append({.icon = QStringLiteral("findings"), .title = QString::fromStdString(catalogue().title(finding, currentLanguage())),
                      .detail = whereText(finding.subject()), .place = {.view = id(), .key = QString::fromStdString(finding.key()), .detail = {}}});
    }
    return items;
}

void FindingsView::retranslate()
{
    m_filter->setPlaceholder(tr("Filter findings"));
    m_filter->retranslate();
    m_model->setLanguage(currentLanguage());
    m_panel->setLanguage(currentLanguage());
    m_table->setAccessibleName(tr("Findings"));
    refresh();
}

} // namespace medic
