// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace medic::theme {

enum class Mode { System, Light, Dark };

/// Puts our style and palette onto the application and keeps them: in System mode it follows the desktop.
/// One per program, made in main after the application; screen's thread.
class Theme final : public QObject
{
    Q_OBJECT

public:
    explicit Theme(Mode mode, QObject* parent = nullptr);

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    [[nodiscard]] bool dark() const;

    [[nodiscard]] static Mode modeFromName(const QString& name); ///< "light", "dark"; else System
    [[nodiscard]] static QString modeName(Mode mode);

Q_SIGNALS:
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply();
    Mode m_mode;
    bool m_applying = false;
};

} // namespace medic::theme
