// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

namespace medic {

/// A string from the cluster, safe inside rich text: markup escaped, control characters and bidirectional
/// overrides shown as visible symbols.
[[nodiscard]] QString richTextSafe(const QString& text);

/// The same for plain labels (set them to Qt::PlainText): control characters and bidirectional overrides made visible.
[[nodiscard]] QString plainSafe(const QString& text);

/// The same for one line of a list or a table: line breaks and tabs become visible too.
[[nodiscard]] QString lineSafe(const QString& text);
[[nodiscard]] QString lineSafe(const std::string& text);

/// A whole tool tip, to be shown literally.
[[nodiscard]] QString toolTipSafe(const QString& text);

} // namespace medic
