// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/session.h"

#include "diagnostics/collect/check_runner.h"
#include "diagnostics/collect/command_runner.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/live_source.h"
#include "diagnostics/collect/sweep_plan.h"
#include "diagnostics/model/probe_ids.h"

#include <nlohmann/json.hpp>

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <set>

namespace medic::collect {

namespace {

using Clock = std::chrono::system_clock;
using Steady = std::chrono::steady_clock;

constexpr int tickMilliseconds = 100;
constexpr qint64 sliceMilliseconds = 8; ///< the screen's thread records for so long at a time
constexpr std::size_t sliceBytes = 1024 * 1024, sliceRows = 50;
constexpr auto quiet = std::chrono::milliseconds(700); ///< no observation for so long: time to look at what there is
constexpr auto askAfter = std::chrono::seconds(3); ///< no further wish for so long: time to ask the engineer
constexpr const char* suitesDocument = "suites";
constexpr const char* profileDocument = "profile";

NodeProgress progressOf(const NodeState& state)
{
    NodeProgress progress;
    progress.node = QString::fromStdString(state.node);
    switch (state.stage) {
    case NodeState::Stage::Waiting: progress.state = NodeProgress::State::Waiting; break;
    case NodeState::Stage::Connecting: progress.state = NodeProgress::State::Connecting; break;
    case NodeState::Stage::Running: progress.state = NodeProgress::State::Running; break;
    case NodeState::Stage::Done: progress.state = NodeProgress::State::Done; break;
    case NodeState::Stage::Partial: progress.state = NodeProgress::State::Partial; break;
    case NodeState::Stage::Failed: progress.state = NodeProgress::State::Failed; break;
    case NodeState::Stage::Cancelled: progress.state = NodeProgress::State::Cancelled; break;
    }
    progress.done = state.done;
    progress.total = state.total;
    progress.bytes = static_cast<qint64>(state.bytes);
    progress.error = state.error;
    return progress;
}

/// The same of a recorded node, from what it holds.
NodeProgress recordedProgress(const Snapshot& snapshot, const std::string& node)
{
    NodeProgress progress;
    progress.node = QString::fromStdString(node);
    bool reached = true, partial = false, cancelled = false;
    for (const ObservationPtr& observation : snapshot.ofNode(node)) {
        ++progress.total;
        progress.bytes += static_cast<qint64>(observation->out.size() + observation->err.size());
        const ProbeState state = observation->state;
        partial = partial || state == ProbeState::ConnectionLost || state == ProbeState::Unreachable;
        cancelled = cancelled || state == ProbeState::Cancelled;
        progress.done += state == ProbeState::ConnectionLost || state == ProbeState::Unreachable || state == ProbeState::Cancelled ? 0 : 1;
        if (observation->probe == probe::connect)
            reached = state == ProbeState::Complete;
    }
    using State = NodeProgress::State;
    progress.state = !reached ? State::Failed : cancelled ? State::Cancelled : partial ? State::Partial : State::Done;
    return progress;
}

} // namespace

struct Session::Private {
    explicit Private(Session* session) : q(session) { }

    Session* const q;
    ClusterProfile profile;
    std::shared_ptr<Source> source; ///< null: a recording, or closed
    std::optional<IncidentFile> incident;
    Snapshot snapshot;
    std::optional<Snapshot> earlier;
    std::vector<Finding> findings;
    std::vector<std::string> defects;
    std::map<std::string, NodeProgress> nodes;
    std::set<std::string> suites; ///< that were asked for in this incident
    bool everySuite = false;

    QTimer tick;
    std::unique_ptr<Sweep> sweep;
    bool sweeping = false; ///< until sweepFinished
    bool cancelled = false;
    std::uint64_t sweepId = 0;
    QList<ObservationPtr> arrived; ///< recorded, not yet announced
    std::map<std::string, NodeProgress> moved; ///< not yet announced
    std::vector<std::pair<std::string, Error>> wanted; ///< not yet asked about
    Steady::time_point lastWish;
    bool recordingBroken = false; ///< the engineer knows that
    bool keepFindings = false; ///< live, or a recording whose findings nobody has recorded yet

