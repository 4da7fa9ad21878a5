// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/report/page_renderer.h"

#include "widgets/report/report_pages.h"

#include <QPainter>

namespace medic {

PageRenderer::PageRenderer(QObject* parent) : QObject(parent)
{
    m_place.moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("report pages"));
}

PageRenderer::~PageRenderer()
{
    ++m_wanted; // what has not begun is left out
    if (!m_thread.isRunning())
        return;
    later([this] { m_pages.reset(); });
    later([this] { m_thread.quit(); });
    m_thread.wait();
}

void PageRenderer::later(std::function<void()> work)
{
    if (!m_thread.isRunning())
        m_thread.start();
    QMetaObject::invokeMethod(&m_place, std::move(work), Qt::QueuedConnection);
}

void PageRenderer::load(std::shared_ptr<const Report> report, Packets packets)
{
    const quint64 number = ++m_wanted;
    later([this, number, report = std::move(report), packets = std::move(packets)] {
        if (number != m_wanted)
            return;
        m_pages = std::make_unique<ReportPages>(*report, packets ? packets() : std::vector<playbooks::FollowedPacket>());
        const int count = m_pages->count();
        QMetaObject::invokeMethod(this, [this, number, count] {
            if (number == m_wanted)
                Q_EMIT loaded(count);
        }, Qt::QueuedConnection);
    });
}

void PageRenderer::render(int page, const QSize& pixels)
{
    const quint64 number = m_wanted;
    later([this, number, page, pixels] {
        if (number != m_wanted || m_pages == nullptr || page >= m_pages->count() || pixels.isEmpty())
            return;
        QImage image(pixels, QImage::Format_RGB32);
        image.fill(Qt::white); // paper is white, in the dark too
        QPainter painter(&image);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        painter.scale(pixels.width() / ReportPages::sizePoints().width(), pixels.height() / ReportPages::sizePoints().height());
        m_pages->paint(&painter, page);
        painter.end();
        QMetaObject::invokeMethod(this, [this, number, page, image] {
            if (number == m_wanted)
                Q_EMIT rendered(page, image);
        }, Qt::QueuedConnection);
    });
}

void PageRenderer::writePdf(std::shared_ptr<const Report> report, const QString& file, Packets packets)
{
    later([this, file, report = std::move(report), packets = std::move(packets)] {
        const auto result = ReportPages(*report, packets ? packets() : std::vector<playbooks::FollowedPacket>()).writePdf(file);
        const std::optional<Error> problem = result ? std::nullopt : std::optional(result.error());
        QMetaObject::invokeMethod(this, [this, file, problem] { Q_EMIT written(file, problem); }, Qt::QueuedConnection);
    });
}

} // namespace medic
