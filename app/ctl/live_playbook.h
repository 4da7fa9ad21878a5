// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/collector.h"
#include "diagnostics/playbooks/headless.h"

#include <map>
#include <set>
#include <string>

namespace medic::ctl {

/// What the command line confirmed beforehand. Everything else is only shown, with its exact command.
struct Confirmations {
    std::map<std::string, std::string> actions; ///< step → the name typed with it (production, high risk); mostly empty
    std::set<std::string> rollbacks; ///< steps whose rollback may run when the action did not work
};

/// A wizard's hands on a live cluster: sweeps and commands of the collector's session, everything recorded in its
/// incident file, an action run only when it was confirmed. Main thread; `collector` outlives it and is open.
class LivePlaybook final {
public:
    LivePlaybook(Collector& collector, std::string playbook, Confirmations confirmations, bool cluster);

    [[nodiscard]] playbooks::Hands hands();
    [[nodiscard]] const std::optional<Error>& lost() const { return m_lost; } ///< a record that could not be kept

private:
    void collect(const playbooks::Want& want, Snapshot& snapshot);
    [[nodiscard]] playbooks::CommandDone command(const playbooks::Want& want);
    [[nodiscard]] bool confirm(const playbooks::Want& want) const;
    void wait(const playbooks::Want& want) const;

    Collector& m_collector;
    const std::string m_playbook;
    const Confirmations m_confirmations;
    const bool m_cluster; ///< there is an apiserver to be asked
    std::optional<Error> m_lost;
};

} // namespace medic::ctl
