// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/node_panel.h"

#include "diagnostics/collect/words.h"
#include "widgets/charts/bars_chart.h"
#include "widgets/models/facts_tables.h"
#include "widgets/models/filter_proxy.h"
#include "widgets/models/findings_model.h"
#include "widgets/models/observations_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/component_row.h"
#include "widgets/panels/table_card.h"
#include "widgets/panels/tables.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic {

namespace {

/// The table's title is a sentence; a tab wants a word.
QString tableName(const std::string& id)
{
    if (id == "bandwidth")
        return NodePanel::tr("Bandwidth");
    if (id == "dns-matrix")
        return NodePanel::tr("Name queries");
    if (id == "search-indices")
        return NodePanel::tr("Elasticsearch");
    if (id == "pleg-timeline")
        return NodePanel::tr("PLEG timeline");
    if (id == "pleg-relist")
        return NodePanel::tr("PLEG relists");
    if (id == "runtime-answers")
        return NodePanel::tr("Runtime answers");
    return QString::fromStdString(id);
}

} // namespace

NodePanel::NodePanel(const Catalogue& catalogue, QWidget* parent)
    : QWidget(parent)
    , m_catalogue(catalogue)
    , m_back(iconButton(QStringLiteral("back"), this))
    , m_mark(new QLabel)
    , m_name(new PlainLabel(PlainLabel::Kind::Heading))
    , m_reason(new PlainLabel(PlainLabel::Kind::Body))
    , m_identity(new PlainLabel(PlainLabel::Kind::Muted))
    , m_sweep(new QToolButton)
    , m_components(new ComponentRow)
    , m_charts(new QWidget)
    , m_disks(new BarsChart)
    , m_memory(new BarsChart)
    , m_pressure(new BarsChart)
    , m_limits(new BarsChart)
    , m_tabs(new QTabWidget)
    , m_findings(new FindingsModel(catalogue, this))
    , m_findingsProxy(new FilterProxy(this))
    , m_findingsView(newTree())
    , m_observations(new ObservationsModel(this))
    , m_observationsProxy(new FilterProxy(this))
    , m_observationsView(newTree())
    , m_tables(new FactsTables(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::gridStep);

    auto* top = new QHBoxLayout;
    top->setSpacing(theme::gridStep);
    m_reason->setWordWrap(false);
    m_reason->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_sweep->setAutoRaise(true);
    m_sweep->setIcon(theme::icon(QStringLiteral("refresh")));
    m_sweep->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_sweep->setFocusPolicy(Qt::TabFocus);
    top->addWidget(m_back);
    top->addWidget(m_mark);
    top->addWidget(m_name);
    top->addSpacing(theme::gridStep);
    top->addWidget(m_reason, 1);
    top->addWidget(m_sweep);
    layout->addLayout(top);
    m_identity->setWordWrap(true);
    m_identity->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_identity);
    layout->addWidget(m_components);

    auto* charts = new QHBoxLayout(m_charts);
    charts->setContentsMargins(0, 0, 0, 0);
    charts->setSpacing(theme::groupGap);
    for (BarsChart* chart : {m_disks, m_memory, m_pressure, m_limits}) {
        chart->setFixedHeight(168);
        charts->addWidget(chart, 1);
        connect(chart, &BarsChart::barChosen, this, [this](const Bar& bar) {
            if (bar.observation)
                Q_EMIT evidenceWanted(Evidence {.observation = bar.observation, .lines = {}});
        });
    }
    layout->addWidget(m_charts);

    m_findingsProxy->setSourceModel(m_findings);
    m_findingsView->setModel(m_findingsProxy);
    m_findingsView->setColumnHidden(FindingsModel::Where, true);
    m_findingsView->sortByColumn(FindingsModel::State, Qt::AscendingOrder);
    m_observationsProxy->setSourceModel(m_observations);
    m_observationsView->setModel(m_observationsProxy);
    m_observationsView->setRootIsDecorated(false);
    m_observationsView->sortByColumn(ObservationsModel::Probe, Qt::AscendingOrder);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_findingsView, QString());
    m_tabs->addTab(m_observationsView, QString());
    layout->addWidget(m_tabs, 1);
    columns(m_findingsView, {{FindingsModel::State, 140}, {FindingsModel::Sure, 110}, {FindingsModel::Since, 150}}, FindingsModel::Title);
    columns(m_observationsView, {{ObservationsModel::State, 130}, {ObservationsModel::Probe, 250}, {ObservationsModel::Exit, 60},
                                 {ObservationsModel::Lines, 70}, {ObservationsModel::Size, 80}, {ObservationsModel::Took, 80}}, ObservationsModel::Command);

    connect(m_back, &QToolButton::clicked, this, &NodePanel::backWanted);
    connect(m_sweep, &QToolButton::clicked, this, [this] { Q_EMIT sweepWanted(m_node); });
    connect(m_components, &ComponentRow::evidenceWanted, this, &NodePanel::evidenceWanted);
    connect(m_findingsView, &QTreeView::activated, this, [this](const QModelIndex& at) {
        if (const Finding* finding = m_findings->finding(m_findingsProxy->mapToSource(at)))
            Q_EMIT findingWanted(QString::fromStdString(finding->key()));
    });
    connect(m_observationsView->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& at) {
        if (at.isValid() && m_browsing && m_observationsView->hasFocus())
            Q_EMIT evidenceWanted(Evidence {.observation = m_observations->row(m_observationsProxy->mapToSource(at).row()).observation, .lines = {}});
    });
    const auto opened = [this](const QModelIndex& at) {
        m_browsing = true;
        Q_EMIT evidenceWanted(Evidence {.observation = m_observations->row(m_observationsProxy->mapToSource(at).row()).observation, .lines = {}});
    };
    connect(m_observationsView, &QTreeView::activated, this, opened);
    connect(m_observationsView, &QTreeView::clicked, this, opened);
    connect(m_tables, &FactsTables::made, this, [this](const std::string& node, const std::vector<checks::Table>& tables) {
        if (node == m_node.toStdString())
            showTables(tables);
    });
    retranslate();
}

