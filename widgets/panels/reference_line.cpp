// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/reference_line.h"

#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QPainter>
#include <QUrl>

namespace medic {

namespace {

/// The title in the colour of links, cut where there is no room; the address in the tool tip.
class LinkButton final : public QAbstractButton {
public:
    LinkButton(const QString& title, const QUrl& url) : m_title(lineSafe(title))
    {
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        setAccessibleName(m_title);
        setToolTip(toolTipSafe(url.toString()));
        QObject::connect(this, &QAbstractButton::clicked, this, [url] { QDesktopServices::openUrl(url); });
    }
    QSize sizeHint() const override { return {fontMetrics().horizontalAdvance(m_title) + 30, fontMetrics().height() + 8}; }
    QSize minimumSizeHint() const override { return {60, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const theme::Colours& c = theme::Colours::of(palette());
        theme::paintIcon(&painter, QRectF(0, (height() - 14) / 2.0, 14, 14), QStringLiteral("link"), c.accent);
        QFont font = this->font();
        font.setUnderline(underMouse() || hasFocus());
        painter.setFont(font);
        painter.setPen(c.accent);
        painter.drawText(QRect(20, 0, width() - 20, height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_title, Qt::ElideRight, width() - 20));
    }
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    QString m_title;
};

} // namespace

QWidget* referenceLine(const TeamLink& link)
{
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::gridStep);
    const QString title = link.title.isEmpty() ? link.url : link.title;
    if (TeamNotes::opens(link)) {
        layout->addWidget(new LinkButton(title, QUrl(link.url)), 1);
        return line;
    }
    auto* label = new PlainLabel(lineSafe(title), PlainLabel::Kind::Muted);
    label->setWordWrap(true);
    if (!link.url.isEmpty())
        label->setToolTip(toolTipSafe(link.url));
    if (link.dead) {
        QFont struck = label->font();
        struck.setStrikeOut(true);
        label->setFont(struck);
        layout->addWidget(label, 1);
        layout->addWidget(new PlainLabel(QCoreApplication::translate("medic::FindingPanel", "link is dead"), PlainLabel::Kind::Muted));
    } else {
        layout->addWidget(label, 1);
    }
    return line;
}

QWidget* referenceLine(const Reference& reference)
{
    return referenceLine(TeamLink {.title = QString::fromStdString(reference.title), .url = QString::fromStdString(reference.url), .dead = reference.dead});
}

} // namespace medic
