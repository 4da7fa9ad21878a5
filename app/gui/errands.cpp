// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/errands.h"

#include "diagnostics/collect/session.h"
#include "diagnostics/collect/words.h"
#include "widgets/report/report_pages.h"
#include "widgets/window/main_window.h"

#include <QApplication>
#include <QEvent>
#include <QPixmap>
#include <QRegularExpression>
#include <QTimer>

#include <cstdio>
#include <cstring>

namespace medic {

namespace errands {

bool withoutScreen(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i)
        for (const char* option : {"--screenshot", "--render-report"})
            if (std::strncmp(argv[i], option, std::strlen(option)) == 0)
                return true;
    return false;
}

std::optional<QSize> sizeFrom(const QString& text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d{2,5})x(\\d{2,5})$"));
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return {};
    const QSize size(match.captured(1).toInt(), match.captured(2).toInt());
    return size.width() >= 640 && size.height() >= 400 && size.width() <= 16384 && size.height() <= 16384 ? std::optional(size) : std::nullopt;
}

int renderReport(const QString& incident, const QString& output, Language language)
{
    if (const auto done = renderReportPdf(incident, output, language); !done) {
        std::fprintf(stderr, "cluster-medic: %s\n", qPrintable(words::sentence(done.error())));
        return done.error().code == ErrorCode::FileNotWritable || done.error().code == ErrorCode::DiskFull ? 1 : 2;
    }
    return 0;
}

} // namespace errands

namespace {

/// Charts and lists are laid out by queued events, report pages by a thread of their own.
constexpr int settleMilliseconds = 500;
constexpr int longestWait = 60000;

} // namespace

Screenshot::Screenshot(MainWindow& window, collect::Session& session, Wish wish)
    : m_window(window), m_session(session), m_wish(std::move(wish))
{
    m_waited.start();
    m_checked = !session.isOpen() || session.snapshot().empty();
    const auto checked = [this] {
        m_checked = true;
        settle();
    };
    connect(&session, &collect::Session::findingsChanged, this, checked);
    connect(&session, &collect::Session::sweepFinished, this, checked);
    QTimer::singleShot(longestWait, this, &Screenshot::take);
    QTimer::singleShot(0, this, &Screenshot::settle);
}

void Screenshot::settle()
{
    if (!m_checked || m_settling || m_session.sweeping())
        return;
    m_settling = true;
    if (!m_wish.place.view.isEmpty() && !m_window.go(m_wish.place)) {
        std::fputs("cluster-medic: there is no such view, or nothing of this name in it\n", stderr);
        return QCoreApplication::exit(2);
    }
    if (!m_wish.evidence.isEmpty()) {
        const std::string node = m_wish.evidence.section(u':', 0, 0).toStdString(), probe = m_wish.evidence.section(u':', 1).toStdString();
        m_window.showEvidence({.observation = m_session.snapshot().find(node, probe), .lines = {1}});
    }
    QTimer::singleShot(settleMilliseconds, this, &Screenshot::take);
}

void Screenshot::take()
{
    if (m_window.busy() && m_waited.elapsed() < longestWait) { // a report's pages, a packet's path
        QTimer::singleShot(50, this, &Screenshot::take);
        return;
    }
    QWidget* dialog = QApplication::activeModalWidget();
    QCoreApplication::exit((dialog ? dialog->grab() : m_window.grab()).save(m_wish.file) ? 0 : 1);
}

StartMeasure::StartMeasure(MainWindow& window, QElapsedTimer since) : QObject(&window), m_since(since)
{
    window.installEventFilter(this);
}

bool StartMeasure::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Paint && !m_said) {
        m_said = true;
        // Behind the paint events of the children, which come in the same round.
        QTimer::singleShot(0, this, [this] {
            std::fprintf(stderr, "first-paint-ms %lld\n", static_cast<long long>(m_since.elapsed()));
            std::fflush(stderr);
        });
    }
    return QObject::eventFilter(watched, event);
}

} // namespace medic