/// A tab for each table that has rows, behind findings and observations; the one that is looked at stays in front.
void NodePanel::showTables(const std::vector<checks::Table>& tables)
{
    m_shownTables = tables;
    const QString before = m_tabs->currentWidget()->objectName();
    while (m_tabs->count() > 2) {
        QWidget* const last = m_tabs->widget(m_tabs->count() - 1);
        m_tabs->removeTab(m_tabs->count() - 1);
        last->deleteLater();
    }
    for (const checks::Table& table : tables) {
        auto* card = new TableCard(table);
        card->fillRoom();
        connect(card, &TableCard::evidenceWanted, this, &NodePanel::evidenceWanted);
        m_tabs->addTab(card, tableName(table.id));
        if (!before.isEmpty() && card->objectName() == before)
            m_tabs->setCurrentWidget(card);
    }
}

void NodePanel::showNode(const NodeRow& row, const Snapshot& snapshot, const std::vector<Finding>& findings, std::optional<TimePoint> now)
{
    const bool changed = m_node != row.id;
    m_browsing = m_browsing && !changed;
    m_node = row.id;
    const std::string node = row.id.toStdString();
    m_verdict = row.verdict;
    paintMark();
    m_mark->setAccessibleName(words::verdict(row.verdict));
    m_mark->setToolTip(words::verdict(row.verdict));
    m_name->setText(lineSafe(row.id));
    m_reason->setText(lineSafe(row.reason));
    m_reason->setToolTip(row.reason.isEmpty() ? QString() : toolTipSafe(row.reason));
    const NodeFacts facts = nodeFacts(snapshot, node, findings);
    QStringList identity;
    for (const QString& part : facts.identity)
        identity << lineSafe(part);
    if (!row.role.isEmpty())
        identity.prepend(lineSafe(row.role));
    m_identity->setText(identity.join(QStringLiteral(" · ")));
    m_identity->setVisible(!identity.isEmpty());
    m_components->setComponents(facts.components);
    const auto chart = [](BarsChart* view, const QList<Bar>& bars) {
        view->setBars(bars);
        view->setVisible(!bars.isEmpty());
    };
    chart(m_disks, facts.disks);
    chart(m_memory, facts.memory);
    chart(m_pressure, facts.pressure);
    chart(m_limits, facts.limits);
    m_charts->setVisible(!facts.disks.isEmpty() || !facts.memory.isEmpty() || !facts.pressure.isEmpty() || !facts.limits.isEmpty());

    std::vector<Finding> own;
    for (const Finding& finding : findings)
        if (finding.subject().node == node || (finding.subject().kind == SubjectKind::Node && finding.subject().name == node))
            own.push_back(finding);
    m_findings->update(own, now);
    m_findingsView->expandAll();
    hideEmptyColumns(m_findingsView, {FindingsModel::Since});
    m_observations->update(observationRows(snapshot.ofNode(node)));
    if (changed) {
        showTables({});
        m_tabs->setCurrentIndex(own.empty() ? 1 : 0);
    }
    m_tables->wanted(snapshot, node);
    updateTabTitles();
}

void NodePanel::paintMark() { m_mark->setPixmap(theme::stateIcon(m_verdict).pixmap(QSize(18, 18), devicePixelRatioF())); }

void NodePanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintMark();
}

void NodePanel::setLive(bool live) { m_sweep->setVisible(live); }

void NodePanel::setLanguage(Language language)
{
    m_language = language;
    m_findings->setLanguage(language);
}

void NodePanel::focusFirst() { (m_tabs->currentIndex() == 0 ? m_findingsView : m_observationsView)->setFocus(); }

void NodePanel::updateTabTitles()
{
    int findings = 0;
    for (int row = 0; row < m_findings->rowCount(); ++row)
        findings += m_findings->groupSize(m_findings->index(row, 0));
    m_tabs->setTabText(0, tr("Findings (%1)").arg(findings));
    m_tabs->setTabText(1, tr("Observations (%1)").arg(m_observations->rowCount()));
}

void NodePanel::retranslate()
{
    m_back->setToolTip(tr("Back to all nodes (Esc)"));
    m_back->setAccessibleName(m_back->toolTip());
    m_sweep->setText(tr("Sweep this node"));
    m_disks->setTitle(tr("File systems"));
    m_memory->setTitle(tr("Memory"));
    m_pressure->setTitle(tr("Pressure, last minute"));
    m_limits->setTitle(tr("Limits of the kernel"));
    m_observations->retranslate();
    updateTabTitles();
    showTables(std::vector<checks::Table>(m_shownTables)); // their words are made once
}

} // namespace medic
