// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/rail.h"

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/views/view.h"

#include <QButtonGroup>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

QStringList Rail::order()
{
    return {QStringLiteral("start"), QStringLiteral("nodes"), QStringLiteral("findings"), QStringLiteral("path"),
            QStringLiteral("guide"), QStringLiteral("report"), QStringLiteral("knowledge")};
}

int Rail::placeOf(const QString& view)
{
    const auto at = order().indexOf(view);
    return int(at < 0 ? order().size() : at);
}

Rail::Rail(QWidget* parent) : QWidget(parent), m_layout(new QVBoxLayout(this)), m_buttons(new QButtonGroup(this))
{
    setFixedWidth(88);
    m_layout->setContentsMargins(theme::innerGap, theme::gridStep, theme::innerGap, theme::gridStep);
    m_layout->setSpacing(theme::innerGap);
    m_layout->addStretch(1);
}

void Rail::add(const View* view)
{
    const auto before = std::find_if(m_views.begin(), m_views.end(), [view](const View* one) { return placeOf(one->id()) > placeOf(view->id()); });
    const int row = int(before - m_views.begin());
    m_views.insert(row, view);
    auto* button = new QToolButton;
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setIcon(theme::icon(view->iconName()));
    button->setIconSize(QSize(22, 22));
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setFixedSize(80, 60);
    button->setFocusPolicy(Qt::TabFocus);
    button->setProperty("view", view->id());
    m_buttons->addButton(button);
    m_layout->insertWidget(row, button);
    connect(button, &QToolButton::clicked, this, [this, id = view->id()] { Q_EMIT wanted(id); });
    if (m_views.size() == 1)
        button->setChecked(true);
    // In the order in which they stand, whenever they came.
    QWidget* last = nullptr;
    for (int i = 0; i < m_views.size(); ++i) {
        QWidget* const here = m_layout->itemAt(i)->widget();
        if (last)
            setTabOrder(last, here);
        last = here;
    }
}

void Rail::setCurrent(const QString& view)
{
    for (QAbstractButton* button : m_buttons->buttons())
        if (button->property("view").toString() == view)
            button->setChecked(true);
}

void Rail::retranslate()
{
    for (QAbstractButton* button : m_buttons->buttons())
        for (const View* view : m_views)
            if (button->property("view").toString() == view->id()) {
                button->setText(view->name());
                button->setToolTip(QStringLiteral("%1 (Alt+%2)").arg(view->name()).arg(placeOf(view->id()) + 1));
            }
}

} // namespace medic