    CheckRunner checker;
    std::uint64_t ticket = 0; ///< of this incident; older answers are for another
    bool unchecked = false; ///< something came that no check has seen
    Steady::time_point lastArrival;

    std::unique_ptr<CommandRunner> commands;
    quint64 nextCommand = 1;

    void begin(Recording recording);
    void reset();
    void onTick();
    void drain();
    void record(std::vector<PackedObservation> batch);
    void announce();
    void ask();
    void check(bool whole);
    void takeAnswers();
    void takeCommands();
    void collected();
    void finished();
    void recorded(const Result<void>& result);
    void keepDocuments();
    [[nodiscard]] std::uint64_t sweepForCommand();
};

Session::Session(QObject* parent) : QObject(parent), d(std::make_unique<Private>(this))
{
    qRegisterMetaType<QList<ObservationPtr>>();
    qRegisterMetaType<QList<NodeProgress>>();
    d->tick.setInterval(tickMilliseconds);
    connect(&d->tick, &QTimer::timeout, this, [this] { d->onTick(); });
}

Session::~Session() { d->reset(); }

Result<void> Session::openLive(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets, const QString& incidentPath)
{
    return openSource(std::make_shared<LiveSource>(profile, std::move(secrets)), profile, incidentPath);
}

Result<void> Session::openSource(std::shared_ptr<Source> source, const ClusterProfile& profile, const QString& incidentPath)
{
    close();
    IncidentInfo info;
    info.title = info.cluster = profile.name;
    info.language = languageCode(currentLanguage());
    info.opened = Clock::now();
    auto file = IncidentFile::create(incidentPath.toStdString(), info);
    if (!file)
        return tl::unexpected(file.error());
    d->incident.emplace(std::move(*file));
    d->profile = profile;
    d->source = std::move(source);
    d->keepFindings = true;
    d->commands = std::make_unique<CommandRunner>();
    ++d->ticket;
    d->recorded(d->incident->setDocument(profileDocument, writeProfile(profile)));
    d->tick.start();
    Q_EMIT opened();
    return {};
}

Result<Recording> readRecording(const QString& path)
{
    auto file = IncidentFile::open(path.toStdString());
    if (!file && file.error().code == ErrorCode::FileNotWritable)
        file = IncidentFile::open(path.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!file)
        return tl::unexpected(file.error());
    auto newest = file->snapshot();
    auto sweeps = file->sweeps();
    auto found = file->findings(0);
    if (!newest || !sweeps || !found)
        return tl::unexpected(!newest ? newest.error() : !sweeps ? sweeps.error() : found.error());
    std::optional<Snapshot> earlier;
    if (sweeps->size() > 1)
        if (auto before = file->snapshot((*sweeps)[sweeps->size() - 2].id))
            earlier = std::move(*before);
    return Recording {.file = std::move(*file), .newest = std::move(*newest), .earlier = std::move(earlier), .sweeps = std::move(*sweeps), .findings = std::move(*found)};
}

Result<void> Session::openIncident(const QString& path)
{
    close();
    auto read = readRecording(path);
    if (!read)
        return tl::unexpected(read.error());
    d->begin(std::move(*read));
    return {};
}

void Session::openIncident(Recording recording)
{
    close();
    d->begin(std::move(recording));
}

Result<void> Session::continueIn(const QString& path)
{
    if (d->sweeping)
        return failure(ErrorCode::NotSupported, path.toStdString(), "a sweep is under way");
    if (!isLive()) {
        auto read = readRecording(path);
        if (!read)
            return tl::unexpected(read.error());
        openIncident(std::move(*read));
        return {};
    }
    auto file = IncidentFile::open(path.toStdString());
    if (!file)
        return tl::unexpected(file.error());
    auto snapshot = file->snapshot();
    if (!snapshot)
        return tl::unexpected(snapshot.error());
    const std::shared_ptr<Source> source = d->source;
    const ClusterProfile profile = d->profile;
    const std::set<std::string> suites = d->suites;
    const bool everySuite = d->everySuite;
    close();
    d->incident.emplace(std::move(*file));
    d->profile = profile;
    d->source = source;
    d->snapshot = std::move(*snapshot);
    d->suites = suites;
    d->everySuite = everySuite;
    d->keepFindings = true;
    d->commands = std::make_unique<CommandRunner>();
    for (const std::string& node : d->snapshot.nodes())
        d->nodes.insert_or_assign(node, recordedProgress(d->snapshot, node));
    ++d->ticket;
    d->recorded(d->incident->setDocument(profileDocument, writeProfile(profile)));
    d->tick.start();
    Q_EMIT opened();
    if (d->incident && !d->snapshot.empty())
        d->check(true);
    return {};
}

/// Everything was read before anything is changed: a damaged file leaves the session closed.
void Session::Private::begin(Recording recording)
{
    IncidentFile file = std::move(recording.file);
    earlier = std::move(recording.earlier);
    if (const auto info = file.info())
        profile.name = info->cluster;
    if (const auto text = file.document(profileDocument); text && *text)
        if (auto kept = readProfile(**text, file.path().string() + " (profile)"))
            profile = std::move(*kept);
    profile.allowChanges = false;
    everySuite = true;
    if (const auto text = file.document(suitesDocument); text && *text) {
        const auto list = nlohmann::json::parse(**text, nullptr, false);
        if (list.is_array() && !list.empty()) {
            everySuite = false;
            for (const auto& item : list)
                if (item.is_string() && checks::findSuite(item.get<std::string>()) != nullptr)
                    suites.insert(item.get<std::string>());
            everySuite = suites.empty();
        }
    }
    incident.emplace(std::move(file));
    snapshot = std::move(recording.newest);
    findings = std::move(recording.findings);
    keepFindings = findings.empty() && !incident->readOnly();
    sweepId = recording.sweeps.empty() ? 0 : recording.sweeps.back().id;
    for (const std::string& node : snapshot.nodes())
        nodes.insert_or_assign(node, recordedProgress(snapshot, node));
    ++ticket;
    tick.start();
    Q_EMIT q->opened();
    if (incident && !snapshot.empty())
        check(true);
}

void Session::close()
{
    if (!isOpen())
        return;
    d->reset();
    Q_EMIT closed();
}

void Session::Private::reset()
{
    tick.stop();
    sweep.reset();
    commands.reset();
    if (incident && sweepId != 0 && sweeping && !incident->readOnly())
        (void)incident->finishSweep(sweepId, Clock::now());
    incident.reset();
    source.reset();
    profile = {};
    snapshot = {};
    earlier.reset();
    findings.clear();
    defects.clear();
    nodes.clear();
    suites.clear();
    everySuite = sweeping = cancelled = recordingBroken = keepFindings = unchecked = false;
    sweepId = 0;
    arrived.clear();
    moved.clear();
    wanted.clear();
    ++ticket; // what the checker still works on is for nobody
}

bool Session::isOpen() const { return d->incident.has_value(); }
bool Session::isLive() const { return d->source != nullptr; }
const ClusterProfile& Session::profile() const { return d->profile; }
IncidentFile* Session::incident() { return d->incident ? &*d->incident : nullptr; }
const Snapshot& Session::snapshot() const { return d->snapshot; }
const Snapshot* Session::earlierSnapshot() const { return d->earlier ? &*d->earlier : nullptr; }
const std::vector<Finding>& Session::findings() const { return d->findings; }
const std::vector<std::string>& Session::defects() const { return d->defects; }
bool Session::sweeping() const { return d->sweeping; }

std::vector<NodeProgress> Session::progress() const
{
    std::vector<NodeProgress> all;
    for (const auto& [node, progress] : d->nodes)
        all.push_back(progress);
    return all;
}

void Session::sweep(const SweepRequest& request)
{
    if (!isOpen() || d->sweeping)
        return;
    const bool all = request.suites.empty();
    d->everySuite = d->everySuite || all;
    for (const std::string& suite : request.suites)
        if (suite != "none")
            d->suites.insert(suite);
    d->sweeping = true;
    d->cancelled = false;
    Q_EMIT sweepStarted();
    if (!isOpen()) // a listener has closed us
        return;
    if (!isLive()) {
        d->check(true);
        return;
    }
    if (!d->snapshot.empty())
        d->earlier = d->snapshot;
    const auto id = d->incident->beginSweep(request.label, Clock::now());
    d->recorded(id ? Result<void>() : tl::unexpected(id.error()));
    d->sweepId = id.value_or(0);
    d->keepDocuments();
    journal(JournalEntry {.id = 0, .at = {}, .kind = JournalEntry::Kind::SweepStarted, .playbook = {}, .step = {}, .who = "program",
                          .text = request.label, .data = {}, .observations = {}});
    d->sweep = std::make_unique<Sweep>(d->source, planOf(request, d->profile.ssh.parallel));
}

void Session::cancel()
{
    if (!d->sweeping)
        return;
    d->cancelled = true;
    if (d->sweep)
        d->sweep->cancel();
    // The rest is taken as it comes, without waiting for the next tick.
    QTimer::singleShot(0, this, [this] { d->onTick(); });
}

quint64 Session::runCommand(const std::string& node, const CommandRequest& request, const std::string& purpose)
{
    if (!isLive())
        return 0;
    const quint64 id = d->nextCommand++;
    d->commands->start(id, d->source, node, request, purpose);
    return id;
}

quint64 Session::journal(JournalEntry entry)
{
    if (!isOpen())
        return 0;
    if (entry.at == TimePoint())
        entry.at = Clock::now();
    const auto id = d->incident->append(entry);
    d->recorded(id ? Result<void>() : tl::unexpected(id.error()));
    return id.value_or(0);
}

/// Recording that fails is said once, until it works again; the diagnosis goes on.
void Session::Private::recorded(const Result<void>& result)
{
    if (result) {
        recordingBroken = false;
    } else if (!recordingBroken) {
        recordingBroken = true;
        // Later: whoever listens may close us.
        QMetaObject::invokeMethod(q, [this, error = result.error()] { Q_EMIT q->problem(error); }, Qt::QueuedConnection);
    }
}

void Session::Private::keepDocuments()
{
    // An empty list: every suite.
    const nlohmann::json list = everySuite ? nlohmann::json::array() : nlohmann::json(suites);
    recorded(incident->setDocument(suitesDocument, list.dump()));
}

void Session::Private::onTick()
{
    if (!incident)
        return;
    takeCommands();
    takeAnswers();
    if (sweep)
        drain();
    announce();
    if (incident && unchecked && sweep && Steady::now() - lastArrival > quiet && !checker.busy())
        check(false);
}

/// Takes what the workers brought, for as long as the screen's thread may be kept from painting; the rest comes right after.
void Session::Private::drain()
{
    QElapsedTimer timer;
    timer.start();
    bool more = true;
    while (sweep && more && timer.elapsed() < sliceMilliseconds) {
        Sweep::Batch batch = sweep->drain(sliceBytes, sliceRows);
        more = !batch.observations.empty();
        record(std::move(batch.observations));
        for (const NodeState& state : batch.states) {
            const NodeProgress progress = progressOf(state);
            nodes.insert_or_assign(state.node, progress);
            moved.insert_or_assign(state.node, progress);
        }
        for (auto& wish : batch.wanted) {
            const bool known = std::any_of(wanted.begin(), wanted.end(), [&](const auto& other) { return other == wish; });
            if (!known)
                wanted.push_back(std::move(wish));
            lastWish = Steady::now();
        }
        for (const Error& error : batch.problems)
            if (!isWanted(error.code))
                QMetaObject::invokeMethod(q, [this, error] { Q_EMIT q->problem(error); }, Qt::QueuedConnection);
        if (batch.finished)
            collected();
    }
    if (sweep && more)
        QTimer::singleShot(0, q, [this] {
            if (sweep)
                drain();
        });
}

void Session::Private::record(std::vector<PackedObservation> batch)
{
    if (batch.empty())
        return;
    auto kept = incident->recordPacked(sweepId, batch);
    recorded(kept ? Result<void>() : tl::unexpected(kept.error()));
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const ObservationPtr observation = kept ? (*kept)[i] : ObservationPtr(batch[i].observation);
        snapshot.add(observation);
        arrived.push_back(observation);
    }
    unchecked = true;
    lastArrival = Steady::now();
}

