// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/facts.h"

#include <map>
#include <string>
#include <vector>

namespace medic::checks {

/// Where one suite puts its findings while it runs: fills in the suite's name, and rolls up what was missing into one
/// `common.not-checked` finding per node when it is destroyed. Not copied; lives on the suite's stack.
class Sink {
public:
    Sink(std::string_view suite, const CheckInput& input, Findings& findings);
    ~Sink();
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    void add(std::string id, Verdict verdict, Confidence confidence, Subject subject, Parameters parameters,
             std::vector<Evidence> evidence, std::optional<TimePoint> since = std::nullopt);

    /// About a node; its name becomes the parameter "node".
    void node(std::string id, Verdict verdict, Confidence confidence, const std::string& node, Parameters parameters,
              std::vector<Evidence> evidence);

    /// Something that the suite needed and did not get ("" is the cluster). Nothing happens when it is there, or does
    /// not apply.
    template<typename T>
    void needs(const std::string& node, const Fact<T>& fact)
    {
        if (!fact && !fact.missing.empty())
            lacking(node, fact.missing, fact.observation);
    }
    void lacking(const std::string& node, const std::string& what, ObservationPtr evidence);

    [[nodiscard]] const CheckInput& input() const { return m_input; }
    [[nodiscard]] const Snapshot& snapshot() const { return m_input.snapshot; }
    /// The nodes that were reached.
    [[nodiscard]] std::vector<std::string> nodes() const;

private:
    struct Lack {
        std::vector<std::string> what;
        std::vector<Evidence> evidence;
    };
    std::string m_suite;
    const CheckInput& m_input;
    Findings& m_findings;
    std::map<std::string, Lack> m_lacking;
};

[[nodiscard]] Subject nodeSubject(const std::string& node);
[[nodiscard]] Subject podSubject(const kube::Pod& pod);
/// Numbers as they are read: "3.2", "97".
[[nodiscard]] std::string decimal(double value, int places = 1);
/// "12s", "5m 3s", "3h 20m", "12d 4h"
[[nodiscard]] std::string spell(std::chrono::seconds duration);
/// KiB as "512 MiB", "23.5 GiB"
[[nodiscard]] std::string bytesOfKib(std::uint64_t kib);
/// At most `limit` names with ", " between them and how many more there are.
[[nodiscard]] std::string join(const std::vector<std::string>& names, std::size_t limit = 8);

} // namespace medic::checks
