// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel as the judge of nftables: random rulesets in the shape of what nodes hold, packets really sent, and the kernel's own
// trace (rule handles, verdicts, addresses, mark) against the tracer's, rule by rule. MEDIC_SEED names the first seed, MEDIC_DEEP
// how many seconds to go on (0: until stopped). A difference is shrunk and printed as a case for tests/data/nft/differential,
// where each one found so far is replayed by name.
#include "kernel_lab.h"
#include "nft_ran.h"
#include "nft_random.h"
#include "raw_packet.h"

#include <QElapsedTimer>
#include <QTest>

using namespace kernellab;

namespace {

struct Sent {
    std::string place, from, to;
    std::uint8_t protocol = proto::udp;
    std::uint16_t sport = 41000, dport = 80;
};

struct Tally {
    int rulesets = 0, pairs = 0, answers = 0, later = 0, rules = 0, differences = 0, notLoaded = 0;
};

constexpr const char* watch = R"(table inet watch {
	chain start-pre { type filter hook prerouting priority -450; meta l4proto udp meta nftrace set 1; tcp flags & (syn | ack | rst) == syn meta nftrace set 1; meta l4proto sctp meta nftrace set 1; icmp type echo-request meta nftrace set 1; icmpv6 type echo-request meta nftrace set 1; }
	chain start-out { type filter hook output priority -450; meta l4proto udp meta nftrace set 1; tcp flags & (syn | ack | rst) == syn meta nftrace set 1; meta l4proto sctp meta nftrace set 1; icmp type echo-request meta nftrace set 1; icmpv6 type echo-request meta nftrace set 1; }
	chain end-input { type filter hook input priority 1000; counter; }
	chain end-post { type filter hook postrouting priority 1000; counter; }
}
table bridge watch {
	chain start-pre { type filter hook prerouting priority -450; udp dport != 0 meta nftrace set 1; tcp flags & (syn | ack | rst) == syn meta nftrace set 1; sctp dport != 0 meta nftrace set 1; icmp type echo-request meta nftrace set 1; icmpv6 type echo-request meta nftrace set 1; }
	chain start-out { type filter hook output priority -450; udp dport != 0 meta nftrace set 1; tcp flags & (syn | ack | rst) == syn meta nftrace set 1; sctp dport != 0 meta nftrace set 1; icmp type echo-request meta nftrace set 1; icmpv6 type echo-request meta nftrace set 1; }
}
)";

} // namespace

class TestKernelNft : public QObject
{
    Q_OBJECT

    Lab m_lab;
    bool m_up = false;
    NodeState m_base;
    std::unique_ptr<nfttrace::Socket> m_socket;
    std::map<unsigned, std::string> m_devices;
    std::uint16_t m_sport = 41000;
    bool m_bridge = false; ///< the rules have some of the bridge itself, which come behind the end of the others
    Tally m_tally;

    /// What nft says of the rules now; false when they do not load.
    bool load(const std::string& rules, NodeState& state)
    {
        QFile file(QDir::temp().filePath(QStringLiteral("medic-nft-%1").arg(getpid())));
        if (!file.open(QIODevice::WriteOnly))
            return false;
        file.write(QByteArray::fromStdString("flush ruleset\n" + rules + watch));
        file.close();
        const QByteArray json = sh(QStringLiteral("ip netns exec %1 bash -c 'nft -f %2 && nft -j list ruleset' 2>&1").arg(m_lab.ns("node"), file.fileName()));
        file.remove();
        if (!json.startsWith('{'))
            return false;
        m_bridge = rules.find("table bridge") != std::string::npos;
        state = m_base;
        return state.setPart("nft-ruleset.json", std::make_shared<const std::string>(json.toStdString())).has_value();
    }

