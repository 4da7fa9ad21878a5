// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"

namespace medic {

/// The text in that language with each {name} replaced, the program's own short words among the values in that language
/// too ("timeout" is 超时, "ingress" is 入向). Values that came from the cluster stay as they are.
[[nodiscard]] std::string fill(const Text& text, const Parameters& parameters, Language language);

/// One value as it is shown: the parameter's name decides whether it is the program's own word.
[[nodiscard]] std::string valueIn(const std::string& parameter, const std::string& value, Language language);

} // namespace medic
