// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "widgets/panels/buttons.h"

#include <QScrollArea>

class QPushButton;
class QVBoxLayout;

namespace medic {

/// A page of words that is read from top to bottom and made anew when what it tells changes: the finding beside its list, an
/// entry of the catalogue. As wide as there is room, scrolled only downwards. Screen's thread.
class ReadingPanel : public QScrollArea
{
    Q_OBJECT

public:
    explicit ReadingPanel(QWidget* parent = nullptr);

protected:
    /// Fills the fresh page; what was there is deleted.
    virtual void build() = 0;
    virtual void beforeRebuild() { } ///< what stands in fields can be kept
    void rebuild();

    [[nodiscard]] QVBoxLayout* page() const { return m_page; }
    PlainLabel* paragraph(const QString& text, PlainLabel::Kind kind = PlainLabel::Kind::Body);
    void heading(const QString& words);
    /// "What to do next", in the accent colour, at the left.
    QPushButton* nextAction(const QString& words, const QString& icon);
    void references(const std::vector<Reference>& all, const QString& title); ///< nothing when there are none

    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();

    QVBoxLayout* m_page = nullptr;
};

} // namespace medic
