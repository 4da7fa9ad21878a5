// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/frame.h"
#include "diagnostics/collect/source.h"
#include "diagnostics/collect/sweep_script.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

namespace medic::fakes {

/// Blocks until `stop`.
inline void waitFor(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [] { return false; });
}

/// A Shell that answers sweep scripts by itself: each probe brings "PROBE on NODE\n". With faults.
class FakeShell final : public Shell {
public:
    enum class Fault { None, HangAtOnce, HangMidway, DropMidway, TalkWithoutEnd, LoginNoise, NoSudo, SudoPassword, NotAShell, IgnoreProbes };

    FakeShell(std::string node, Fault fault) : m_node(std::move(node)), m_fault(fault) { }

    Result<CommandResult> run(const CommandRequest& request, std::stop_token stop) override
    {
        if (m_fault == Fault::HangAtOnce) {
            waitFor(stop);
            return failure(ErrorCode::Cancelled, m_node);
        }
        CommandResult result;
        result.out = m_node + " ran " + request.command + "\n";
        result.exitStatus = 0;
        return result;
    }

    Result<CommandResult> stream(const CommandRequest& request, std::stop_token stop,
                                 const std::function<bool(std::string_view)>& chunk) override
    {
        ++streams;
        const auto gone = [&]() -> Result<CommandResult> { waitFor(stop); return failure(ErrorCode::Cancelled, m_node); };
        if (request.root && m_fault == Fault::NoSudo)
            return failure(ErrorCode::SudoDenied, m_node, "not in the sudoers file");
        if (request.root && m_fault == Fault::SudoPassword)
            return failure(ErrorCode::SudoPasswordNeeded, m_node);
        if (m_fault == Fault::HangAtOnce)
            return gone();
        if (m_fault == Fault::NotAShell) {
            chunk("This account is not available\n");
            CommandResult result;
            result.exitStatus = 1;
            return result;
        }
        if (m_fault == Fault::TalkWithoutEnd) {
            while (chunk(std::string(32768, 'y')))
                if (stop.stop_requested())
                    return failure(ErrorCode::Cancelled, m_node);
            return CommandResult {};
        }
        if (m_fault == Fault::LoginNoise)
            chunk("\x1b[31mWelcome!\nLast login: never\n@MEDIC nothing\n");
        const std::string token = request.input.substr(2, 32);
        const std::string mark = "@MEDIC " + token + " ";
        const bool root = request.root || m_root;
        if (!chunk("\n" + mark + "H 1 " + (root ? "0" : "1000") + " 1000\n"))
            return CommandResult {};
        // The script says how many there are: "left=N".
        const std::size_t at = request.input.rfind("' left=");
        const std::size_t count = std::stoul(request.input.substr(at + 7));
        for (std::size_t i = 0; i < count; ++i) {
            if (i == count / 2 && m_fault == Fault::HangMidway)
                return gone();
            if (i == count / 2 && m_fault == Fault::DropMidway) {
                chunk(mark + "F " + std::to_string(i) + " 0 ran 0 1010 1 r 100 0\nhalf of it");
                return failure(ErrorCode::ConnectionLost, m_node, "connection reset by peer");
            }
            if (i % 3 == 1 && m_fault == Fault::IgnoreProbes)
                continue;
            const std::string body = "probe " + std::to_string(i) + " on " + m_node + "\n";
            if (!chunk(mark + "F " + std::to_string(i) + " 0 ran 0 1010 1 r " + std::to_string(body.size()) + " 0\n" + body + "\n" + mark + "E "
                       + std::to_string(i) + "\n"))
                return CommandResult {};
        }
        chunk(mark + "Z\n");
        CommandResult result;
        result.exitStatus = 0;
        return result;
    }

    [[nodiscard]] std::string name() const override { return "root@" + m_node + ":22"; }

    int streams = 0;

private:
    std::string m_node;
    Fault m_fault;
    bool m_root = false;
};

/// A Source without a network: what each node brings is made up on the spot, with faults of its own.
class FakeSource final : public collect::Source {
public:
    enum class Fault { None, Hang, Unreachable, DropHalf, Forget, Twice, Throw, Wants };

    std::vector<std::string> names;
    std::map<std::string, Fault> faults;
    std::chrono::milliseconds latency {0};
    std::function<std::string(const std::string& node, const std::string& probe)> content;
    std::atomic<int> active {0}, most {0}, calls {0};

    NodeList nodes(std::stop_token) override
    {
        NodeList list;
        list.names = names;
        return list;
    }

    Outcome collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) override
    {
        ++calls;
        const int now = ++active;
        for (int before = most; before < now && !most.compare_exchange_weak(before, now);) { }
        Outcome outcome = go(node, probes, stop, result);
        --active;
        return outcome;
    }

    Outcome collectCluster(const std::vector<std::string>& probes, std::stop_token, const Sink& result) override
    {
        for (const std::string& probe : probes)
            result(observation({}, probe));
        return {};
    }

    Result<CommandResult> run(const std::string& node, const CommandRequest& request, std::stop_token stop) override
    {
        const auto fault = faults.find(node);
        return FakeShell(node, fault != faults.end() && fault->second == Fault::Hang ? FakeShell::Fault::HangAtOnce : FakeShell::Fault::None)
            .run(request, std::move(stop));
    }

    [[nodiscard]] bool live() const override { return true; }

    [[nodiscard]] Observation observation(const std::string& node, const std::string& probe) const
    {
        Observation made;
        made.node = node;
        made.probe = probe;
        made.command = "ask " + probe;
        made.out = content ? content(node, probe) : probe + " of " + node + "\n";
        made.exitStatus = 0;
        made.start = std::chrono::system_clock::now();
        return made;
    }

private:
    Outcome go(const std::string& node, const std::vector<std::string>& probes, const std::stop_token& stop, const Sink& result)
    {
        const auto found = faults.find(node);
        const Fault fault = found == faults.end() ? Fault::None : found->second;
        if (latency.count() > 0) {
            std::mutex mutex;
            std::condition_variable_any changed;
            std::unique_lock lock(mutex);
            changed.wait_for(lock, stop, latency, [] { return false; });
        }
        if (fault == Fault::Throw)
            throw std::runtime_error("a library threw");
        if (fault == Fault::Unreachable)
            return {Error {ErrorCode::ConnectionRefused, node, "connect: Connection refused", 111}, {}};
        if (fault == Fault::Wants) {
            const Error error {ErrorCode::PasswordNeeded, "root@" + node, {}, 0};
            return {error, {error}};
        }
        for (std::size_t i = 0; i < probes.size(); ++i) {
            if (stop.stop_requested())
                return {Error {ErrorCode::Cancelled, node, {}, 0}, {}};
            if (fault == Fault::Hang && i == 2) {
                waitFor(stop);
                return {Error {ErrorCode::Cancelled, node, {}, 0}, {}};
            }
            if (fault == Fault::DropHalf && i == probes.size() / 2)
                return {Error {ErrorCode::ConnectionLost, node, "reset", 104}, {}};
            if (fault == Fault::Forget && i % 2 == 1)
                continue;
            result(observation(node, probes[i]));
            if (fault == Fault::Twice)
                result(observation(node, probes[i]));
        }
        if (fault == Fault::Twice)
            result(observation("another-node", probes[0]));
        return {};
    }
};

} // namespace medic::fakes
