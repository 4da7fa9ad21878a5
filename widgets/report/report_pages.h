// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/report.h"
#include "diagnostics/playbooks/packet.h"

#include <QSizeF>
#include <QString>

#include <memory>
#include <vector>

class QImage;
class QPainter;
class QTextDocument;

namespace medic {

/// A report laid out on A4 pages, with a line at the head and page numbers at the foot. The preview and the PDF paint
/// the same layout, so that what is seen is what is printed. Used by the thread that
/// made it: fonts belong to a thread.
class ReportPages final
{
public:
    /// Each of `packets` gets a page of its own at the end: the path as a picture, in vectors.
    explicit ReportPages(const Report& report, std::vector<playbooks::FollowedPacket> packets = {});
    ~ReportPages();
    ReportPages(const ReportPages&) = delete;
    ReportPages& operator=(const ReportPages&) = delete;

    [[nodiscard]] int count() const;
    [[nodiscard]] static QSizeF sizePoints(); ///< of a page, in 1/72 inch

    /// Paints one page (from 0) in a coordinate system of points, its top left corner at 0,0.
    void paint(QPainter* painter, int page) const;

    /// Writes the PDF; FileNotWritable or DiskFull name the file.
    [[nodiscard]] Result<void> writePdf(const QString& file) const;

private:
    void paintUnits(QPainter* painter, int page) const; ///< in the layout's own units
    void paintPacket(QPainter* painter, const playbooks::FollowedPacket& packet) const;

    std::unique_ptr<QImage> m_device; ///< stands for the PDF writer in the layout: only its resolution counts
    std::unique_ptr<QTextDocument> m_document;
    std::vector<playbooks::FollowedPacket> m_packets;
    QString m_head, m_title, m_foot;
    Language m_language;
};

/// The whole way from a file to a file, for `cluster-medic --render-report`; needs a QGuiApplication.
[[nodiscard]] Result<void> renderReportPdf(const QString& incidentPath, const QString& outPath, Language language);

} // namespace medic
