// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/main_window.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/playbooks/loader.h"
#include "widgets/panels/evidence_drawer.h"
#include "widgets/panels/output_view.h"
#include "widgets/packetpath/path_view.h"
#include "widgets/report/report_view.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"
#include "widgets/views/findings_view.h"
#include "widgets/views/knowledge_view.h"
#include "widgets/views/nodes_view.h"
#include "widgets/views/start_view.h"
#include "widgets/window/command_palette.h"
#include "widgets/window/header_bar.h"
#include "widgets/window/incident_desk.h"
#include "widgets/window/palette_items.h"
#include "widgets/window/rail.h"
#include "widgets/window/status_strip.h"
#include "widgets/wizard/guide_view.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <utility>

namespace medic {

using collect::Session;

namespace {

QString splitKey(const View& view, qsizetype number) { return QStringLiteral("window/split-%1-%2").arg(view.id()).arg(number); }

} // namespace

MainWindow::MainWindow(const WindowServices& services, QWidget* parent)
    : QMainWindow(parent)
    , m_services(services)
    , m_header(new HeaderBar)
    , m_rail(new Rail)
    , m_content(new QStackedWidget)
    , m_split(new QSplitter)
    , m_drawer(new EvidenceDrawer)
    , m_status(new StatusStrip(*services.context.session))
    , m_palette(nullptr)
{
    resize(1280, 800);
    auto* centre = new QWidget;
    auto* rows = new QVBoxLayout(centre);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    m_split->addWidget(m_content);
    m_split->addWidget(m_drawer);
    m_split->setStretchFactor(0, 1);
    m_split->setCollapsible(0, false);
    m_split->setCollapsible(1, false);
    m_split->setSizes({760, 420});
    m_drawer->hide();
    auto* line = new QFrame;
    line->setFrameShape(QFrame::VLine);
    line->setFrameShadow(QFrame::Plain);
    QPalette faint = line->palette();
    faint.setColor(QPalette::WindowText, faint.color(QPalette::Mid));
    line->setPalette(faint);
    middle->addWidget(m_rail);
    middle->addWidget(line);
    middle->addWidget(m_split, 1);
    rows->addWidget(m_header);
    rows->addLayout(middle, 1);
    rows->addWidget(m_status);
    setCentralWidget(centre);
    m_desk = new IncidentDesk(*services.context.session, *services.context.catalogue, services.secrets, this);
    m_palette = new CommandPalette(this);
    m_paste = new PasteSearch(*services.context.catalogue, *services.context.library, this);
    connect(m_palette, &CommandPalette::textChanged, this, &MainWindow::paletteSearch);
    connect(m_paste, &PasteSearch::found, this, [this](const QString& text, const QList<PasteProposal>& proposals) {
        m_palette->addFor(text, pasteItems(proposals));
    });

    connect(m_rail, &Rail::wanted, this, [this](const QString& wanted) { go({.view = wanted, .key = {}, .detail = {}}); });
    connect(m_header, &HeaderBar::paletteWanted, this, &MainWindow::openPalette);
    connect(m_header, &HeaderBar::languageWanted, this, &MainWindow::switchLanguage);
    connect(m_header, &HeaderBar::themeWanted, this, [this] { run(QStringLiteral("theme")); });
    connect(m_palette, &CommandPalette::chosen, this, &MainWindow::go);
    connect(m_drawer, &EvidenceDrawer::closeWanted, this, &MainWindow::toggleDrawer);
    auto* menu = new QMenu(this);
    m_header->clusterButton()->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (const ClusterProfile& profile : savedProfiles(nullptr))
            connect(menu->addAction(theme::icon(QStringLiteral("cluster")), QString::fromStdString(profile.name).replace(u'&', QStringLiteral("&&"))),
                    &QAction::triggered, this, [this, profile] { m_desk->connectTo(profile); });
        menu->addSeparator();
        connect(menu->addAction(theme::icon(QStringLiteral("connect")), tr("Clusters…")), &QAction::triggered, m_desk, &IncidentDesk::askConnect);
        connect(menu->addAction(theme::icon(QStringLiteral("folder")), tr("Open an incident…")), &QAction::triggered, m_desk, &IncidentDesk::askOpen);
    });
    setAcceptDrops(true);
    buildActions();
    wireSession();
    QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    m_split->restoreState(settings.value(QStringLiteral("window/split")).toByteArray());
    m_drawer->hide();
    retranslate();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildActions()
{
    const auto key = [this](const QKeySequence& keys, auto slot) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WindowShortcut);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    key(QKeySequence(Qt::CTRL | Qt::Key_K), [this] { openPalette(); });
    key(QKeySequence(Qt::Key_F5), [this] { run(QStringLiteral("sweep")); });
    key(QKeySequence(Qt::Key_F9), [this] { toggleDrawer(); });
    key(QKeySequence(Qt::Key_Escape), [this] { stepBack(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_O), [this] { m_desk->askOpen(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_F), [this] {
        const bool inDrawer = m_drawer->isVisible() && m_drawer->isAncestorOf(QApplication::focusWidget());
        if (!inDrawer && currentView() && currentView()->focusFilter())
            return;
        if (m_drawer->isVisible())
            m_drawer->focusFind();
    });
    for (int i = 0; i < Rail::order().size(); ++i)
        key(QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + i)), [this, i] { go({.view = Rail::order()[i], .key = {}, .detail = {}}); });
}

