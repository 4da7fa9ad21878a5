// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <QMap>
#include <QSize>

namespace medic {

/// Where the pages of a preview lie: below one another, centred. A plain value, in pixels of the viewport.
struct PreviewGeometry {
    int pages = 0;
    QSizeF page; ///< one page on the screen
    double gap = 16;
    double left = 0;

    [[nodiscard]] static PreviewGeometry lay(int pages, double viewportWidth, double zoom);
    [[nodiscard]] double height() const;
    [[nodiscard]] QRectF rectOf(int number) const; ///< unscrolled
    [[nodiscard]] int pageAt(double y) const; ///< the one whose top is nearest above; 0 … pages - 1
};

/// The report as it will print, page below page. Asks for the pictures of visible pages only. Page Up/Down, Home, End,
/// Ctrl+wheel. Screen's thread.
class PagePreview final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit PagePreview(QWidget* parent = nullptr);

    void setWords(const QString& words); ///< shown as long as there are no pages
    void setPageCount(int pages); ///< of another report: pictures are asked for anew, the place is kept where it can be
    void setPicture(int page, const QImage& picture);
    [[nodiscard]] int pageCount() const { return m_pages; }
    [[nodiscard]] bool hasPicture(int page) const { return m_pictures.contains(page); }
    [[nodiscard]] bool complete() const; ///< every page that can be seen has its picture
    [[nodiscard]] int currentPage() const;
    void showPage(int page);
    void setZoom(double zoom); ///< 1: the page is as wide as the room, at most 900 pixels
    [[nodiscard]] double zoom() const { return m_zoom; }

Q_SIGNALS:
    void pictureWanted(int page, const QSize& pixels);
    void pageChanged(int page, int count);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void relay();

    int m_pages = 0;
    QMap<int, QImage> m_pictures;
    QMap<int, QSize> m_asked; ///< on their way
    QString m_words;
    PreviewGeometry m_geometry;
    double m_zoom = 1;
};

} // namespace medic