    std::vector<nfttrace::Event> traced(bool expectEnd)
    {
        std::vector<nfttrace::Event> events;
        for (int quiet = 0; quiet < (expectEnd ? 6 : 3);) {
            if (!m_socket->read(events, 8))
                ++quiet;
            else
                quiet = 0;
            if (!m_bridge && !events.empty() && isEnd(events.back()) && deviceOf(events) != "lo")
                break;
            if (!events.empty() && events.back().verdict == "drop")
                break;
        }
        return events;
    }

    static bool isEnd(const nfttrace::Event& event) { return event.table == "inet watch" && event.chain.starts_with("end-"); }

    /// The bridge's own hooks see ports; addresses and devices are told by the others.
    static const nfttrace::Event* lastWithPacket(const std::vector<nfttrace::Event>& events)
    {
        const auto found = std::find_if(events.rbegin(), events.rend(), [](const auto& one) { return one.packet.has_value() && !one.table.starts_with("bridge"); });
        return found == events.rend() ? nullptr : &*found;
    }

    /// The last hook that the packet came to the end of; null: it was dropped behind it, or never got there.
    static const nfttrace::Event* endOf(const std::vector<nfttrace::Event>& events)
    {
        for (auto at = events.rbegin(); at != events.rend(); ++at) {
            if (isEnd(*at))
                return &*at;
            if (at->verdict == "drop" || !at->table.starts_with("bridge"))
                return nullptr;
        }
        return nullptr;
    }

    std::string deviceOf(const std::vector<nfttrace::Event>& events) const
    {
        const auto* const last = lastWithPacket(events);
        const auto found = last ? m_devices.find(last->oif) : m_devices.end();
        return found == m_devices.end() ? std::string() : found->second;
    }

    /// The branch that is what the kernel did; null: none.
    const TraceBranch* sameAs(const std::vector<TraceBranch>& branches, const std::vector<nfttrace::Event>& events, const parse::nft::Ruleset& ruleset,
                              std::string& why) const
    {
        const auto* const ending = endOf(events);
        const bool through = ending != nullptr;
        const auto* const last = lastWithPacket(events);
        const bool delivered = through && ending->chain == "end-input";
        const auto kernel = nftran::ran(events, {"inet watch", "bridge watch"});
        why = "kernel: " + std::string(!through ? "did not get through" : delivered ? "delivered" : "forwarded by " + deviceOf(events));
        if (through && last)
            why += ' ' + last->packet->src + ':' + std::to_string(last->packet->sport) + " > " + last->packet->dst + ':' + std::to_string(last->packet->dport)
                + " mark " + std::to_string(last->mark);
        why += nftran::shown(kernel);
        for (const TraceBranch& branch : branches) {
            const auto ours = nftran::ran(branch, ruleset, {"inet watch", "bridge watch"});
            why += "\nours: " + std::string(dispositionName(branch.disposition)) + ' ' + branch.packet.src + ':' + std::to_string(branch.packet.sport) + " > "
                + branch.packet.dst + ':' + std::to_string(branch.packet.dport) + " mark " + std::to_string(branch.packet.mark) + " out " + branch.packet.out + ' '
                + branch.reason + nftran::shown(ours);
            if (!nftran::sameRules(ours, 0, kernel, 0))
                continue;
            const bool arrives = branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
            if (!arrives || !through) {
                if (arrives == through)
                    return &branch;
                continue;
            }
            const auto& packet = *last->packet;
            if ((branch.disposition == Disposition::Delivered) == delivered && branch.packet.src == packet.src && branch.packet.dst == packet.dst
                && branch.packet.dport == packet.dport && (branch.packet.sportRandom || branch.packet.sport == packet.sport) && branch.packet.mark == last->mark
                && (delivered || branch.packet.out == deviceOf(events)))
                return &branch;
        }
        return nullptr;
    }

    bool send(const Sent& what)
    {
        bool sent = false;
        m_lab.inside(what.place, [&] { sent = rawpacket::send(what.protocol, what.from, what.to, what.sport, what.dport); });
        return sent;
    }

