// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/parse/version.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

struct CniPlugin {
    std::string type;
    bool portMappings = false, bandwidth = false; ///< its capabilities
    std::string backend; ///< portmap: "iptables", "nftables" or unset
    double ingressRate = 0, ingressBurst = 0, egressRate = 0, egressBurst = 0; ///< bandwidth: set in the file itself
    std::string ipamType;
    std::vector<std::string> subnets; ///< of host-local's ranges
    int mtu = 0;
};

/// A network configuration of /etc/cni/net.d: one plugin (.conf) or a chain (.conflist).
struct CniConfig {
    std::string file; ///< empty when the output does not name it
    std::string name, cniVersion;
    std::vector<CniPlugin> plugins;
    std::string problem; ///< why it cannot be read (empty file, broken JSON); then the rest is empty
    int line = 0; ///< of its heading, else 1
    [[nodiscard]] const CniPlugin* plugin(std::string_view type) const;
};

/// The files under head's headings in the order of their names, as the runtimes read them: the first one that can be
/// read is the one in use (libcni LoadConfList; kubelet, containerd and CRI-O all take the lexicographically first).
[[nodiscard]] std::vector<CniConfig> cniConfigs(std::string_view text);
[[nodiscard]] const CniConfig* inUse(const std::vector<CniConfig>& all);

/// Names of files of an `ls -l` (or plain `ls`) listing; directories and "total" left out.
[[nodiscard]] std::vector<std::string> fileNames(std::string_view listing);

/// "CNI portmap plugin v1.6.2" lines → plugin → version; a plugin that printed no number is there without one.
struct PluginVersion {
    std::optional<Version> version;
    std::string text;
    int line = 0;
};
[[nodiscard]] std::map<std::string, PluginVersion, std::less<>> cniVersions(std::string_view text);

} // namespace medic::parse
