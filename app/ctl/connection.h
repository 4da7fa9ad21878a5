// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/arguments.h"
#include "diagnostics/collect/session.h"

namespace medic::ctl {

/// --kubeconfig --context --nodes --ssh-config --identity --jump --sudo --local --profile, and --node --suite.
[[nodiscard]] std::vector<OptionSpec> connectionOptions();

/// Does the command line name a live cluster?
[[nodiscard]] bool namesConnection(const Arguments& arguments);

/// The cluster that the command line names. Files are checked for being there; nothing is contacted.
[[nodiscard]] Result<ClusterProfile> profileFrom(const Arguments& arguments);

[[nodiscard]] collect::SweepRequest requestFrom(const Arguments& arguments, const ClusterProfile& profile);

/// Known suites only. False: an error was printed.
[[nodiscard]] bool suitesAreKnown(const Arguments& arguments);

/// std::strings of an option's values.
[[nodiscard]] std::vector<std::string> stringsOf(const QStringList& values);

} // namespace medic::ctl
