// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/theme.h"

#include "widgets/theme/colours.h"
#include "widgets/theme/flat_style.h"
#include "widgets/theme/fonts.h"

#include <QApplication>
#include <QEvent>

namespace medic::theme {

Theme::Theme(Mode mode, QObject* parent) : QObject(parent), m_mode(mode)
{
    QApplication::setStyle(new FlatStyle);
    useFontsWithChinese();
    apply();
    qApp->installEventFilter(this);
}

void Theme::setMode(Mode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    apply();
}

bool Theme::dark() const { return isDark(QApplication::palette()); }

void Theme::apply()
{
    m_applying = true;
    bool wantDark = m_mode == Mode::Dark;
    if (m_mode == Mode::System) {
        // Qt 6.4 has no QStyleHints::colorScheme: give the palette back to the desktop for a moment and look at it.
        QApplication::setPalette(QPalette());
        wantDark = isDark(QApplication::palette());
    }
    QApplication::setPalette(makePalette(wantDark ? Colours::dark() : Colours::light()));
    m_applying = false;
    Q_EMIT changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event)
{
    // The desktop changed its theme: with every role set by us the application's palette itself would not change.
    const bool desktop = event->type() == QEvent::ThemeChange
        || (event->type() == QEvent::ApplicationPaletteChange && watched == qApp);
    if (desktop && m_mode == Mode::System && !m_applying)
        QMetaObject::invokeMethod(this, [this] {
            if (m_mode == Mode::System && !m_applying)
                apply();
        }, Qt::QueuedConnection);
    return QObject::eventFilter(watched, event);
}

Mode Theme::modeFromName(const QString& name)
{
    if (name == QLatin1String("light"))
        return Mode::Light;
    return name == QLatin1String("dark") ? Mode::Dark : Mode::System;
}

QString Theme::modeName(Mode mode)
{
    switch (mode) {
    case Mode::Light:
        return QStringLiteral("light");
    case Mode::Dark:
        return QStringLiteral("dark");
    case Mode::System:
        return QStringLiteral("system");
    }
    return QStringLiteral("system");
}

} // namespace medic::theme
