// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/transport/secrets.h"
#include "tests/collect/fake_source.h"
#include "widgets/models/team_notes.h"
#include "widgets/theme/theme.h"
#include "widgets/window/main_window.h"
#include "widgets/wizard/guide_view.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <optional>

namespace medic {

/// The whole window with a home of its own, for tests: nothing of the person who runs them is read or written.
class WindowStage final {
public:
    /// Before the first: the settings' home is read once.
    static void useOwnHome(const QTemporaryDir& home)
    {
        for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
            qputenv(name, home.path().toLocal8Bit());
        QCoreApplication::setApplicationName(QStringLiteral("cluster-medic"));
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, home.path());
    }

    /// `host`: what the guides ask instead of the session.
    explicit WindowStage(Language language = Language::English, std::unique_ptr<WizardHost> host = {})
    {
        setLanguage(language);
        window = std::make_unique<MainWindow>(WindowServices {
            .context = {.session = &session, .catalogue = &catalogue(), .library = &library(), .notes = &notes}, .theme = &look(), .secrets = secrets});
        const ViewContext context {.session = &session, .catalogue = &catalogue(), .library = &library(), .notes = &notes};
        if (host)
            window->addView(new GuideView(context, std::move(host)));
        addStandardViews(*window, context);
        window->resize(1280, 800);
        window->show();
        QApplication::setActiveWindow(window.get());
        QCoreApplication::processEvents();
    }
    ~WindowStage()
    {
        window.reset();
        setLanguage(Language::English);
    }

    static const Catalogue& catalogue()
    {
        static const Catalogue all = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
        return all;
    }
    static const playbooks::Library& library()
    {
        static const playbooks::Library all = playbooks::Library::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
        return all;
    }
    static theme::Theme& look()
    {
        static theme::Theme own(theme::Mode::Light);
        return own;
    }

    static Observation observation(const std::string& node, const std::string& probe, const std::string& out)
    {
        Observation made;
        made.node = node;
        made.probe = probe;
        made.command = probe;
        made.out = out;
        made.exitStatus = 0;
        made.start = TimePoint(std::chrono::seconds(1795422648));
        made.duration = std::chrono::milliseconds(12);
        return made;
    }
    static std::string fullDisk(int percent)
    {
        const int used = percent * 1000;
        return "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda " + std::to_string(100000) + ' ' + std::to_string(used) + ' '
            + std::to_string(100000 - used) + ' ' + std::to_string(percent) + "% /\n";
    }

    /// A recording of nodes with a full disk each, and of a healthy one.
    QString recording(const std::vector<std::string>& full, const std::string& title = "Disk full at night") const
    {
        const QString path = folder.filePath(QStringLiteral("incident-%1.medic").arg(QDir(folder.path()).entryList(QDir::Files).size()));
        const TimePoint at {std::chrono::seconds(1795422648)};
        auto file = IncidentFile::create(path.toStdString(), {.title = title, .cluster = "shop", .language = "en", .opened = at});
        const auto sweep = file->beginSweep("sweep", at);
        std::vector<Observation> all;
        for (const std::string& node : full) {
            all.push_back(observation(node, "df", fullDisk(98)));
            all.push_back(observation(node, "uname", "Linux " + node + " 6.1.0-18-amd64 x86_64\n"));
        }
        all.push_back(observation("healthy", "df", fullDisk(20)));
        if (!file->record(*sweep, all) || !file->finishSweep(*sweep, at + std::chrono::seconds(6)))
            return {};
        return path;
    }

    /// Opens it and waits for it: false when it cannot be read.
    [[nodiscard]] bool open(const QString& path) const
    {
        std::optional<bool> ended;
        QObject context;
        QObject::connect(window.get(), &MainWindow::openingEnded, &context, [&](bool opened) { ended = opened; });
        window->openIncident(path);
        return QTest::qWaitFor([&] { return ended.has_value(); }, 30'000) && *ended;
    }

    /// Every widget of the window that is on the screen.
    [[nodiscard]] QList<QWidget*> visible() const
    {
        QList<QWidget*> result;
        for (QWidget* one : window->findChildren<QWidget*>())
            if (one->isVisible() && !one->visibleRegion().isEmpty())
                result << one;
        return result;
    }

    template<typename T>
    [[nodiscard]] T* find() const { return window->findChild<T*>(); }

    /// With MEDIC_SHOTS set to a folder, a picture of it goes there: for the eyes.
    static void picture(QWidget* widget, const QString& name)
    {
        const QString to = qEnvironmentVariable("MEDIC_SHOTS");
        for (int i = 0; i < 3; ++i)
            QCoreApplication::processEvents();
        if (!to.isEmpty())
            widget->grab().save(to + u'/' + name + QStringLiteral(".png"));
    }

    QTemporaryDir folder;
    TeamNotes notes {folder.filePath(QStringLiteral("notes.json"))};
    std::shared_ptr<Secrets> secrets = std::make_shared<Secrets>();
    collect::Session session;
    std::unique_ptr<MainWindow> window;
};

/// Is a text of the screen cut off? What is wrong with it, or nothing. Widgets that cut by design (they ignore their own
/// width, or say "…") are not looked at.
inline QString clipped(const QWidget* widget)
{
    const auto say = [widget](const QString& text, const QSize& needs) {
        return QStringLiteral("%1 \"%2\" needs %3x%4, has %5x%6").arg(QLatin1String(widget->metaObject()->className()), text.left(60)).arg(needs.width()).arg(needs.height())
            .arg(widget->width()).arg(widget->height());
    };
    const bool ignoresWidth = widget->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored;
    if (const auto* label = qobject_cast<const QLabel*>(widget); label && !label->text().isEmpty()) {
        if (label->wordWrap()) {
            const int height = label->heightForWidth(label->width());
            return label->height() + 1 < height && label->maximumHeight() > height ? say(label->text(), {label->width(), height}) : QString();
        }
        const QSize hint = label->sizeHint();
        return (!ignoresWidth && label->width() + 1 < hint.width()) || label->height() + 1 < hint.height() ? say(label->text(), hint) : QString();
    }
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget); button && !button->text().isEmpty()) {
        const int words = button->fontMetrics().horizontalAdvance(button->text().remove(u'&')) + (button->icon().isNull() ? 0 : button->iconSize().width() / 2);
        return !ignoresWidth && button->width() < qMin(words, button->sizeHint().width()) ? say(button->text(), button->sizeHint()) : QString();
    }
    if (const auto* field = qobject_cast<const QLineEdit*>(widget); field && !field->placeholderText().isEmpty()) {
        const int words = field->fontMetrics().horizontalAdvance(field->placeholderText()) + 16;
        return field->width() < words ? say(field->placeholderText(), {words, field->height()}) : QString();
    }
    return {};
}

/// The words that a widget shows or says of itself.
inline QStringList wordsOf(const QWidget* widget)
{
    QStringList all {widget->toolTip(), widget->accessibleName(), widget->windowTitle()};
    if (const auto* label = qobject_cast<const QLabel*>(widget))
        all << label->text();
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        all << button->text();
    if (const auto* field = qobject_cast<const QLineEdit*>(widget))
        all << field->placeholderText();
    if (const auto* text = qobject_cast<const QPlainTextEdit*>(widget))
        all << text->placeholderText();
    all.removeAll(QString());
    return all;
}

} // namespace medic
