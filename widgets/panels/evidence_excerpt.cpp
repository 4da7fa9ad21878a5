// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/evidence_excerpt.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/text/probe_names.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace medic {

EvidenceExcerpt::EvidenceExcerpt(const Evidence& evidence, QWidget* parent) : QWidget(parent), m_evidence(evidence)
{
    static constexpr std::size_t most = 5;
    const Observation& one = *evidence.observation;
    const QString node = one.node.empty() ? tr("cluster") : lineSafe(one.node);
    m_head = QStringLiteral("%1 · %2").arg(node, probeName(one.probe));
    const std::string& text = evidence.inErr ? one.err : one.out;
    // Only the lines that are shown are cut out: the output may be megabytes.
    std::vector<int> wanted = evidence.lines;
    std::sort(wanted.begin(), wanted.end());
    const bool whole = wanted.empty();
    std::size_t at = 0;
    int number = 1;
    std::size_t next = 0;
    while (at < text.size() && m_shown.size() < qsizetype(most) && (whole || next < wanted.size())) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const bool lit = !whole && wanted[next] == number;
        if (whole || lit)
            m_shown.append({number, lineSafe(text.substr(at, std::min<std::size_t>(end - at, 400))), lit});
        if (lit)
            ++next;
        at = end + 1;
        ++number;
    }
    if (whole && m_shown.size() > 2)
        m_shown.resize(2);
    if (m_shown.isEmpty())
        m_more = one.state == ProbeState::Complete ? tr("it printed nothing") : words::probeState(one.state);
    else if (!whole && wanted.size() > most)
        m_more = tr("and %n more line(s)", nullptr, int(wanted.size() - most));
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Evidence: %1").arg(m_head));
    setToolTip(toolTipSafe(QString::fromStdString(one.command)));
}

QSize EvidenceExcerpt::sizeHint() const
{
    const int mono = QFontMetrics(theme::monospaceFont()).height() + 2;
    return {200, fontMetrics().height() + 6 + mono * int(m_shown.size()) + (m_more.isEmpty() ? 0 : fontMetrics().height() + 2) + 8};
}

void EvidenceExcerpt::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Colours& c = theme::Colours::of(palette());
    painter.fillRect(rect(), c.base);
    painter.setPen(hasFocus() ? c.accent : c.line);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    int y = 4;
    const auto write = [&](const QString& text, const QColor& colour, int left, int height) {
        painter.setPen(colour);
        painter.drawText(QRect(left, y, width() - left - 8, height), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, width() - left - 8));
    };
    theme::paintIcon(&painter, QRectF(8, y + 2, 13, 13), QStringLiteral("evidence"), c.muted);
    write(m_head, c.muted, 28, fontMetrics().height());
    y += fontMetrics().height() + 2;
    painter.setFont(theme::monospaceFont());
    const int height = painter.fontMetrics().height() + 2;
    const int gutter = m_shown.isEmpty() ? 0 : painter.fontMetrics().horizontalAdvance(QString::number(m_shown.back().number)) + 16;
    for (const Shown& line : m_shown) {
        if (line.lit)
            painter.fillRect(QRect(1, y, width() - 2, height), c.matched);
        painter.setPen(c.muted);
        painter.drawText(QRect(0, y, gutter, height), Qt::AlignRight | Qt::AlignVCenter, QString::number(line.number));
        write(line.text, c.text, gutter + 8, height);
        y += height;
    }
    if (!m_more.isEmpty()) {
        painter.setFont(font());
        write(m_more, c.muted, 28, fontMetrics().height());
    }
}

void EvidenceExcerpt::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->position().toPoint()))
        Q_EMIT opened(m_evidence);
}

void EvidenceExcerpt::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)
        Q_EMIT opened(m_evidence);
    else
        QWidget::keyPressEvent(event);
}

} // namespace medic
