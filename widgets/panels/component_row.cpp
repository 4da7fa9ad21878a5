// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/component_row.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QAbstractButton>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace medic {

namespace {

/// One component: its state's mark, its name, and in a second line what it says of itself.
class Chip final : public QAbstractButton {
public:
    explicit Chip(const ComponentFact& fact, QWidget* parent) : QAbstractButton(parent), m_fact(fact)
    {
        setFocusPolicy(Qt::TabFocus);
        setCursor(fact.evidence.observation ? Qt::PointingHandCursor : Qt::ArrowCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        const QString said = fact.detail.isEmpty() ? words::verdict(fact.verdict) : QStringLiteral("%1, %2").arg(words::verdict(fact.verdict), fact.detail);
        setAccessibleName(QStringLiteral("%1: %2").arg(componentName(fact.kind), lineSafe(said)));
        setToolTip(toolTipSafe(QStringLiteral("%1: %2").arg(componentName(fact.kind), said)));
    }

    QSize sizeHint() const override { return {150, fontMetrics().height() * 2 + 14}; }
    QSize minimumSizeHint() const override { return {90, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const theme::Colours& c = theme::Colours::of(palette());
        painter.fillRect(rect(), underMouse() && m_fact.evidence.observation ? c.selection : c.base);
        const bool loud = m_fact.verdict == Verdict::Failure || m_fact.verdict == Verdict::Warning;
        painter.fillRect(QRect(0, 0, loud ? 4 : 2, height()), loud ? c.state(m_fact.verdict) : c.line);
        if (hasFocus()) {
            painter.setPen(c.accent);
            painter.drawRect(rect().adjusted(0, 0, -1, -1));
        }
        const int line = fontMetrics().height();
        theme::paintState(&painter, QRectF(12, 6 + (line - 13) / 2.0, 13, 13), m_fact.verdict, palette());
        painter.setFont(theme::strongFont());
        painter.setPen(c.text);
        painter.drawText(QRect(32, 6, width() - 40, line), Qt::AlignLeft | Qt::AlignVCenter, componentName(m_fact.kind));
        painter.setFont(font());
        painter.setPen(loud ? c.state(m_fact.verdict) : c.muted);
        const QString detail = m_fact.detail.isEmpty() ? words::verdict(m_fact.verdict) : lineSafe(m_fact.detail);
        painter.drawText(QRect(32, 6 + line + 2, width() - 40, line), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         fontMetrics().elidedText(detail, Qt::ElideRight, width() - 40));
    }

private:
    ComponentFact m_fact;
};

} // namespace

ComponentRow::ComponentRow(QWidget* parent) : QWidget(parent), m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(theme::innerGap);
}

void ComponentRow::setComponents(const QList<ComponentFact>& components)
{
    const auto same = [](const ComponentFact& a, const ComponentFact& b) {
        return a.kind == b.kind && a.verdict == b.verdict && a.detail == b.detail && a.evidence.observation == b.evidence.observation
            && a.evidence.lines == b.evidence.lines;
    };
    // While a sweep runs the same comes many times: the focus stays where it is.
    if (m_layout->count() > 0 && std::equal(components.begin(), components.end(), m_shown.begin(), m_shown.end(), same))
        return;
    m_shown = components;
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const ComponentFact& fact : components) {
        auto* chip = new Chip(fact, this);
        connect(chip, &QAbstractButton::clicked, this, [this, fact] {
            if (fact.evidence.observation)
                Q_EMIT evidenceWanted(fact.evidence);
        });
        m_layout->addWidget(chip);
        chip->show();
    }
}

void ComponentRow::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        setComponents(std::exchange(m_shown, {}));
}

QString componentName(ComponentFact::Kind kind)
{
    switch (kind) {
    case ComponentFact::Kind::Kubelet:
        return QStringLiteral("kubelet");
    case ComponentFact::Kind::Runtime:
        return ComponentRow::tr("runtime");
    case ComponentFact::Kind::KubeProxy:
        return QStringLiteral("kube-proxy");
    case ComponentFact::Kind::Cni:
        return QStringLiteral("CNI");
    case ComponentFact::Kind::Dns:
        return QStringLiteral("DNS");
    case ComponentFact::Kind::Time:
        return ComponentRow::tr("time");
    }
    return {};
}

} // namespace medic
