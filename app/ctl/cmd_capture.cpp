// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/collector.h"
#include "app/ctl/command.h"
#include "app/ctl/connection.h"
#include "app/ctl/output.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace medic::ctl {

namespace {

} // namespace

std::vector<OptionSpec> captureOptions()
{
    std::vector<OptionSpec> options {
        {"--output", "FILE.medic", QT_TRANSLATE_NOOP("ctl", "the incident file to be written; must not exist yet"), "-o"},
        {"--heavy", nullptr, QT_TRANSLATE_NOOP("ctl", "also what is large: whole connection tables, long logs")},
    };
    const auto connection = connectionOptions();
    options.insert(options.end(), connection.begin(), connection.end());
    return options;
}

int runCapture(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, captureOptions());
    if (!arguments)
        return UsageError;
    if (!arguments->files().isEmpty())
        return usageError(QCoreApplication::translate("ctl", "capture takes no file: %1 (the output is -o FILE.medic)").arg(arguments->files().first()));
    if (!arguments->has("--output"))
        return usageError(QCoreApplication::translate("ctl", "capture needs -o FILE.medic"));
    if (!namesConnection(*arguments))
        return usageError(QCoreApplication::translate("ctl", "capture needs a cluster: --kubeconfig, --nodes, --profile, --ssh-config with --node, or --local"));
    if (!suitesAreKnown(*arguments))
        return UsageError;
    const QString output = arguments->value("--output");
    if (QFileInfo::exists(output))
        return fail(Error {ErrorCode::FileNotWritable, output.toStdString(), std::strerror(EEXIST), EEXIST});
    const QFileInfo folder(QFileInfo(output).absolutePath());
    if (!folder.isDir() || !folder.isWritable())
        return fail(Error {ErrorCode::FileNotWritable, output.toStdString(), std::strerror(folder.isDir() ? EACCES : ENOENT), folder.isDir() ? EACCES : ENOENT});
    const auto profile = profileFrom(*arguments);
    if (!profile)
        return fail(profile.error());

    Collector collector;
    if (const auto opened = collector.open(*profile, output); !opened)
        return fail(opened.error());
    collect::SweepRequest request = requestFrom(*arguments, *profile);
    request.heavy = arguments->has("--heavy");
    const Collector::Outcome outcome = collector.sweep(request);
    const auto all = collector.session().snapshot().all();
    const auto unknown = std::count_if(all.begin(), all.end(), [](const ObservationPtr& observation) {
        return observation->state != ProbeState::Complete && observation->state != ProbeState::NotApplicable && observation->state != ProbeState::ToolMissing;
    });
    const std::size_t nodes = collector.session().snapshot().nodes().size();
    collector.session().close();
    print(QCoreApplication::translate("ctl", "%1: %2 nodes, %3 observations, %4 of them unknown, %5 KB")
              .arg(safe(output.toStdString())).arg(nodes).arg(all.size()).arg(unknown).arg((QFileInfo(output).size() + 1023) / 1024)
          + u'\n');
    for (const Error& problem : outcome.problems)
        if (problem.code == ErrorCode::DiskFull || problem.code == ErrorCode::FileNotWritable)
            return UsageError; // said already; what came after it is not in the file
    return outcome.cancelled || outcome.failed > 0 || unknown > 0 || all.empty() ? SomethingUnknown : NothingWrong;
}

} // namespace medic::ctl