void MainWindow::wireSession()
{
    Session& session = *m_services.context.session;
    connect(&session, &Session::opened, this, &MainWindow::showHeader);
    connect(&session, &Session::closed, this, [this] {
        m_header->showNone();
        m_drawer->clear();
        m_title.clear();
        retranslate();
    });
    connect(&session, &Session::problem, this, qOverload<const Error&>(&MainWindow::say));
    connect(m_desk, &IncidentDesk::beginning, this, [this](const QString& path) { m_status->setBusy(tr("Opening %1 …").arg(lineSafe(QFileInfo(path).fileName()))); });
    connect(m_desk, &IncidentDesk::failed, this, [this](const Error& problem) {
        m_status->setBusy({});
        say(problem);
        Q_EMIT openingEnded(false);
    });
    connect(m_desk, &IncidentDesk::said, this, qOverload<const QString&>(&MainWindow::say));
    connect(m_desk, &IncidentDesk::opened, this, [this] {
        m_status->setBusy({});
        say(QString());
        go(m_later.view.isEmpty() ? Place {.view = QStringLiteral("findings"), .key = {}, .detail = {}} : std::exchange(m_later, {}));
        Q_EMIT openingEnded(true);
    });
    connect(m_desk, &IncidentDesk::connected, this, [this] {
        m_status->setBusy({});
        say(QString());
        go({.view = QStringLiteral("nodes"), .key = {}, .detail = {}});
        m_services.context.session->sweep({});
        if (!m_later.view.isEmpty())
            go(std::exchange(m_later, {}));
    });
}

void MainWindow::addView(View* added)
{
    m_views.append(added);
    std::stable_sort(m_views.begin(), m_views.end(), [](View* a, View* b) { return Rail::placeOf(a->id()) < Rail::placeOf(b->id()); });
    m_content->addWidget(added);
    connect(added, &View::evidenceWanted, this, &MainWindow::showEvidence);
    connect(added, &View::placeWanted, this, &MainWindow::go);
    connect(added, &View::said, this, qOverload<const QString&>(&MainWindow::say));
    added->retranslate();
    m_rail->add(added);
    const QSettings settings;
    const auto splits = added->findChildren<QSplitter*>();
    for (qsizetype i = 0; i < splits.size(); ++i)
        splits[i]->restoreState(settings.value(splitKey(*added, i)).toByteArray());
    retranslate();
}

View* MainWindow::view(const QString& id) const
{
    for (View* one : m_views)
        if (one->id() == id)
            return one;
    return nullptr;
}

View* MainWindow::currentView() const { return qobject_cast<View*>(m_content->currentWidget()); }

