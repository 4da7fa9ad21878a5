// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"

class QCoreApplication;

namespace medic {

/// Installs (or removes) the Chinese translators of the program and of Qt; open windows get QEvent::LanguageChange.
void setLanguage(Language language);
[[nodiscard]] Language currentLanguage();
/// The desktop's language: Chinese for zh*, else English.
[[nodiscard]] Language systemLanguage();

} // namespace medic
