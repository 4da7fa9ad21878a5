// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/headless.h"

#include "diagnostics/checks/suite.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace medic::playbooks {

namespace {

constexpr int mostEvents = 2000; ///< a driver that answers nothing useful must end, too

class Driver {
public:
    Driver(Runner runner, Snapshot snapshot, World world, const std::map<std::string, std::string>& answers, const Hands& hands)
        : m_result {std::move(runner), {}, {}}, m_snapshot(std::move(snapshot)), m_world(std::move(world)), m_answers(answers), m_hands(hands)
    {
        m_world.snapshot = &m_snapshot;
        m_world.findings = &m_result.findings;
    }

    HeadlessResult run()
    {
        check();
        m_result.runner.start(m_world);
        flush();
        for (int events = 0; events < mostEvents && !m_result.runner.finished(); ++events) {
            if (m_hands.now)
                m_world.now = m_hands.now();
            const Want want = m_result.runner.want(m_world);
            const std::optional<Event> event = answerTo(want);
            if (!event)
                break;
            if (m_hands.now) // what was wanted took its time; the records come after it
                m_world.now = m_hands.now();
            if (const auto taken = m_result.runner.take(*event, m_world); !taken) {
                m_result.unanswered.push_back(want.step);
                break;
            }
            flush();
        }
        return std::move(m_result);
    }

private:
    void check()
    {
        m_result.findings = m_hands.check ? m_hands.check(m_snapshot) : checks::runSuites({m_snapshot, nullptr, m_world.now, {}}).findings;
    }

    void flush()
    {
        for (const JournalEntry& entry : m_result.runner.takeRecords())
            if (m_hands.record)
                m_hands.record(entry);
    }

    std::optional<Event> answerTo(const Want& want)
    {
        switch (want.kind) {
        case Want::Kind::Nothing: return std::nullopt;
        case Want::Kind::Run:
            if (m_hands.collect) {
                m_hands.collect(want, m_snapshot);
                check();
            }
            return Checked {};
        case Want::Kind::Ask: return ask(want);
        case Want::Kind::Confirm: {
            const bool possible = std::any_of(want.targets.begin(), want.targets.end(), [](const Target& target) { return target.refused.empty(); });
            if (want.readOnly || !m_hands.confirm || !m_hands.confirm(want) || !possible)
                return Declined {};
            return Confirmed {want.mustType, false};
        }
        case Want::Kind::Command:
            if (!m_hands.command)
                return CommandDone {-1, {}, {}, Error {ErrorCode::NotSupported, want.step, "no commands can be run here", 0}, 0};
            (void)m_result.runner.take(CommandStarted {}, m_world);
            return m_hands.command(want);
        case Want::Kind::Wait: return wait(want);
        case Want::Kind::Trace:
            return m_hands.trace ? m_hands.trace(want) : Traced {std::nullopt, "packets cannot be followed here"};
        case Want::Kind::Acknowledge: return Acknowledged {};
        }
        return std::nullopt;
    }

    Event wait(const Want& want)
    {
        const auto answer = m_answers.find(want.step);
        if (!m_hands.wait || (answer != m_answers.end() && answer->second == "skip"))
            return WaitOver {true};
        if (!m_hands.now) {
            m_hands.wait(want);
            return WaitOver {};
        }
        const bool looks = want.every.count() > 0 && m_hands.collect && (!want.suites.empty() || !want.probes.empty());
        Want part = want;
        if (looks)
            part.until = std::min(want.until, m_hands.now() + want.every);
        m_hands.wait(part);
        m_world.now = m_hands.now();
        if (!looks)
            return WaitOver {};
        m_hands.collect(want, m_snapshot); // the last look decides
        check();
        if (m_hands.now() >= want.until)
            return WaitOver {};
        return Checked {};
    }

    std::optional<Event> ask(const Want& want)
    {
        const auto found = m_answers.find(want.step);
        if (found != m_answers.end())
            return Answered {found->second, {}};
        if (want.undecided)
            return Answered {"next", {}};
        m_result.unanswered.push_back(want.step);
        return std::nullopt;
    }

    HeadlessResult m_result;
    Snapshot m_snapshot;
    World m_world;
    const std::map<std::string, std::string>& m_answers;
    const Hands& m_hands;
};

} // namespace

HeadlessResult runHeadless(Runner runner, Snapshot snapshot, World world, const std::map<std::string, std::string>& answers, const Hands& hands)
{
    return Driver(std::move(runner), std::move(snapshot), std::move(world), answers, hands).run();
}

Result<std::map<std::string, std::string>> readAnswers(const std::string& yaml, const std::string& file)
{
    std::map<std::string, std::string> answers;
    try {
        const YAML::Node root = YAML::Load(yaml);
        if (root.IsNull())
            return answers;
        if (!root.IsMap())
            return failure(ErrorCode::BadValue, file, "a map of step to answer expected");
        for (const auto& item : root) {
            const std::string place = file + ":" + std::to_string(item.first.Mark().line + 1);
            if (!item.first.IsScalar() || !item.second.IsScalar())
                return failure(ErrorCode::BadValue, place, "step: answer expected");
            answers[item.first.Scalar()] = item.second.Scalar();
        }
    } catch (const YAML::Exception& exception) {
        return failure(ErrorCode::BadSyntax, file + ":" + std::to_string(exception.mark.line + 1), exception.msg);
    }
    return answers;
}

} // namespace medic::playbooks
