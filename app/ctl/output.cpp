// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"

#include "diagnostics/incident/plain_text.h"

#include <QDateTime>

#include <cstdio>
#include <unistd.h>

namespace medic::ctl {

namespace {

bool terminal()
{
    static const bool is = isatty(STDOUT_FILENO) == 1 && qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != "dumb";
    return is;
}

} // namespace

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }
void print(const QString& text) { print(text.toStdString()); }

void printError(const QString& line)
{
    std::fflush(stdout);
    const std::string bytes = line.toStdString() + "\n";
    std::fwrite(bytes.data(), 1, bytes.size(), stderr);
}

QString safe(std::string_view text) { return QString::fromStdString(visibleLine(text)); }

QString padded(const QString& text, int width)
{
    const int missing = width - displayWidth(text.toStdString());
    return missing > 0 ? text + QString(missing, u' ') : text;
}

QString coloured(const QString& text, Colour colour)
{
    if (colour == Colour::None || !terminal())
        return text;
    static const char* const codes[] = {"0", "31", "33", "35", "32", "90", "1"};
    return QStringLiteral("\x1b[%1m%2\x1b[0m").arg(QLatin1String(codes[static_cast<int>(colour)]), text);
}

Colour colourOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok: return Colour::Green;
    case Verdict::NotApplicable: return Colour::Grey;
    case Verdict::Unknown: return Colour::Violet;
    case Verdict::Warning: return Colour::Yellow;
    case Verdict::Failure: return Colour::Red;
    }
    return Colour::None;
}

QString utcText(std::chrono::system_clock::time_point at)
{
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
    return QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC).toString(Qt::ISODateWithMs);
}

} // namespace medic::ctl
