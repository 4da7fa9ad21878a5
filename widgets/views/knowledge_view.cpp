// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/knowledge_view.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "widgets/models/filter_proxy.h"
#include "widgets/models/knowledge_model.h"
#include "widgets/panels/filter_bar.h"
#include "widgets/panels/knowledge_panel.h"
#include "widgets/panels/list_beside.h"
#include "widgets/panels/tables.h"
#include "widgets/theme/fonts.h"

#include <QHeaderView>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic {

using collect::Session;

KnowledgeView::KnowledgeView(const ViewContext& viewContext, QWidget* parent)
    : View(viewContext, parent)
    , m_model(new KnowledgeModel(this))
    , m_proxy(new FilterProxy(this))
    , m_filter(new FilterBar({}))
    , m_table(newTree())
    , m_panel(new KnowledgePanel(catalogue(), viewContext.notes))
    , m_split(listBeside(m_filter, m_table, m_panel, 680, 500, 360))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_split);

    m_proxy->setSourceModel(m_model);
    m_table->setModel(m_proxy);
    m_table->setRootIsDecorated(false);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->sortByColumn(KnowledgeModel::Here, Qt::AscendingOrder);
    columns(m_table, {{KnowledgeModel::Family, 96}, {KnowledgeModel::Here, 68}, {KnowledgeModel::References, 104}, {KnowledgeModel::Noted, 60}}, KnowledgeModel::Title);
    wrapColumn(m_table, KnowledgeModel::Title);

    connect(m_filter, &FilterBar::textChanged, this, [this](const QString& words) {
        m_proxy->setWords(words);
        if (!m_table->currentIndex().isValid() && m_proxy->rowCount() > 0)
            m_table->setCurrentIndex(m_proxy->index(0, 0));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &KnowledgeView::showCurrent);
    connect(m_panel, &KnowledgePanel::said, this, &View::said);
    connect(m_panel, &KnowledgePanel::playbookWanted, this, [this](const QString& playbook) {
        Q_EMIT placeWanted({.view = QStringLiteral("guide"), .key = playbook, .detail = {}});
    });
    connect(m_panel, &KnowledgePanel::findingsWanted, this, [this](const QString& finding) {
        for (const Finding& one : session().findings())
            if (one.id() == finding.toStdString())
                return Q_EMIT placeWanted({.view = QStringLiteral("findings"), .key = QString::fromStdString(one.key()), .detail = {}});
    });
    const auto later = [this] {
        m_stale = true;
        if (isVisible())
            refresh();
    };
    connect(&session(), &Session::closed, this, later);
    connect(&session(), &Session::findingsChanged, this, later);
    if (viewContext.notes)
        connect(viewContext.notes, &TeamNotes::changed, this, later);
    retranslate();
}

void KnowledgeView::showEvent(QShowEvent* event)
{
    View::showEvent(event);
    if (m_stale)
        refresh();
}

void KnowledgeView::refresh()
{
    m_stale = false;
    const std::vector<Finding> none;
    m_model->update(knowledgeRows(catalogue(), context().notes, session().isOpen() ? session().findings() : none, currentLanguage()));
    if (!m_table->currentIndex().isValid() && m_proxy->rowCount() > 0)
        m_table->setCurrentIndex(m_proxy->index(0, 0));
    showCurrent();
}

void KnowledgeView::showCurrent()
{
    const QModelIndex source = m_proxy->mapToSource(m_table->currentIndex());
    if (source.isValid())
        m_panel->showEntry(m_model->row(source.row()).id, m_model->row(source.row()).here);
}

bool KnowledgeView::open(const Place& place)
{
    if (place.key.isEmpty())
        return true;
    if (m_stale)
        refresh();
    const int row = m_model->indexOf(place.key);
    if (row < 0)
        return false;
    chooseRow(m_table, m_proxy, m_filter, m_model->index(row, 0));
    return true;
}

bool KnowledgeView::stepBack() { return m_filter->clearWords(); }

bool KnowledgeView::focusFilter()
{
    m_filter->takeFocus();
    return true;
}

QList<PaletteItem> KnowledgeView::paletteItems() const
{
    QList<PaletteItem> items;
    for (const auto& [key, entry] : catalogue().entries())
        items.append({.icon = iconName(), .title = openTitle(entry.title.in(currentLanguage())), .detail = QString::fromStdString(key),
                      .place = {.view = id(), .key = QString::fromStdString(key), .detail = {}}});
    return items;
}

void KnowledgeView::retranslate()
{
    m_filter->setPlaceholder(tr("Search what can be wrong, in English or Chinese"));
    m_filter->retranslate();
    m_table->setAccessibleName(tr("Knowledge"));
    m_panel->setLanguage(currentLanguage());
    m_model->retranslate();
    m_stale = true;
    if (isVisible())
        refresh();
}

} // namespace medic
