// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace medic {

/// One answer to a question: a mark, its words (wrapped, shown literally), what it means below, its number key.
class OptionButton final : public QAbstractButton
{
    Q_OBJECT

public:
    OptionButton(int number, const QString& words, const QString& help, QWidget* parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

Q_SIGNALS:
    void chosenAtOnce(); ///< double click: this and on

protected:
    void nextCheckState() override { setChecked(true); } ///< the only one of a question stays chosen, too
    void paintEvent(QPaintEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRect wordsRect(int width) const;
    [[nodiscard]] QRect helpRect(int width) const;

    int m_number;
    QString m_words, m_help;
};

} // namespace medic
