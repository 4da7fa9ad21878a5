// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/processes.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>

namespace medic::parse {

std::string_view Process::program() const
{
    std::string_view first = before(command, " ");
    if (first.starts_with('-'))
        first.remove_prefix(1);
    if (first.ends_with(':')) // "sshd: user", "nginx: master process"
        first.remove_suffix(1);
    const std::size_t slash = first.rfind('/');
    return slash == std::string_view::npos ? first : first.substr(slash + 1);
}

std::optional<std::string> Process::argument(std::string_view name) const
{
    const auto parts = words(command);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        std::string_view part = parts[i];
        if (!part.starts_with('-'))
            continue;
        part.remove_prefix(part.starts_with("--") ? 2 : 1);
        if (part == name)
            return i + 1 < parts.size() && !parts[i + 1].starts_with('-') ? std::string(parts[i + 1]) : std::string();
        if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=')
            return std::string(part.substr(name.size() + 1));
    }
    return std::nullopt;
}

std::optional<std::uint64_t> elapsedSeconds(std::string_view text)
{
    std::uint64_t days = 0;
    if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
        const auto value = number<std::uint64_t>(text.substr(0, dash));
        if (!value || *value > 100'000)
            return std::nullopt;
        days = *value;
        text.remove_prefix(dash + 1);
    }
    std::uint64_t total = 0;
    while (true) {
        const auto value = number<std::uint64_t>(before(text, ":"));
        if (!value || *value > 10'000'000'000)
            return std::nullopt;
        total = total * 60 + *value;
        if (!contains(text, ":"))
            break;
        text = after(text, ":");
    }
    return days * 86400 + total;
}

std::vector<Process> processes(std::string_view text)
{
    std::vector<Process> result;
    std::vector<std::string> columns;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.empty())
            continue;
        if (std::find(parts.begin(), parts.end(), "PID") != parts.end() && !number<int>(parts[0])) {
            columns.assign(parts.begin(), parts.end());
            continue;
        }
        // The last column, the command, may hold blanks; every other one is a single word.
        if (columns.empty() || parts.size() < columns.size())
            continue;
        Process process;
        process.line = line.number;
        bool good = false;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string& column = columns[i];
            const bool last = i + 1 == columns.size();
            const std::string_view value = last
                ? trim(line.text.substr(static_cast<std::size_t>(parts[i].data() - line.text.data())))
                : parts[i];
            if (column == "PID") {
                const auto pid = number<int>(value);
                good = pid.has_value();
                process.pid = pid.value_or(0);
            } else if (column == "PPID") {
                process.parent = number<int>(value).value_or(0);
            } else if (column == "STAT" || column == "S") {
                process.state = value;
            } else if (column == "WCHAN") {
                process.waitChannel = value;
            } else if (column == "ELAPSED" || column == "TIME" || column == "ETIMES") {
                process.elapsed = elapsedSeconds(value);
            } else if (column == "RSS") {
                process.rssKib = number<std::uint64_t>(value).value_or(0);
            } else if (column == "COMMAND" || column == "CMD" || column == "ARGS") {
                process.command = value;
            }
        }
        if (good)
            result.push_back(std::move(process));
    }
    return result;
}

const Process* findProgram(const std::vector<Process>& all, std::string_view program)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Process& one) {
        // A container's own "pause"/shim names never equal a component's; zombies do not serve anybody.
        return one.program() == program && !one.zombie();
    });
    return found == all.end() ? nullptr : &*found;
}

std::vector<Unit> units(std::string_view text)
{
    std::vector<Unit> result;
    bool open = false;
    for (const Line& line : lines(text)) {
        if (trim(line.text).empty()) {
            open = false;
            continue;
        }
        if (!contains(line.text, "="))
            continue;
        if (!open) {
            result.emplace_back();
            result.back().line = line.number;
            open = true;
        }
        Unit& unit = result.back();
        const std::string_view key = before(line.text, "="), value = after(line.text, "=");
        if (key == "Id")
            unit.id = value;
        else if (key == "LoadState")
            unit.loadState = value;
        else if (key == "ActiveState") {
            unit.activeState = value;
            unit.line = line.number;
        } else if (key == "SubState")
            unit.subState = value;
        else if (key == "Result")
            unit.result = value;
        else if (key == "NRestarts")
            unit.restarts = number<std::uint64_t>(value).value_or(0);
        else if (key == "MainPID")
            unit.mainPid = number<std::uint64_t>(value).value_or(0);
        else if (key == "ActiveEnterTimestamp")
            unit.activeEnter = value;
    }
    std::erase_if(result, [](const Unit& unit) { return unit.id.empty(); });
    return result;
}

const Unit* findUnit(const std::vector<Unit>& all, std::string_view name)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Unit& unit) {
        std::string_view id = unit.id;
        if (id.ends_with(".service") && !name.ends_with(".service"))
            id.remove_suffix(8);
        return id == name && unit.exists();
    });
    return found == all.end() ? nullptr : &*found;
}