bool MainWindow::go(const Place& place)
{
    if (place.view == QLatin1String("command")) {
        if (place.key == QLatin1String("open"))
            place.detail.isEmpty() ? m_desk->askOpen() : openIncident(place.detail);
        else if (place.key == QLatin1String("connect"))
            askConnect(place.detail);
        else
            run(place.key);
        return true;
    }
    View* target = view(place.view);
    if (!target)
        return false;
    if (place.view == QLatin1String("guide") && !place.key.isEmpty() && !m_services.context.session->isOpen()
        && m_services.context.library->find(place.key.toStdString())) {
        m_later = place;
        say(tr("This guide begins as soon as there is a cluster or an incident to look at"));
        return go({.view = place.view, .key = {}, .detail = {}});
    }
    if (!target->open(place)) {
        say(tr("There is no %1 here").arg(place.key));
        return false;
    }
    if (target != currentView() && currentView() && !m_goingBack)
        m_history.append({.view = currentView()->id(), .key = {}, .detail = {}});
    m_content->setCurrentWidget(target);
    m_rail->setCurrent(target->id());
    if (place.key.isEmpty())
        target->setFocus();
    return true;
}

void MainWindow::stepBack()
{
    const QWidget* focus = QApplication::focusWidget();
    if (m_drawer->isVisible() && (focus == m_drawer || m_drawer->isAncestorOf(focus)))
        return toggleDrawer();
    if (currentView() && currentView()->stepBack())
        return;
    if (m_drawer->isVisible())
        return toggleDrawer();
    if (!m_history.isEmpty()) {
        m_goingBack = true; // which is no step forward
        go(m_history.takeLast());
        m_goingBack = false;
    }
}

void MainWindow::showEvidence(const Evidence& evidence)
{
    m_drawer->showEvidence(evidence);
    m_drawer->show();
}

void MainWindow::toggleDrawer()
{
    m_drawer->setVisible(!m_drawer->isVisible());
    if (m_drawer->isVisible())
        m_drawer->takeFocus();
    else if (currentView())
        currentView()->setFocus();
}

void MainWindow::say(const QString& sentence) { m_status->say(sentence, StatusStrip::Tone::Calm); }
void MainWindow::say(const Error& problem) { m_status->say(words::sentence(problem), StatusStrip::Tone::Problem); }

void MainWindow::openPalette()
{
    QList<PaletteItem> items;
    for (View* one : m_views)
        items.append({.icon = one->iconName(), .title = one->name(), .detail = tr("view"), .place = {.view = one->id(), .key = {}, .detail = {}}});
    const auto command = [&items](const char* icon, const QString& title, const char* name, const QString& keys) {
        items.append({.icon = QLatin1String(icon), .title = title, .detail = keys, .place = {.view = QStringLiteral("command"), .key = QLatin1String(name), .detail = {}}});
    };
    command("refresh", tr("Sweep again"), "sweep", QStringLiteral("F5"));
    command("stop", tr("Cancel the sweep"), "cancel", {});
    command("evidence", tr("Show or hide the evidence"), "evidence", QStringLiteral("F9"));
    command("connect", tr("Connect to a cluster"), "connect", {});
    command("folder", tr("Open an incident"), "open", QStringLiteral("Ctrl+O"));
    command("language", tr("Switch the language"), "language", {});
    command("theme", tr("Light or dark"), "theme", {});
    for (View* one : m_views)
        items += one->paletteItems();
    items += clusterItems(m_services.context.session->snapshot());
    m_palette->popUp(items);
}

void MainWindow::paletteSearch(const QString& text)
{
    const QString wanted = text.trimmed();
    if (text.contains(QLatin1String("->")) || text.contains(u'→'))
        m_palette->addFor(wanted, {{.icon = QStringLiteral("path"), .title = wanted, .detail = tr("follow this packet"),
                                    .place = {.view = QStringLiteral("path"), .key = wanted, .detail = {}}}});
    else if (wanted.size() > 2)
        m_paste->search(wanted, currentLanguage());
}

