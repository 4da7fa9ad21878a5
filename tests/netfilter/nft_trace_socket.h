// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

/// The kernel's own account of a packet's way through nftables: the messages of `nft monitor trace`, read from netlink, with
/// rule handles. Opened inside of the namespace whose rules are watched.
namespace nfttrace {

struct Packet {
    std::string src, dst;
    std::uint16_t sport = 0, dport = 0;
};

struct Event {
    std::string table, chain, verdict;
    std::uint64_t handle = 0; ///< 0: end of a chain, or policy
    std::uint32_t type = 0; ///< NFT_TRACETYPE_…
    std::uint32_t mark = 0;
    unsigned iif = 0, oif = 0;
    std::optional<Packet> packet; ///< with the first event of a base chain only
};

class Socket {
public:
    bool open()
    {
        m_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
        const int size = 8 << 20;
        setsockopt(m_fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
        sockaddr_nl address {};
        address.nl_family = AF_NETLINK;
        address.nl_groups = 1U << (NFNLGRP_NFTRACE - 1);
        return m_fd >= 0 && bind(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~Socket()
    {
        if (m_fd >= 0)
            close(m_fd);
    }

    /// Appends what comes within this time; false when nothing came.
    bool read(std::vector<Event>& events, int milliseconds)
    {
        pollfd waiting {m_fd, POLLIN, 0};
        if (poll(&waiting, 1, milliseconds) <= 0)
            return false;
        char buffer[65536];
        while (true) {
            const ssize_t size = recv(m_fd, buffer, sizeof buffer, MSG_DONTWAIT);
            if (size <= 0)
                return true;
            auto* message = reinterpret_cast<const nlmsghdr*>(buffer);
            for (auto left = static_cast<unsigned>(size); NLMSG_OK(message, left); message = NLMSG_NEXT(message, left))
                if (message->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE))
                    events.push_back(event(message));
        }
    }

private:
    template<typename F>
    static void attributes(const char* data, std::size_t size, F&& take)
    {
        for (std::size_t at = 0; at + sizeof(nlattr) <= size;) {
            nlattr header;
            std::memcpy(&header, data + at, sizeof header);
            if (header.nla_len < sizeof header || at + header.nla_len > size)
                return;
            take(header.nla_type & NLA_TYPE_MASK, data + at + sizeof header, header.nla_len - sizeof header);
            at += NLMSG_ALIGN(header.nla_len);
        }
    }
    static std::uint32_t number(const char* data)
    {
        std::uint32_t value;
        std::memcpy(&value, data, sizeof value);
        return ntohl(value);
    }
    static std::string word(const char* data, std::size_t size) { return std::string(data, strnlen(data, size)); }

    static std::string verdictName(std::uint32_t code)
    {
        switch (static_cast<int>(code)) {
        case -1: return "continue";
        case -2: return "break";
        case -3: return "jump";
        case -4: return "goto";
        case -5: return "return";
        default: break;
        }
        return (code & 0xff) == 0 ? "drop" : (code & 0xff) == 1 ? "accept" : "verdict " + std::to_string(code & 0xff);
    }

    static Event event(const nlmsghdr* message)
    {
        Event result;
        const char* network = nullptr;
        std::size_t networkSize = 0;
        Packet packet;
        std::string ports;
        const int family = static_cast<const nfgenmsg*>(NLMSG_DATA(message))->nfgen_family;
        const char* const data = static_cast<const char*>(NLMSG_DATA(message)) + NLMSG_ALIGN(sizeof(nfgenmsg));
        attributes(data, message->nlmsg_len - NLMSG_LENGTH(0) - NLMSG_ALIGN(sizeof(nfgenmsg)), [&](int type, const char* value, std::size_t size) {
            switch (type) {
            case NFTA_TRACE_TABLE: result.table = word(value, size); break;
            case NFTA_TRACE_CHAIN: result.chain = word(value, size); break;
            case NFTA_TRACE_RULE_HANDLE: {
                std::uint32_t low = number(value + 4);
                result.handle = std::uint64_t(number(value)) << 32 | low;
                break;
            }
            case NFTA_TRACE_TYPE: result.type = number(value); break;
            case NFTA_TRACE_POLICY: result.verdict = verdictName(number(value)); break;
            case NFTA_TRACE_VERDICT:
                attributes(value, size, [&](int inner, const char* code, std::size_t) {
                    if (inner == NFTA_VERDICT_CODE)
                        result.verdict = verdictName(number(code));
                });
                break;
            case NFTA_TRACE_IIF: result.iif = number(value); break;
            case NFTA_TRACE_OIF: result.oif = number(value); break;
            case NFTA_TRACE_MARK: result.mark = number(value); break;
            case NFTA_TRACE_NETWORK_HEADER:
                network = value;
                networkSize = size;
                break;
            case NFTA_TRACE_TRANSPORT_HEADER: ports.assign(value, size); break;
            default: break;
            }
        });
        result.table = (family == NFPROTO_INET ? "inet " : family == NFPROTO_IPV6 ? "ip6 " : family == NFPROTO_NETDEV ? "netdev " : family == NFPROTO_BRIDGE ? "bridge " : "ip ") + result.table;
        const int version = network && networkSize > 0 ? static_cast<unsigned char>(network[0]) >> 4 : 0;
        if ((version == 4 && networkSize >= 20) || (version == 6 && networkSize >= 40)) {
            char text[INET6_ADDRSTRLEN];
            const int domain = version == 4 ? AF_INET : AF_INET6, offset = version == 4 ? 12 : 8, length = version == 4 ? 4 : 16;
            packet.src = inet_ntop(domain, network + offset, text, sizeof text);
            packet.dst = inet_ntop(domain, network + offset + length, text, sizeof text);
            const int protocol = static_cast<unsigned char>(network[version == 4 ? 9 : 6]);
            if (ports.size() >= 4 && (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP)) {
                packet.sport = ntohs(static_cast<std::uint16_t>(static_cast<unsigned char>(ports[0]) | static_cast<unsigned char>(ports[1]) << 8));
                packet.dport = ntohs(static_cast<std::uint16_t>(static_cast<unsigned char>(ports[2]) | static_cast<unsigned char>(ports[3]) << 8));
            }
            result.packet = packet;
        }
        return result;
    }

    int m_fd = -1;
};

} // namespace nfttrace
