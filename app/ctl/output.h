// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"

#include <QString>

#include <chrono>
#include <string>
#include <string_view>

/// Words on the terminal. Everything from the cluster goes through `safe`: no escape sequence reaches the terminal.
namespace medic::ctl {

/// To stdout and stderr, in UTF-8.
void print(const QString& text);
void print(const std::string& text);
void printError(const QString& line);

[[nodiscard]] QString safe(std::string_view text); ///< one line, control characters written out
[[nodiscard]] QString padded(const QString& text, int width); ///< with blanks, by display width

enum class Colour { None, Red, Yellow, Violet, Green, Grey, Bold };
/// Coloured when stdout is a terminal (and NO_COLOR is not set, TERM not "dumb"); else as it is.
[[nodiscard]] QString coloured(const QString& text, Colour colour);
[[nodiscard]] Colour colourOf(Verdict verdict);

/// "2026-11-23T09:34:01.123Z", for JSON.
[[nodiscard]] QString utcText(std::chrono::system_clock::time_point at);

} // namespace medic::ctl
