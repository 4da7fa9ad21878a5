// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/guide_view.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/playbooks/loader.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/wizard/evidence_column.h"
#include "widgets/wizard/playbook_list.h"
#include "widgets/wizard/step_page.h"
#include "widgets/wizard/steps_list.h"
#include "widgets/wizard/wizard_words.h"

#include <QHBoxLayout>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

using collect::Session;

GuideView::GuideView(const ViewContext& context, QWidget* parent)
    : GuideView(context, std::make_unique<SessionHost>(*context.session), parent)
{
}

GuideView::GuideView(const ViewContext& context, std::unique_ptr<WizardHost> host, QWidget* parent)
    : View(context, parent)
    , m_host(std::move(host))
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState(QStringLiteral("guide")))
    , m_list(new PlaybookList(library()))
    , m_wizard(new QWidget)
    , m_leave(iconButton(QStringLiteral("back"), nullptr))
    , m_title(new PlainLabel(PlainLabel::Kind::Strong))
    , m_split(new QSplitter)
    , m_steps(new StepsList)
    , m_page(new StepPage(catalogue()))
    , m_evidence(new EvidenceColumn(catalogue()))
{
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, theme::gridStep, 0, 0);
    column->setSpacing(theme::gridStep);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(theme::gridStep, 0, theme::gridStep, 0);
    head->setSpacing(theme::innerGap);
    m_leave->setObjectName(QStringLiteral("leaveGuide"));
    m_title->setWordWrap(true);
    head->addWidget(m_leave, 0, Qt::AlignTop);
    head->addWidget(m_title, 1);
    column->addLayout(head);
    column->addWidget(m_steps, 1);
    m_split->addWidget(left);
    m_split->addWidget(m_page);
    m_split->addWidget(m_evidence);
    m_split->setChildrenCollapsible(false);
    left->setMinimumWidth(200);
    m_evidence->setMinimumWidth(220);
    m_split->setStretchFactor(0, 0);
    m_split->setStretchFactor(1, 3);
    m_split->setStretchFactor(2, 2);
    m_split->setSizes({248, 584, 348});
    auto* frame = new QVBoxLayout(m_wizard);
    frame->setContentsMargins(0, 0, 0, 0);
    frame->addWidget(m_split);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_wizard);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_list, &PlaybookList::chosen, this, &GuideView::begin);
    connect(m_leave, &QToolButton::clicked, this, &GuideView::closeGuide);
    connect(m_empty, &EmptyState::pressed, this, [this] { Q_EMIT placeWanted({.view = QStringLiteral("start"), .key = {}, .detail = {}}); });
    connect(m_steps, &StepsList::opened, this, [this](const QString& step) {
        const playbooks::Step* now = m_driver == nullptr ? nullptr : m_driver->runner().current();
        m_shown = now != nullptr && QString::fromStdString(now->id) == step ? QString() : step;
        display();
    });
    connect(m_page, &StepPage::currentWanted, this, [this] {
        m_shown.clear();
        display();
    });
    connect(m_page, &StepPage::anewWanted, this, [this] {
        m_shown.clear();
        m_driver->beginAnew();
    });
    connect(m_page, &StepPage::reportWanted, this, [this] { Q_EMIT placeWanted({.view = QStringLiteral("report"), .key = {}, .detail = {}}); });
    connect(m_page, &StepPage::linkedWanted, this, &GuideView::openLinked);
    connect(m_evidence, &EvidenceColumn::evidenceWanted, this, &View::evidenceWanted);
    connect(m_page, &StepPage::evidenceWanted, this, &View::evidenceWanted);
    connect(m_evidence, &EvidenceColumn::findingWanted, this, [this](const QString& key) {
        Q_EMIT placeWanted({.view = QStringLiteral("findings"), .key = key, .detail = {}});
    });
    const auto anotherIncident = [this] {
        closeGuide();
        refresh();
    };
    connect(&session(), &Session::opened, this, anotherIncident);
    connect(&session(), &Session::closed, this, anotherIncident);
    connect(&session(), &Session::findingsChanged, this, &GuideView::refresh);
    retranslate();
}

GuideView::~GuideView() = default;

void GuideView::refresh()
{
    const bool open = session().isOpen() || !m_host->snapshot().empty();
    m_list->setFindings(m_host->findings());
    QStringList begun;
    for (const playbooks::PlaybookPtr& playbook : library().all())
        if (const auto state = m_host->kept("wizard/" + playbook->id)) {
            const auto runner = playbooks::Runner::restore(playbook, currentLanguage(), *state);
            if (runner && runner->started() && !runner->finished())
                begun << QString::fromStdString(playbook->id);
        }
    m_list->setUnfinished(begun);
    if (m_driver == nullptr)
        m_stack->setCurrentWidget(open ? static_cast<QWidget*>(m_list) : m_empty);
    else
        m_evidence->display(*m_driver, m_shown);
}