void Session::Private::announce()
{
    if (!arrived.empty()) {
        const QList<ObservationPtr> batch = std::exchange(arrived, {});
        Q_EMIT q->observationsArrived(batch);
    }
    if (!moved.empty()) {
        QList<NodeProgress> batch;
        for (const auto& [node, progress] : moved)
            batch.push_back(progress);
        moved.clear();
        Q_EMIT q->progressChanged(batch);
    }
    if (!wanted.empty() && Steady::now() - lastWish > askAfter)
        ask();
}

void Session::Private::ask()
{
    QList<Error> errors;
    QStringList names;
    for (const auto& [node, error] : std::exchange(wanted, {})) {
        if (!errors.contains(error))
            errors.push_back(error);
        if (const QString name = QString::fromStdString(node); !name.isEmpty() && !names.contains(name))
            names.push_back(name);
    }
    if (!errors.isEmpty())
        Q_EMIT q->secretsNeeded(errors, names);
}

void Session::Private::check(bool whole)
{
    unchecked = false;
    CheckRunner::Request request;
    request.ticket = ticket;
    request.sweep = sweepId;
    request.snapshot = snapshot;
    request.earlier = earlier;
    request.whole = whole;
    // "Every suite" leaves out the one about the engineer's own machine, unless it was asked for.
    if (everySuite && suites.contains("own-machine"))
        for (const checks::Suite& suite : checks::suites())
            request.suites.emplace_back(suite.id);
    if (!everySuite)
        request.suites.assign(suites.begin(), suites.end());
    // Only single probes were asked for so far: no suite has what it needs.
    if (!everySuite && suites.empty())
        request.suites = {"none"};
    checker.request(std::move(request));
}

