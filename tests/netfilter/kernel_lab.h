// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_tracer.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <thread>

/// A node with a bridge and Pods, a client and an outside host in network namespaces of this process's own, real
/// rules, real datagrams: the kernel as the judge of the tracer. Needs root; made and removed by one test program.
namespace kernellab {

using namespace medic;
using namespace medic::netfilter;

inline QByteArray sh(const QString& script, bool* ok = nullptr)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.start(QStringLiteral("bash"), {QStringLiteral("-c"), script});
    process.waitForFinished(30000);
    if (ok)
        *ok = process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    const QByteArray errors = process.readAllStandardError();
    if (ok && !*ok)
        qWarning("%s", errors.constData());
    return process.readAllStandardOutput();
}

/// (table, chain, rule number) of each rule that counted a packet, or that the tracer says matched.
using RuleSet = std::set<std::tuple<std::string, std::string, std::string, int>>;

inline std::string shown(const RuleSet& rules)
{
    std::string text;
    for (const auto& [backend, table, chain, rule] : rules)
        text += "\n    " + backend + ' ' + table + ' ' + chain + " #" + std::to_string(rule);
    return text;
}

struct Datagram {
    std::string place; ///< namespace that got it: "client", "node", "a", "b", "out"; empty: nobody
    std::string src, dst;
    std::uint16_t sport = 0, dport = 0;
    int socket = -1;
    sockaddr_in6 from {};
    in6_addr to {};
};

class Lab {
public:
    const QByteArray prefix = "mk" + QByteArray::number(getpid()) + '-';

    QString ns(const std::string& place) const { return QString::fromLatin1(prefix) + QString::fromStdString(place); }

    bool up()
    {
        QString script = QStringLiteral(R"X(
set -e
for n in client node a b out; do ip netns add P-$n; ip -n P-$n link set lo up; ip netns exec P-$n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0; done
ip link add c0 netns P-client type veth peer name nc netns P-node
ip link add o0 netns P-out type veth peer name nx netns P-node
ip -n P-client addr add 10.99.1.2/24 dev c0; ip -n P-client addr add fd99:1::2/64 dev c0 nodad; ip -n P-client link set c0 up
ip -n P-out addr add 10.99.3.2/24 dev o0; ip -n P-out addr add fd99:3::2/64 dev o0 nodad; ip -n P-out link set o0 up
ip -n P-node addr add 10.99.1.1/24 dev nc; ip -n P-node addr add fd99:1::1/64 dev nc nodad; ip -n P-node link set nc up
ip -n P-node addr add 10.99.3.1/24 dev nx; ip -n P-node addr add fd99:3::1/64 dev nx nodad; ip -n P-node link set nx up
ip -n P-node link add cni0 type bridge; ip -n P-node addr add 10.99.2.1/24 dev cni0; ip -n P-node addr add fd99:2::1/64 dev cni0 nodad; ip -n P-node link set cni0 up
i=2; for p in a b; do
 ip link add eth0 netns P-$p type veth peer name v$p netns P-node
 ip -n P-node link set v$p master cni0 up
 ip -n P-$p addr add 10.99.2.$i/24 dev eth0; ip -n P-$p addr add fd99:2::$i/64 dev eth0 nodad; ip -n P-$p link set eth0 up
 ip -n P-$p route add default via 10.99.2.1; ip -n P-$p route add default via fd99:2::1; i=$((i+1))
done
ip -n P-client route add default via 10.99.1.1; ip -n P-client route add default via fd99:1::1
ip -n P-out route add default via 10.99.3.1; ip -n P-out route add default via fd99:3::1
ip -n P-client addr add 10.99.7.7/32 dev lo; ip -n P-client addr add 10.99.2.1/32 dev lo
ip netns exec P-node sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
)X");
        script.replace(QStringLiteral("P-"), QString::fromLatin1(prefix));
        bool ok = false;
        sh(script, &ok);
        return ok && openSockets();
    }

    void down()
    {
        for (const int one : m_senders)
            close(one);
        for (auto& [place, sockets] : m_sockets)
            for (const int one : sockets)
                close(one);
        m_sockets.clear();
        for (const char* place : {"client", "node", "a", "b", "out"})
            sh(QStringLiteral("ip netns del ") + ns(place));
    }

    bool node(const QString& command)
    {
        bool ok = false;
        sh(QStringLiteral("ip netns exec %1 bash -c '%2'").arg(ns("node"), command), &ok);
        return ok;
    }

    bool load(const QString& tool, const QByteArray& rules)
    {
        for (const QByteArray& line : rules.split('\n'))
            if (line.startsWith('*'))
                m_loaded[tool].insert(line.mid(1));
        return restore(tool, rules);
    }

