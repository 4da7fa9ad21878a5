// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/check_format.h"
#include "app/ctl/collector.h"
#include "app/ctl/command.h"
#include "app/ctl/connection.h"
#include "app/ctl/output.h"
#include "app/ctl/recorded.h"
#include "diagnostics/collect/language.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>

namespace medic::ctl {

namespace {

/// Whole places that gave no answer: a node that could not be reached, an apiserver that did not speak.
std::vector<ObservationPtr> unreached(const Snapshot& snapshot, const std::vector<std::string>& nodes)
{
    std::vector<ObservationPtr> result;
    for (const ObservationPtr& observation : snapshot.all()) {
        const bool place = observation->probe == "connect" || observation->probe == "api/connect";
        const bool wanted = nodes.empty() || observation->node.empty() || std::find(nodes.begin(), nodes.end(), observation->node) != nodes.end();
        if (place && wanted && observation->state != ProbeState::Complete && observation->state != ProbeState::NotApplicable)
            result.push_back(observation);
    }
    return result;
}

/// Of these nodes; of all when none is named.
std::vector<checks::Table> tablesOf(const Snapshot& snapshot, const Snapshot* earlier, const std::vector<std::string>& nodes)
{
    std::vector<checks::Table> result;
    for (const std::string_view id : checks::tableIds()) {
        std::optional<checks::Table> whole;
        if (nodes.empty())
            whole = checks::table(snapshot, id, {}, earlier);
        for (const std::string& node : nodes)
            if (auto one = checks::table(snapshot, id, node, earlier); one && !whole)
                whole = std::move(one);
            else if (one)
                whole->rows.insert(whole->rows.end(), one->rows.begin(), one->rows.end());
        if (whole && !whole->rows.empty())
            result.push_back(std::move(*whole));
    }
    return result;
}

Result<CheckResult> checkFile(const QString& path, const Arguments& arguments)
{
    auto recorded = openRecorded(path);
    if (!recorded)
        return tl::unexpected(recorded.error());
    const auto nodes = stringsOf(arguments.values("--node")), suites = stringsOf(arguments.values("--suite"));
    const auto known = recorded->snapshot.nodes();
    for (const std::string& node : nodes)
        if (std::find(known.begin(), known.end(), node) == known.end())
            return failure(ErrorCode::BadValue, "--node " + node, QCoreApplication::translate("ctl", "%1 holds no such node").arg(path).toStdString());
    CheckResult result {.info = recorded->info, .source = QFileInfo(path).fileName().toStdString()};
    if (arguments.has("--recorded")) {
        auto findings = recorded->file.findings(0);
        if (!findings)
            return tl::unexpected(findings.error());
        result.findings = std::move(*findings);
        const auto sweeps = recorded->file.sweeps();
        result.nothingKnown = !sweeps || std::none_of(sweeps->begin(), sweeps->end(), [](const SweepInfo& sweep) { return sweep.checked; });
        const auto wanted = [](const std::vector<std::string>& names, const std::string& name) {
            return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
        };
        std::erase_if(result.findings, [&](const Finding& finding) { return !wanted(suites, finding.suite()) || !wanted(nodes, finding.subject().node); });
        std::stable_sort(result.findings.begin(), result.findings.end(), moreUrgent);
        for (const Finding& finding : result.findings)
            if (std::find(result.suites.begin(), result.suites.end(), finding.suite()) == result.suites.end())
                result.suites.push_back(finding.suite());
    } else {
        checks::CheckReport report = checkRecorded(*recorded, suites, nodes);
        result.findings = std::move(report.findings);
        result.suites = std::move(report.ran);
        result.defects = std::move(report.defects);
        result.nothingKnown = recorded->snapshot.empty() || result.suites.empty();
    }
    result.unknowns = unreached(recorded->snapshot, nodes);
    result.tables = tablesOf(recorded->snapshot, recorded->earlier ? &*recorded->earlier : nullptr, nodes);
    return result;
}

Result<CheckResult> checkLive(const Arguments& arguments)
{
    const auto profile = profileFrom(arguments);
    if (!profile)
        return tl::unexpected(profile.error());
    const QTemporaryDir folder;
    if (!folder.isValid())
        return failure(ErrorCode::FileNotWritable, folder.path().toStdString(), folder.errorString().toStdString());
    Collector collector;
    if (const auto opened = collector.open(*profile, folder.filePath(QStringLiteral("check.medic"))); !opened)
        return tl::unexpected(opened.error());
    const collect::SweepRequest request = requestFrom(arguments, *profile);
    static_cast<void>(collector.sweep(request));
    const Snapshot& snapshot = collector.session().snapshot();
    const checks::CheckInput input {.snapshot = snapshot,
                                    .earlier = nullptr,
                                    .now = std::chrono::system_clock::now(),
                                    .onlyNodes = {request.nodes.begin(), request.nodes.end()}};
    checks::CheckReport report = checks::runSuites(input, request.suites);
    CheckResult result {.info = {.cluster = profile->name}, .source = "live"};
    result.findings = std::move(report.findings);
    result.suites = std::move(report.ran);
    result.defects = std::move(report.defects);
    result.nothingKnown = snapshot.empty() || result.suites.empty();
    result.unknowns = unreached(snapshot, request.nodes);
    result.tables = tablesOf(snapshot, nullptr, request.nodes);
    collector.session().close();
    return result;
}

} // namespace

std::vector<OptionSpec> checkOptions()
{
    std::vector<OptionSpec> options {
        {"--format", "FORMAT", QT_TRANSLATE_NOOP("ctl", "text (default), json or junit")},
        {"--all", nullptr, QT_TRANSLATE_NOOP("ctl", "in the text also what is all right")},
        {"--recorded", nullptr, QT_TRANSLATE_NOOP("ctl", "what the file says was found at the time, instead of checking again")},
    };
    const auto connection = connectionOptions();
    options.insert(options.end(), connection.begin(), connection.end());
    return options;
}

int runCheck(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, checkOptions());
    if (!arguments)
        return UsageError;
    const QString format = arguments->has("--format") ? arguments->value("--format") : QStringLiteral("text");
    if (format != QLatin1String("text") && format != QLatin1String("json") && format != QLatin1String("junit"))
        return usageError(QCoreApplication::translate("ctl", "--format is text, json or junit, not %1").arg(format));
    const bool live = namesConnection(*arguments);
    if (arguments->files().size() > 1 || (live && !arguments->files().isEmpty()))
        return usageError(QCoreApplication::translate("ctl", "check takes one FILE.medic or a connection, not both"));
    if (!live && arguments->files().isEmpty())
        return usageError(QCoreApplication::translate("ctl", "check needs FILE.medic or a connection (--kubeconfig, --nodes, --profile, --local …)"));
    if (live && arguments->has("--recorded"))
        return usageError(QCoreApplication::translate("ctl", "--recorded needs FILE.medic"));
    if (!arguments->has("--recorded") && !suitesAreKnown(*arguments))
        return UsageError;
    const auto result = live ? checkLive(*arguments) : checkFile(arguments->files().first(), *arguments);
    if (!result)
        return fail(result.error());
    const Catalogue catalogue = knowledge();
    if (format == QLatin1String("json"))
        print(checkJson(*result, catalogue, currentLanguage()));
    else if (format == QLatin1String("junit"))
        print(checkJunit(*result, catalogue, currentLanguage()));
    else
        print(checkText(*result, catalogue, currentLanguage(), arguments->has("--all")));
    return exitStatusOf(*result);
}

} // namespace medic::ctl
