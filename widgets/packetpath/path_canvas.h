// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_layout.h"

#include <QAbstractScrollArea>

#include <optional>

namespace medic::packetpath {

/// The picture of a path on the screen: scrolls, pans by dragging, zooms (Ctrl+wheel, + and -, 0 fits, 1 is full size), is
/// walked through with the arrow keys. Owns tree and layout. Screen's thread.
class PathCanvas final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit PathCanvas(QWidget* parent = nullptr);

    void setPath(PathTree tree, const PathLayout::Options& options);
    void clear();
    [[nodiscard]] const PathTree& tree() const { return m_tree; }
    [[nodiscard]] const PathLayout& layout() const { return m_layout; }
    [[nodiscard]] const PathFonts& fonts() const { return m_fonts; }
    [[nodiscard]] double zoom() const { return m_zoom; }
    void setZoom(double zoom);
    void fit(); ///< all of it, not above full size
    void choose(const PathLayout::Spot& spot);
    [[nodiscard]] const PathLayout::Spot& chosen() const { return m_chosen; }
    /// The step of a spot; null: it is not a rule.
    [[nodiscard]] const TraceStep* stepOf(const PathLayout::Spot& spot) const;
    [[nodiscard]] QString meaning(const PathLayout::Spot& spot) const; ///< for tool tip and screen reader
    [[nodiscard]] QPointF toScreen(const QPointF& point) const;

Q_SIGNALS:
    void chosenChanged(const medic::packetpath::PathLayout::Spot& spot);
    void zoomChanged(double zoom);
    void unfoldWanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void relay();
    void updateBars();
    void zoomAround(double zoom, const QPointF& screen);
    void step(int direction);
    void toNeighbour(int dx, int dy);
    [[nodiscard]] QPointF toPicture(const QPointF& screen) const;
    [[nodiscard]] QPointF origin() const;

    PathTree m_tree;
    PathLayout m_layout;
    PathLayout::Options m_options;
    PathFonts m_fonts;
    double m_zoom = 1.0;
    bool m_fitted = true; ///< follows the window's size until somebody zooms
    PathLayout::Spot m_hovered, m_chosen;
    std::optional<QPoint> m_pressed;
    QPoint m_barsAtPress;
    bool m_dragged = false;
};

} // namespace medic::packetpath
