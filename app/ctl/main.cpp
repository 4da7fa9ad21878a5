// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"

#include <QCoreApplication>

#include <csignal>
#include <cstdio>

using namespace medic;
using namespace medic::ctl;

namespace medic::ctl {

namespace {

QString tr(const char* text) { return QCoreApplication::translate("ctl", text); }

const std::vector<Command>& commands()
{
    static const std::vector<Command> table {
        {"capture", "-o FILE.medic CONNECTION [--node N]… [--suite S]… [--heavy]",
         QT_TRANSLATE_NOOP("ctl", "Sweep the nodes and the apiserver and write an incident file"), runCapture, captureOptions},
        {"check", "FILE.medic | CONNECTION [--suite S]… [--node N]… [--format text|json|junit]",
         QT_TRANSLATE_NOOP("ctl", "Run the diagnostic suites and print what they find, with its evidence"), runCheck, checkOptions},
        {"diff", "A.medic B.medic | FILE.medic --node N1 --node N2",
         QT_TRANSLATE_NOOP("ctl", "Compare two moments or two nodes by meaning"), runDiff, diffOptions},
        {"redact", "FILE.medic -o SHARE.medic [--key FILE]",
         QT_TRANSLATE_NOOP("ctl", "Make a copy that can be shared: addresses, names and secrets replaced"), runRedact, redactOptions},
        {"playbook", "list | show ID | run ID (FILE.medic | CONNECTION) [--answers YAML] [--confirm STEP]… [-o FILE.medic] [--format text|json]",
         QT_TRANSLATE_NOOP("ctl", "The wizards: list them, show one, run one on a recorded incident or a live cluster"), runPlaybook, playbookOptions},
        {"trace", "(FILE.medic --node NODE | --dump DIR) --from ADDR[:PORT] --to ADDR:PORT",
         QT_TRANSLATE_NOOP("ctl", "Follow one packet through a node"), runTrace, traceOptions},
        {"audit", "(FILE.medic | --dump DIR --api DIR) [--node N]… [--format text|json]",
         QT_TRANSLATE_NOOP("ctl", "Every Service against what the nodes' rules really do"), runAudit, auditOptions},
        {"report", "FILE.medic -o OUT.{pdf,html,md,json}", QT_TRANSLATE_NOOP("ctl", "Write the incident report"), runReport, reportOptions},
    };
    return table;
}

QString overview()
{
    QString text = QCoreApplication::translate("ctl", "medicctl diagnoses Kubernetes clusters without a screen.") + QStringLiteral("\n\n")
        + QCoreApplication::translate("ctl", "Usage: medicctl [--lang en|zh] COMMAND …") + QStringLiteral("\n\n");
    for (const Command& command : commands())
        text += QStringLiteral("  ") + padded(QLatin1String(command.name), 10) + tr(command.summary) + u'\n';
    text += u'\n' + QCoreApplication::translate("ctl", "`medicctl COMMAND --help` tells the rest. Exit status: 0 nothing wrong, 1 problems found,\n"
                                                "2 wrong usage or unreadable input, 3 nothing wrong found but something stayed unknown.")
        + u'\n';
    return text;
}

/// Takes --lang out of the arguments, wherever it stands. Empty: it was wrong, and said so.
std::optional<QStringList> withoutLanguage(const QStringList& given)
{
    QStringList rest;
    for (qsizetype i = 0; i < given.size(); ++i) {
        QString value;
        if (given.at(i) == QLatin1String("--lang") && i + 1 < given.size()) {
            value = given.at(++i);
        } else if (given.at(i).startsWith(QLatin1String("--lang="))) {
            value = given.at(i).mid(7);
        } else if (given.at(i) != QLatin1String("--lang")) {
            rest.append(given.at(i));
            continue;
        }
        if (value != QLatin1String("en") && value != QLatin1String("zh")) {
            usageError(QCoreApplication::translate("ctl", "--lang is en or zh"));
            return std::nullopt;
        }
        setLanguage(value == QLatin1String("zh") ? Language::Chinese : Language::English);
    }
    return rest;
}

int run(const QStringList& given)
{
    const auto arguments = withoutLanguage(given);
    if (!arguments)
        return UsageError;
    if (arguments->isEmpty()) {
        printError(overview().trimmed());
        return UsageError;
    }
    const QString& first = arguments->first();
    if (first == QLatin1String("help") && arguments->size() > 1)
        return run({arguments->at(1), QStringLiteral("--help")});
    if (first == QLatin1String("--help") || first == QLatin1String("-h") || first == QLatin1String("help")) {
        print(overview());
        return NothingWrong;
    }
    if (first == QLatin1String("--version") || first == QLatin1String("version")) {
        print(QStringLiteral("medicctl " MEDIC_VERSION "\n"));
        return NothingWrong;
    }
    for (const Command& command : commands()) {
        if (first != QLatin1String(command.name))
            continue;
        const QStringList rest = arguments->mid(1);
        const bool help = rest.contains(QLatin1String("--help")) || rest.contains(QLatin1String("-h"));
        if (!help)
            return command.run(rest);
        print(helpText(command.name, command.usage, command.summary, command.options()));
        return NothingWrong;
    }
    if (first.startsWith(u'-'))
        return usageError(QCoreApplication::translate("ctl", "unknown option %1").arg(safe(first.toStdString())));
    return usageError(QCoreApplication::translate("ctl", "unknown command %1; `medicctl --help` lists them").arg(safe(first.toStdString())));
}

} // namespace

int usageError(const QString& sentence)
{
    printError(QStringLiteral("medicctl: ") + safe(sentence.toStdString()));
    return UsageError;
}

int fail(const Error& error) { return usageError(words::sentence(error)); }

} // namespace medic::ctl

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    const QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("medicctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(MEDIC_VERSION));
    setLanguage(systemLanguage());
    const int status = run(QCoreApplication::arguments().mid(1));
    std::fflush(stdout);
    // A full disk or a closed pipe behind stdout must not look like a success.
    return std::ferror(stdout) != 0 && status != UsageError ? UsageError : status;
}
