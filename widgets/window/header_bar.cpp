// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/header_bar.h"

#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QHBoxLayout>
#include <QPainter>

namespace medic {

HeaderBar::HeaderBar(QWidget* parent)
    : QWidget(parent)
    , m_cluster(new QToolButton)
    , m_production(new PlainLabel(PlainLabel::Kind::Strong))
    , m_readOnly(new PlainLabel(PlainLabel::Kind::Muted))
    , m_command(new QPushButton)
    , m_language(new QToolButton)
    , m_theme(iconButton(QStringLiteral("theme"), this))
{
    setFixedHeight(48);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, 0, theme::groupGap, 0);
    layout->setSpacing(theme::groupGap);
    m_cluster->setAutoRaise(true);
    m_cluster->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_cluster->setIcon(theme::icon(QStringLiteral("cluster")));
    m_cluster->setFont(theme::strongFont());
    m_cluster->setPopupMode(QToolButton::InstantPopup);
    m_cluster->setFocusPolicy(Qt::TabFocus);
    m_cluster->setMaximumWidth(320);
    m_command->setIcon(theme::icon(QStringLiteral("search"), theme::Ink::Muted));
    m_command->setMinimumWidth(260);
    m_command->setMaximumWidth(460);
    m_language->setAutoRaise(true);
    m_language->setFocusPolicy(Qt::TabFocus);
    m_language->setFixedHeight(28);
    layout->addWidget(m_cluster);
    layout->addWidget(m_production);
    layout->addWidget(m_readOnly);
    layout->addStretch(1);
    layout->addWidget(m_command, 3);
    layout->addStretch(1);
    layout->addWidget(m_language);
    layout->addWidget(m_theme);
    connect(m_command, &QPushButton::clicked, this, &HeaderBar::paletteWanted);
    connect(m_language, &QToolButton::clicked, this, &HeaderBar::languageWanted);
    connect(m_theme, &QToolButton::clicked, this, &HeaderBar::themeWanted);
    retranslate();
}

void HeaderBar::showCluster(const QString& title, const ClusterProfile& profile, bool live)
{
    m_title = lineSafe(title);
    m_mark = QColor(QString::fromStdString(profile.colour));
    m_open = true;
    m_live = live;
    m_isProduction = profile.production;
    m_isReadOnly = !profile.allowChanges;
    retranslate();
    update();
}

void HeaderBar::showNone()
{
    m_open = false;
    m_mark = QColor();
    retranslate();
    update();
}

void HeaderBar::retranslate()
{
    const QString title = m_open ? m_title : tr("No cluster");
    m_cluster->setText(m_cluster->fontMetrics().elidedText(title, Qt::ElideMiddle, 240).replace(u'&', QStringLiteral("&&")));
    m_cluster->setToolTip(toolTipSafe(title));
    m_production->setText(tr("PRODUCTION"));
    m_production->setVisible(m_open && m_isProduction);
    QPalette loud = palette();
    loud.setColor(QPalette::WindowText, theme::Colours::of(loud).failure);
    m_production->setPalette(loud);
    m_readOnly->setVisible(m_open);
    m_readOnly->setText(!m_live ? tr("recording") : m_isReadOnly ? tr("read-only") : tr("changes allowed"));
    m_command->setText(tr("Paste an error, ask a path, find anything…   Ctrl+K"));
    m_command->setAccessibleName(tr("Command box"));
    m_language->setText(QStringLiteral("中 / EN"));
    m_language->setToolTip(tr("Switch to Chinese"));
    m_theme->setToolTip(tr("Light or dark"));
    m_theme->setAccessibleName(m_theme->toolTip());
}

void HeaderBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Colours& c = theme::Colours::of(palette());
    painter.fillRect(QRect(0, height() - 1, width(), 1), c.line);
    if (m_mark.isValid())
        painter.fillRect(QRect(0, 0, width(), 3), m_mark);
}

} // namespace medic
