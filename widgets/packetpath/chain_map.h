// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/rule_book.h"

#include <QAbstractScrollArea>
#include <QMap>
#include <QRectF>
#include <QStringList>

#include <optional>
#include <set>

namespace medic::packetpath {

/// Where the map's cells are: a row for each table, a column for each hook, a cell for each base chain, and below the chains
/// that are reached from it, each once. Plain values.
struct ChainMapLayout {
    struct Cell {
        QRectF rect;
        RuleRef chain; ///< rule is -1
        bool base = false;
        int depth = 0; ///< jumps from the base chain
    };
    struct Row {
        QRectF rect; ///< its title's
        int table = 0;
    };
    struct Jump {
        int from = 0, to = 0; ///< cells
    };
    QList<Cell> cells;
    QList<Row> rows;
    QList<Jump> jumps;
    QStringList hooks;
    qreal columnWidth = 0, left = 0, header = 0;
    QSizeF size;
    QMap<int, int> hidden; ///< cell of a base chain → reached chains that are not shown

    /// At most `most` reached chains are shown under each base chain, those that the path met and the busiest first.
    [[nodiscard]] static ChainMapLayout lay(const RuleBook& book, qreal width, qreal lineHeight, const std::set<std::pair<int, int>>& met, int most);
    [[nodiscard]] int at(const QPointF& point) const; ///< the cell; -1: none
};

/// The whole ruleset as a map, table × hook; counters as heat, the traced path in the accent colour. Screen's thread.
class ChainMap final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit ChainMap(QWidget* parent = nullptr);

    void setBook(const RuleBookPtr& book);
    void setMet(const std::vector<RuleRef>& met);
    void setCurrent(const RuleRef& chain);
    [[nodiscard]] const ChainMapLayout& layout() const { return m_layout; }
    [[nodiscard]] double zoom() const { return m_zoom; }
    void setZoom(double zoom); ///< 0.4 … 3; Ctrl+wheel, + - 0

Q_SIGNALS:
    void chainWanted(const medic::packetpath::RuleRef& chain);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void relay();
    void updateBars();
    [[nodiscard]] QPointF toPicture(const QPointF& screen) const;
    [[nodiscard]] QString meaning(int cell) const;

    RuleBookPtr m_book;
    ChainMapLayout m_layout;
    std::set<std::pair<int, int>> m_met;
    RuleRef m_current {-1, -1, -1};
    std::uint64_t m_busiest = 0;
    double m_zoom = 1;
};

} // namespace medic::packetpath
