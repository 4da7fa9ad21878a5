// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/bars_chart.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QGraphicsLayout>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QChart>
#include <QtCharts/QHorizontalStackedBarSeries>
#include <QtCharts/QLegend>
#include <QtCharts/QValueAxis>

namespace medic {

BarsChart::BarsChart(QWidget* parent)
    : QChartView(new QChart, parent)
    , m_series(new QHorizontalStackedBarSeries(this))
    , m_calm(new QBarSet(QString()))
    , m_warning(new QBarSet(QString()))
    , m_failure(new QBarSet(QString()))
    , m_names(new QBarCategoryAxis(this))
    , m_percent(new QValueAxis(this))
{
    m_series->append(m_calm);
    m_series->append(m_warning);
    m_series->append(m_failure);
    m_series->setBarWidth(0.55);
    chart()->addSeries(m_series);
    chart()->addAxis(m_names, Qt::AlignLeft);
    chart()->addAxis(m_percent, Qt::AlignBottom);
    m_series->attachAxis(m_names);
    m_series->attachAxis(m_percent);
    m_percent->setRange(0, 100);
    m_percent->setTickCount(3);
    m_percent->setLabelFormat(QStringLiteral("%d %%"));
    m_names->setGridLineVisible(false);
    m_names->setLineVisible(false);
    m_percent->setLineVisible(false);
    chart()->legend()->hide();
    chart()->setMargins(QMargins(0, 0, 8, 0));
    chart()->setBackgroundRoundness(0);
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setAnimationOptions(QChart::NoAnimation);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::TabFocus);
    recolour();
}

QSize BarsChart::sizeHint() const { return {260, 168}; }

void BarsChart::setTitle(const QString& title)
{
    m_title = title;
    chart()->setTitle(title.toHtmlEscaped());
    setAccessibleName(title);
}

void BarsChart::setBars(const QList<Bar>& bars)
{
    QStringList names;
    // The axis draws upwards; the first bar belongs on top. The axis takes rich text: names are escaped.
    for (auto bar = bars.crbegin(); bar != bars.crend(); ++bar)
        names << QFontMetrics(theme::bodyFont()).elidedText(lineSafe(bar->label), Qt::ElideMiddle, 110).toHtmlEscaped();
    QStringList unique;
    for (QString name : names) {
        while (unique.contains(name))
            name += u' ';
        unique << name;
    }
    if (unique != m_names->categories())
        m_names->setCategories(unique);
    QBarSet* const sets[] = {m_calm, m_warning, m_failure};
    for (int level = 0; level < 3; ++level) {
        if (sets[level]->count() != bars.size()) {
            sets[level]->remove(0, sets[level]->count());
            for (qsizetype i = 0; i < bars.size(); ++i)
                sets[level]->append(0);
        }
    }
    for (qsizetype i = 0; i < bars.size(); ++i) {
        const Bar& bar = bars[bars.size() - 1 - i];
        const int own = bar.verdict() == Verdict::Failure ? 2 : bar.verdict() == Verdict::Warning ? 1 : 0;
        for (int level = 0; level < 3; ++level)
            sets[level]->replace(int(i), level == own ? qBound(0.0, bar.percent, 100.0) : 0.0);
    }
    m_bars = bars;
    QStringList spoken;
    for (const Bar& bar : bars)
        spoken << QStringLiteral("%1: %2, %3").arg(lineSafe(bar.label), bar.value, words::verdict(bar.verdict()));
    setAccessibleDescription(spoken.join(QStringLiteral("; ")));
    viewport()->update();
}

void BarsChart::recolour()
{
    const theme::Colours& c = theme::Colours::of(palette());
    chart()->setBackgroundBrush(c.window);
    chart()->setBackgroundPen(Qt::NoPen);
    chart()->setTitleBrush(c.text);
    QFont small = theme::bodyFont();
    chart()->setTitleFont(theme::strongFont());
    for (QAbstractAxis* axis : {static_cast<QAbstractAxis*>(m_names), static_cast<QAbstractAxis*>(m_percent)}) {
        axis->setLabelsBrush(c.muted);
        axis->setLabelsFont(small);
        axis->setGridLineColor(c.line);
    }
    m_calm->setColor(c.muted);
    m_warning->setColor(c.warning);
    m_failure->setColor(c.failure);
    for (QBarSet* set : {m_calm, m_warning, m_failure})
        set->setBorderColor(Qt::transparent);
    setBackgroundBrush(c.window);
}

void BarsChart::drawForeground(QPainter* painter, const QRectF& rect)
{
    QChartView::drawForeground(painter, rect);
    // A tick at the first threshold, and the numbers at the bar's end.
    const theme::Colours& c = theme::Colours::of(palette());
    const QRectF plot = chart()->plotArea();
    if (m_bars.isEmpty() || plot.isEmpty())
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setFont(theme::bodyFont());
    const qreal slot = plot.height() / qreal(m_bars.size());
    for (qsizetype i = 0; i < m_bars.size(); ++i) {
        const Bar& bar = m_bars[i];
        const qreal top = plot.top() + slot * qreal(i);
        if (bar.warnFrom <= 100) {
            const qreal x = plot.left() + plot.width() * bar.warnFrom / 100;
            painter->setPen(QPen(c.text, 1));
            painter->drawLine(QPointF(x, top + slot * 0.14), QPointF(x, top + slot * 0.86));
        }
        const QString words = QStringLiteral("%1 %").arg(bar.percent, 0, 'f', bar.percent < 10 && bar.percent > 0 ? 1 : 0);
        const int width = painter->fontMetrics().horizontalAdvance(words) + 8;
        const qreal end = plot.left() + plot.width() * qBound(0.0, bar.percent, 100.0) / 100;
        const bool inside = end + width > plot.right();
        painter->setPen(inside ? c.base : c.text);
        painter->drawText(QRectF(inside ? end - width : end + 4, top, width, slot), int(Qt::AlignVCenter) | int(inside ? Qt::AlignRight : Qt::AlignLeft),
                          inside ? words + QStringLiteral(" ") : words);
    }
    painter->restore();
}

int BarsChart::barAt(const QPointF& point) const
{
    const QRectF plot = chart()->plotArea();
    if (m_bars.isEmpty() || point.y() < plot.top() || point.y() >= plot.bottom())
        return -1;
    return qMin(int(m_bars.size()) - 1, int((point.y() - plot.top()) / (plot.height() / qreal(m_bars.size()))));
}

void BarsChart::mouseReleaseEvent(QMouseEvent* event)
{
    const int at = barAt(event->position());
    if (event->button() == Qt::LeftButton && at >= 0)
        Q_EMIT barChosen(m_bars[at]);
    QChartView::mouseReleaseEvent(event);
}

bool BarsChart::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int at = barAt(help->pos());
        if (at >= 0) {
            QString text = QStringLiteral("%1: %2").arg(m_bars[at].label, m_bars[at].value);
            if (m_bars[at].warnFrom <= 100)
                text += u'\n' + tr("warning from %1 %").arg(m_bars[at].warnFrom);
            QToolTip::showText(help->globalPos(), toolTipSafe(text), viewport());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QChartView::viewportEvent(event);
}

void BarsChart::changeEvent(QEvent* event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolour();
}

} // namespace medic
