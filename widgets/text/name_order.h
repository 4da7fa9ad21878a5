// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCollator>

namespace medic {

/// Names as people count: node-2 before node-10, case ignored. Not by the desktop's locale: in "C" Qt compares bytes.
[[nodiscard]] inline QCollator nameOrder()
{
    QCollator order(QLocale(QLocale::English, QLocale::UnitedStates));
    order.setNumericMode(true);
    order.setCaseSensitivity(Qt::CaseInsensitive);
    return order;
}

} // namespace medic