void GuideView::begin(const QString& playbook)
{
    const playbooks::PlaybookPtr found = library().find(playbook.toStdString());
    if (found == nullptr)
        return;
    if (m_driver != nullptr && m_driver->runner().playbook().id == found->id) {
        m_stack->setCurrentWidget(m_wizard);
        return;
    }
    m_shown.clear();
    m_driver = std::make_unique<WizardDriver>(*m_host, found, currentLanguage());
    m_driver->setTracer(m_tracer);
    m_driver->setLongestWait(m_longestWait);
    connect(m_driver.get(), &WizardDriver::changed, this, [this] {
        // What is decided now leads on: the page follows, wherever it looked.
        if (!m_shown.isEmpty() && m_driver->runner().lastVisit(m_shown.toStdString()) == nullptr)
            m_shown.clear();
        display();
    });
    connect(m_driver.get(), &WizardDriver::ticked, m_page, &StepPage::tick);
    m_title->setText(wizard::words(found->title));
    m_stack->setCurrentWidget(m_wizard);
    m_driver->begin();
    m_page->takeFocus();
}

void GuideView::closeGuide()
{
    if (m_driver != nullptr && m_driver->busy() && m_driver->want().kind == playbooks::Want::Kind::Command) {
        Q_EMIT said(tr("A command is running; it ends first."));
        return;
    }
    m_driver.reset();
    m_shown.clear();
    refresh();
}

void GuideView::display()
{
    if (m_driver == nullptr)
        return;
    const playbooks::Step* now = m_driver->runner().current();
    m_steps->update(m_driver->runner(), !m_shown.isEmpty() ? m_shown : now == nullptr ? QString() : QString::fromStdString(now->id));
    m_page->display(*m_driver, m_shown);
    m_evidence->display(*m_driver, m_shown);
}

void GuideView::openLinked()
{
    std::string title;
    if (const auto& change = m_driver->runner().symptomChange())
        for (const std::string& id : change->findings) {
            const auto& all = m_host->findings();
            const auto finding = std::find_if(all.begin(), all.end(), [&](const Finding& one) { return one.id() == id; });
            title += (title.empty() ? "" : "; ") + (finding == all.end() ? id : catalogue().title(*finding, currentLanguage()));
        }
    const auto path = m_host->linkedIncident(title);
    if (!path) {
        Q_EMIT said(words::sentence(path.error()));
        return;
    }
    // Not from within the button's own click: opening takes the page away.
    QTimer::singleShot(0, this, [this, file = *path] {
        const auto opened = m_host->openLinked(file);
        Q_EMIT said(opened ? tr("A linked incident was opened: %1").arg(lineSafe(file)) : words::sentence(opened.error()));
    });
}

bool GuideView::open(const Place& place)
{
    if (place.key.isEmpty())
        return true;
    if (library().find(place.key.toStdString()) == nullptr || m_stack->currentWidget() == m_empty)
        return false;
    begin(place.key);
    return true;
}

bool GuideView::stepBack()
{
    if (m_driver != nullptr && !m_shown.isEmpty()) {
        m_shown.clear();
        display();
        return true;
    }
    if (m_driver != nullptr) {
        closeGuide();
        return true;
    }
    return m_list->clearWords();
}

bool GuideView::focusFilter()
{
    if (m_stack->currentWidget() != m_list)
        return false;
    m_list->takeFocus();
    return true;
}

QList<PaletteItem> GuideView::paletteItems() const
{
    QList<PaletteItem> items;
    for (const playbooks::PlaybookPtr& playbook : library().all())
        items.append({.icon = QStringLiteral("guide"), .title = QString::fromStdString(playbook->title.in(currentLanguage())),
                      .detail = tr("guide"), .place = {.view = id(), .key = QString::fromStdString(playbook->id), .detail = {}}});
    return items;
}

void GuideView::retranslate()
{
    m_leave->setToolTip(tr("All guides"));
    m_leave->setAccessibleName(m_leave->toolTip());
    m_steps->setAccessibleName(tr("Steps"));
    m_evidence->setAccessibleName(tr("Evidence"));
    m_empty->setWords(tr("No cluster, no incident"), tr("A guide asks a cluster or a recorded incident. Connect to one, or open one."), tr("Go to the start page"));
    m_list->retranslate();
    m_page->retranslate();
    if (m_driver != nullptr) {
        m_driver->setLanguage(currentLanguage());
        m_title->setText(wizard::words(m_driver->runner().playbook().title));
        display();
    }
    refresh();
}

} // namespace medic