bool Socket::loopbackOnly() const { return address.starts_with("127.") || address == "[::1]" || address == "::1"; }

namespace {

/// netstat: "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 812/sshd"; UDP has no state.
std::optional<Socket> netstatRow(const std::vector<std::string_view>& parts, int line)
{
    const bool tcp = parts[0].starts_with("tcp");
    const auto receive = number<std::uint64_t>(parts[1]), send = number<std::uint64_t>(parts[2]);
    const std::size_t colon = parts[3].rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : number<std::uint16_t>(parts[3].substr(colon + 1));
    if (!receive || !send || !port || (tcp && parts.size() < 6))
        return std::nullopt;
    Socket socket;
    socket.protocol = tcp ? "tcp" : "udp";
    socket.state = tcp ? std::string(parts[5]) : "UNCONN";
    socket.address = parts[3].substr(0, colon);
    socket.port = *port;
    socket.peer = parts[4];
    socket.receiveQueue = *receive;
    socket.sendQueue = *send;
    const std::string_view owner = parts.back();
    if (contains(owner, "/")) {
        socket.pid = number<int>(before(owner, "/")).value_or(0);
        socket.program = after(owner, "/");
    }
    socket.line = line;
    return socket;
}

/// /proc/net/tcp: "0: 0100007F:2809 00000000:0000 0A …"; the address in the machine's byte order (little-endian here).
std::optional<Socket> procRow(const std::vector<std::string_view>& parts, int line)
{
    const auto port = number<std::uint16_t>(after(parts[1], ":"), 16);
    const std::string_view address = before(parts[1], ":");
    if (!port || (parts[3] != "0A" && parts[3] != "07"))
        return std::nullopt;
    Socket socket;
    socket.protocol = parts[3] == "0A" ? "tcp" : "udp";
    socket.state = parts[3] == "0A" ? "LISTEN" : "UNCONN";
    if (const auto v4 = number<std::uint32_t>(address, 16); v4 && address.size() == 8)
        socket.address = std::to_string(*v4 & 255) + '.' + std::to_string(*v4 >> 8 & 255) + '.' + std::to_string(*v4 >> 16 & 255)
            + '.' + std::to_string(*v4 >> 24);
    else
        socket.address = address == "00000000000000000000000001000000" ? "[::1]" : "[::]";
    socket.port = *port;
    socket.peer = "*:*";
    socket.line = line;
    return socket;
}

} // namespace

std::vector<Socket> sockets(std::string_view text)
{
    std::vector<Socket> result;
    for (const Line& line : lines(text)) {
        auto parts = words(line.text);
        const bool numbered = parts.size() > 3 && parts[0].ends_with(':') && number<int>(before(parts[0], ":"));
        const bool netstat = parts.size() > 4 && (parts[0].starts_with("tcp") || parts[0].starts_with("udp")) && number<int>(parts[1]);
        if (numbered || netstat) {
            if (auto row = numbered ? procRow(parts, line.number) : netstatRow(parts, line.number))
                result.push_back(std::move(*row));
            continue;
        }
        Socket socket;
        socket.line = line.number;
        // With a single protocol asked for, ss leaves out the Netid column.
        if (!parts.empty() && (parts[0] == "tcp" || parts[0] == "udp" || parts[0] == "sctp" || parts[0] == "raw"
                               || parts[0] == "icmp6" || parts[0] == "dccp" || parts[0] == "mptcp")) {
            socket.protocol = parts[0];
            parts.erase(parts.begin());
        }
        if (parts.size() < 5)
            continue;
        const auto receive = number<std::uint64_t>(parts[1]), send = number<std::uint64_t>(parts[2]);
        const std::size_t colon = parts[3].rfind(':');
        if (!receive || !send || colon == std::string_view::npos)
            continue;
        const auto port = number<std::uint16_t>(parts[3].substr(colon + 1));
        if (!port && parts[3].substr(colon + 1) != "*")
            continue;
        socket.state = parts[0];
        if (socket.protocol.empty())
            socket.protocol = socket.state == "UNCONN" ? "udp" : "tcp";
        socket.receiveQueue = *receive;
        socket.sendQueue = *send;
        socket.address = before(parts[3].substr(0, colon), "%"); // "127.0.0.53%lo"
        socket.port = port.value_or(0);
        socket.peer = parts[4];
        if (const std::string_view user = after(line.text, "users:((\""); !user.empty()) {
            socket.program = before(user, "\"");
            const std::string_view pid = after(user, "pid=");
            socket.pid = number<int>(pid.substr(0, pid.find_first_not_of("0123456789"))).value_or(0);
        }
        result.push_back(std::move(socket));
    }
    return result;
}

} // namespace medic::parse