void MainWindow::run(const QString& command)
{
    Session& session = *m_services.context.session;
    if (command == QLatin1String("sweep")) {
        if (session.isOpen() && session.isLive())
            session.sweep({});
        else
            say(session.isOpen() ? tr("This is a recording: there is nothing to sweep") : tr("Connect to a cluster first"));
    } else if (command == QLatin1String("cancel")) {
        session.cancel();
    } else if (command == QLatin1String("palette")) {
        openPalette();
    } else if (command == QLatin1String("evidence")) {
        toggleDrawer();
    } else if (command == QLatin1String("connect")) {
        askConnect({});
    } else if (command == QLatin1String("open")) {
        m_desk->askOpen();
    } else if (command == QLatin1String("language")) {
        switchLanguage();
    } else if (command == QLatin1String("theme") && m_services.theme) {
        m_services.theme->setMode(m_services.theme->dark() ? theme::Mode::Light : theme::Mode::Dark);
        QSettings().setValue(QStringLiteral("theme"), theme::Theme::modeName(m_services.theme->mode()));
    }
}

void MainWindow::switchLanguage()
{
    setLanguage(currentLanguage() == Language::Chinese ? Language::English : Language::Chinese);
    QSettings().setValue(QStringLiteral("language"), QLatin1String(languageCode(currentLanguage()).data(), qsizetype(languageCode(currentLanguage()).size())));
}

void MainWindow::askConnect(const QString& profile)
{
    if (profile.isEmpty() || !m_desk->connectToSaved(profile))
        m_desk->askConnect();
}

void MainWindow::openIncident(const QString& path) { m_desk->open(path); }
void MainWindow::connectTo(const ClusterProfile& profile) { m_desk->connectTo(profile); }
bool MainWindow::connectToSaved(const QString& name) { return m_desk->connectToSaved(name); }
bool MainWindow::busy() const { return m_desk->opening() || (currentView() && currentView()->busy()); }

void MainWindow::knowledgeArrived()
{
    m_paste->knowledgeArrived();
    for (View* one : m_views)
        one->knowledgeArrived();
}

void MainWindow::showHeader()
{
    Session& session = *m_services.context.session;
    QString title = QString::fromStdString(session.profile().name), recorded;
    if (!session.isLive() && session.incident())
        if (const auto info = session.incident()->info()) {
            title = QString::fromStdString(info->title.empty() ? info->cluster : info->title);
            recorded = exactTime(info->opened).left(16);
        }
    m_header->showCluster(title, session.profile(), recorded);
    m_title = lineSafe(title);
    retranslate();
}

void MainWindow::retranslate()
{
    setWindowTitle(m_title.isEmpty() ? tr("Cluster Medic") : QStringLiteral("%1 – %2").arg(m_title, tr("Cluster Medic")));
    m_rail->retranslate();
    m_header->retranslate();
    m_status->retranslate();
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() != 1 || !urls.front().isLocalFile())
        return;
    event->acceptProposedAction();
    openIncident(urls.front().toLocalFile());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/split"), m_split->saveState());
    for (const View* one : m_views) {
        const auto splits = one->findChildren<QSplitter*>();
        for (qsizetype i = 0; i < splits.size(); ++i)
            settings.setValue(splitKey(*one, i), splits[i]->saveState());
    }
    QMainWindow::closeEvent(event);
}

void addStandardViews(MainWindow& window, const ViewContext& context)
{
    auto* start = new StartView(context);
    window.addView(start);
    window.addView(new NodesView(context));
    window.addView(new FindingsView(context));
    window.addView(new PathView(context));
    if (!window.view(QStringLiteral("guide")))
        window.addView(new GuideView(context));
    window.addView(new ReportView(context));
    window.addView(new KnowledgeView(context));
    QObject::connect(start, &StartView::openWanted, &window, [&window](const QString& path) {
        window.go({.view = QStringLiteral("command"), .key = QStringLiteral("open"), .detail = path});
    });
    QObject::connect(start, &StartView::connectWanted, &window, [&window](const QString& profile) {
        window.go({.view = QStringLiteral("command"), .key = QStringLiteral("connect"), .detail = profile});
    });
}

} // namespace medic