    static PacketQuery queryOf(const Sent& what)
    {
        static const std::map<std::string, std::string> devices {{"client", "nc"}, {"a", "va"}, {"b", "vb"}, {"out", "nx"}};
        PacketQuery query {.protocol = what.protocol, .sport = what.sport, .dport = what.dport, .reply = what.protocol == proto::udp};
        query.src = *IpAddress::parse(what.from);
        query.dst = *IpAddress::parse(what.to);
        if (what.place != "node")
            query.in = devices.at(what.place);
        return query;
    }

    static double sumOf(const Trace& trace)
    {
        double sum = 0;
        for (const auto& branch : trace.branches) {
            if (!branch.certain)
                return 0; // with an unknown the rest has only its share
            sum += branch.probability;
        }
        return sum;
    }

    /// Empty when the kernel and the tracer agree on a packet, on its answer and on the next packet.
    std::string compare(const NodeState& state, const PacketTracer& tracer, Sent what)
    {
        what.sport = m_sport = m_sport >= 60000 ? std::uint16_t(41000) : static_cast<std::uint16_t>(m_sport + 1);
        const PacketQuery query = queryOf(what);
        const Trace trace = tracer.trace(query);
        if (const double sum = sumOf(trace); sum != 0 && std::abs(sum - 1.0) > 1e-6)
            return "the shares add up to " + std::to_string(sum);
        std::vector<nfttrace::Event> rest;
        while (m_socket->read(rest, 0)) { }
        while (!m_lab.receive(0).place.empty()) { } // of packets before this one
        if (!send(what) && what.place != "node")
            return {}; // refused by the sender's own kernel
        const bool mayArrive = std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& branch) {
            return branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
        });
        const auto events = traced(mayArrive);
        std::string why;
        const TraceBranch* const same = sameAs(trace.branches, events, *state.ruleset, why);
        if (!same)
            return why;
        ++m_tally.pairs;
        m_tally.rules += static_cast<int>(nftran::ran(events, {"inet watch", "bridge watch"}).size());
        if (what.protocol != proto::udp || !endOf(events))
            return {};
        const Datagram got = m_lab.receive(lastWithPacket(events)->packet->dport >= 8000 ? 12 : 0);
        const auto& arrived = *lastWithPacket(events)->packet;
        if (arrived.src == arrived.dst) // sent back to its sender, who answers itself without the node
            return {};
        if (got.place.empty() || got.src != arrived.src || got.dst != arrived.dst || got.sport != arrived.sport)
            return {};
        // The receiver's answer
        while (m_socket->read(rest, 0)) { }
        m_lab.answer(got);
        const auto answered = traced(true);
        std::vector<TraceBranch> replies;
        for (const auto& branch : trace.branches) // branches that differ in nothing but a random port
            if (branch.packet.src == same->packet.src && branch.packet.dst == same->packet.dst && branch.packet.dport == same->packet.dport && branch.packet.mark == same->packet.mark)
                replies.insert(replies.end(), branch.replies.begin(), branch.replies.end());
        if (!same->packet.sportRandom && !sameAs(replies, answered, *state.ruleset, why))
            return "the answer of " + got.place + ": " + why;
        ++m_tally.answers;
        return {};
    }

    Sent randomPacket(nftrandom::Generator& random, bool v6)
    {
        Sent what;
        what.place = random.pick(std::vector<std::string> {"client", "client", "a", "b", "out", "node"});
        const std::map<std::string, std::string> own {{"client", random.at("1", "2")}, {"a", random.at("2", "2")}, {"b", random.at("2", "3")}, {"out", random.at("3", "2")}};
        const std::vector<std::string> ofNode {random.at("1", "1"), random.at("2", "1"), random.at("3", "1")};
        what.from = what.place == "node" ? random.pick(ofNode) : own.at(what.place);
        what.protocol = random.pick(std::vector<std::uint8_t> {proto::udp, proto::udp, proto::udp, proto::udp, proto::tcp, proto::tcp, proto::sctp, v6 ? proto::icmp6 : proto::icmp});
        switch (random.below(5)) {
        case 0:
        case 1:
            what.to = random.vip(1 + random.below(nftrandom::Generator::services + 1));
            break;
        case 2: what.to = random.pick(ofNode); break;
        case 3:
            what.to = random.pick(std::vector<std::string> {random.at("2", "2"), random.at("2", "3"), random.at("3", "2"), random.at("1", "2")});
            break;
        default: what.to = random.address(); break;
        }
        if (what.to == what.from || (what.place == "client" && what.to == random.at("2", "1"))) // its own: would not leave it
            what.to = random.vip(1);
        const auto port = random.pick(nftrandom::Generator::ports());
        what.dport = static_cast<std::uint16_t>(random.below(6) == 0 ? 30000 + 1 + random.below(5) : static_cast<std::size_t>(port));
        if (what.protocol == proto::icmp || what.protocol == proto::icmp6)
            what.dport = 0;
        return what;
    }

    static std::string caseText(const Sent& what, const std::string& rules)
    {
        return "packet " + what.place + ' ' + std::to_string(what.protocol) + ' ' + what.from + ' ' + what.to + ' ' + std::to_string(what.dport) + '\n' + rules;
    }

    /// Rules are left out one by one as long as the difference stays.
    nftrandom::Ruleset shrink(nftrandom::Ruleset ruleset, const Sent& what)
    {
        const auto differs = [&](const nftrandom::Ruleset& smaller) {
            NodeState state;
            if (!load(smaller.text(), state))
                return false;
            const PacketTracer tracer(state);
            for (int i = 0; i < 3; ++i)
                if (compare(state, tracer, what).empty())
                    return false;
            return true;
        };
        for (std::size_t i = ruleset.lines.size(); i-- > 0;) {
            if (!ruleset.lines[i].second)
                continue;
            nftrandom::Ruleset smaller = ruleset;
            smaller.lines.erase(smaller.lines.begin() + static_cast<std::ptrdiff_t>(i));
            if (differs(smaller))
                ruleset = std::move(smaller);
        }
        return ruleset;
    }

    void runSeed(std::uint64_t seed, bool v6)
    {
        nftrandom::Generator random(seed, v6);
        const nftrandom::Ruleset ruleset = random.make();
        NodeState state;
        if (!load(ruleset.text(), state)) {
            ++m_tally.notLoaded;
            return;
        }
        ++m_tally.rulesets;
        const PacketTracer tracer(state);
        for (int i = 0; i < 30; ++i) {
            const Sent what = randomPacket(random, v6);
            // A neighbour that is asked for, a report of an interface: a difference must show three times.
            std::string difference = "x";
            for (int attempt = 0; attempt < 3 && !difference.empty(); ++attempt)
                difference = compare(state, tracer, what);
            if (difference.empty())
                continue;
            ++m_tally.differences;
            qWarning("seed %llu IPv%d\n%s\n%s", static_cast<unsigned long long>(seed), v6 ? 6 : 4, difference.c_str(),
                     caseText(what, shrink(ruleset, what).text()).c_str());
            load(ruleset.text(), state);
            if (m_tally.differences > 5)
                return;
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (geteuid() != 0)
            QSKIP("needs root for network namespaces");
        bool tools = false;
        sh(QStringLiteral("command -v ip nft iptables-legacy-save ipset"), &tools);
        if (!tools)
            QSKIP("needs iproute2, nftables, iptables and ipset");
        m_up = true;
        if (!m_lab.up()) {
            m_lab.down();
            m_up = false;
            QSKIP("network namespaces cannot be made here");
        }
        // Neighbours are fixed: rules may drop the questions that IPv6 asks for them.
        QString neighbours = QStringLiteral("mac() { ip -n P-$1 -j link show $2 | grep -o '\"address\":\"[^\"]*' | cut -d'\"' -f4; }; "
                                            "know() { ip -n P-$1 neigh replace $3 lladdr $(mac $4 $5) dev $2 nud permanent; }; "
                                            "for v in '10.99.1. 10.99.2. 10.99.3.' 'fd99:1:: fd99:2:: fd99:3::'; do set -- $v; "
                                            "know client c0 ${1}1 node nc; know node nc ${1}2 client c0; know out o0 ${3}1 node nx; know node nx ${3}2 out o0; "
                                            "know a eth0 ${2}1 node cni0; know b eth0 ${2}1 node cni0; know node cni0 ${2}2 a eth0; know node cni0 ${2}3 b eth0; "
                                            "know a eth0 ${2}3 b eth0; know b eth0 ${2}2 a eth0; done");
        neighbours.replace(QStringLiteral("P-"), QString::fromLatin1(m_lab.prefix));
        bool known = false;
        sh(neighbours, &known);
        QVERIFY(known);
        QVERIFY(m_lab.node(QStringLiteral("ip route replace 10.96.0.0/16 via 10.99.3.2; ip -6 route replace fd96::/64 via fd99:3::2; "
                                          "sysctl -qw net.ipv4.conf.all.rp_filter=0")));
        m_base = m_lab.dump();
        m_lab.inside("node", [&] {
            m_socket = std::make_unique<nfttrace::Socket>();
            if (!m_socket->open())
                m_socket.reset();
        });
        if (!m_socket)
            QSKIP("the kernel's trace of nftables cannot be read here");
        for (const auto& link : *m_base.links)
            m_devices[static_cast<unsigned>(link.index)] = link.name;
    }

    void cleanupTestCase()
    {
        if (m_up)
            m_lab.down();
    }

    void known_data()
    {
        QTest::addColumn<QString>("path");
        const QDir folder(QStringLiteral(MEDIC_TEST_DATA "/nft/differential"));
        for (const QString& name : folder.entryList({QStringLiteral("*.case")}, QDir::Files, QDir::Name))
            QTest::newRow(qPrintable(name.chopped(5))) << folder.filePath(name);
        if (folder.isEmpty())
            QTest::newRow("none yet") << QString();
    }

    void known()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            return;
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QStringList words = QString::fromUtf8(file.readLine()).trimmed().split(QLatin1Char(' '));
        QCOMPARE(words.size(), 6);
        const Sent what {words[1].toStdString(), words[3].toStdString(), words[4].toStdString(), static_cast<std::uint8_t>(words[2].toUInt()), 0, words[5].toUShort()};
        NodeState state;
        QVERIFY(load(file.readAll().toStdString(), state));
        const PacketTracer tracer(state);
        std::string difference = "x";
        for (int attempt = 0; attempt < 3 && !difference.empty(); ++attempt)
            difference = compare(state, tracer, what);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void random()
    {
        const QByteArray deep = qgetenv("MEDIC_DEEP");
        const bool endless = deep == "0";
        const qint64 budget = deep.isEmpty() ? 20'000 : deep.toLongLong() * 1000;
        std::uint64_t seed = qEnvironmentVariableIsSet("MEDIC_SEED") ? qgetenv("MEDIC_SEED").toULongLong() : 20261123;
        QElapsedTimer clock;
        clock.start();
        const auto tell = [&] {
            qInfo("seed %llu: %d rulesets, %d packets and %d answers compared, %d rules run, %d differences, %d rulesets refused by nft",
                  static_cast<unsigned long long>(seed), m_tally.rulesets, m_tally.pairs, m_tally.answers, m_tally.rules, m_tally.differences, m_tally.notLoaded);
        };
        for (qint64 told = 0; (endless || clock.elapsed() < budget) && m_tally.differences <= 5; ++seed) {
            runSeed(seed, seed % 3 == 0);
            if (!deep.isEmpty() && clock.elapsed() - told > 30'000) {
                told = clock.elapsed();
                tell();
            }
        }
        tell();
        QCOMPARE(m_tally.differences, 0);
        QVERIFY(m_tally.pairs > 0);
    }
};

QTEST_APPLESS_MAIN(TestKernelNft)
#include "tst_kernel_nft.moc"
