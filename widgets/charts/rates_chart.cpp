// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/rates_chart.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QEvent>
#include <QGraphicsLayout>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QCategoryAxis>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QLegend>

#include <algorithm>
#include <cmath>

namespace medic {

namespace {

constexpr int most = 12;
constexpr double lowest = 3; ///< log10: the scale begins at 1 kbit/s

double onScale(double rate) { return rate > 0 ? std::max(0.05, std::log10(rate) - lowest) : 0; }

} // namespace

QString bitRateWords(double rate)
{
    const char* const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    std::size_t unit = 0;
    while (rate >= 1000 && unit + 1 < std::size(units)) {
        rate /= 1000;
        ++unit;
    }
    return QStringLiteral("%1 %2").arg(QString::number(rate, 'g', 4), QLatin1String(units[unit]));
}

RatesChart::RatesChart(QWidget* parent)
    : QChartView(new QChart, parent)
    , m_series(new QHorizontalBarSeries(this))
    , m_wanted(new QBarSet(QString()))
    , m_actual(new QBarSet(QString()))
    , m_names(new QBarCategoryAxis(this))
    , m_scale(new QCategoryAxis(this))
{
    m_series->append(m_actual); // drawn upwards: what is in force stands below what was asked for
    m_series->append(m_wanted);
    m_series->setBarWidth(0.7);
    chart()->addSeries(m_series);
    chart()->addAxis(m_names, Qt::AlignLeft);
    chart()->addAxis(m_scale, Qt::AlignBottom);
    m_series->attachAxis(m_names);
    m_series->attachAxis(m_scale);
    for (double power = lowest; power <= 11; ++power)
        m_scale->append(bitRateWords(std::pow(10.0, power)), power - lowest);
    m_scale->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    m_names->setGridLineVisible(false);
    m_names->setLineVisible(false);
    m_scale->setLineVisible(false);
    chart()->legend()->setAlignment(Qt::AlignTop);
    chart()->legend()->setMarkerShape(QLegend::MarkerShapeRectangle);
    chart()->setMargins(QMargins(0, 0, 8, 0));
    chart()->setBackgroundRoundness(0);
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setAnimationOptions(QChart::NoAnimation);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    recolour();
    retranslate();
}

QSize RatesChart::sizeHint() const { return {520, 74 + 30 * int(m_rates.size())}; }

void RatesChart::setRates(const QList<Rate>& given)
{
    QList<Rate> rates = given;
    std::stable_sort(rates.begin(), rates.end(), [](const Rate& a, const Rate& b) { return severity(a.verdict) > severity(b.verdict); });
    if (rates.size() > most)
        rates.resize(most);
    if (rates == m_rates)
        return;
    m_rates = rates;
    QStringList names, spoken;
    double top = lowest + 1;
    m_wanted->remove(0, m_wanted->count());
    m_actual->remove(0, m_actual->count());
    m_actual->deselectAllBars();
    for (auto rate = rates.crbegin(); rate != rates.crend(); ++rate) { // the axis draws upwards
        QString name = QFontMetrics(theme::bodyFont()).elidedText(lineSafe(rate->name), Qt::ElideMiddle, 190).toHtmlEscaped();
        while (names.contains(name))
            name += u' ';
        names << name;
        m_wanted->append(onScale(rate->wanted));
        m_actual->append(onScale(rate->actual));
        m_actual->setBarSelected(m_actual->count() - 1, rate->verdict == Verdict::Failure);
        for (const double value : {rate->wanted, rate->actual})
            if (value > 0)
                top = std::max(top, std::ceil(std::log10(value)));
        spoken << QStringLiteral("%1: %2, %3, %4").arg(lineSafe(rate->name), bitRateWords(rate->wanted), bitRateWords(rate->actual), words::verdict(rate->verdict));
    }
    m_names->setCategories(names);
    m_scale->setRange(0, std::min(top, 11.0) - lowest);
    setAccessibleDescription(spoken.join(QStringLiteral("; ")));
    updateGeometry();
}

void RatesChart::retranslate()
{
    m_wanted->setLabel(tr("asked for (annotation)"));
    m_actual->setLabel(tr("in force (tc)"));
    setAccessibleName(tr("Bandwidth: asked for and in force"));
}

void RatesChart::recolour()
{
    const theme::Colours& c = theme::Colours::of(palette());
    chart()->setBackgroundBrush(c.window);
    chart()->setBackgroundPen(Qt::NoPen);
    for (QAbstractAxis* axis : {static_cast<QAbstractAxis*>(m_names), static_cast<QAbstractAxis*>(m_scale)}) {
        axis->setLabelsBrush(c.muted);
        axis->setLabelsFont(theme::bodyFont());
        axis->setGridLineColor(c.line);
    }
    chart()->legend()->setLabelBrush(c.text);
    chart()->legend()->setFont(theme::bodyFont());
    m_wanted->setColor(c.line);
    m_actual->setColor(c.muted);
    m_actual->setSelectedColor(c.failure);
    for (QBarSet* set : {m_wanted, m_actual})
        set->setBorderColor(Qt::transparent);
    setBackgroundBrush(c.window);
}

void RatesChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolour();
}

} // namespace medic
