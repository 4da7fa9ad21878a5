// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace medic {

/// How one node is reached over SSH. Empty fields fall back to the profile's, then to ~/.ssh/config.
struct NodeTarget {
    std::string name; ///< the node's name in the cluster
    std::string host; ///< address or ssh_config alias; empty: the name
    std::string user;
    std::uint16_t port = 0;
    std::vector<std::string> jumps; ///< [user@]host[:port], outermost first; "none" alone: no jump at all
    std::string identity; ///< private key file
    bool local = false; ///< this machine is the node: no SSH
};

struct SshSettings {
    std::string user;
    std::uint16_t port = 0;
    std::string configFile; ///< empty: ~/.ssh/config
    std::string knownHostsFile; ///< empty: as ssh_config says
    std::vector<std::string> identities;
    std::vector<std::string> jumps;
    bool useSudo = false;
    int connectSeconds = 10;
    int parallel = 64;
};

/// One cluster as the engineer set it up. Saved as JSON without secrets (passwords and passphrases live in memory).
struct ClusterProfile {
    std::string name;
    std::string kubeconfig; ///< file (list as in KUBECONFIG); empty: none
    std::string context; ///< empty: the file's current-context
    SshSettings ssh;
    std::vector<NodeTarget> nodes; ///< used when the apiserver does not answer, and to override addresses
    std::string hostsFile; ///< further nodes, one a line
    std::string addressType = "InternalIP"; ///< which of the Node's addresses SSH goes to: InternalIP, ExternalIP, Hostname
    std::string apiThrough; ///< node or jump host through which the apiserver is reached; empty: directly
    bool production = false;
    bool allowChanges = false; ///< false: read-only
    std::string colour; ///< "#rrggbb" of the header's mark
};

/// A hosts file: per line "host [user=…] [port=…] [jump=…] [name=…] [identity=…]" or "user@host:port", '#' comments;
/// or YAML with a list of such maps. Errors name file:line and key.
[[nodiscard]] Result<std::vector<NodeTarget>> readHostsFile(const std::filesystem::path& file);

[[nodiscard]] Result<ClusterProfile> readProfile(const std::string& json, const std::string& where);
[[nodiscard]] std::string writeProfile(const ClusterProfile& profile);

/// Profiles in the user's configuration folder (profiles/NAME.json).
[[nodiscard]] std::vector<ClusterProfile> savedProfiles(std::vector<Error>* problems);
[[nodiscard]] Result<void> saveProfile(const ClusterProfile& profile);
[[nodiscard]] Result<void> removeProfile(const std::string& name);

} // namespace medic
