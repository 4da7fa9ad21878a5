// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/models/nodes_model.h"
#include "widgets/panels/heat_geometry.h"

#include <QAbstractScrollArea>

class QPainter;

namespace medic {

/// The nodes as cells, grouped by role, one painting item whatever their number: what is wrong stands out, what is well
/// is nearly colourless. Arrow keys, Enter, tool tips; as PNG and SVG. Screen's thread.
class HeatMap final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit HeatMap(QWidget* parent = nullptr);

    void setNodes(const QList<NodeRow>& nodes);
    void setCurrent(const QString& node);
    [[nodiscard]] QString current() const;
    [[nodiscard]] const HeatGeometry& geometryOfCells() const { return m_geometry; }
    [[nodiscard]] QString nodeAt(const QPoint& viewportPoint) const;

    /// The whole map, unscrolled. By the file's ending: .svg, else an image. False when it cannot be written.
    [[nodiscard]] bool save(const QString& file);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] int heightFor(int width) const;

Q_SIGNALS:
    void activated(const QString& node); ///< opened
    void currentChanged(const QString& node);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void relay();
    void paintCells(QPainter* painter, const QRect& clip) const;
    void select(int cell);
    [[nodiscard]] HeatGeometry layFor(int width) const;

    QList<NodeRow> m_nodes; ///< in the order of the cells
    QList<QPair<QString, int>> m_counts;
    HeatGeometry m_geometry;
    int m_current = -1;
};

} // namespace medic
