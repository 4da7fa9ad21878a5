// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/ipvs_save.h"

#include <charconv>
#include <utility>

namespace medic::ipvs {

namespace {

std::optional<std::uint32_t> number(std::string_view text)
{
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// "10.0.0.1:80", "[fd00::1]:80"
std::optional<std::pair<IpAddress, std::uint16_t>> endpoint(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    const auto address = IpAddress::parse(host);
    const auto port = number(text.substr(colon + 1));
    if (!address || !port || *port > 65535)
        return std::nullopt;
    return std::pair(*address, static_cast<std::uint16_t>(*port));
}

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> result;
    for (std::size_t at = 0; at < line.size();) {
        const auto start = line.find_first_not_of(" \t\r", at);
        if (start == std::string_view::npos)
            break;
        const auto end = line.find_first_of(" \t\r", start);
        result.push_back(line.substr(start, end == std::string_view::npos ? end : end - start));
        at = end == std::string_view::npos ? line.size() : end;
    }
    return result;
}

std::uint8_t listedProtocol(std::string_view word)
{
    return word == "TCP" ? proto::tcp : word == "UDP" ? proto::udp : word == "SCTP" ? proto::sctp : std::uint8_t(0);
}

class Reader {
public:
    /// What was expected, or empty when the line was read.
    std::string_view line(std::string_view text, std::uint32_t number)
    {
        m_line = number;
        m_text = text;
        const auto parts = words(text);
        if (parts.empty() || parts[0].starts_with('#'))
            return {};
        if (parts[0] == "-A" || parts[0] == "--add-service")
            return service(parts) ? std::string_view() : "expected a virtual server";
        if (parts[0] == "-a" || parts[0] == "--add-server")
            return server(parts) ? std::string_view() : "expected a real server";
        return listed(parts) ? std::string_view() : "expected the output of ipvsadm -Sn";
    }

    std::vector<VirtualServer> servers;

private:
    bool identity(const std::vector<std::string_view>& parts, std::size_t& at, VirtualServer& into)
    {
        const auto word = parts[at];
        if (at + 1 >= parts.size())
            return false;
        if (word == "-t" || word == "-u" || word == "--tcp-service" || word == "--udp-service" || word == "--sctp-service") {
            const auto where = endpoint(parts[++at]);
            if (!where)
                return false;
            into.protocol = word == "-t" || word == "--tcp-service" ? proto::tcp
                : word == "--sctp-service"                          ? proto::sctp
                                                                    : proto::udp;
            into.address = where->first;
            into.port = where->second;
            return true;
        }
        if (word == "-f" || word == "--fwmark-service") {
            const auto mark = number(parts[++at]);
            into.mark = mark.value_or(0);
            return mark.has_value();
        }
        return false;
    }

    bool service(const std::vector<std::string_view>& parts)
    {
        VirtualServer added {.scheduler = "wlc", .line = m_line, .text = std::string(m_text)};
        bool known = false;
        for (std::size_t at = 1; at < parts.size(); ++at) {
            const auto word = parts[at];
            const bool more = at + 1 < parts.size();
            if (word == "-s" && more) {
                added.scheduler = parts[++at];
            } else if (word == "-p") {
                const auto seconds = more ? number(parts[at + 1]) : std::nullopt;
                if (seconds)
                    ++at;
                added.persistence = seconds.value_or(360); // ipvsadm's default
            } else if (word == "-M" && more) {
                const auto mask = parts[++at];
                if (const auto length = number(mask))
                    added.persistenceMask = static_cast<int>(*length);
                else if (const auto dotted = IpPrefix::parse("0.0.0.0/" + std::string(mask)))
                    added.persistenceMask = dotted->length();
            } else if (word == "-o" || word == "--ops") {
                added.onePacket = true;
            } else if (word == "-b" && more) {
                added.flags = parts[++at];
            } else if (word == "-6") {
                added.v6Mark = true;
            } else if (word == "--pe" && more) {
                ++at;
            } else if (!known) {
                known = identity(parts, at, added);
                if (!known)
                    return false;
            }
        }
        if (known)
            servers.push_back(std::move(added));
        return known;
    }

