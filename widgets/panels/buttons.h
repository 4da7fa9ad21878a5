// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace medic {

/// The next action: in the accent colour. One to a screen. A dangerous one is in the danger colour.
class PrimaryButton final : public QPushButton
{
    Q_OBJECT

public:
    enum class Kind { Next, Dangerous };
    explicit PrimaryButton(QWidget* parent = nullptr, Kind kind = Kind::Next);
    void setKind(Kind kind);

protected:
    void changeEvent(QEvent* event) override;

private:
    void recolour();
    Kind m_kind;
    bool m_busy = false;
};

/// A flat button with an icon of ours; words in the tool tip (and beside it when asked).
[[nodiscard]] QToolButton* iconButton(const QString& iconName, QWidget* parent);

/// A label that shows its text literally; `Muted`, `Problem` (what must be set right first) and headings follow the palette.
class PlainLabel final : public QLabel
{
    Q_OBJECT

public:
    enum class Kind { Body, Strong, Heading, Muted, Monospace, Problem };
    explicit PlainLabel(Kind kind = Kind::Body, QWidget* parent = nullptr);
    PlainLabel(const QString& text, Kind kind, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void restyle();
    Kind m_kind;
    bool m_busy = false;
};

/// A label of one line that is cut with "…" where there is no room, the whole text in its tool tip.
class ElidedLabel final : public QWidget
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    void setText(const QString& text); ///< shown literally
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
};

} // namespace medic
