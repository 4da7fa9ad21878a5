// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"
#include "diagnostics/parse/version.h"

#include <optional>
#include <string_view>
#include <vector>

namespace medic::checks {

enum class Component { Kubelet, KubeProxy, CniPlugins, Kernel, Docker, Containerd, Etcd, CoreDns };

/// A defect (or a change) by the version of the component *of that node*: from `from` on, until `fixed`.
struct VersionRule {
    std::string_view id;
    Component component;
    std::string_view from; ///< first version that has it; empty: always had
    std::string_view fixed; ///< first version without it; empty: none so far
    std::string_view source; ///< where the fact is from
};

enum class Applies {
    No,
    Yes,
    Perhaps, ///< by its number, but the vendor's build may hold a back-port: one step less certain
    Unknown, ///< no version known
};

[[nodiscard]] const std::vector<VersionRule>& versionRules();

/// The rule of that id, which must exist.
[[nodiscard]] const VersionRule& versionRule(std::string_view id);

[[nodiscard]] Applies applies(const VersionRule& rule, const std::optional<parse::Version>& version);
[[nodiscard]] Applies applies(std::string_view rule, const std::optional<parse::Version>& version);

/// Confidence one step lower for Perhaps; as it is for Yes.
[[nodiscard]] Confidence weakened(Confidence confidence, Applies applies);

} // namespace medic::checks
