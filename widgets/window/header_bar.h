// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/profile.h"

#include <QWidget>

class QPushButton;
class QToolButton;

namespace medic {

class PlainLabel;

/// Above everything: which cluster this is, whether it is production, whether we may change it; the command box, the
/// language and the theme. Only shows and asks; the window acts.
class HeaderBar final : public QWidget
{
    Q_OBJECT

public:
    explicit HeaderBar(QWidget* parent = nullptr);

    /// `recorded`: when, as words; empty beside a live cluster.
    void showCluster(const QString& title, const ClusterProfile& profile, const QString& recorded);
    void showNone();
    [[nodiscard]] QToolButton* clusterButton() const { return m_cluster; }
    void retranslate();

Q_SIGNALS:
    void paletteWanted();
    void languageWanted();
    void themeWanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void recolour();
    QString m_title, m_recorded;
    QColor m_mark;
    bool m_open = false, m_isProduction = false, m_isReadOnly = true;
    QToolButton* m_cluster;
    PlainLabel* m_production;
    PlainLabel* m_readOnly;
    QPushButton* m_command; ///< looks like the field that it opens
    QToolButton* m_language;
    QToolButton* m_theme;
};

} // namespace medic
