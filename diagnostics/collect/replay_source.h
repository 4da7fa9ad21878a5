// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/source.h"
#include "diagnostics/model/snapshot.h"

namespace medic::collect {

/// A recording as a source: gives what it holds, as it was; what was not recorded is Failed and says so.
/// Immutable: any number of threads.
class ReplaySource final : public Source {
public:
    explicit ReplaySource(Snapshot snapshot);

    [[nodiscard]] NodeList nodes(std::stop_token stop) override;
    Outcome collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) override;
    Outcome collectCluster(const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) override;
    [[nodiscard]] Result<CommandResult> run(const std::string& node, const CommandRequest& request, std::stop_token stop) override;
    [[nodiscard]] bool live() const override { return false; }

private:
    void give(const std::string& node, const std::string& probe, std::stop_token stop, const Sink& result) const;

    const Snapshot m_snapshot;
};

} // namespace medic::collect
