// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/text/output_lines.h"

#include <QAbstractScrollArea>

#include <set>
#include <string>
#include <vector>

class QTextLayout;

namespace medic {

/// Raw output with line numbers, some lines lit; text can be selected with mouse and keyboard. Only what is visible is
/// laid out: a hundred thousand lines open at once. Screen's thread.
class OutputView final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit OutputView(QWidget* parent = nullptr);

    void setOutput(const std::string& text, const std::vector<int>& litLines);
    [[nodiscard]] const OutputLines& output() const { return m_lines; }
    void showLine(int line);
    /// To the next (1) or previous (-1) lit line; its number, 0 when there is none.
    int showLit(int direction);
    /// Finds and shows; false: nowhere.
    bool find(const QString& words, int direction);
    [[nodiscard]] QString selectedText() const;
    [[nodiscard]] int firstVisibleRow() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Spot {
        int row = 0;
        int column = 0;
        auto operator<=>(const Spot&) const = default;
    };
    [[nodiscard]] Spot spotAt(const QPoint& point) const;
    [[nodiscard]] int gutterWidth() const;
    [[nodiscard]] int lineHeight() const;
    void layRow(QTextLayout& layout) const;
    void updateBars();
    void ensureVisible(int row);
    void selectAll();

    OutputLines m_lines;
    std::set<int> m_lit;
    Spot m_anchor, m_cursor;
    int m_found = -1;
    int m_current = 0; ///< lit line shown last
    int m_widest = 0; ///< pixels, as far as seen
};

} // namespace medic
