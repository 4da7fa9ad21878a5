// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/state.h"

#include "widgets/theme/colours.h"

namespace medic::theme {

QString stateIconName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok:
        return QStringLiteral("state-ok");
    case Verdict::Warning:
        return QStringLiteral("state-warning");
    case Verdict::Failure:
        return QStringLiteral("state-failure");
    case Verdict::Unknown:
        return QStringLiteral("state-unknown");
    case Verdict::NotApplicable:
        return QStringLiteral("state-not-applicable");
    }
    return QStringLiteral("state-unknown");
}

Ink stateInk(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok:
        return Ink::Ok;
    case Verdict::Warning:
        return Ink::Warning;
    case Verdict::Failure:
        return Ink::Failure;
    case Verdict::Unknown:
        return Ink::Unknown;
    case Verdict::NotApplicable:
        return Ink::NotApplicable;
    }
    return Ink::Unknown;
}

QIcon stateIcon(Verdict verdict) { return icon(stateIconName(verdict), stateInk(verdict)); }

void paintState(QPainter* painter, const QRectF& rect, Verdict verdict, const QPalette& palette)
{
    paintIcon(painter, rect, stateIconName(verdict), Colours::of(palette).state(verdict));
}

} // namespace medic::theme
