// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// What redaction knows about words, as data.
namespace medic::incident {

/// Names that say nothing about the house: "master", "localhost", "root", "kube-system" … They are never replaced.
[[nodiscard]] bool genericName(std::string_view name);

/// Public domains and those of Kubernetes itself: kubernetes.io, docker.io, cluster.local, in-addr.arpa …
[[nodiscard]] bool publicDomain(std::string_view host);

/// Domains that only exist inside a house: .internal, .corp, .lan …
[[nodiscard]] bool privateDomain(std::string_view host);

/// Keys whose value is a secret: password, client-key-data, DB_TOKEN … `value` helps where the key alone is not
/// enough ("token: expired" is a sentence).
[[nodiscard]] bool secretKey(std::string_view key);
[[nodiscard]] bool secretValue(std::string_view key, std::string_view value);

} // namespace medic::incident
