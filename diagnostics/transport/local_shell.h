// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/shell.h"

#include <memory>

namespace medic {

class Secrets;

struct LocalShellOptions {
    bool useSudo = true; ///< for commands that are to run as root, when this process is not root
    const Secrets* secrets = nullptr; ///< for sudo's password, key localSudoKey(); must outlive the shell
};

/// "user@localhost": under which key sudo's password for this machine is looked up.
[[nodiscard]] std::string localSudoKey();

/// Commands on this machine, each in a process group of its own, which is killed as a whole at the time limit, at the
/// output limit and when stopped. No descriptor of ours is inherited, no zombie stays.
[[nodiscard]] std::unique_ptr<Shell> localShell(const LocalShellOptions& options);

} // namespace medic
