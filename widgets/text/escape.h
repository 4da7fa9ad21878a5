// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace medic {

/// A string from the cluster, safe inside rich text: markup escaped, control characters and bidirectional
/// overrides shown as visible symbols.
[[nodiscard]] QString richTextSafe(const QString& text);

/// The same for plain labels and lists: control characters and bidirectional overrides made visible.
[[nodiscard]] QString plainSafe(const QString& text);

} // namespace medic
