// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "widgets/views/view.h"

#include <QElapsedTimer>
#include <QObject>
#include <QSize>
#include <QString>

#include <optional>

namespace medic {

class MainWindow;
namespace collect {
class Session;
}

/// What the program is asked to do besides showing itself; each ends the program. Screen's thread.
namespace errands {

/// Is this command line one that needs no screen? Looked at before there is an application.
[[nodiscard]] bool withoutScreen(int argc, char** argv);

/// "1280x800"; nothing when it is not of this form or no window could be that large.
[[nodiscard]] std::optional<QSize> sizeFrom(const QString& text);

/// The report of an incident as PDF; what went wrong is one line on stderr. The exit status.
[[nodiscard]] int renderReport(const QString& incident, const QString& output, Language language);

} // namespace errands

/// Waits until the diagnosis of what was opened is finished, goes to a place, takes the window's picture and ends the
/// program: 0; 1 when the picture cannot be written, 2 when there is no such place.
class Screenshot final : public QObject
{
    Q_OBJECT

public:
    struct Wish {
        QString file;
        Place place; ///< view empty: where the window is
        QString evidence; ///< "NODE:PROBE" shown in the drawer; empty: none
    };
    Screenshot(MainWindow& window, collect::Session& session, Wish wish);

private:
    void settle();
    void take();

    MainWindow& m_window;
    collect::Session& m_session;
    Wish m_wish;
    bool m_checked = false, m_settling = false;
    QElapsedTimer m_waited;
};

/// Says on stderr how many milliseconds lay between main() and the window's first paint ("first-paint-ms 312").
class StartMeasure final : public QObject
{
    Q_OBJECT

public:
    StartMeasure(MainWindow& window, QElapsedTimer since);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QElapsedTimer m_since;
    bool m_said = false;
};

} // namespace medic
