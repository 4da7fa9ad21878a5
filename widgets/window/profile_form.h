// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/profile.h"

#include <QString>

namespace medic {

/// The nodes of a profile as the connect dialog shows them, one a line: "NAME", "NAME = [USER@]HOST[:PORT] [via JUMP,JUMP]",
/// "NAME = local". Lines that are empty or begin with '#' are passed over.
[[nodiscard]] QString nodesAsText(const std::vector<NodeTarget>& nodes);

/// The way back. An Error names the line.
[[nodiscard]] Result<std::vector<NodeTarget>> nodesFromText(const QString& text);

/// "a, b c" → {"a", "b", "c"}.
[[nodiscard]] std::vector<std::string> listFromText(const QString& text);
[[nodiscard]] QString listAsText(const std::vector<std::string>& list);

} // namespace medic