void Session::Private::takeAnswers()
{
    while (auto answer = checker.take()) {
        if (answer->ticket != ticket)
            continue;
        findings = std::move(answer->report.findings);
        defects = std::move(answer->report.defects);
        if (answer->whole && answer->sweep != 0 && keepFindings)
            recorded(incident->recordFindings(answer->sweep, findings));
        announce(); // what they rest on comes first
        if (!incident)
            return; // a listener has closed us
        Q_EMIT q->findingsChanged();
        if (!incident)
            return;
        if (answer->whole && sweeping && !sweep)
            finished();
        if (!incident)
            return;
    }
}

/// Every observation of the sweep is here and recorded.
void Session::Private::collected()
{
    sweep.reset();
    if (sweepId != 0)
        recorded(incident->finishSweep(sweepId, Clock::now()));
    q->journal(JournalEntry {.id = 0, .at = {}, .kind = JournalEntry::Kind::SweepFinished, .playbook = {}, .step = {}, .who = "program",
                             .text = cancelled ? "cancelled" : "", .data = {}, .observations = {}});
    announce();
    ask();
    if (!incident)
        return; // a listener has closed us
    check(true);
    if (cancelled)
        finished();
}

void Session::Private::finished()
{
    sweeping = false;
    Q_EMIT q->sweepFinished(cancelled);
}

std::uint64_t Session::Private::sweepForCommand()
{
    if (sweepId == 0)
        sweepId = incident->beginSweep("commands", Clock::now()).value_or(0);
    return sweepId;
}

void Session::Private::takeCommands()
{
    while (commands) {
        auto done = commands->take();
        if (!done)
            return;
        std::vector<PackedObservation> batch;
        batch.push_back(pack(std::move(done->observation)));
        const auto kept = incident->recordPacked(sweepForCommand(), batch);
        recorded(kept ? Result<void>() : tl::unexpected(kept.error()));
        const ObservationPtr observation = kept ? kept->front() : ObservationPtr(batch.front().observation);
        snapshot.add(observation);
        arrived.push_back(observation);
        announce();
        Q_EMIT q->commandFinished(done->id, done->result, observation);
    }
}

} // namespace medic::collect
