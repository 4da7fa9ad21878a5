// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/transport/secrets.h"
#include "widgets/theme/theme.h"
#include "widgets/window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QRegularExpression>
#include <QSettings>
#include <QTimer>

#include <csignal>
#include <cstdio>

int main(int argc, char** argv)
{
    using namespace medic;
    std::signal(SIGPIPE, SIG_IGN); // libssh writes to sockets that may be closed
    const QApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("cluster-medic"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MEDIC_VERSION));

    QCommandLineParser options;
    const QCommandLineOption open(QStringLiteral("open"), QStringLiteral("Open a recorded incident."), QStringLiteral("FILE"));
    const QCommandLineOption profile(QStringLiteral("profile"), QStringLiteral("Connect to a saved cluster."), QStringLiteral("NAME"));
    const QCommandLineOption lang(QStringLiteral("lang"), QStringLiteral("en or zh."), QStringLiteral("LANG"));
    const QCommandLineOption look(QStringLiteral("theme"), QStringLiteral("light or dark."), QStringLiteral("THEME"));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"), QStringLiteral("Render the window into a picture and exit."), QStringLiteral("PNG"));
    const QCommandLineOption viewName(QStringLiteral("view"), QStringLiteral("The view to show: start, nodes, findings … [:KEY]."), QStringLiteral("VIEW"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("WIDTHxHEIGHT."), QStringLiteral("SIZE"), QStringLiteral("1280x800"));
    options.addOptions({open, profile, lang, look, screenshot, viewName, size});
    options.addHelpOption();
    options.addVersionOption();
    options.process(app);

    const QSettings settings;
    const QString wanted = options.isSet(lang) ? options.value(lang) : settings.value(QStringLiteral("language")).toString();
    setLanguage(wanted == QLatin1String("zh") ? Language::Chinese : wanted == QLatin1String("en") ? Language::English : systemLanguage());
    theme::Theme appearance(theme::Theme::modeFromName(options.isSet(look) ? options.value(look) : settings.value(QStringLiteral("theme")).toString()));

    const Catalogue catalogue = Catalogue::standard();
    const playbooks::Library library = playbooks::Library::standard();
    collect::Session session;
    const WindowServices services {.context = {.session = &session, .catalogue = &catalogue, .library = &library}, .theme = &appearance,
                                   .secrets = std::make_shared<Secrets>()};
    MainWindow window(services);
    addStandardViews(window, services.context);
    if (options.isSet(screenshot)) {
        static const QRegularExpression form(QStringLiteral("^(\\d+)x(\\d+)$"));
        const QRegularExpressionMatch match = form.match(options.value(size));
        if (!match.hasMatch()) {
            std::fputs("cluster-medic: --size wants WIDTHxHEIGHT, as 1280x800\n", stderr);
            return 2;
        }
        window.resize(match.captured(1).toInt(), match.captured(2).toInt());
    }
    window.show();
    if (options.isSet(open) && !window.openIncident(options.value(open)) && options.isSet(screenshot)) {
        std::fputs("cluster-medic: the incident cannot be opened\n", stderr);
        return 2;
    }
    if (options.isSet(profile)) {
        const std::string name = options.value(profile).toStdString();
        for (const ClusterProfile& saved : savedProfiles(nullptr))
            if (saved.name == name)
                window.connectTo(saved);
    }
    if (options.isSet(viewName))
        window.go({.view = options.value(viewName).section(u':', 0, 0), .key = options.value(viewName).section(u':', 1), .detail = {}});
    if (options.isSet(screenshot))
        QTimer::singleShot(700, &window, [&] {
            const bool written = window.grab().save(options.value(screenshot));
            QCoreApplication::exit(written ? 0 : 1);
        });
    return QApplication::exec();
}
