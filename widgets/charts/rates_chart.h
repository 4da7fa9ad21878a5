// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"

#include <QList>
#include <QtCharts/QChartView>

class QBarCategoryAxis;
class QBarSet;
class QCategoryAxis;
class QHorizontalBarSeries;

namespace medic {

/// What was asked for and what is in force, in bits per second.
struct Rate {
    QString name; ///< whose; hostile
    double wanted = 0, actual = 0; ///< 0: none
    Verdict verdict = Verdict::Unknown; ///< of `actual`
    bool operator==(const Rate&) const = default;
};

/// Pairs of bars on a logarithmic scale: a limit that is a thousand times too low is three steps shorter, and can be seen.
/// At most twelve, the worst first. Never OpenGL. Screen's thread.
class RatesChart final : public QChartView
{
    Q_OBJECT

public:
    explicit RatesChart(QWidget* parent = nullptr);

    void setRates(const QList<Rate>& rates);
    [[nodiscard]] const QList<Rate>& rates() const { return m_rates; } ///< those that are shown
    void retranslate();
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;

private:
    void recolour();

    QList<Rate> m_rates;
    QHorizontalBarSeries* m_series;
    QBarSet* m_wanted;
    QBarSet* m_actual;
    QBarCategoryAxis* m_names;
    QCategoryAxis* m_scale;
};

/// "10 Mbit/s": in the units of the annotation, powers of ten.
[[nodiscard]] QString bitRateWords(double bitsPerSecond);

} // namespace medic
