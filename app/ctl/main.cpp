// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>

#include <cstdio>

int main(int argc, char** argv)
{
    const QCoreApplication app(argc, argv);
    std::fputs("medicctl " MEDIC_VERSION "\n", stdout);
    return 0;
}
