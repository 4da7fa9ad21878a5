// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

/// Raw tools of the differential test: programs run in a namespace, packets made byte by byte, and NFLOG, by which
/// the kernel tells what it does with them. Everything is for one thread at a time.
namespace judge {

using namespace medic;

using Bytes = std::vector<std::uint8_t>;

/// Everything that our senders make belongs to this user: all else is kept off the node's OUTPUT (judge_lab.h).
constexpr unsigned senderUid = 4242;

struct Outcome {
    int status = -1;
    std::string out, err;
};

inline std::string slurp(int fd)
{
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t n = 0; (n = read(fd, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(n));
    return text;
}

/// `sh -c command` in a namespace, with `input` on its standard input.
inline Outcome runIn(const std::string& ns, const std::string& command, const std::string& input = {})
{
    int out[2], err[2], in[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 || pipe2(in, O_CLOEXEC) != 0)
        return {};
    const std::string path = "/run/netns/" + ns;
    const pid_t child = fork();
    if (child == 0) {
        const int fd = ns.empty() ? -1 : open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (!ns.empty() && setns(fd, CLONE_NEWNET) != 0)
            _exit(126);
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
        _exit(127);
    }
    close(out[1]);
    close(err[1]);
    close(in[0]);
    std::thread writer([&] {
        for (std::size_t at = 0; at < input.size();) {
            const ssize_t n = write(in[1], input.data() + at, input.size() - at);
            if (n <= 0)
                break;
            at += static_cast<std::size_t>(n);
        }
        close(in[1]);
    });
    Outcome result;
    result.out = slurp(out[0]);
    result.err = slurp(err[0]);
    close(out[0]);
    close(err[0]);
    writer.join();
    int status = 0;
    waitpid(child, &status, 0);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

/// Calls `what` on a thread inside a namespace; sockets made there stay there.
inline void inside(const std::string& ns, const std::function<void()>& what)
{
    const std::string path = "/run/netns/" + ns;
    std::thread([&] {
        const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (setns(fd, CLONE_NEWNET) == 0)
            what();
        close(fd);
    }).join();
}

/// What a test sends, and what a packet that was seen looks like.
struct Packet {
    IpAddress src, dst;
    std::uint8_t protocol = proto::udp;
    std::uint16_t sport = 0, dport = 0; ///< ICMP: the id in sport
    std::uint8_t tcpFlags = 0x02, icmpType = 8, icmpCode = 0;
    std::uint32_t seq = 1000, ack = 0;
    Bytes inner; ///< of an ICMP error: the packet that it is about
};

inline std::uint32_t sum16(const Bytes& data, std::uint32_t sum = 0)
{
    for (std::size_t i = 0; i < data.size(); i += 2)
        sum += static_cast<std::uint32_t>(data[i] << 8 | (i + 1 < data.size() ? data[i + 1] : 0));
    return sum;
}
inline std::uint16_t folded(std::uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}
inline std::uint32_t crc32c(const Bytes& data)
{
    std::uint32_t crc = 0xffffffff;
    for (const auto byte : data) {
        crc ^= byte;
        for (int i = 0; i < 8; ++i)
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }
    return ~crc;
}
inline void put16(Bytes& to, unsigned value)
{
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
}
inline void put32(Bytes& to, std::uint32_t value)
{
    put16(to, value >> 16);
    put16(to, value & 0xffff);
}
inline void putAddress(Bytes& to, const IpAddress& address)
{
    for (int i = 0; i < address.bits() / 8; ++i)
        to.push_back(static_cast<std::uint8_t>((i < 8 ? address.hi : address.lo) >> (56 - 8 * (i % 8))));
}

inline Bytes transport(const Packet& p)
{
    Bytes data;
    std::size_t checkAt = 0;
    if (p.protocol == proto::tcp) {
        put16(data, p.sport);
        put16(data, p.dport);
        put32(data, p.seq);
        put32(data, p.ack);
        put16(data, 0x5000U | p.tcpFlags);
        put16(data, 64240);
        checkAt = data.size();
        put32(data, 0);
    } else if (p.protocol == proto::sctp) {
        put16(data, p.sport);
        put16(data, p.dport);
        put32(data, 0); // INIT: no verification tag
        put32(data, 0);
        put32(data, 0x01000014);
        put32(data, 0x11223344);
        put32(data, 65535);
        put32(data, 0x000a000a);
        put32(data, 1);
        const std::uint32_t crc = crc32c(data);
        for (int i = 0; i < 4; ++i)
            data[static_cast<std::size_t>(8 + i)] = static_cast<std::uint8_t>(crc >> 8 * i);
        return data;
    } else if (p.protocol == proto::icmp || p.protocol == proto::icmp6) {
        data = {p.icmpType, p.icmpCode};
        checkAt = data.size();
        put16(data, 0);
        put16(data, p.inner.empty() ? p.sport : 0);
        put16(data, p.inner.empty() ? 1 : 0);
        if (p.inner.empty())
            put32(data, 0x6d656469);
        else
            data.insert(data.end(), p.inner.begin(), p.inner.end());
    } else {
        put16(data, p.sport);
        put16(data, p.dport);
        put16(data, 12);
        checkAt = data.size();
        put16(data, 0);
        put32(data, 0x6d656469);
    }
    Bytes pseudo;
    if (p.protocol != proto::icmp) {
        putAddress(pseudo, p.src);
        putAddress(pseudo, p.dst);
        put32(pseudo, static_cast<std::uint32_t>(data.size()));
        put32(pseudo, p.protocol);
    }
    const std::uint16_t check = folded(sum16(data, sum16(pseudo)));
    data[checkAt] = static_cast<std::uint8_t>(check >> 8);
    data[checkAt + 1] = static_cast<std::uint8_t>(check);
    return data;
}

inline Bytes wholePacket(const Packet& p)
{
    const Bytes body = transport(p);
    Bytes head;
    if (p.dst.isV6()) {
        put32(head, 0x60000000);
        put16(head, static_cast<unsigned>(body.size()));
        head.push_back(p.protocol);
        head.push_back(64);
        putAddress(head, p.src);
        putAddress(head, p.dst);
    } else {
        put16(head, 0x4500);
        put16(head, static_cast<unsigned>(20 + body.size()));
        put32(head, 0x12340000);
        head.push_back(64);
        head.push_back(p.protocol);
        put16(head, 0);
        putAddress(head, p.src);
        putAddress(head, p.dst);
        const std::uint16_t check = folded(sum16(head));
        head[10] = static_cast<std::uint8_t>(check >> 8);
        head[11] = static_cast<std::uint8_t>(check);
    }
    head.insert(head.end(), body.begin(), body.end());
    return head;
}

inline std::uint32_t get32(const std::uint8_t* at) { return std::uint32_t(at[0]) << 24 | std::uint32_t(at[1]) << 16 | std::uint32_t(at[2]) << 8 | at[3]; }
inline std::uint16_t get16(const std::uint8_t* at) { return static_cast<std::uint16_t>(at[0] << 8 | at[1]); }

inline std::optional<Packet> readPacket(const Bytes& data)
{
    if (data.size() < 28)
        return std::nullopt;
    Packet p;
    const bool v6 = data[0] >> 4 == 6;
    const std::size_t head = v6 ? 40 : static_cast<std::size_t>(data[0] & 15) * 4;
    if (data.size() < head + 8)
        return std::nullopt;
    const auto address = [&](std::size_t at) {
        if (!v6)
            return IpAddress::v4(get32(&data[at]));
        IpAddress result;
        result.family = IpFamily::V6;
        result.hi = std::uint64_t(get32(&data[at])) << 32 | get32(&data[at + 4]);
        result.lo = std::uint64_t(get32(&data[at + 8])) << 32 | get32(&data[at + 12]);
        return result;
    };
    p.protocol = v6 ? data[6] : data[9];
    p.src = address(v6 ? 8 : 12);
    p.dst = address(v6 ? 24 : 16);
    const std::uint8_t* const body = &data[head];
    if (p.protocol == proto::icmp || p.protocol == proto::icmp6) {
        p.icmpType = body[0];
        p.icmpCode = body[1];
        p.sport = get16(body + 4);
    } else {
        p.sport = get16(body);
        p.dport = get16(body + 2);
        if (p.protocol == proto::tcp && data.size() >= head + 14) {
            p.seq = get32(body + 4);
            p.ack = get32(body + 8);
            p.tcpFlags = body[13];
        }
    }
    return p;
}

/// A packet as an nft `log group` rule saw it.
struct Seen {
    std::string prefix;
    Packet packet;
    std::uint32_t mark = 0;
    int in = 0, out = 0; ///< interface numbers
};

/// The listening end of NFLOG groups in one namespace.
class LogSocket {
public:
    bool open(const std::vector<std::uint16_t>& groups)
    {
        m_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
        const int size = 4 << 20;
        setsockopt(m_fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
        bool ok = m_fd >= 0;
        for (const auto group : groups) {
            const std::uint8_t bind = NFULNL_CFG_CMD_BIND;
            ok = ok && configure(group, NFULA_CFG_CMD, &bind, sizeof bind);
            nfulnl_msg_config_mode mode {};
            mode.copy_range = htonl(256);
            mode.copy_mode = NFULNL_COPY_PACKET;
            ok = ok && configure(group, NFULA_CFG_MODE, &mode, sizeof mode);
            const std::uint32_t one = htonl(1);
            ok = ok && configure(group, NFULA_CFG_QTHRESH, &one, sizeof one);
        }
        return ok;
    }
    void shut()
    {
        if (m_fd >= 0)
            close(m_fd);
        m_fd = -1;
    }

    void drain(std::vector<Seen>& into)
    {
        std::array<std::uint8_t, 65536> buffer;
        for (ssize_t n = 0; (n = recv(m_fd, buffer.data(), buffer.size(), 0)) > 0;)
            read(buffer.data(), static_cast<std::size_t>(n), into);
    }

private:
    bool configure(std::uint16_t group, std::uint16_t type, const void* value, std::size_t size) const
    {
        struct {
            nlmsghdr head;
            nfgenmsg generic;
            nlattr attribute;
            std::array<std::uint8_t, 16> value;
        } message {};
        message.head.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(sizeof(nfgenmsg)) + NLA_HDRLEN + size);
        message.head.nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
        message.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
        message.generic.res_id = htons(group);
        message.attribute.nla_type = type;
        message.attribute.nla_len = static_cast<std::uint16_t>(NLA_HDRLEN + size);
        std::memcpy(message.value.data(), value, size);
        if (send(m_fd, &message, message.head.nlmsg_len, 0) < 0)
            return false;
        std::array<std::uint8_t, 4096> answer;
        pollfd waiting {m_fd, POLLIN, 0};
        poll(&waiting, 1, 1000);
        const ssize_t n = recv(m_fd, answer.data(), answer.size(), 0);
        if (n < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(nlmsgerr)))
            return false;
        nlmsgerr error;
        std::memcpy(&error, answer.data() + sizeof(nlmsghdr), sizeof error);
        return error.error == 0;
    }

    static void read(const std::uint8_t* data, std::size_t size, std::vector<Seen>& into)
    {
        while (size >= sizeof(nlmsghdr) + sizeof(nfgenmsg)) {
            nlmsghdr head;
            std::memcpy(&head, data, sizeof head);
            if (head.nlmsg_len < sizeof head || head.nlmsg_len > size)
                return;
            Seen seen;
            std::optional<Packet> packet;
            for (std::size_t at = sizeof head + sizeof(nfgenmsg); at + NLA_HDRLEN <= head.nlmsg_len;) {
                nlattr attribute;
                std::memcpy(&attribute, data + at, sizeof attribute);
                if (attribute.nla_len < NLA_HDRLEN)
                    break;
                const std::uint8_t* const value = data + at + NLA_HDRLEN;
                const std::size_t length = attribute.nla_len - static_cast<std::size_t>(NLA_HDRLEN);
                switch (attribute.nla_type & NLA_TYPE_MASK) {
                case NFULA_PREFIX: seen.prefix = reinterpret_cast<const char*>(value); break;
                case NFULA_MARK: seen.mark = get32(value); break;
                case NFULA_IFINDEX_INDEV: seen.in = static_cast<int>(get32(value)); break;
                case NFULA_IFINDEX_OUTDEV: seen.out = static_cast<int>(get32(value)); break;
                case NFULA_PAYLOAD: packet = readPacket(Bytes(value, value + length)); break;
                default: break;
                }
                at += NLA_ALIGN(attribute.nla_len);
            }
            if (packet) {
                seen.packet = *packet;
                into.push_back(seen);
            }
            const std::size_t step = NLMSG_ALIGN(head.nlmsg_len);
            if (step >= size)
                return;
            data += step;
            size -= step;
        }
    }

    int m_fd = -1;
};

} // namespace judge
