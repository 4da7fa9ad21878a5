// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace medic::fakes {

enum class SimFault {
    None,
    HangBeforeBanner, ///< takes the connection and says nothing
    HangAfterAuth, ///< lets in and never answers again
    DropMidCommand, ///< hangs up behind the first half of a command's output
    DripSlowly, ///< a command's output byte by byte, five a second
    TalkWithoutEnd, ///< output for ever, whatever was asked
    RefuseAuth
};
/// "none", "hang-before-banner", "hang-after-auth", "drop", "drip", "talk", "refuse".
[[nodiscard]] std::optional<SimFault> simFaultByName(const std::string& name);
[[nodiscard]] std::string simFaultName(SimFault fault);

struct SimAnswer {
    std::string out, err;
    int exitStatus = 0;
};

struct SimBehaviour {
    SimFault fault = SimFault::None;
    std::chrono::milliseconds latency {0}; ///< before the banner, before the login is granted and before each command
};

/// A light SSH server that is many nodes at once: one port of every 127.x address, the address decides which node it is.
/// Everybody is let in (except by a node that refuses), every node has the same host key. Commands run through /bin/sh on this
/// machine with SIM_NODE set to the node's name, unless answered by `answer`. A command's whole input is read before it
/// starts: log in as root, so that no sudo asks back. One thread per connection; everything ends with the object.
class SimSshServer final {
public:
    struct Options {
        int nodes = 1;
        std::uint16_t port = 0; ///< 0: any free one
        /// An answer of its own, or nothing: then /bin/sh. Called in the connections' threads.
        std::function<std::optional<SimAnswer>(const std::string& node, const std::string& command, const std::string& input)> answer;
        SimBehaviour behaviour; ///< of every node at first
    };

    explicit SimSshServer(const Options& options);
    ~SimSshServer();
    SimSshServer(const SimSshServer&) = delete;
    SimSshServer& operator=(const SimSshServer&) = delete;

    [[nodiscard]] bool running() const;
    [[nodiscard]] std::string problem() const; ///< why it is not running
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] int nodes() const;
    [[nodiscard]] static std::string address(int node); ///< node 0: 127.1.0.1
    [[nodiscard]] static std::string name(int node); ///< node 0: "sim-001"

    /// From the next connection on; any thread.
    void setBehaviour(int node, const SimBehaviour& behaviour);
    [[nodiscard]] SimBehaviour behaviour(int node) const;

    /// One line of known_hosts that covers every node.
    [[nodiscard]] std::string knownHostsLine() const;
    /// A hosts file with every node, as `--nodes` wants it.
    [[nodiscard]] std::string hostsFile() const;

    [[nodiscard]] int connectionsMade() const;
    [[nodiscard]] int connectionsOpen() const;
    [[nodiscard]] int commandsRun() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace medic::fakes
