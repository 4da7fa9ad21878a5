// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/flat_style.h"

#include "widgets/theme/colours.h"
#include "widgets/theme/icons.h"

#include <QLineEdit>
#include <QPainter>
#include <QStyleOption>

namespace medic::theme {

namespace {

/// A colour between two, `share` of the second.
QColor blend(const QColor& a, const QColor& b, qreal share)
{
    const auto mix = [share](int x, int y) { return int(x + (y - x) * share); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

void roundedBox(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& border)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(border.isValid() ? QPen(border, 1) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter->restore();
}

void drawButton(const QStyleOption* option, QPainter* painter)
{
    const Colours& c = Colours::of(option->palette);
    const QColor own = option->palette.color(QPalette::Button);
    const bool coloured = own != c.window;
    const bool enabled = option->state.testFlag(QStyle::State_Enabled);
    QColor fill = coloured && enabled ? own : c.base;
    if (!enabled)
        fill = c.window;
    else if (option->state & (QStyle::State_Sunken | QStyle::State_On))
        fill = coloured ? blend(own, c.text, 0.25) : c.selection;
    else if (option->state.testFlag(QStyle::State_MouseOver))
        fill = coloured ? blend(own, c.text, 0.12) : blend(c.base, c.accent, 0.08);
    QColor border = coloured && enabled ? fill : c.line;
    if (option->state.testFlag(QStyle::State_HasFocus))
        border = coloured ? c.text : c.accent;
    roundedBox(painter, option->rect, fill, border);
}

void drawToolButton(const QStyleOption* option, QPainter* painter)
{
    const Colours& c = Colours::of(option->palette);
    if (option->state & (QStyle::State_On | QStyle::State_Sunken))
        roundedBox(painter, option->rect, c.selection, {});
    else if (option->state.testFlag(QStyle::State_MouseOver) && option->state.testFlag(QStyle::State_Enabled))
        roundedBox(painter, option->rect, blend(c.window, c.text, 0.08), {});
    if (option->state.testFlag(QStyle::State_HasFocus) && option->state.testFlag(QStyle::State_KeyboardFocusChange))
        roundedBox(painter, option->rect, {}, c.accent);
}

void drawCheck(const QStyleOption* option, QPainter* painter, bool round)
{
    const Colours& c = Colours::of(option->palette);
    const bool on = option->state.testFlag(QStyle::State_On);
    const QColor fill = on ? c.accent : c.base;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(on || option->state.testFlag(QStyle::State_HasFocus) ? c.accent : c.muted, 1));
    painter->setBrush(option->state.testFlag(QStyle::State_Enabled) ? fill : c.window);
    const QRectF box = QRectF(option->rect).adjusted(1.5, 1.5, -1.5, -1.5);
    if (round) {
        painter->drawEllipse(box);
        if (on) {
            painter->setBrush(c.onAccent);
            painter->setPen(Qt::NoPen);
            painter->drawEllipse(box.adjusted(3, 3, -3, -3));
        }
    } else {
        painter->drawRoundedRect(box, 2, 2);
        if (on)
            paintIcon(painter, box.adjusted(1, 1, -1, -1), QStringLiteral("state-ok"), c.onAccent);
        else if (option->state.testFlag(QStyle::State_NoChange))
            paintIcon(painter, box.adjusted(1, 1, -1, -1), QStringLiteral("state-not-applicable"), c.muted);
    }
    painter->restore();
}

constexpr int iconTextGap = 6;
constexpr int sortMark = 10;
constexpr int chevronRoom = 16;

/// Icon and words with room between them, which Fusion leaves out.
void drawIconAndText(QPainter* painter, const QStyleOption* option, const QIcon& icon, const QSize& iconSize, const QString& text,
                     Qt::AlignmentFlag alignment)
{
    const bool enabled = option->state.testFlag(QStyle::State_Enabled);
    const QFontMetrics metrics = painter->fontMetrics();
    const int words = metrics.size(Qt::TextShowMnemonic, text).width();
    const QRect room = alignment == Qt::AlignLeft ? option->rect.adjusted(iconTextGap, 0, -iconTextGap, 0) : option->rect;
    const int left = alignment == Qt::AlignLeft ? room.left() : room.left() + qMax(0, (room.width() - iconSize.width() - iconTextGap - words) / 2);
    const QRect mark(left, room.center().y() - iconSize.height() / 2, iconSize.width(), iconSize.height());
    icon.paint(painter, mark, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled,
               option->state.testFlag(QStyle::State_On) ? QIcon::On : QIcon::Off);
    const QRect at(mark.right() + 1 + iconTextGap, room.top(), room.right() - mark.right() - iconTextGap, room.height());
    painter->setPen(option->palette.color(enabled ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText));
    painter->drawText(at, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, text);
}

} // namespace

FlatStyle::FlatStyle() : QProxyStyle(QStringLiteral("Fusion")) { }

void FlatStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const
{
    const Colours& c = Colours::of(option->palette);
    switch (element) {
    case PE_PanelButtonCommand:
        return drawButton(option, painter);
    case PE_PanelButtonTool:
        return drawToolButton(option, painter);
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        return drawCheck(option, painter, false);
    case PE_IndicatorRadioButton:
        return drawCheck(option, painter, true);
    case PE_FrameLineEdit:
        return roundedBox(painter, option->rect, {}, option->state.testFlag(State_HasFocus) ? c.accent : c.line);
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth > 0)
            return roundedBox(painter, option->rect, option->palette.color(QPalette::Base),
                              option->state.testFlag(State_HasFocus) ? c.accent : c.line);
        break;
    case PE_Frame:
    case PE_FrameMenu:
        painter->setPen(option->state.testFlag(State_HasFocus) && element == PE_Frame ? c.accent : c.line);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_FrameFocusRect:
        if (option->state.testFlag(State_KeyboardFocusChange) || !widget || !widget->inherits("QAbstractItemView"))
            roundedBox(painter, option->rect, {}, c.accent);
        return;
    case PE_IndicatorBranch:
        if (option->state.testFlag(State_Children)) {
            const QRectF box(option->rect.center().x() - 5, option->rect.center().y() - 5, 11, 11);
            paintIcon(painter, box, option->state.testFlag(State_Open) ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
                      c.muted);
        }
        return;
    case PE_IndicatorHeaderArrow:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option); header && header->sortIndicator != QStyleOptionHeader::None)
            paintIcon(painter, QRectF(option->rect), header->sortIndicator == QStyleOptionHeader::SortUp ? QStringLiteral("chevron-up") : QStringLiteral("chevron-down"), c.muted);
        return;
    case PE_IndicatorArrowDown:
        return paintIcon(painter, QRectF(option->rect), QStringLiteral("chevron-down"), c.muted);
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void FlatStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                            const QWidget* widget) const
{
    const Colours& c = Colours::of(option->palette);
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, c.window);
        painter->setPen(c.line);
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    case CE_Splitter: {
        const QPoint middle = option->rect.center();
        painter->setPen(c.line);
        if (option->state.testFlag(State_Horizontal))
            painter->drawLine(middle.x(), option->rect.top(), middle.x(), option->rect.bottom());
        else
            painter->drawLine(option->rect.left(), middle.y(), option->rect.right(), middle.y());
        return;
    }
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option); button && !button->icon.isNull() && !button->text.isEmpty())
            return drawIconAndText(painter, button, button->icon, button->iconSize, button->text, Qt::AlignHCenter);
        break;
    case CE_ToolButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button && !button->icon.isNull() && !button->text.isEmpty() && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon) {
            painter->setFont(button->font);
            return drawIconAndText(painter, button, button->icon, button->iconSize, button->text, Qt::AlignLeft);
        }
        break;
    case CE_ProgressBarGroove:
        painter->fillRect(option->rect, c.line);
        return;
    case CE_ProgressBarContents:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
            QRect done = bar->rect;
            const int range = bar->maximum - bar->minimum;
            if (range > 0)
                done.setWidth(int(qint64(done.width()) * (bar->progress - bar->minimum) / range));
            painter->fillRect(done, c.accent);
        }
        return;
    case CE_TabBarTabShape: {
        if (option->state.testFlag(State_Selected)) {
            QRect mark = option->rect;
            mark.setTop(mark.bottom() - 1);
            painter->fillRect(mark, c.accent);
        } else if (option->state.testFlag(State_MouseOver)) {
            QRect mark = option->rect;
            mark.setTop(mark.bottom() - 1);
            painter->fillRect(mark, c.line);
        }
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void FlatStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                   const QWidget* widget) const
{
    const Colours& c = Colours::of(option->palette);
    if (control == CC_ScrollBar) {
        const QRect slider = subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget);
        painter->fillRect(option->rect, c.base);
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (bar && bar->minimum < bar->maximum) {
            const bool hot = option->state.testFlag(State_MouseOver) || option->state.testFlag(State_Sunken);
            roundedBox(painter, slider.adjusted(3, 3, -3, -3), hot ? c.muted : blend(c.line, c.muted, 0.45), {});
        }
        return;
    }
    if (control == CC_SpinBox) {
        if (const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option); box && box->buttonSymbols == QAbstractSpinBox::NoButtons) {
            roundedBox(painter, option->rect, c.base, option->state.testFlag(State_HasFocus) ? c.accent : c.line);
            return;
        }
    }
    if (control == CC_ComboBox) {
        const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (box && box->frame)
            drawButton(option, painter);
        const QRect arrow = subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, widget);
        paintIcon(painter, QRectF(arrow.center().x() - 5, arrow.center().y() - 5, 11, 11), QStringLiteral("chevron-down"), c.muted);
        return;
    }
    if (control == CC_ToolButton) {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        if (button && button->features.testFlag(QStyleOptionToolButton::HasMenu) && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon) {
            QStyleOptionToolButton plain = *button;
            plain.features &= ~QStyleOptionToolButton::HasMenu;
            QProxyStyle::drawComplexControl(control, &plain, painter, widget);
            const QRect& r = option->rect;
            paintIcon(painter, QRectF(r.right() - chevronRoom + 1, r.center().y() - 5, 11, 11), QStringLiteral("chevron-down"), c.muted);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect FlatStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    const QRect own = QProxyStyle::subElementRect(element, option, widget);
    if (element == SE_LineEditContents) {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        return frame && frame->lineWidth > 0 ? own.adjusted(4, 0, -2, 0) : own;
    }
    const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
    if (!header || header->orientation != Qt::Horizontal)
        return own;
    const bool sorted = header->sortIndicator != QStyleOptionHeader::None;
    if (element == SE_HeaderArrow)
        return QRect(option->rect.right() - sortMark - 2, option->rect.center().y() - sortMark / 2, sortMark, sortMark);
    if (element == SE_HeaderLabel && sorted)
        return option->rect.adjusted(6, 0, -sortMark - 6, 0);
    return own;
}

QRect FlatStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                const QWidget* widget) const
{
    if (control != CC_ScrollBar)
        return QProxyStyle::subControlRect(control, option, part, widget);
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (!bar)
        return {};
    // No arrow buttons: the groove is the whole bar.
    const bool upright = bar->orientation == Qt::Vertical;
    const int length = upright ? bar->rect.height() : bar->rect.width();
    int size = length;
    int start = 0;
    if (bar->maximum > bar->minimum) {
        const qint64 range = qint64(bar->maximum) - bar->minimum;
        size = int(qint64(bar->pageStep) * length / qMax<qint64>(1, range + bar->pageStep));
        size = qMin(length, qMax(28, size));
        start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - size, bar->upsideDown);
    }
    const auto along = [&](int from, int extent) {
        return upright ? QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), extent)
                       : QRect(bar->rect.x() + from, bar->rect.y(), extent, bar->rect.height());
    };
    switch (part) {
    case SC_ScrollBarGroove:
        return bar->rect;
    case SC_ScrollBarSlider:
        return visualRect(bar->direction, bar->rect, along(start, size));
    case SC_ScrollBarSubPage:
        return visualRect(bar->direction, bar->rect, along(0, start));
    case SC_ScrollBarAddPage:
        return visualRect(bar->direction, bar->rect, along(start + size, length - start - size));
    default:
        return {};
    }
}

int FlatStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return 12;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize:
        return 16;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    case PM_HeaderMargin:
    case PM_FocusFrameHMargin: // cells begin where their header's words do
        return metric == PM_HeaderMargin ? 6 : 5;
    case PM_SplitterWidth:
        return 5;
    case PM_TreeViewIndentation:
        return 20;
    case PM_TabBarTabHSpace:
        return 24;
    case PM_TabBarBaseHeight:
    case PM_TabBarBaseOverlap:
        return 0;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int FlatStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_ItemView_ShowDecorationSelected:
        return hint == SH_ItemView_ShowDecorationSelected;
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 0;
    case SH_ComboBox_Popup:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize FlatStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                  const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_PushButton || type == CT_LineEdit || type == CT_ComboBox || type == CT_SpinBox)
        result.setHeight(qMax(result.height(), 30));
    else if (type == CT_ItemViewItem)
        result.setHeight(qMax(result.height(), 24));
    else if (type == CT_HeaderSection)
        result.setHeight(qMax(result.height(), 26));
    if (type == CT_PushButton) {
        result.rwidth() += 12;
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option); button && !button->icon.isNull() && !button->text.isEmpty())
            result.rwidth() += iconTextGap;
    } else if (type == CT_ToolButton) {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        if (button && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon && !button->icon.isNull() && !button->text.isEmpty()) {
            result.rwidth() += 2 * iconTextGap;
            if (button->features.testFlag(QStyleOptionToolButton::HasMenu))
                result.rwidth() += chevronRoom;
        }
    }
    return result;
}

} // namespace medic::theme