    bool server(const std::vector<std::string_view>& parts)
    {
        VirtualServer which;
        RealServer added {.line = m_line, .text = std::string(m_text)};
        bool known = false, hasServer = false;
        for (std::size_t at = 1; at < parts.size(); ++at) {
            const auto word = parts[at];
            const bool more = at + 1 < parts.size();
            if (word == "-r" && more) {
                const auto where = endpoint(parts[++at]);
                if (!where)
                    return false;
                added.address = where->first;
                added.port = where->second;
                hasServer = true;
            } else if (word == "-m" || word == "-g" || word == "-i") {
                added.method = word[1];
            } else if (word == "-w" && more) {
                added.weight = static_cast<int>(number(parts[++at]).value_or(1));
            } else if (word == "-x" && more) {
                added.upper = number(parts[++at]).value_or(0);
            } else if (word == "-y" && more) {
                added.lower = number(parts[++at]).value_or(0);
            } else if (!known && (word == "-t" || word == "-u" || word == "-f" || word == "--sctp-service")) {
                known = identity(parts, at, which);
            }
        }
        if (!known || !hasServer)
            return false;
        for (auto at = servers.rbegin(); at != servers.rend(); ++at)
            if (at->protocol == which.protocol && at->address == which.address && at->port == which.port
                && at->mark == which.mark) {
                at->realServers.push_back(std::move(added));
                return true;
            }
        return false;
    }

    /// The table that ipvsadm -Ln prints.
    bool listed(const std::vector<std::string_view>& parts)
    {
        if (parts[0] == "IP" || parts[0] == "Prot")
            return true;
        if (parts[0] == "->") {
            const auto where = parts.size() > 1 ? endpoint(parts[1]) : std::nullopt;
            if (!where)
                return parts.size() > 1 && parts[1].starts_with("RemoteAddress");
            if (servers.empty() || parts.size() < 6)
                return false;
            RealServer added {.address = where->first, .port = where->second, .line = m_line, .text = std::string(m_text)};
            added.method = parts[2] == "Route" ? 'g' : parts[2] == "Tunnel" ? 'i' : 'm';
            added.weight = static_cast<int>(number(parts[3]).value_or(1));
            added.active = static_cast<int>(number(parts[4]).value_or(0));
            added.inactive = static_cast<int>(number(parts[5]).value_or(0));
            servers.back().realServers.push_back(std::move(added));
            return true;
        }
        if (parts.size() < 3)
            return false;
        VirtualServer added {.protocol = listedProtocol(parts[0]), .scheduler = std::string(parts[2]),
                             .line = m_line, .text = std::string(m_text)};
        if (parts[0] == "FWM") {
            const auto mark = number(parts[1]);
            if (!mark)
                return false;
            added.mark = *mark;
        } else {
            const auto where = endpoint(parts[1]);
            if (added.protocol == 0 || !where)
                return false;
            added.address = where->first;
            added.port = where->second;
        }
        for (std::size_t at = 3; at < parts.size(); ++at) {
            if (parts[at] == "persistent" && at + 1 < parts.size())
                added.persistence = number(parts[at + 1]);
            else if (parts[at] == "ops")
                added.onePacket = true;
            else if (parts[at].starts_with('('))
                added.flags = parts[at].substr(1, parts[at].size() - 2);
        }
        servers.push_back(std::move(added));
        return true;
    }

    std::uint32_t m_line = 0;
    std::string_view m_text;
};

} // namespace

std::string VirtualServer::name() const
{
    if (protocol == 0)
        return "FWM " + std::to_string(mark);
    const std::string host = address.isV6() ? '[' + address.text() + ']' : address.text();
    const char* const words = protocol == proto::tcp ? "TCP " : protocol == proto::udp ? "UDP " : "SCTP ";
    return words + host + ':' + std::to_string(port);
}

Result<std::vector<VirtualServer>> parseServers(std::string_view text, std::string_view file)
{
    Reader reader;
    std::uint32_t line = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto current = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (current.ends_with('\r'))
            current.remove_suffix(1);
        if (const auto expected = reader.line(current, ++line); !expected.empty())
            return failure(ErrorCode::BadSyntax, std::string(file) + ':' + std::to_string(line), std::string(expected));
    }
    return std::move(reader.servers);
}

std::vector<Connection> parseConnections(std::string_view text)
{
    std::vector<Connection> result;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto parts = words(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        // "TCP 14:59  ESTABLISHED 10.0.0.1:4711  10.96.0.1:80  10.244.0.2:8080"
        if (parts.size() < 6)
            continue;
        const auto client = endpoint(parts[3]), where = endpoint(parts[4]), real = endpoint(parts[5]);
        if (!client || !where || !real)
            continue;
        result.push_back({listedProtocol(parts[0]), std::string(parts[2]), client->first, where->first, real->first,
                          client->second, where->second, real->second});
    }
    return result;
}

} // namespace medic::ipvs
