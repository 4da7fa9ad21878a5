// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/node_facts.h"

#include <QtCharts/QChartView>

class QBarCategoryAxis;
class QBarSet;
class QHorizontalStackedBarSeries;
class QValueAxis;

namespace medic {

/// Shares of what there is, as horizontal bars with their thresholds: one question, one look. Bars over a threshold take
/// its state's colour. Never OpenGL (it crashes without a screen). Screen's thread.
class BarsChart final : public QChartView
{
    Q_OBJECT

public:
    explicit BarsChart(QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setBars(const QList<Bar>& bars); ///< replaces values in place where the bars are the same
    [[nodiscard]] const QList<Bar>& bars() const { return m_bars; }
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void barChosen(const medic::Bar& bar);

protected:
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void recolour();
    [[nodiscard]] int barAt(const QPointF& point) const;

    QList<Bar> m_bars;
    QString m_title;
    QHorizontalStackedBarSeries* m_series;
    QBarSet* m_calm;
    QBarSet* m_warning;
    QBarSet* m_failure;
    QBarCategoryAxis* m_names;
    QValueAxis* m_percent;
};

} // namespace medic
