// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/report/page_preview.h"

#include "widgets/report/report_pages.h"
#include "widgets/theme/colours.h"

#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace medic {

PreviewGeometry PreviewGeometry::lay(int pages, double viewportWidth, double zoom)
{
    PreviewGeometry geometry;
    geometry.pages = pages;
    const QSizeF points = ReportPages::sizePoints();
    const double width = std::clamp(viewportWidth - 2 * geometry.gap, 120.0, 900.0) * zoom;
    geometry.page = QSizeF(width, width * points.height() / points.width());
    geometry.left = std::max(geometry.gap, (viewportWidth - width) / 2);
    return geometry;
}

double PreviewGeometry::height() const { return pages * (page.height() + gap) + gap; }

QRectF PreviewGeometry::rectOf(int number) const { return {QPointF(left, gap + number * (page.height() + gap)), page}; }

int PreviewGeometry::pageAt(double y) const
{
    return std::clamp(static_cast<int>(std::floor(y / (page.height() + gap))), 0, std::max(0, pages - 1));
}

PagePreview::PagePreview(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { Q_EMIT pageChanged(currentPage(), pageCount()); });
}

void PagePreview::setPageCount(int pages)
{
    m_pages = pages;
    m_asked.clear();
    m_pictures.removeIf([pages](const QMap<int, QImage>::iterator& one) { return one.key() >= pages; });
    for (auto one = m_pictures.begin(); one != m_pictures.end(); ++one)
        one->setText(QStringLiteral("old"), QStringLiteral("1")); // shown until the new one is there
    relay();
    viewport()->update();
    Q_EMIT pageChanged(currentPage(), pageCount());
}

void PagePreview::setPicture(int page, const QImage& picture)
{
    static constexpr int most = 24; // a page at full width is 4.5 MB
    m_asked.remove(page);
    m_pictures.insert(page, picture);
    while (m_pictures.size() > most) // the farthest goes
        m_pictures.erase(std::abs(m_pictures.firstKey() - page) > std::abs(m_pictures.lastKey() - page) ? m_pictures.begin() : std::prev(m_pictures.end()));
    viewport()->update();
}

bool PagePreview::complete() const
{
    return m_pages > 0 && m_asked.isEmpty() && m_pictures.contains(currentPage()) && m_pictures[currentPage()].text(QStringLiteral("old")).isEmpty();
}

int PagePreview::currentPage() const { return m_geometry.pageAt(verticalScrollBar()->value() + viewport()->height() / 3.0); }

void PagePreview::showPage(int page)
{
    verticalScrollBar()->setValue(static_cast<int>(m_geometry.rectOf(std::clamp(page, 0, std::max(0, pageCount() - 1))).top() - m_geometry.gap));
}

void PagePreview::setZoom(double zoom)
{
    const int page = currentPage();
    m_zoom = std::clamp(zoom, 0.4, 4.0);
    relay();
    showPage(page);
    viewport()->update();
}

void PagePreview::relay()
{
    m_geometry = PreviewGeometry::lay(pageCount(), viewport()->width(), m_zoom);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(m_geometry.height()) - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(48);
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(m_geometry.page.width() + 2 * m_geometry.gap) - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
}

void PagePreview::setWords(const QString& words)
{
    m_words = words;
    if (m_geometry.pages == 0)
        viewport()->update();
}

void PagePreview::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const theme::Colours& c = theme::Colours::of(palette());
    painter.fillRect(viewport()->rect(), c.alternate);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (m_geometry.pages == 0) {
        painter.setPen(c.muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter, m_words);
        return;
    }
    const QPointF scrolled(horizontalScrollBar()->value(), verticalScrollBar()->value());
    for (int page = 0; page < m_geometry.pages; ++page) {
        const QRectF rect = m_geometry.rectOf(page).translated(-scrolled);
        if (rect.bottom() < 0 || rect.top() > viewport()->height())
            continue;
        const QSize pixels = (rect.size() * devicePixelRatioF()).toSize();
        const auto picture = m_pictures.constFind(page);
        if (picture == m_pictures.constEnd())
            painter.fillRect(rect, Qt::white);
        else
            painter.drawImage(rect, *picture);
        painter.setPen(c.line);
        painter.drawRect(rect);
        const bool fits = picture != m_pictures.constEnd() && picture->size() == pixels && picture->text(QStringLiteral("old")).isEmpty();
        if (!fits && m_asked.value(page) != pixels) {
            m_asked.insert(page, pixels);
            Q_EMIT pictureWanted(page, pixels);
        }
    }
}

void PagePreview::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    relay();
}

void PagePreview::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_PageDown:
    case Qt::Key_Space: showPage(currentPage() + 1); break;
    case Qt::Key_PageUp: showPage(currentPage() - 1); break;
    case Qt::Key_Home: showPage(0); break;
    case Qt::Key_End: showPage(pageCount() - 1); break;
    case Qt::Key_Plus: setZoom(m_zoom * 1.2); break;
    case Qt::Key_Minus: setZoom(m_zoom / 1.2); break;
    case Qt::Key_0: setZoom(1); break;
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

void PagePreview::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        setZoom(m_zoom * std::pow(1.0015, event->angleDelta().y()));
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

} // namespace medic
