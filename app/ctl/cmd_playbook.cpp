// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/connection.h"
#include "app/ctl/live_playbook.h"
#include "app/ctl/output.h"
#include "app/ctl/recorded.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/incident/plain_text.h"
#include "diagnostics/playbooks/headless.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/packet.h"

#include <nlohmann/json.hpp>

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace medic::ctl {

using json = nlohmann::ordered_json;
using namespace playbooks;

namespace {

Library library()
{
    std::vector<Error> problems;
    Library all = Library::standard(&problems);
    for (const Error& problem : problems)
        printError(QStringLiteral("medicctl: ") + safe(words::sentence(problem).toStdString()));
    return all;
}

QString textIn(const Text& text) { return safe(text.in(currentLanguage())); }

int list(bool asJson)
{
    const Library all = library();
    if (asJson) {
        json entries = json::array();
        for (const PlaybookPtr& playbook : all.all())
            entries.push_back({{"id", playbook->id}, {"title", playbook->title.in(currentLanguage())}, {"summary", playbook->summary.in(currentLanguage())},
                               {"steps", playbook->steps.size()}, {"users", playbook->users}});
        print(json {{"format", "cluster-medic-playbooks"}, {"version", 1}, {"playbooks", std::move(entries)}}.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
        return NothingWrong;
    }
    int width = 0;
    for (const PlaybookPtr& playbook : all.all())
        width = std::max(width, displayWidth(playbook->id));
    for (const PlaybookPtr& playbook : all.all())
        print(padded(safe(playbook->id), width) + QStringLiteral("  ") + textIn(playbook->title) + u'\n');
    return NothingWrong;
}

int show(const Playbook& playbook)
{
    print(coloured(textIn(playbook.title), Colour::Bold) + QStringLiteral("  (") + safe(playbook.id) + QStringLiteral(")\n"));
    print(textIn(playbook.summary) + QStringLiteral("\n\n"));
    for (const Step& step : playbook.steps) {
        print(QStringLiteral("  ") + padded(safe(step.id), 24) + padded(safe(stepTypeName(step.type)), 10) + textIn(step.title) + u'\n');
        if (!step.why.empty())
            print(coloured(QString(36, u' ') + textIn(step.why), Colour::Grey) + u'\n');
        for (const Choice& choice : step.choices)
            print(QString(36, u' ') + QStringLiteral("· ") + safe(choice.id) + QStringLiteral(": ") + textIn(choice.text) + u'\n');
        if (step.type == StepType::Action)
            print(QString(36, u' ') + QStringLiteral("$ ") + safe(step.command) + QStringLiteral("  (")
                  + QCoreApplication::translate("ctl", "risk: %1").arg(safe(riskName(step.risk))) + QStringLiteral(")\n"));
    }
    return NothingWrong;
}

/// The incident that the run is written to: a copy of the one that it reads, with what a killed program left beside it.
Result<IncidentFile> copyTo(const Recorded& recorded, const QString& output)
{
    namespace fs = std::filesystem;
    const fs::path from = recorded.file.path(), to = output.toStdString();
    std::error_code failed;
    if (fs::exists(to, failed))
        return failure(ErrorCode::FileNotWritable, to.string(), std::strerror(EEXIST), EEXIST);
    fs::copy_file(from, to, failed);
    if (!failed && fs::exists(from.string() + "-wal"))
        fs::copy_file(from.string() + "-wal", to.string() + "-wal", failed);
    if (failed) { // libstdc++ says EIO where a disk is full
        std::error_code ignored;
        const bool full = failed.value() == ENOSPC || fs::space(to.has_parent_path() ? to.parent_path() : fs::path("."), ignored).available < fs::file_size(from, ignored);
        fs::remove(to, ignored);
        fs::remove(to.string() + "-wal", ignored);
        return failure(full ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, to.string(), full ? std::strerror(ENOSPC) : failed.message(), full ? ENOSPC : failed.value());
    }
    fs::permissions(to, fs::perms::owner_write, fs::perm_options::add, failed);
    return IncidentFile::open(to);
}

QString runText(const Runner& runner)
{
    QString text = coloured(textIn(runner.playbook().title), Colour::Bold) + QStringLiteral("\n\n");
    for (const Visit& visit : runner.visits()) {
        const Step* step = runner.playbook().find(visit.step);
        text += QStringLiteral("  ") + padded(safe(stepStatusName(visit.status)), 11) + padded(safe(visit.step), 24)
            + (step == nullptr ? QString() : textIn(step->title)) + u'\n';
        if (!visit.result.empty() || !visit.because.empty())
            text += coloured(QString(37, u' ') + safe(visit.result) + (visit.because.empty() ? QString() : QStringLiteral(" · ") + textIn(visit.because))
                                 + (visit.by.empty() ? QString() : QStringLiteral(" (") + safe(visit.by) + u')'),
                             Colour::Grey)
                + u'\n';
    }
    text += u'\n';
    for (const VerdictGiven& given : runner.verdicts()) {
        const Verdict shown = given.undecided ? Verdict::Unknown : given.verdict;
        const QString how = given.undecided ? words::verdict(shown) : words::verdict(shown) + QStringLiteral(", ") + words::confidence(given.confidence);
        text += coloured(how, colourOf(shown)) + QStringLiteral("  ")
            + textIn(given.text) + u'\n';
    }
    if (runner.verdicts().empty())
        text += QCoreApplication::translate("ctl", "No verdict.") + u'\n';
    return text;
}

json runJson(const Runner& runner, const std::vector<std::string>& unanswered, int status)
{
    json visits = json::array(), verdicts = json::array();
    for (const Visit& visit : runner.visits())
        visits.push_back({{"step", visit.step}, {"status", stepStatusName(visit.status)}, {"result", visit.result}, {"by", visit.by},
                          {"because", visit.because.in(currentLanguage())}, {"went", visit.went}, {"outputs", visit.outputs}});
    for (const VerdictGiven& given : runner.verdicts())
        verdicts.push_back({{"id", given.id}, {"step", given.step}, {"finding", given.finding}, {"verdict", verdictName(given.verdict)},
                            {"confidence", confidenceName(given.confidence)}, {"undecided", given.undecided}, {"text", given.text.in(currentLanguage())}});
    return {{"format", "cluster-medic-playbook-run"}, {"version", 1}, {"playbook", runner.playbook().id}, {"finished", runner.finished()},
            {"visits", std::move(visits)}, {"verdicts", std::move(verdicts)}, {"unanswered", unanswered}, {"exitStatus", status}};
}

int statusOf(const HeadlessResult& result)
{
    Verdict worst = result.runner.finished() && result.unanswered.empty() ? Verdict::Ok : Verdict::Unknown;
    for (const VerdictGiven& given : result.runner.verdicts()) {
        const Verdict verdict = given.undecided ? Verdict::Unknown : given.verdict;
        if (severity(verdict) > severity(worst))
            worst = verdict;
    }
    return severity(worst) > severity(Verdict::Unknown) ? ProblemsFound : worst == Verdict::Unknown ? SomethingUnknown : NothingWrong;
}

Result<std::map<std::string, std::string>> answersFrom(const Playbook& playbook, const Arguments& arguments)
{
    if (!arguments.has("--answers"))
        return std::map<std::string, std::string>();
    QFile given(arguments.value("--answers"));
    if (!given.open(QIODevice::ReadOnly))
        return failure(given.exists() ? ErrorCode::FileNotReadable : ErrorCode::FileNotFound, given.fileName().toStdString());
    auto answers = readAnswers(given.readAll().toStdString(), given.fileName().toStdString());
    if (!answers)
        return answers;
    const auto wrong = [&given](const QString& sentence) { return failure(ErrorCode::BadValue, given.fileName().toStdString(), sentence.toStdString()); };
    for (const auto& [name, answer] : *answers) {
        const Step* const step = playbook.find(name);
        if (step == nullptr)
            return wrong(QCoreApplication::translate("ctl", "the playbook %1 has no step %2").arg(QString::fromStdString(playbook.id), QString::fromStdString(name)));
        const bool listed = step->type == StepType::Question && !step->choices.empty() && step->from.empty() && step->pattern.empty();
        if (!listed || std::any_of(step->choices.begin(), step->choices.end(), [&answer](const Choice& choice) { return choice.id == answer; }))
            continue;
        QStringList known;
        for (const Choice& choice : step->choices)
            known.append(QString::fromStdString(choice.id));
        return wrong(QCoreApplication::translate("ctl", "%1: %2 is none of its answers: %3").arg(QString::fromStdString(name), QString::fromStdString(answer), known.join(QStringLiteral(", "))));
    }
    return answers;
}

/// What came of a run, on stdout; the questions that it stopped at on stderr.
int printRun(const Playbook& playbook, const HeadlessResult& result, const std::vector<std::string>& nodes, bool asJson)
{
    const int status = statusOf(result);
    print(asJson ? QString::fromStdString(runJson(result.runner, result.unanswered, status).dump(2, ' ', false, json::error_handler_t::replace) + "\n")
                 : runText(result.runner));
    for (const std::string& step : result.unanswered) {
        const Step* question = playbook.find(step);
        QStringList choices;
        if (question != nullptr)
            for (const Choice& choice : question->choices)
                choices.append(safe(choice.id));
        if (question != nullptr && !question->from.empty())
            for (const std::string& node : nodes)
                choices.append(safe(node));
        printError(QCoreApplication::translate("ctl", "medicctl: the step %1 needs an answer (--answers): %2")
                       .arg(safe(step), choices.isEmpty() ? QCoreApplication::translate("ctl", "a text") : choices.join(QStringLiteral(", "))));
    }
    return status;
}

int runOne(const PlaybookPtr& playbook, const QString& file, const Arguments& arguments, bool asJson)
{
    const auto answers = answersFrom(*playbook, arguments);
    if (!answers)
        return fail(answers.error());
    const auto recorded = openRecorded(file);
    if (!recorded)
        return fail(recorded.error());
    std::optional<IncidentFile> output;
    if (arguments.has("--output")) {
        auto copy = copyTo(*recorded, arguments.value("--output"));
        if (!copy)
            return fail(copy.error());
        output = std::move(*copy);
    }
    std::optional<Error> lost;
    Hands hands;
    hands.check = [&recorded](const Snapshot&) { return checkRecorded(*recorded, {}, {}).findings; };
    hands.trace = [&recorded](const Want& want) { return followPacket(recorded->snapshot, want); };
    hands.record = [&](const JournalEntry& entry) {
        if (!output || lost)
            return;
        if (const auto done = output->append(entry); !done)
            lost = done.error();
    };
    const World world {.live = false, .cluster = recorded->info.cluster, .now = recorded->now};
    const HeadlessResult result = runHeadless(Runner(playbook, currentLanguage()), recorded->snapshot, world, *answers, hands);
    if (output && !lost)
        if (const auto saved = output->setDocument("wizard/" + playbook->id, result.runner.save()); !saved)
            lost = saved.error();
    if (lost)
        return fail(*lost);
    return printRun(*playbook, result, recorded->snapshot.nodes(), asJson);
}

/// On the cluster itself: one sweep first, then the guide; what is confirmed on the command line really runs.
int runLive(const PlaybookPtr& playbook, const Arguments& arguments, bool asJson)
{
    const auto answers = answersFrom(*playbook, arguments);
    if (!answers)
        return fail(answers.error());
    Confirmations confirmations;
    const auto action = [&](const char* option, const QString& step) -> std::optional<int> {
        const Step* const found = playbook->find(step.toStdString());
        if (found != nullptr && found->type == StepType::Action)
            return std::nullopt;
        QStringList known;
        for (const Step& one : playbook->steps)
            if (one.type == StepType::Action)
                known.append(QString::fromStdString(one.id));
        return usageError(QCoreApplication::translate("ctl", "%1 %2: the actions of %3 are: %4")
                              .arg(QLatin1String(option), step, QString::fromStdString(playbook->id), known.join(QStringLiteral(", "))));
    };
    for (const QString& given : arguments.values("--confirm")) {
        if (const auto wrong = action("--confirm", given.section(u'=', 0, 0)))
            return *wrong;
        confirmations.actions[given.section(u'=', 0, 0).toStdString()] = given.section(u'=', 1).toStdString();
    }
    for (const QString& given : arguments.values("--roll-back")) {
        if (const auto wrong = action("--roll-back", given))
            return *wrong;
        confirmations.rollbacks.insert(given.toStdString());
    }
    auto profile = profileFrom(arguments);
    if (!profile)
        return fail(profile.error());
    const bool readOnly = arguments.has("--profile") && !profile->allowChanges;
    if (readOnly && !(confirmations.actions.empty() && confirmations.rollbacks.empty()))
        return usageError(QCoreApplication::translate("ctl", "the profile %1 is read-only: nothing can be confirmed").arg(QString::fromStdString(profile->name)));
    profile->allowChanges = !readOnly;
    const QTemporaryDir folder;
    const QString output = arguments.has("--output") ? arguments.value("--output") : folder.filePath(QStringLiteral("run.medic"));
    if (QFileInfo::exists(output))
        return fail(Error {ErrorCode::FileNotWritable, output.toStdString(), std::strerror(EEXIST), EEXIST});

    Collector collector;
    if (const auto opened = collector.open(*profile, output); !opened)
        return fail(opened.error());
    collect::SweepRequest request = requestFrom(arguments, *profile);
    static_cast<void>(collector.sweep(request));
    LivePlaybook live(collector, playbook->id, std::move(confirmations), request.cluster);
    const World world {.live = true, .changesAllowed = !readOnly, .production = profile->production, .cluster = profile->name, .now = std::chrono::system_clock::now()};
    const HeadlessResult result = runHeadless(Runner(playbook, currentLanguage()), collector.session().snapshot(), world, *answers, live.hands());
    std::optional<Error> lost = live.lost();
    if (const auto saved = collector.session().incident()->setDocument("wizard/" + playbook->id, result.runner.save()); !saved && !lost)
        lost = saved.error();
    const std::vector<std::string> nodes = collector.session().snapshot().nodes();
    collector.session().close();
    if (lost)
        return fail(*lost);
    return printRun(*playbook, result, nodes, asJson);
}

} // namespace

std::vector<OptionSpec> playbookOptions()
{
    std::vector<OptionSpec> options {
        {"--answers", "YAML", QT_TRANSLATE_NOOP("ctl", "answers to the questions, one `step: answer` a line; `skip` passes over a wait")},
        {"--confirm", "STEP[=NAME]", QT_TRANSLATE_NOOP("ctl", "live: this action may run; NAME: the cluster's name, where it has to be typed"), nullptr, true},
        {"--roll-back", "STEP", QT_TRANSLATE_NOOP("ctl", "live: its rollback may run when the action has not worked"), nullptr, true},
        {"--output", "FILE.medic", QT_TRANSLATE_NOOP("ctl", "the incident with the run recorded in it (of a recording: a copy); must not exist yet"), "-o"},
        {"--format", "FORMAT", QT_TRANSLATE_NOOP("ctl", "text (default) or json")},
    };
    const auto connection = connectionOptions();
    options.insert(options.end(), connection.begin(), connection.end());
    return options;
}

int runPlaybook(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, playbookOptions());
    if (!arguments)
        return UsageError;
    const QString format = arguments->has("--format") ? arguments->value("--format") : QStringLiteral("text");
    if (format != QLatin1String("text") && format != QLatin1String("json"))
        return usageError(QCoreApplication::translate("ctl", "--format is text or json, not %1").arg(format));
    const QStringList words = arguments->files();
    const QString what = words.value(0);
    const bool asJson = format == QLatin1String("json");
    if (what == QLatin1String("list") && words.size() == 1)
        return list(asJson);
    const bool live = namesConnection(*arguments);
    const bool shows = what == QLatin1String("show") && words.size() == 2, runs = what == QLatin1String("run") && words.size() == (live ? 2 : 3);
    if (what == QLatin1String("run") && words.size() == 3 && live)
        return usageError(QCoreApplication::translate("ctl", "playbook run takes one FILE.medic or a connection, not both"));
    if (!shows && !runs)
        return usageError(QCoreApplication::translate("ctl", "playbook needs list, show ID, or run ID FILE.medic (or a connection)"));
    if (!live && (arguments->has("--confirm") || arguments->has("--roll-back")))
        return usageError(QCoreApplication::translate("ctl", "--confirm and --roll-back need a connection: nothing is run on a recording"));
    if (live && !suitesAreKnown(*arguments))
        return UsageError;
    const Library all = library();
    const PlaybookPtr playbook = all.find(words.at(1).toStdString());
    if (!playbook) {
        QStringList known;
        for (const PlaybookPtr& one : all.all())
            known.append(QString::fromStdString(one->id));
        return usageError(QCoreApplication::translate("ctl", "unknown playbook %1; there are: %2").arg(words.at(1), known.join(QStringLiteral(", "))));
    }
    return shows ? show(*playbook) : live ? runLive(playbook, *arguments, asJson) : runOne(playbook, words.at(2), *arguments, asJson);
}

} // namespace medic::ctl
