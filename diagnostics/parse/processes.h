// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

/// A row of `ps -eo pid,ppid,stat,wchan,etimes,rss,args` in any order of its columns: the heading decides.
struct Process {
    int pid = 0, parent = 0;
    std::string state; ///< STAT, e.g. "Sl", "D", "Tl"
    std::string waitChannel;
    std::optional<std::uint64_t> elapsed; ///< seconds
    std::uint64_t rssKib = 0;
    std::string command; ///< with arguments
    int line = 0;

    /// File name of the program, without its folder and login dash ("kubelet").
    [[nodiscard]] std::string_view program() const;
    [[nodiscard]] bool uninterruptible() const { return state.starts_with('D'); }
    [[nodiscard]] bool stopped() const { return state.starts_with('T') || state.starts_with('t'); }
    [[nodiscard]] bool zombie() const { return state.starts_with('Z'); }
    /// The value of "--name=value" or "--name value" (one or two dashes).
    [[nodiscard]] std::optional<std::string> argument(std::string_view name) const;
};

[[nodiscard]] std::vector<Process> processes(std::string_view text);

/// The first process of that program name; null when there is none.
[[nodiscard]] const Process* findProgram(const std::vector<Process>& all, std::string_view program);

/// ps's ELAPSED: seconds, or [[days-]hours:]minutes:seconds.
[[nodiscard]] std::optional<std::uint64_t> elapsedSeconds(std::string_view text);

/// A block of `systemctl show` (blocks are separated by a blank line); keys as systemd names them.
struct Unit {
    std::string id, loadState, activeState, subState, result;
    std::uint64_t restarts = 0;
    std::uint64_t mainPid = 0;
    std::string activeEnter; ///< as printed
    int line = 0; ///< of ActiveState=, or the first of the block
    [[nodiscard]] bool exists() const { return loadState != "not-found" && !loadState.empty(); }
    [[nodiscard]] bool active() const { return activeState == "active" || activeState == "reloading"; }
};

[[nodiscard]] std::vector<Unit> units(std::string_view text);
/// By name, with or without ".service"; null when it does not exist on the node.
[[nodiscard]] const Unit* findUnit(const std::vector<Unit>& all, std::string_view name);

/// A row of `ss -H -ntuap` (the Netid column first), of `ss -lnt`, of `netstat -ntuap`, or of /proc/net/tcp and its like
/// (state LISTEN or UNCONN only; without the program).
struct Socket {
    std::string protocol, state, address, peer, program; ///< address without the port; "*" for any
    std::uint16_t port = 0;
    std::uint64_t receiveQueue = 0, sendQueue = 0;
    int pid = 0;
    int line = 0;
    [[nodiscard]] bool listening() const { return state == "LISTEN" || state == "UNCONN"; }
    [[nodiscard]] bool loopbackOnly() const;
};

[[nodiscard]] std::vector<Socket> sockets(std::string_view text);

} // namespace medic::parse