    /// As it was before the last case.
    void clean()
    {
        for (const int one : m_senders)
            close(one);
        m_senders.clear();
        for (const auto& [tool, tables] : m_loaded) {
            QByteArray empty;
            for (const QByteArray& table : tables) {
                empty += "*" + table + "\n";
                for (const char* chain : {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"})
                    if ((table != "filter" || (strcmp(chain, "PREROUTING") != 0 && strcmp(chain, "POSTROUTING") != 0))
                        && (table != "raw" || strcmp(chain, "PREROUTING") == 0 || strcmp(chain, "OUTPUT") == 0)
                        && (table != "nat" || strcmp(chain, "FORWARD") != 0))
                        empty += ":" + QByteArray(chain) + " ACCEPT [0:0]\n";
                empty += "COMMIT\n";
            }
            restore(tool, empty);
        }
        m_loaded.clear();
        sh(QStringLiteral(R"X(ip netns exec %1 bash -c '
ipset flush; ipset destroy; ip rule | grep -E "^(1|2)[0-9]*:" | cut -d: -f1 | while read p; do ip rule del prio $p; done
ip route flush table 77 2>/dev/null; ip route flush 10.77.0.0/16 2>/dev/null; ip route flush 10.96.0.0/16; ip route flush 10.99.7.7
sysctl -qw net.ipv4.conf.all.route_localnet=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
for d in nc nx cni0; do sysctl -qw net.ipv4.conf.$d.rp_filter=0 net.ipv4.conf.$d.route_localnet=0; done
bridge link set dev va hairpin off; bridge link set dev vb hairpin off
conntrack -F 2>/dev/null; true')X").arg(ns("node")));
    }

    /// What `medicctl trace --dump` would read.
    NodeState dump()
    {
        const QString script = QStringLiteral(R"X(cd %2; rm -f *.txt *.json; ip netns exec %1 bash -c '
iptables-legacy-save -c > iptables-legacy-save.txt; iptables-nft-save -c > iptables-nft-save.txt
ip6tables-legacy-save -c > ip6tables-legacy-save.txt; ip6tables-nft-save -c > ip6tables-nft-save.txt
ipset save > ipset-save.txt; ip -j -d link > ip-link.json; ip -j addr > ip-addr.json; ip -j route show table all > ip-route-all.json
ip -j -6 route show table all > ip6-route-all.json; ip -j rule > ip-rule.json; ip -j -6 rule > ip6-rule.json
sysctl -a 2>/dev/null | grep -E "^net.(ipv4.(conf|ip_forward)|ipv6.conf.*forwarding|bridge)" > sysctl.txt; : > ipvsadm-Sn.txt; true')X")
                                   .arg(ns("node"), m_folder.path());
        sh(script);
        auto state = NodeState::fromDirectory(m_folder.path().toStdString());
        if (!state)
            qFatal("%s %s", state.error().where.c_str(), state.error().detail.c_str());
        return std::move(*state);
    }

    /// Rules that counted packets since the last call.
    RuleSet counted(bool v6)
    {
        const QByteArray name = v6 ? "ip6tables" : "iptables";
        const QByteArray both = sh(QStringLiteral("ip netns exec %1 bash -c '%2-legacy-save -c; echo =====; %2-nft-save -c'")
                                       .arg(ns("node"), QString::fromLatin1(name)));
        const auto split = both.indexOf("=====\n");
        RuleSet result;
        CounterMap now;
        const auto read = [&](const QByteArray& text, const char* backend) {
            const auto save = iptables::IptablesSave::parse(std::make_shared<const std::string>(text.toStdString()),
                                                            v6 ? IpFamily::V6 : IpFamily::V4, "counters");
            if (!save)
                return;
            for (const auto& table : (*save)->tables())
                for (const auto& chain : table.chains)
                    for (std::size_t i = 0; i < chain.rules.size(); ++i) {
                        const RuleSet::value_type key(backend, table.name, chain.name, static_cast<int>(i) + 1);
                        now[key] = chain.rules[i].counters.packets;
                        if (now[key] > m_counters[key])
                            result.insert(key);
                    }
        };
        read(both.left(split), "legacy");
        read(both.mid(split + 6), "nft-compat");
        m_counters = std::move(now);
        return result;
    }

    /// One datagram from a place; `from` empty: the kernel chooses.
    void send(const std::string& place, const std::string& from, std::uint16_t sport, const std::string& to, std::uint16_t port)
    {
        inside(place, [&] {
            const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            const int on = 1, off = 0;
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
            sockaddr_in6 local = endpoint(from.empty() ? (to.find(':') == std::string::npos ? "0.0.0.0" : "::") : from, sport);
            const sockaddr_in6 remote = endpoint(to, port);
            if (bind(fd, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0)
                qWarning("bind %s: %s", from.c_str(), strerror(errno));
            sendto(fd, "x", 1, 0, reinterpret_cast<const sockaddr*>(&remote), sizeof remote);
            m_senders.push_back(fd); // stays open: an answer to a closed port would be answered by an ICMP error
        });
    }

    Datagram receive(int milliseconds)
    {
        std::vector<pollfd> waiting;
        std::vector<std::string> places;
        for (const auto& [place, sockets] : m_sockets)
            for (const int fd : sockets) {
                waiting.push_back({fd, POLLIN, 0});
                places.push_back(place);
            }
        if (poll(waiting.data(), waiting.size(), milliseconds) <= 0)
            return {};
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            if ((waiting[i].revents & POLLIN) == 0)
                continue;
            Datagram result {.place = places[i]};
            result.socket = waiting[i].fd;
            char byte = 0, control[256];
            iovec part {&byte, 1};
            msghdr message {};
            message.msg_name = &result.from;
            message.msg_namelen = sizeof result.from;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            if (recvmsg(waiting[i].fd, &message, 0) < 0)
                return {};
            for (cmsghdr* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
                if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
                    in6_pktinfo info;
                    std::memcpy(&info, CMSG_DATA(c), sizeof info);
                    result.to = info.ipi6_addr;
                }
            sockaddr_in6 bound {};
            socklen_t size = sizeof bound;
            getsockname(result.socket, reinterpret_cast<sockaddr*>(&bound), &size);
            result.dport = ntohs(bound.sin6_port);
            result.sport = ntohs(result.from.sin6_port);
            result.src = text(result.from.sin6_addr);
            result.dst = text(result.to);
            return result;
        }
        return {};
    }

    /// The receiver's answer, from the address that it was asked at.
    void answer(const Datagram& got)
    {
        char control[CMSG_SPACE(sizeof(in6_pktinfo))] = {};
        char byte = 'y';
        iovec part {&byte, 1};
        sockaddr_in6 to = got.from;
        msghdr message {};
        message.msg_name = &to;
        message.msg_namelen = sizeof to;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = IPPROTO_IPV6;
        header->cmsg_type = IPV6_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof(in6_pktinfo));
        in6_pktinfo info {};
        info.ipi6_addr = got.to;
        std::memcpy(CMSG_DATA(header), &info, sizeof info);
        sendmsg(got.socket, &message, 0);
    }

    /// Runs something in a place's network namespace, on a thread of its own.
    void inside(const std::string& place, const std::function<void()>& what)
    {
        const QByteArray path = "/run/netns/" + ns(place).toLatin1();
        std::thread([&] {
            const int fd = open(path.constData(), O_RDONLY | O_CLOEXEC);
            if (setns(fd, CLONE_NEWNET) == 0)
                what();
            close(fd);
        }).join();
    }

private:
    static std::string text(const in6_addr& address)
    {
        char buffer[INET6_ADDRSTRLEN];
        inet_ntop(AF_INET6, &address, buffer, sizeof buffer);
        const std::string result = buffer;
        return result.starts_with("::ffff:") ? result.substr(7) : result;
    }

    static sockaddr_in6 endpoint(const std::string& address, std::uint16_t port)
    {
        sockaddr_in6 result {};
        result.sin6_family = AF_INET6;
        result.sin6_port = htons(port);
        const std::string mapped = address.find(':') == std::string::npos ? "::ffff:" + address : address;
        inet_pton(AF_INET6, mapped.c_str(), &result.sin6_addr);
        return result;
    }

    bool openSockets()
    {
        for (const char* place : {"client", "node", "a", "b", "out"})
            inside(place, [&] {
                for (const std::uint16_t port : {8080, 8081, 9999, 40000}) {
                    if (std::string(place) == "node" && port == 40000)
                        continue; // senders of the node bind it
                    const int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
                    const int off = 0, on = 1;
                    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
                    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
                    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
                    const sockaddr_in6 any = endpoint("::", port);
                    if (bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0)
                        m_sockets[place].push_back(fd);
                }
            });
        return m_sockets.size() == 5;
    }

    bool restore(const QString& tool, const QByteArray& rules)
    {
        QFile file(m_folder.filePath(QStringLiteral("rules")));
        if (!file.open(QIODevice::WriteOnly))
            return false;
        file.write(rules);
        file.close();
        bool ok = false;
        sh(QStringLiteral("ip netns exec %1 %2-restore < %3").arg(ns("node"), tool, file.fileName()), &ok);
        return ok;
    }

    using CounterMap = std::map<RuleSet::value_type, std::uint64_t>;
    CounterMap m_counters;
    std::map<QString, std::set<QByteArray>> m_loaded; ///< tool → tables
    QTemporaryDir m_folder;
    std::vector<int> m_senders;
    std::map<std::string, std::vector<int>> m_sockets;
};

} // namespace kernellab
