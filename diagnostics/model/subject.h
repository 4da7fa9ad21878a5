// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace medic {

enum class SubjectKind { Cluster, Node, Pod, Service, Workload, Namespace, Certificate, Component, LocalMachine };

[[nodiscard]] std::string_view subjectKindName(SubjectKind kind); ///< "cluster", "node", "pod", …
[[nodiscard]] std::optional<SubjectKind> subjectKindFromName(std::string_view name);

/// What a finding is about. `node` is where it was seen, if anywhere in particular.
struct Subject {
    SubjectKind kind = SubjectKind::Cluster;
    std::string nameSpace; ///< empty where the kind has none
    std::string name; ///< node name, pod name, path of a certificate, "kubelet" …
    std::string node;

    auto operator<=>(const Subject&) const = default;

    /// "node node-1", "pod default/web-0 on node-1"; hostile names are kept as they are: quote when showing.
    [[nodiscard]] std::string text() const;
};

} // namespace medic
