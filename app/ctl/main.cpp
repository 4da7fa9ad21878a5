// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"

#include <QCoreApplication>

#include <array>
#include <cstdio>

namespace {

constexpr std::array<medic::ctl::Command, 1> commands {{
    {"trace", "(FILE.medic --node NODE | --dump DIR) --from ADDR[:PORT] --to ADDR:PORT",
     QT_TRANSLATE_NOOP("ctl", "follow one packet through a node"), medic::ctl::runTrace},
}};

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    for (const auto& command : commands)
        if (arguments.value(1) == QLatin1String(command.name.data(), static_cast<qsizetype>(command.name.size())))
            return command.run(arguments.mid(2));
    std::fputs("medicctl " MEDIC_VERSION "\n", stdout);
    return arguments.size() > 1 ? medic::ctl::UsageError : medic::ctl::NothingWrong;
}
