// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <QStringList>

#include <string_view>
#include <vector>

namespace medic::ctl {

/// Exit statuses as in docs/cli.md.
enum Exit { NothingWrong = 0, ProblemsFound = 1, UsageError = 2, SomethingUnknown = 3 };

/// One command of medicctl. `run` gets the arguments after the command's name, writes its result to stdout, errors
/// (one line: which file, which line, what was expected) to stderr, and returns the exit status.
struct Command {
    std::string_view name;
    std::string_view usage; ///< one line after the name
    std::string_view summary; ///< English; translated through QCoreApplication::translate("ctl", …)
    int (*run)(const QStringList& arguments);
};

/// Every command; the table is in main.cpp, each command in a file of its own (cmd_NAME.cpp).
int runTrace(const QStringList& arguments);
int runAudit(const QStringList& arguments);
int runCapture(const QStringList& arguments);
int runCheck(const QStringList& arguments);
int runPlaybook(const QStringList& arguments);
int runDiff(const QStringList& arguments);
int runRedact(const QStringList& arguments);
int runReport(const QStringList& arguments);

/// Prints "medicctl: …" on stderr and returns UsageError.
int usageError(const QString& sentence);
int fail(const Error& error);

} // namespace medic::ctl
