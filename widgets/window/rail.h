// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QButtonGroup;
class QVBoxLayout;

namespace medic {

class View;

/// The views' entries at the left, in their own order whenever they are added; Alt+1 is the first. Only shows and asks.
/// The views outlive it or are children of the same window. Screen's thread.
class Rail final : public QWidget
{
    Q_OBJECT

public:
    explicit Rail(QWidget* parent = nullptr);

    /// Start, nodes, findings, path, guide, report, knowledge; one that is not known stands behind all of them.
    [[nodiscard]] static int placeOf(const QString& view);
    [[nodiscard]] static QStringList order();

    void add(const View* view);
    void setCurrent(const QString& view);
    void retranslate();

Q_SIGNALS:
    void wanted(const QString& view);

private:
    QList<const View*> m_views;
    QVBoxLayout* m_layout;
    QButtonGroup* m_buttons;
};

} // namespace medic
