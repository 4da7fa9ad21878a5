// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QIcon>

namespace medic {

/// A whole line to press: icon, title, one sentence below or beside it, a faint word at the right. All shown literally.
class LineButton final : public QAbstractButton
{
    Q_OBJECT

public:
    enum class Size { Large, Small }; ///< with the sentence below, or beside
    explicit LineButton(Size size, QWidget* parent = nullptr);

    void setWords(const QString& title, const QString& sentence, const QString& trailing = {});
    void setMark(const QIcon& icon);
    void setLit(int from, int length); ///< this part of the sentence is lit
    void setMarkColour(const QColor& colour); ///< a bar at the left; invalid: none
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    Size m_size;
    QIcon m_mark;
    QColor m_colour;
    QString m_title, m_sentence, m_trailing;
    int m_litFrom = 0, m_litLength = 0;
};

} // namespace medic
