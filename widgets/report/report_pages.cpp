// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/report/report_pages.h"

#include "diagnostics/checks/suite.h"
#include "diagnostics/incident/incident_file.h"
#include "widgets/packetpath/path_painter.h"

#include <QAbstractTextDocumentLayout>
#include <QFile>
#include <QFont>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextOption>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <optional>

namespace medic {

namespace {

// The layout's unit is the PDF's: 1/1200 inch. Fine enough that glyphs are not rounded to screen pixels.
constexpr int resolution = 1200;
constexpr double millimetre = resolution / 25.4;
constexpr double pageWidth = 210 * millimetre, pageHeight = 297 * millimetre;
constexpr double left = 16 * millimetre, right = 16 * millimetre, top = 20 * millimetre, bottom = 18 * millimetre;
constexpr double bodyWidth = pageWidth - left - right, bodyHeight = pageHeight - top - bottom;
const QColor ink(0x57, 0x60, 0x6a), line(0xd0, 0xd7, 0xde);

/// In the page's own units, whatever device it is painted on. Latin first: with a CJK font alone digits vanish from the text layer; then a TrueType CJK font, whose characters
/// extract as themselves.
QFont pageFont(double points)
{
    QFont font;
    font.setFamilies({QStringLiteral("DejaVu Sans"), QStringLiteral("Droid Sans Fallback"), QStringLiteral("Noto Sans CJK SC"), QStringLiteral("sans-serif")});
    font.setPixelSize(static_cast<int>(std::lround(points * resolution / 72.0)));
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

std::unique_ptr<QImage> metricsDevice()
{
    auto image = std::make_unique<QImage>(1, 1, QImage::Format_ARGB32_Premultiplied);
    image->setDotsPerMeterX(static_cast<int>(std::lround(resolution / 0.0254)));
    image->setDotsPerMeterY(static_cast<int>(std::lround(resolution / 0.0254)));
    return image;
}

} // namespace

QSizeF ReportPages::sizePoints() { return {pageWidth * 72 / resolution, pageHeight * 72 / resolution}; }

ReportPages::ReportPages(const Report& report, std::vector<playbooks::FollowedPacket> packets)
    : m_device(metricsDevice()), m_document(std::make_unique<QTextDocument>()), m_packets(std::move(packets)), m_language(report.language)
{
    m_head = QString::fromStdString(reportWord("incident-report", report.language));
    m_title = QString::fromStdString(report.title);
    if (!report.cluster.empty())
        m_title = QString::fromStdString(report.cluster) + (m_title.isEmpty() ? QString() : QStringLiteral(" · ")) + m_title;
    m_title.replace(u'\n', u' ');
    m_foot = QString::fromStdString(report.generated.empty() ? report.until : report.generated);
    m_document->setUndoRedoEnabled(false);
    m_document->documentLayout()->setPaintDevice(m_device.get());
    m_document->setDocumentMargin(0);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere); // nothing is cut off
    m_document->setDefaultTextOption(wrap);
    QFont font = pageFont(10);
    font.setPointSizeF(10); // the layout asks its own device
    m_document->setDefaultFont(font);
    m_document->setPageSize(QSizeF(bodyWidth, bodyHeight));
    m_document->setHtml(QString::fromStdString(reportHtml(report, ReportMedium::Document)));
    // No ligatures: "certificate" must be found when it is searched for, and not only "certi\ufb01cate".
    QTextCharFormat plain;
    plain.setFontStyleStrategy(QFont::PreferNoShaping);
    QTextCursor all(m_document.get());
    all.select(QTextCursor::Document);
    all.mergeCharFormat(plain);
    (void)m_document->pageCount(); // lays it out
}

ReportPages::~ReportPages() = default;

int ReportPages::count() const { return qMax(1, m_document->pageCount()) + static_cast<int>(m_packets.size()); }

/// Painted in the painter's own pixels (1/96 inch), then scaled: the picture knows nothing of the page's fine units.
void ReportPages::paintPacket(QPainter* painter, const playbooks::FollowedPacket& packet) const
{
    constexpr double unit = resolution / 96.0;
    painter->save();
    painter->translate(left, top);
    painter->setFont(pageFont(12));
    painter->setPen(Qt::black);
    const QString step = QString::fromStdString(packet.step.in(m_language)), node = QString::fromStdString(packet.trace.node);
    painter->drawText(QRectF(0, 0, bodyWidth, 8 * millimetre), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, step + QStringLiteral(" · ") + node);
    painter->setFont(pageFont(8));
    painter->setPen(ink);
    painter->drawText(QRectF(0, 8 * millimetre, bodyWidth, 5 * millimetre), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      QString::fromStdString(packet.query.text()));
    painter->translate(0, 16 * millimetre);
    painter->scale(unit, unit);
    (void)packetpath::paintPath(*painter, QRectF(0, 0, bodyWidth / unit, (bodyHeight - 16 * millimetre) / unit), packet.query, packet.trace);
    painter->restore();
}

void ReportPages::paintUnits(QPainter* painter, int page) const
{
    const int texts = count() - static_cast<int>(m_packets.size());
    if (page >= texts) {
        paintPacket(painter, m_packets[static_cast<std::size_t>(page - texts)]);
    } else {
        painter->save();
        painter->translate(left, top - page * bodyHeight);
        const QRectF clip(0, page * bodyHeight, bodyWidth, bodyHeight);
        painter->setClipRect(clip, Qt::IntersectClip);
        QAbstractTextDocumentLayout::PaintContext context;
        context.clip = clip;
        context.palette.setColor(QPalette::Text, Qt::black);
        m_document->documentLayout()->draw(painter, context);
        painter->restore();
    }

    painter->save();
    const QFont font = pageFont(8);
    painter->setFont(font);
    painter->setPen(ink);
    const QFontMetricsF metrics(font, m_device.get());
    const QRectF head(left, 10 * millimetre, bodyWidth, 5 * millimetre);
    const double nameWidth = metrics.horizontalAdvance(m_head) + 4 * millimetre;
    painter->drawText(head, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, m_head);
    painter->drawText(head.adjusted(0, 0, -nameWidth, 0), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      metrics.elidedText(m_title, Qt::ElideRight, bodyWidth - nameWidth));
    const QRectF foot(left, pageHeight - 13 * millimetre, bodyWidth, 5 * millimetre);
    const QString number = (m_language == Language::Chinese ? QStringLiteral("第 %1 页，共 %2 页") : QStringLiteral("Page %1 of %2")).arg(page + 1).arg(count());
    painter->drawText(foot, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, m_foot);
    painter->drawText(foot, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, number);
    painter->setPen(QPen(line, 0.2 * millimetre));
    painter->drawLine(QPointF(left, 16 * millimetre), QPointF(left + bodyWidth, 16 * millimetre));
    painter->drawLine(QPointF(left, pageHeight - 14 * millimetre), QPointF(left + bodyWidth, pageHeight - 14 * millimetre));
    painter->restore();
}

void ReportPages::paint(QPainter* painter, int page) const
{
    painter->save();
    painter->scale(72.0 / resolution, 72.0 / resolution);
    paintUnits(painter, page);
    painter->restore();
}

Result<void> ReportPages::writePdf(const QString& file) const
{
    QSaveFile target(file); // an interrupted export leaves no half report
    const auto failed = [&] {
        const int number = errno;
        const bool full = target.error() == QFileDevice::ResourceError || number == ENOSPC;
        return failure(full ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, file.toStdString(), target.errorString().toStdString(), number);
    };
    if (!target.open(QIODevice::WriteOnly))
        return failed();
    {
        QPdfWriter writer(&target);
        writer.setResolution(resolution);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setTitle(m_title.isEmpty() ? m_head : m_title);
        writer.setCreator(QStringLiteral("Cluster Medic"));
        QPainter painter(&writer);
        for (int page = 0; page < count(); ++page) {
            if (page > 0)
                writer.newPage();
            paintUnits(&painter, page);
        }
    }
    if (!target.commit())
        return failed();
    return {};
}

Result<void> renderReportPdf(const QString& incidentPath, const QString& outPath, Language language)
{
    const auto incident = IncidentFile::open(incidentPath.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!incident)
        return tl::unexpected(incident.error());
    const Catalogue catalogue = Catalogue::standard();
    ReportOptions options;
    options.generated = std::chrono::system_clock::now();
    // A file that was only captured has never been judged: the checks run now, as when it is opened.
    const auto sweeps = incident->sweeps();
    if (!sweeps)
        return tl::unexpected(sweeps.error());
    std::optional<std::vector<Finding>> found;
    if (std::none_of(sweeps->begin(), sweeps->end(), [](const SweepInfo& sweep) { return sweep.checked; })) {
        const auto newest = incident->snapshot();
        if (!newest)
            return tl::unexpected(newest.error());
        const auto earlier = sweeps->size() > 1 ? incident->snapshot((*sweeps)[sweeps->size() - 2].id) : Result<Snapshot>();
        found = checks::runSuites(*newest, sweeps->size() > 1 && earlier ? &*earlier : nullptr, {}).findings;
    }
    const auto report = buildReport(*incident, catalogue, language, options, found ? &*found : nullptr);
    if (!report)
        return tl::unexpected(report.error());
    return ReportPages(*report, playbooks::followPackets(playbooks::askedPackets(*incident, playbooks::Library::standard()))).writePdf(outPath);
}

} // namespace medic
