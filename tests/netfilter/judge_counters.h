// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judge_case.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include <set>

namespace judge {

/// Packet counters of every rule, read from the kernel itself: thousands of iptables-save would take most of the time of
/// a differential test. Also forgets what conntrack holds. One per namespace; open() is called inside of it.
class KernelCounters {
public:
    bool open()
    {
        m_four = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
        m_six = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
        m_netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
        const int size = 4 << 20;
        setsockopt(m_netlink, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
        return m_four >= 0 && m_six >= 0 && m_netlink >= 0;
    }
    void shut()
    {
        for (int* const fd : {&m_four, &m_six, &m_netlink}) {
            if (*fd >= 0)
                close(*fd);
            *fd = -1;
        }
    }

    using Packets = std::map<RuleKey, std::uint64_t>;

    /// `tool` is iptables-legacy, ip6tables-nft …
    void read(const std::string& tool, const std::set<std::string>& tables, Packets& into) const
    {
        const bool v6 = tool.starts_with("ip6");
        if (tool.ends_with("-nft"))
            return readNft(v6, tables, into);
        for (const std::string& table : tables) {
            if (v6)
                readLegacy<ip6t_getinfo, ip6t_get_entries, ip6t_entry>(m_six, IPPROTO_IPV6, table, into);
            else
                readLegacy<ipt_getinfo, ipt_get_entries, ipt_entry>(m_four, IPPROTO_IP, table, into);
        }
    }

    void forgetConnections() const
    {
        Request request(NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST | NLM_F_ACK, AF_UNSPEC);
        if (send(m_netlink, &request, request.head.nlmsg_len, 0) < 0)
            return;
        std::array<char, 8192> answer;
        pollfd waiting {m_netlink, POLLIN, 0};
        if (poll(&waiting, 1, 1000) > 0)
            (void)recv(m_netlink, answer.data(), answer.size(), 0);
    }

private:
    struct Request {
        nlmsghdr head {};
        nfgenmsg generic {};
        Request(int type, int flags, int family)
        {
            head.nlmsg_len = NLMSG_LENGTH(sizeof generic);
            head.nlmsg_type = static_cast<std::uint16_t>(type);
            head.nlmsg_flags = static_cast<std::uint16_t>(flags);
            generic.nfgen_family = static_cast<std::uint8_t>(family);
        }
    };

    /// The blob of a table as iptables-save reads it: chains one after the other, each ended by an entry of its own.
    template<typename Info, typename Entries, typename Entry>
    static void readLegacy(int fd, int level, const std::string& table, Packets& into)
    {
        Info info {};
        std::strncpy(info.name, table.c_str(), sizeof info.name - 1);
        socklen_t size = sizeof info;
        if (getsockopt(fd, level, IPT_SO_GET_INFO, &info, &size) != 0)
            return;
        std::vector<std::uint64_t> space((sizeof(Entries) + info.size) / 8 + 1);
        auto* const blob = reinterpret_cast<Entries*>(space.data());
        std::strncpy(blob->name, table.c_str(), sizeof blob->name - 1);
        blob->size = info.size;
        size = static_cast<socklen_t>(sizeof(Entries) + info.size);
        if (getsockopt(fd, level, IPT_SO_GET_ENTRIES, blob, &size) != 0)
            return;
        static constexpr std::array<const char*, 5> hooks {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
        const char* const begin = reinterpret_cast<const char*>(blob->entrytable);
        std::string chain;
        std::vector<std::uint64_t> packets; ///< of the chain so far; of a user's chain the last is its implicit RETURN
        const auto done = [&](bool users) {
            for (std::size_t i = 0; i + (users ? 1 : 0) < packets.size(); ++i)
                into[{"legacy", table, chain, static_cast<int>(i) + 1}] = packets[i];
            packets.clear();
        };
        bool users = false;
        for (unsigned at = 0; at < info.size;) {
            const auto* const entry = reinterpret_cast<const Entry*>(begin + at);
            const auto* const target = reinterpret_cast<const xt_entry_target*>(begin + at + entry->target_offset);
            bool policy = false;
            for (std::size_t hook = 0; hook < hooks.size(); ++hook) {
                if ((info.valid_hooks >> hook & 1U) == 0)
                    continue;
                if (at == info.hook_entry[hook]) {
                    done(users);
                    chain = hooks[hook];
                    users = false;
                }
                policy = policy || at == info.underflow[hook];
            }
            if (std::strcmp(target->u.user.name, XT_ERROR_TARGET) == 0) {
                done(users);
                chain = reinterpret_cast<const char*>(target->data);
                users = true;
            } else if (!policy) {
                packets.push_back(entry->counters.pcnt);
            }
            at += entry->next_offset;
        }
        done(users);
    }

    template<typename F>
    static void attributes(const char* data, std::size_t size, F&& take)
    {
        for (std::size_t at = 0; at + sizeof(nlattr) <= size;) {
            nlattr one;
            std::memcpy(&one, data + at, sizeof one);
            if (one.nla_len < sizeof one || at + one.nla_len > size)
                return;
            take(one.nla_type & NLA_TYPE_MASK, data + at + NLA_HDRLEN, one.nla_len - static_cast<std::size_t>(NLA_HDRLEN));
            at += NLA_ALIGN(one.nla_len);
        }
    }

    void readNft(bool v6, const std::set<std::string>& tables, Packets& into) const
    {
        Request request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE, NLM_F_REQUEST | NLM_F_DUMP, v6 ? AF_INET6 : AF_INET);
        if (send(m_netlink, &request, request.head.nlmsg_len, 0) < 0)
            return;
        std::map<std::pair<std::string, std::string>, int> numbers;
        std::vector<char> buffer(1 << 16);
        while (true) {
            pollfd waiting {m_netlink, POLLIN, 0};
            if (poll(&waiting, 1, 1000) <= 0)
                return;
            const ssize_t got = recv(m_netlink, buffer.data(), buffer.size(), 0);
            if (got <= 0)
                return;
            const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
            for (auto left = static_cast<unsigned>(got); NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
                if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
                    return;
                rule(message, tables, numbers, into);
            }
        }
    }

    static void rule(const nlmsghdr* message, const std::set<std::string>& tables, std::map<std::pair<std::string, std::string>, int>& numbers, Packets& into)
    {
        std::string table, chain;
        std::uint64_t packets = 0;
        const char* const data = reinterpret_cast<const char*>(message) + NLMSG_LENGTH(sizeof(nfgenmsg));
        attributes(data, message->nlmsg_len - NLMSG_LENGTH(sizeof(nfgenmsg)), [&](int type, const char* value, std::size_t size) {
            if (type == NFTA_RULE_TABLE)
                table = value;
            else if (type == NFTA_RULE_CHAIN)
                chain = value;
            else if (type == NFTA_RULE_EXPRESSIONS)
                attributes(value, size, [&](int, const char* element, std::size_t length) {
                    bool counter = false;
                    attributes(element, length, [&](int what, const char* part, std::size_t partSize) {
                        if (what == NFTA_EXPR_NAME)
                            counter = std::strcmp(part, "counter") == 0;
                        else if (what == NFTA_EXPR_DATA && counter)
                            attributes(part, partSize, [&](int which, const char* number, std::size_t bytes) {
                                if (which == NFTA_COUNTER_PACKETS && bytes == 8)
                                    packets = std::uint64_t(get32(reinterpret_cast<const std::uint8_t*>(number))) << 32 | get32(reinterpret_cast<const std::uint8_t*>(number) + 4);
                            });
                    });
                });
        });
        if (tables.contains(table))
            into[{"nft-compat", table, chain, ++numbers[{table, chain}]}] = packets;
    }

    int m_four = -1, m_six = -1, m_netlink = -1;
};

} // namespace judge
