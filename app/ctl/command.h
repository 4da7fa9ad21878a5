// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <QStringList>

#include <vector>

namespace medic::ctl {

struct OptionSpec;

/// Exit statuses as in docs/cli.md.
enum Exit { NothingWrong = 0, ProblemsFound = 1, UsageError = 2, SomethingUnknown = 3 };

/// One command of medicctl. `run` gets the arguments after the command's name (without --lang, which main has taken),
/// writes its result to stdout, errors (one line: which file, which line, what was expected) to stderr, and returns
/// the exit status.
struct Command {
    const char* name;
    const char* usage; ///< one line after the name
    const char* summary; ///< English; translated through QCoreApplication::translate("ctl", …)
    int (*run)(const QStringList& arguments);
    std::vector<OptionSpec> (*options)(); ///< for `medicctl NAME --help`
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

std::vector<OptionSpec> traceOptions();
std::vector<OptionSpec> auditOptions();
std::vector<OptionSpec> captureOptions();
std::vector<OptionSpec> checkOptions();
std::vector<OptionSpec> playbookOptions();
std::vector<OptionSpec> diffOptions();
std::vector<OptionSpec> redactOptions();
std::vector<OptionSpec> reportOptions();

/// Prints "medicctl: …" on stderr and returns UsageError.
int usageError(const QString& sentence);
int fail(const Error& error);

} // namespace medic::ctl
