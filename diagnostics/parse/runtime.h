// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What container runtimes' command line tools print.
namespace medic::parse {

struct RuntimeContainer {
    std::string id, image, name; ///< name of the container within its Pod where known ("kube-apiserver")
    std::string pod, nameSpace; ///< empty where the tool does not tell
    std::string state; ///< "running", "exited", "created", "paused", "unknown"
    std::optional<int> exitCode;
    bool sandbox = false; ///< a pause container
    int attempt = 0;
    int line = 0;
};

/// `docker ps -a --no-trunc` (its heading decides the columns); dockershim's names "k8s_NAME_POD_NS_UID_ATTEMPT" are taken
/// apart. Rows that a cut has shortened are left out.
[[nodiscard]] std::vector<RuntimeContainer> dockerPs(std::string_view text);

/// `crictl ps -a`, as a table or with -o json.
[[nodiscard]] std::vector<RuntimeContainer> crictlPs(std::string_view text);

/// `ctr -n k8s.io containers ls` (id, image, runtime) or `tasks ls` (id, pid, status).
[[nodiscard]] std::vector<RuntimeContainer> ctrList(std::string_view text);

struct Image {
    std::string reference; ///< "repository:tag"; "<none>" parts as printed
    std::string id;
    int line = 0;
};
/// `docker images`, `crictl images` (table or JSON), `ctr images ls`.
[[nodiscard]] std::vector<Image> images(std::string_view text);

/// Whether `reference` (as a manifest writes it) is among the images; implicit "docker.io/library/" and ":latest" are
/// added on both sides.
[[nodiscard]] bool hasImage(const std::vector<Image>& all, std::string_view reference);

/// "Name: value" lines of `docker info` (the key without indentation; the first of a name counts).
struct DockerInfo {
    std::string serverVersion, cgroupDriver, cgroupVersion, rootDir, storageDriver, containerdVersion, runcVersion;
    std::optional<bool> liveRestore;
    std::optional<std::uint64_t> containers;
    bool serverAnswered = false;
};
[[nodiscard]] DockerInfo dockerInfo(std::string_view text);

} // namespace medic::parse
