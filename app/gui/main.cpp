// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/errands.h"
#include "app/gui/knowledge_beside.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/transport/secrets.h"
#include "widgets/models/team_notes.h"
#include "widgets/theme/theme.h"
#include "widgets/window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

namespace {

int usage(const char* sentence)
{
    std::fprintf(stderr, "cluster-medic: %s\n", sentence);
    return 2;
}

} // namespace

int main(int argc, char** argv)
{
    using namespace medic;
    QElapsedTimer sinceStart;
    sinceStart.start();
    std::signal(SIGPIPE, SIG_IGN); // libssh writes to sockets that may be closed
    if (errands::withoutScreen(argc, argv) && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("cluster-medic"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MEDIC_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("cluster-medic"));

    QCommandLineParser options;
    options.setApplicationDescription(QStringLiteral("Cluster Medic: diagnoses a misbehaving Kubernetes cluster, live or recorded."));
    const QCommandLineOption open(QStringLiteral("open"), QStringLiteral("Open a recorded incident (the same as giving FILE)."), QStringLiteral("FILE"));
    const QCommandLineOption profile(QStringLiteral("profile"), QStringLiteral("Connect to a saved cluster."), QStringLiteral("NAME"));
    const QCommandLineOption lang(QStringLiteral("lang"), QStringLiteral("en or zh."), QStringLiteral("LANG"));
    const QCommandLineOption look(QStringLiteral("theme"), QStringLiteral("light, dark or system."), QStringLiteral("THEME"));
    const QCommandLineOption viewName(QStringLiteral("view"), QStringLiteral("The view to show: start, nodes, findings, path, guide, report, knowledge [:KEY]."), QStringLiteral("VIEW"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("WIDTHxHEIGHT of the window."), QStringLiteral("SIZE"));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"), QStringLiteral("Render the window into a picture, without a screen, and exit."), QStringLiteral("PNG"));
    const QCommandLineOption render(QStringLiteral("render-report"), QStringLiteral("Write the report of an incident as PDF (with -o) and exit."), QStringLiteral("FILE"));
    const QCommandLineOption output({QStringLiteral("o"), QStringLiteral("output")}, QStringLiteral("Where --render-report writes."), QStringLiteral("PDF"));
    QCommandLineOption evidence(QStringLiteral("evidence"), QStringLiteral("The output to show beside it: NODE:PROBE."), QStringLiteral("PLACE"));
    QCommandLineOption measure(QStringLiteral("measure-start"), QStringLiteral("Say how long the first paint took."));
    evidence.setFlags(QCommandLineOption::HiddenFromHelp);
    measure.setFlags(QCommandLineOption::HiddenFromHelp);
    options.addOptions({open, profile, lang, look, viewName, size, screenshot, render, output, evidence, measure});
    options.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("A recorded incident to open."), QStringLiteral("[FILE.medic]"));
    options.addHelpOption();
    options.addVersionOption();
    options.process(app);

    const QString language = options.value(lang), theme = options.value(look);
    if (options.isSet(lang) && language != QLatin1String("en") && language != QLatin1String("zh"))
        return usage("--lang wants en or zh");
    if (options.isSet(look) && theme != QLatin1String("light") && theme != QLatin1String("dark") && theme != QLatin1String("system"))
        return usage("--theme wants light, dark or system");
    const auto wantedSize = errands::sizeFrom(options.isSet(size) ? options.value(size) : QStringLiteral("1280x800"));
    if (!wantedSize)
        return usage("--size wants WIDTHxHEIGHT of at least 640x400, as 1280x800");
    if (options.positionalArguments().size() + options.values(open).size() > 1)
        return usage("one incident at a time");
    const QString incident = options.isSet(open) ? options.value(open) : options.positionalArguments().value(0);

    const QSettings settings;
    const QString wanted = options.isSet(lang) ? language : settings.value(QStringLiteral("language")).toString();
    setLanguage(wanted == QLatin1String("zh") ? Language::Chinese : wanted == QLatin1String("en") ? Language::English : systemLanguage());
    if (options.isSet(render)) {
        if (!options.isSet(output))
            return usage("--render-report wants -o OUT.pdf");
        return errands::renderReport(options.value(render), options.value(output), currentLanguage());
    }
    theme::Theme appearance(theme::Theme::modeFromName(options.isSet(look) ? theme : settings.value(QStringLiteral("theme")).toString()));

    KnowledgeBeside knowledge;
    collect::Session session;
    TeamNotes notes(TeamNotes::standardFile());
    const WindowServices services {.context = {.session = &session, .catalogue = &knowledge.catalogue(), .library = &knowledge.library(), .notes = &notes}, .theme = &appearance,
                                   .secrets = std::make_shared<Secrets>()};
    MainWindow window(services);
    if (options.isSet(measure))
        new StartMeasure(window, sinceStart); // owned by the window
    addStandardViews(window, services.context);
    if (options.isSet(size) || options.isSet(screenshot))
        window.resize(*wantedSize);
    window.show();

    bool waiting = false; // for the incident that was given
    const Place place {.view = options.value(viewName).section(u':', 0, 0), .key = options.value(viewName).section(u':', 1), .detail = {}};
    std::optional<Screenshot> picture;
    const auto begin = [&] {
        if (options.isSet(screenshot))
            picture.emplace(window, session, Screenshot::Wish {.file = options.value(screenshot), .place = place, .evidence = options.value(evidence)});
        else if (options.isSet(viewName))
            window.go(place);
    };
    QObject::connect(&window, &MainWindow::openingEnded, &window, [&](bool opened) {
        if (!opened && options.isSet(screenshot))
            QCoreApplication::exit(usage("the incident cannot be opened"));
        else if (std::exchange(waiting, false))
            begin();
    });
    // What was asked for on the command line needs the guides and the catalogue; the window is on the screen before them.
    QObject::connect(&knowledge, &KnowledgeBeside::arrived, &window, [&](const std::vector<Error>& problems) {
        window.knowledgeArrived();
        for (const Error& problem : problems)
            window.say(problem);
        if (options.isSet(profile) && !window.connectToSaved(options.value(profile)) && options.isSet(screenshot))
            return QCoreApplication::exit(usage("there is no such cluster"));
        waiting = !incident.isEmpty();
        if (waiting)
            window.openIncident(incident);
        else
            begin();
    });
    knowledge.read();
    return QApplication::exec();
}
