// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace medic::parse {

/// A release number. Compared by its three numbers only; a pre-release ("-rc.1") sorts before its release.
struct Version {
    int major = 0, minor = 0, patch = 0;
    bool preRelease = false; ///< -alpha, -beta, -rc
    std::string suffix; ///< what follows the numbers: "-1160.el7.x86_64", "+dfsg1", "-gke.100"

    [[nodiscard]] std::strong_ordering operator<=>(const Version& other) const;
    [[nodiscard]] bool operator==(const Version& other) const { return (*this <=> other) == 0; }
    [[nodiscard]] std::string text() const; ///< "5.8.0"
};

/// The first number of the text with at least two parts: "v1.20.2", "Kubernetes v1.20.2", "3.10.0-1160.el7.x86_64",
/// "CNI portmap plugin v1.6.2", "containerd github.com/containerd/containerd v1.7.13 …".
[[nodiscard]] std::optional<Version> version(std::string_view text);

/// A kernel whose numbers do not tell what it contains: a distributor's long-term branch with back-ports (el7, el8,
/// amzn, tlinux, cloud builds …). Version rules are then one step less certain.
[[nodiscard]] bool vendorKernel(const Version& kernel);

} // namespace medic::parse
