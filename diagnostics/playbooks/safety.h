// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/finding.h"
#include "diagnostics/playbooks/playbook.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace medic::playbooks {

/// `value` as one word of /bin/sh, whatever it holds: in single quotes unless it is plainly harmless.
[[nodiscard]] std::string shellQuoted(std::string_view value);

/// `templateText` with each {name} replaced by its quoted value. Fails with MissingValue for a name that is not there, and
/// with BadValue for a value that has no business in a command: control characters, a leading '-', an empty text.
[[nodiscard]] Result<std::string> fillCommand(const std::string& templateText, const Parameters& parameters);

/// The {names} that a text or command uses.
[[nodiscard]] std::set<std::string> placeholdersOf(std::string_view text);

/// Why a command may not be in a playbook: destruction without scope (prune -a, iptables -F, --cleanup, rm of a shallow
/// or open path …), a redirect into a program, a {placeholder} inside quotes. Empty: nothing against it.
[[nodiscard]] std::optional<std::string> forbiddenBecause(std::string_view command);

/// The least risk that a command must be declared with (restarting docker, a reboot, a drain: high).
[[nodiscard]] Risk leastRisk(std::string_view command);

} // namespace medic::playbooks
