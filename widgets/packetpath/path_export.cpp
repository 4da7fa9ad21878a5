// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_export.h"

#include "widgets/packetpath/path_painter.h"
#include "widgets/theme/colours.h"

#include <QFile>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>

namespace medic::packetpath {

namespace {

constexpr qreal border = 16, apart = 12, narrowest = 560;

/// Title, picture and words below one another in the painter's own units.
void paintAll(QPainter& painter, const QSizeF& size, const PathLayout& layout, const PathFonts& fonts, const QPalette& palette,
              const QString& title, const QString& words, qreal titleHeight)
{
    const theme::Colours& colours = theme::Colours::of(palette);
    painter.fillRect(QRectF(QPointF(), size), colours.base);
    painter.setPen(colours.text);
    painter.setFont(fonts.of(Role::Verdict));
    painter.drawText(QRectF(border, border, size.width() - 2 * border, titleHeight), Qt::TextWordWrap, title);
    const QRectF area(QPointF(border, border + titleHeight + apart), layout.size);
    paintPath(painter, area, layout, fonts, palette);
    painter.setPen(colours.text);
    painter.setFont(fonts.of(Role::Plain));
    const qreal below = area.bottom() + apart;
    painter.drawText(QRectF(border, below, size.width() - 2 * border, size.height() - below - border), Qt::TextWordWrap, words);
}

} // namespace

bool exportPath(const QString& file, const PathLayout& layout, const PathFonts& fonts, const QPalette& palette, const QString& title,
                const QString& words)
{
    if (layout.size.isEmpty())
        return false;
    const qreal width = std::max(narrowest, layout.size.width()) + 2 * border;
    const auto heightOf = [&](Role role, const QString& text) {
        return std::ceil(QFontMetricsF(fonts.of(role)).boundingRect(QRectF(0, 0, width - 2 * border, 10000), Qt::TextWordWrap, text).height());
    };
    const qreal titleHeight = heightOf(Role::Verdict, title);
    const QSizeF size(width, layout.size.height() + titleHeight + heightOf(Role::Plain, words) + 2 * apart + 2 * border);
    if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QFile device(file);
        if (!device.open(QIODevice::WriteOnly))
            return false;
        QSvgGenerator svg;
        svg.setOutputDevice(&device);
        svg.setSize(size.toSize());
        svg.setViewBox(QRectF(QPointF(), size));
        svg.setTitle(title);
        svg.setDescription(words);
        QPainter painter;
        if (!painter.begin(&svg))
            return false;
        paintAll(painter, size, layout, fonts, palette, title, words, titleHeight);
        painter.end();
        return device.flush() && device.error() == QFileDevice::NoError;
    }
    // A way with hundreds of branches would not fit into an image at twice the size.
    const qreal scale = std::min(2.0, 16000.0 / std::max(size.width(), size.height()));
    QImage image((size * scale).toSize(), QImage::Format_RGB32);
    if (image.isNull())
        return false;
    QPainter painter(&image);
    painter.scale(scale, scale);
    paintAll(painter, size, layout, fonts, palette, title, words, titleHeight);
    painter.end();
    return image.save(file, "PNG");
}

} // namespace medic::packetpath
