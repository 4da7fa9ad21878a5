// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../playbooks/guide_cases.h"
#include "diagnostics/incident/incident_file.h"
#include "widgets/wizard/wizard_host.h"

#include <QTest>
#include <QTimer>

#include <algorithm>
#include <functional>
#include <utility>

namespace medic {

/// The cluster of one guide's case: shows the fault until the guide's own action has run on it. Whatever it is asked goes
/// into the incident file, as from a session.
class CaseHost final : public WizardHost
{
public:
    CaseHost(const test::GuideCase& one, const std::string& path) : m_case(one)
    {
        IncidentInfo info;
        info.title = "web-0 cannot reach 10.96.0.1:443";
        info.cluster = "shop-prod";
        info.opened = test::recordedAt;
        auto created = IncidentFile::create(path, info);
        Q_ASSERT(created);
        incident = std::make_unique<IncidentFile>(std::move(*created));
        collect("first sweep");
    }

    const Snapshot& snapshot() const override { return m_snapshot; }
    const std::vector<Finding>& findings() const override { return m_findings; }
    bool live() const override { return true; }
    bool changesAllowed() const override { return true; }
    bool production() const override { return true; }
    std::string cluster() const override { return "shop-prod"; }
    QString progressWords() const override { return {}; }

    void sweep(const Sweep& sweep) override
    {
        collect(sweep.label);
        answer([this] { Q_EMIT swept(false); });
    }
    /// From now on nothing is answered until release(): what runs by itself can be looked at.
    void hold() { m_holds = true; }
    bool release()
    {
        m_holds = false;
        if (!m_held)
            return false;
        answer(std::exchange(m_held, {}));
        return true;
    }
    [[nodiscard]] bool held() const { return bool(m_held); }
    void cancel() override { }
    void abandon() override { }

    quint64 runCommand(const std::string& node, const CommandRequest& request, const std::string& purpose) override
    {
        const std::string step = purpose.substr(purpose.rfind(' ') + 1);
        commands.push_back(node + ": " + request.command);
        CommandResult result;
        result.exitStatus = 0;
        if (const auto measured = m_case.measured.find(step); measured != m_case.measured.end())
            result.out = measured->second.first;
        else
            result.out = "done on " + node + "\n";
        if (step == m_case.action)
            m_cured = true;
        const quint64 id = ++m_ids;
        answer([this, id, result] { Q_EMIT commandFinished(id, result, nullptr); });
        return id;
    }

    void journal(const JournalEntry& entry) override { QVERIFY(incident->append(entry)); }
    bool keep(const std::string& name, const std::string& json) override { return incident->setDocument(name, json).has_value(); }
    std::optional<std::string> kept(const std::string& name) const override
    {
        const auto document = incident->document(name);
        return document ? *document : std::nullopt;
    }
    Result<QString> linkedIncident(const std::string& title) override { return QString::fromStdString(title); }
    Result<void> openLinked(const QString& path) override
    {
        openedLinked = path;
        return {};
    }
    QString openedLinked;

    std::unique_ptr<IncidentFile> incident;
    std::vector<std::string> commands;

private:
    void answer(std::function<void()> how)
    {
        if (m_holds)
            m_held = std::move(how);
        else
            QTimer::singleShot(0, this, std::move(how));
    }

    void collect(const std::string& label)
    {
        const TimePoint now = std::chrono::system_clock::now();
        const auto sweep = incident->beginSweep(label, now);
        QVERIFY(sweep);
        std::vector<Observation> batch;
        for (const ObservationPtr& one : test::recordingOf(m_case, m_cured).snapshot.all())
            batch.push_back(*one);
        QVERIFY(incident->record(*sweep, batch));
        const auto snapshot = incident->snapshot();
        QVERIFY(snapshot);
        m_snapshot = *snapshot;
        m_findings = checks::runSuites({m_snapshot, nullptr, test::recordedAt, {}}).findings;
        QVERIFY(incident->recordFindings(*sweep, m_findings));
        QVERIFY(incident->finishSweep(*sweep, now));
    }

    const test::GuideCase& m_case;
    Snapshot m_snapshot;
    std::vector<Finding> m_findings;
    bool m_cured = false, m_holds = false;
    std::function<void()> m_held;
    quint64 m_ids = 0;
};

inline const test::GuideCase& caseOf(const char* playbook)
{
    static const std::vector<test::GuideCase> all = test::guideCases();
    return *std::find_if(all.begin(), all.end(), [&](const test::GuideCase& one) { return std::string(one.playbook) == playbook; });
}

} // namespace medic
