// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/header_bar.h"

#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyleOptionButton>

namespace medic {

namespace {

/// A button that looks like the field that it opens: icon and faint words at the left, the keys at the right.
class CommandBox final : public QPushButton {
public:
    using QPushButton::QPushButton;

    QSize sizeHint() const override { return {fontMetrics().horizontalAdvance(text()) + 110, 32}; }
    QSize minimumSizeHint() const override { return {260, 32}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        QStyleOptionButton option;
        initStyleOption(&option);
        style()->drawPrimitive(QStyle::PE_PanelButtonCommand, &option, &painter, this);
        const QColor& muted = theme::Colours::of(palette()).muted;
        theme::paintIcon(&painter, QRectF(10, (height() - 15) / 2.0, 15, 15), QStringLiteral("search"), muted);
        painter.setPen(muted);
        const QString keys = QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText);
        const int room = fontMetrics().horizontalAdvance(keys) + 12;
        painter.drawText(QRect(width() - room, 0, room - 10, height()), Qt::AlignRight | Qt::AlignVCenter, keys);
        const int left = 34;
        painter.drawText(QRect(left, 0, width() - left - room - 8, height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         fontMetrics().elidedText(text(), Qt::ElideRight, width() - left - room - 8));
    }
};

} // namespace

HeaderBar::HeaderBar(QWidget* parent)
    : QWidget(parent)
    , m_cluster(new QToolButton)
    , m_production(new PlainLabel(PlainLabel::Kind::Strong))
    , m_readOnly(new PlainLabel(PlainLabel::Kind::Muted))
    , m_command(new CommandBox)
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
    m_command->setMaximumWidth(520);
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
    recolour();
    retranslate();
}

void HeaderBar::showCluster(const QString& title, const ClusterProfile& profile, const QString& recorded)
{
    m_title = lineSafe(title);
    m_mark = QColor(QString::fromStdString(profile.colour));
    m_open = true;
    m_recorded = recorded;
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
    m_readOnly->setVisible(m_open);
    m_readOnly->setText(!m_recorded.isEmpty() ? tr("recording of %1").arg(m_recorded) : m_isReadOnly ? tr("read-only") : tr("changes allowed"));
    m_command->setText(tr("Paste an error, ask a path, find anything…"));
    m_command->setAccessibleName(tr("Command box"));
    m_language->setText(QStringLiteral("中 / EN"));
    m_language->setToolTip(tr("Switch the language"));
    m_theme->setToolTip(tr("Light or dark"));
    m_theme->setAccessibleName(m_theme->toolTip());
}

void HeaderBar::recolour()
{
    QPalette loud = palette();
    loud.setColor(QPalette::WindowText, theme::Colours::of(loud).failure);
    m_production->setPalette(loud);
}

void HeaderBar::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolour();
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
