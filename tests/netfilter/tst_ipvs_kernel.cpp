// SPDX-License-Identifier: GPL-3.0-or-later
// IPVS with the kernel as the judge: a User-Mode Linux kernel (Debian's user-mode-linux; it has ip_vs where a test
// machine's own kernel may not) runs kube-proxy's ipvs mode, portmap, fwmark services, weight 0 and the like; its
// counters and conntrack entries against the tracer.
#include "diagnostics/netfilter/packet_tracer.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace medic;
using namespace medic::netfilter;

namespace {

using Counts = std::map<std::tuple<std::string, std::string, int>, int>; ///< table, chain, number → packets

struct Scenario {
    const char* name;
    const char* ipvs; ///< for ipvsadm -R
    const char* packet; ///< place protocol destination port
    const char* first = ""; ///< nat rules above kube-proxy's (portmap of old)
    const char* last = ""; ///< and below
    const char* extra = ""; ///< shell commands when all is loaded, before the dump
    bool maySkipEnd = false; ///< the end cannot be read from conntrack
};

const char* const sets = R"(create KUBE-CLUSTER-IP hash:ip,port
create KUBE-LOOP-BACK hash:ip,port,ip
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
create KUBE-NODE-PORT-UDP bitmap:port range 0-65535
create KUBE-LOAD-BALANCER hash:ip,port
create KUBE-IPVS-IPS hash:ip
add KUBE-CLUSTER-IP 10.96.0.10,tcp:80
add KUBE-CLUSTER-IP 10.96.0.10,udp:53
add KUBE-CLUSTER-IP 10.96.0.11,tcp:443
add KUBE-IPVS-IPS 10.96.0.10
add KUBE-IPVS-IPS 10.96.0.11
add KUBE-NODE-PORT-TCP 30080
add KUBE-NODE-PORT-UDP 30053
add KUBE-LOOP-BACK 10.99.2.2,tcp:8080,10.99.2.2
)";

const char* const one = "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.99.2.2:8080 -m -w 1\n"
                        "-A -t 10.99.1.1:30080 -s rr\n-a -t 10.99.1.1:30080 -r 10.99.2.2:8080 -m -w 1\n"
                        "-A -u 10.96.0.10:53 -s rr\n-a -u 10.96.0.10:53 -r 10.99.3.2:5353 -m -w 1\n"
                        "-A -u 10.99.1.1:30053 -s rr\n-a -u 10.99.1.1:30053 -r 10.99.3.2:5353 -m -w 1\n"
                        "-A -t 10.96.0.11:443 -s rr\n-a -t 10.96.0.11:443 -r 10.99.1.1:6443 -m -w 1\n";
#define TWO(options) "-A -t 10.96.0.10:80 " options "\n-a -t 10.96.0.10:80 -r 10.99.2.2:8080 -m -w 1\n-a -t 10.96.0.10:80 -r 10.99.3.2:8080 -m -w 2\n"
const char* const again = "from client tcp 10.96.0.10 80; "; ///< a client that was there before

const char* const hostPort = "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n";

std::string rulesOf(const Scenario& scenario)
{
    std::string rules = R"(*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -p tcp
-A OUTPUT -p icmp -j DROP
-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j DROP
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 8443 -j MARK --set-xmark 0x64/0xffffffff
-A INPUT -m ipvs --ipvs
-A INPUT -d 10.96.0.0/16
-A FORWARD -p tcp
-A OUTPUT -o lo
-A OUTPUT -o na
-A OUTPUT -o nb
-A OUTPUT -m ipvs --ipvs
-A OUTPUT -m ipvs --vaddr 10.96.0.10/32 --vport 80
-A OUTPUT -d 10.96.0.0/16
-A OUTPUT -d 10.99.2.0/24
-A POSTROUTING -d 10.99.2.2/32
-A POSTROUTING -d 10.99.3.2/32
-A POSTROUTING -m ipvs --ipvs --vdir ORIGINAL
-A POSTROUTING -m ipvs --ipvs --vmethod MASQ
-A POSTROUTING -o lo
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
)";
    rules += scenario.first;
    rules += R"(-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A INPUT -p tcp
)";
    rules += scenario.last;
    rules += R"(-A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.99.3.2:8888
-A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.99.3.2:8888
-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
-A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER
-A KUBE-SERVICES ! -s 10.99.2.0/23 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
-A KUBE-SERVICES -m set --match-set KUBE-LOAD-BALANCER dst,dst -j ACCEPT
-A KUBE-NODE-PORT -p tcp -m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ
-A KUBE-NODE-PORT -p udp -m set --match-set KUBE-NODE-PORT-UDP dst -j KUBE-MARK-MASQ
-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-IPVS-FILTER - [0:0]
:KUBE-FORWARD - [0:0]
-A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER
-A FORWARD -j KUBE-FORWARD
-A OUTPUT -p tcp
-A OUTPUT -d 10.96.0.0/16
-A OUTPUT -d 10.99.0.0/16
-A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
)";
    return rules;
}

const std::array<Scenario, 49> scenarios {{
    {"client to ClusterIP", one, "client tcp 10.96.0.10 80"},
    {"client to ClusterIP by UDP", one, "client udp 10.96.0.10 53"},
    {"Pod to ClusterIP", one, "b tcp 10.96.0.10 80"},
    {"Pod to itself by ClusterIP", one, "a tcp 10.96.0.10 80"},
    {"node to ClusterIP", one, "node tcp 10.96.0.10 80"},
    {"node to ClusterIP by UDP", one, "node udp 10.96.0.10 53"},
    {"client to nodePort", one, "client tcp 10.99.1.1 30080"},
    {"client to nodePort by UDP", one, "client udp 10.99.1.1 30053"},
    {"Pod to the nodePort of another address", one, "b tcp 10.99.3.1 30080"},
    {"node to nodePort", one, "node tcp 10.99.1.1 30080"},
    {"a real server that is the node", one, "client tcp 10.96.0.11 443"},
    {"node to a real server that is the node", one, "node tcp 10.96.0.11 443"},
    {"a port that no Service has", one, "client tcp 10.96.0.10 22"},
    {"a port that no Service has, from the node", one, "node tcp 10.96.0.10 22"},
    {"no real server", "-A -t 10.96.0.10:80 -s rr\n", "client tcp 10.96.0.10 80"},
    {"no real server, from the node", "-A -t 10.96.0.10:80 -s rr\n", "node tcp 10.96.0.10 80"},
    {"weight 0", "-A -t 10.96.0.10:80 -s wrr\n-a -t 10.96.0.10:80 -r 10.99.2.2:8080 -m -w 0\n", "client tcp 10.96.0.10 80"},
    {"weights 0 and 3", "-A -t 10.96.0.10:80 -s wrr\n-a -t 10.96.0.10:80 -r 10.99.2.2:8080 -m -w 0\n-a -t 10.96.0.10:80 -r 10.99.3.2:8080 -m -w 3\n", "client tcp 10.96.0.10 80"},
    {"two real servers", TWO("-s rr"), "client tcp 10.96.0.10 80"},
    {"the address is not on kube-ipvs0", TWO("-s rr"), "client tcp 10.96.0.10 80", "", "", "ip addr del 10.96.0.10/32 dev kube-ipvs0"},
    {"a service by mark", "-A -f 100 -s rr\n-a -f 100 -r 10.99.2.2:8080 -m\n", "client tcp 10.99.1.1 8443"},
    {"IPVS does not track", "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.99.2.2:8080 -m\n", "client tcp 10.96.0.10 80", "", "", "echo 0 > /proc/sys/net/ipv4/vs/conntrack", true},
    {"portmap of old steals a ClusterIP", one, "client tcp 10.96.0.10 80", hostPort, ""},
    {"portmap below steals only the nodePort", one, "client tcp 10.99.1.1 30080", "", hostPort},
    {"portmap below leaves the ClusterIP", one, "client tcp 10.96.0.10 80", "", hostPort},
    {"a mark with more bits is not the service's", "-A -f 100 -s rr\n-a -f 100 -r 10.99.2.2:8080 -m\n", "client tcp 10.99.1.1 8443", "-A PREROUTING -p tcp -m tcp --dport 8443 -j MARK --or-mark 0x4000\n"},
    {"the mark comes before the address", "-A -f 100 -s rr\n-a -f 100 -r 10.99.2.2:8080 -m\n-A -t 10.99.1.1:8443 -s rr\n-a -t 10.99.1.1:8443 -r 10.99.3.2:8080 -m\n", "client tcp 10.99.1.1 8443"},
    {"a service by mark without real servers", "-A -f 100 -s rr\n", "client tcp 10.99.1.1 8443"},
    {"IPVS does not track, from the node", "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.99.2.2:8080 -m\n", "node tcp 10.96.0.10 80", "", "", "echo 0 > /proc/sys/net/ipv4/vs/conntrack", true},
    {"a client that comes for the first time", TWO("-s rr -p 300"), "client tcp 10.96.0.10 80"},
    {"a client that comes again keeps its server", TWO("-s rr -p 300"), "client tcp 10.96.0.10 80", "", "", again},
    {"another client has a server of its own", TWO("-s rr -p 300"), "b tcp 10.96.0.10 80", "", "", again},
    {"a server of weight 0 keeps the client", TWO("-s rr -p 300"), "client tcp 10.96.0.10 80", "", "",
     "from client tcp 10.96.0.10 80; ipvsadm -e -t 10.96.0.10:80 -r 10.99.2.2:8080 -m -w 0; ipvsadm -e -t 10.96.0.10:80 -r 10.99.3.2:8080 -m -w 0"},
    {"a server of weight 0 loses the client", TWO("-s rr -p 300"), "client tcp 10.96.0.10 80", "", "",
     "echo 1 > /proc/sys/net/ipv4/vs/expire_quiescent_template; from client tcp 10.96.0.10 80; ipvsadm -e -t 10.96.0.10:80 -r 10.99.2.2:8080 -m -w 0; ipvsadm -e -t 10.96.0.10:80 -r 10.99.3.2:8080 -m -w 0"},
    {"clients of one subnet share a server", TWO("-s rr -p 300 -M 255.255.0.0"), "b tcp 10.96.0.10 80", "", "", again},
    {"a persistent service for every port", "-A -t 10.96.0.10:0 -s rr -p 300\n-a -t 10.96.0.10:0 -r 10.99.2.2:0 -m\n", "client tcp 10.96.0.10 80"},
    {"scheduler wrr", TWO("-s wrr"), "client tcp 10.96.0.10 80"},
    {"scheduler lc", TWO("-s lc"), "client tcp 10.96.0.10 80"},
    {"scheduler wlc", TWO("-s wlc"), "client tcp 10.96.0.10 80"},
    {"scheduler sh", TWO("-s sh"), "client tcp 10.96.0.10 80"},
    {"scheduler dh", TWO("-s dh"), "client tcp 10.96.0.10 80"},
    {"scheduler sed", TWO("-s sed"), "client tcp 10.96.0.10 80"},
    {"scheduler nq", TWO("-s nq"), "client tcp 10.96.0.10 80"},
    {"scheduler mh", TWO("-s mh"), "client tcp 10.96.0.10 80"},
    {"no real server by UDP", "-A -u 10.96.0.10:53 -s rr\n", "client udp 10.96.0.10 53"},
    {"one packet scheduling", "-A -u 10.96.0.10:53 -s rr -o\n-a -u 10.96.0.10:53 -r 10.99.3.2:5353 -m\n", "client udp 10.96.0.10 53", "", "", "", true},
    {"direct routing", "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.99.2.2:80 -g\n", "client tcp 10.96.0.10 80"},
    {"a real server without a route", "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 203.0.113.9:80 -m\n", "client tcp 10.96.0.10 80"},
    {"a real server on the loopback device", "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 127.0.0.1:80 -m\n", "client tcp 10.96.0.10 80"},
}};

std::string contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

Counts countsIn(const QString& path)
{
    Counts result;
    const auto save = iptables::IptablesSave::parse(std::make_shared<const std::string>(contents(path)), IpFamily::V4, "counters");
    if (save)
        for (const auto& table : (*save)->tables())
            for (const auto& chain : table.chains)
                for (std::size_t i = 0; i < chain.rules.size(); ++i)
                    result[{std::string(table.name), std::string(chain.name), static_cast<int>(i) + 1}] = static_cast<int>(chain.rules[i].counters.packets);
    return result;
}

/// The kernel's own answers (ICMP errors, resets) end in raw OUTPUT: those rules are not compared.
bool isNoise(const std::string& table, const std::string& chain) { return table == "raw" && chain == "OUTPUT"; }

std::string shown(const Counts& counts)
{
    std::string text;
    for (const auto& [key, count] : counts)
        text += "\n    " + std::get<0>(key) + ' ' + std::get<1>(key) + " #" + std::to_string(std::get<2>(key)) + " x" + std::to_string(count);
    return text;
}

} // namespace

class TestIpvsKernel : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_path; ///< MEDIC_UML_FOLDER: what an earlier run of the kernel left behind

    [[nodiscard]] QString inFolder(const QString& name) const { return m_path + QLatin1Char('/') + name; }

    static QString nameOf(std::size_t i) { return QStringLiteral("%1").arg(i, 2, 10, QLatin1Char('0')); }

private Q_SLOTS:
    void initTestCase()
    {
        if (!qEnvironmentVariableIsSet("MEDIC_DEEP"))
            QSKIP("takes minutes: tests/deep.sh runs it");
        if (geteuid() != 0)
            QSKIP("needs root");
        if (QStandardPaths::findExecutable(QStringLiteral("linux.uml")).isEmpty())
            QSKIP("needs the package user-mode-linux");
        for (const char* tool : {"ipvsadm", "ipset", "conntrack", "iptables-legacy-restore", "modprobe"})
            if (QStandardPaths::findExecutable(QLatin1String(tool), {QStringLiteral("/usr/sbin"), QStringLiteral("/sbin"), QStringLiteral("/usr/bin")}).isEmpty())
                QSKIP((std::string("needs ") + tool).c_str());
        m_path = qEnvironmentVariable("MEDIC_UML_FOLDER", m_folder.path());
        if (m_path != m_folder.path())
            return;
        const auto write = [&](const QString& path, const std::string& text) {
            QFile file(inFolder(path));
            return file.open(QIODevice::WriteOnly) && file.write(text.data(), qint64(text.size())) == qint64(text.size());
        };
        for (std::size_t i = 0; i < scenarios.size(); ++i) {
            QVERIFY(QDir(m_path).mkpath(nameOf(i)));
            QVERIFY(write(nameOf(i) + QStringLiteral("/ipvs"), scenarios[i].ipvs));
            QVERIFY(write(nameOf(i) + QStringLiteral("/extra"), scenarios[i].extra));
            QVERIFY(write(nameOf(i) + QStringLiteral("/rules"), rulesOf(scenarios[i])));
            QVERIFY(write(nameOf(i) + QStringLiteral("/packet"), std::string(scenarios[i].packet) + '\n'));
        }
        QVERIFY(write(QStringLiteral("sets"), sets));
        std::string init = contents(QStringLiteral(MEDIC_SOURCE_DIR "/tests/netfilter/ipvs_kernel_init.sh"));
        init.replace(init.find("@FOLDER@"), 8, m_path.toStdString());
        QVERIFY(write(QStringLiteral("init.sh"), init));
        QFile::setPermissions(inFolder(QStringLiteral("init.sh")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QProcess kernel;
        kernel.setProcessChannelMode(QProcess::MergedChannels);
        kernel.setStandardInputFile(QProcess::nullDevice());
        // By `timeout`, which ends the kernel's helper processes as well. Slow machines do not get through all cases.
        kernel.start(QStringLiteral("timeout"), {QStringLiteral("-s"), QStringLiteral("KILL"), qEnvironmentVariable("MEDIC_UML_SECONDS", QStringLiteral("900")),
            QStringLiteral("linux.uml"), QStringLiteral("mem=384M"), QStringLiteral("rootfstype=hostfs"), QStringLiteral("hostfs=/"), QStringLiteral("rw"),
            QStringLiteral("init=") + inFolder(QStringLiteral("init.sh")), QStringLiteral("con=null"), QStringLiteral("con0=fd:0,fd:1"), QStringLiteral("ssl=null"),
            QStringLiteral("quiet"), QStringLiteral("loglevel=0")});
        kernel.waitForFinished(-1);
        if (!QFile::exists(inFolder(QStringLiteral("00/ran"))))
            QSKIP(("User-Mode Linux does not run here: " + kernel.readAll().right(400)).constData());
    }

    void packet_data()
    {
        QTest::addColumn<int>("number");
        for (std::size_t i = 0; i < scenarios.size(); ++i)
            QTest::newRow(scenarios[i].name) << static_cast<int>(i);
    }

    void packet()
    {
        QFETCH(int, number);
        const Scenario& scenario = scenarios[static_cast<std::size_t>(number)];
        const QString folder = inFolder(nameOf(static_cast<std::size_t>(number)));
        if (!QFile::exists(folder + QStringLiteral("/ran")))
            QSKIP("the machine was too slow to come to this case");
        const auto state = NodeState::fromDirectory(folder.toStdString());
        QVERIFY2(state.has_value(), contents(folder + QStringLiteral("/errors")).c_str());
        const QStringList words = QString::fromLatin1(scenario.packet).split(QLatin1Char(' '));
        PacketQuery query {.dst = *IpAddress::parse(words[2].toStdString()), .protocol = *protocolNumber(words[1].toStdString()), .dport = words[3].toUShort()};
        const QMap<QString, QPair<const char*, const char*>> places {{QStringLiteral("client"), {"10.99.1.2", "nc"}}, {QStringLiteral("a"), {"10.99.2.2", "na"}}, {QStringLiteral("b"), {"10.99.3.2", "nb"}}};
        if (words[0] != QLatin1String("node")) {
            query.src = *IpAddress::parse(places[words[0]].first);
            query.in = places[words[0]].second;
        }
        Counts kernel;
        const Counts before = countsIn(folder + QStringLiteral("/iptables-legacy-save.txt"));
        for (const auto& [key, count] : countsIn(folder + QStringLiteral("/after")))
            if (const int more = count - (before.contains(key) ? before.at(key) : 0); more > 0 && !isNoise(std::get<0>(key), std::get<1>(key)))
                kernel[key] = more;
        if (kernel.empty())
            QSKIP("the packet was not sent in time");
        const auto tracked = conntrack::parseList(contents(folder + QStringLiteral("/tracked")));

        const Trace trace = PacketTracer(*state).trace(query);
        std::string ours;
        bool agrees = false;
        for (const auto& branch : trace.branches) {
            Counts counts;
            for (const auto& step : branch.steps)
                if (step.rule > 0 && step.matched != Tri::No && !isNoise(step.table, step.chain))
                    ++counts[{step.table, step.chain, step.rule}];
            bool same = counts == kernel;
            const bool arrives = branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
            bool entry = false;
            for (const auto& one_ : tracked.entries)
                if (one_.original.dport == query.dport && one_.protocol == query.protocol) {
                    entry = true;
                    same = same && (!arrives || scenario.maySkipEnd || (one_.reply.source.text() == branch.packet.dst && one_.reply.sport == branch.packet.dport
                        && one_.reply.destination.text() == branch.packet.src));
                }
            same = same && (!arrives || entry || scenario.maySkipEnd); // over lo, POSTROUTING makes the entry before INPUT refuses
            agrees = agrees || same;
            ours += "\n  " + std::string(dispositionName(branch.disposition)) + ' ' + branch.packet.src + " > " + branch.packet.dst + ':'
                + std::to_string(branch.packet.dport) + ' ' + branch.reason + shown(counts);
        }
        QVERIFY2(agrees, ("kernel:" + shown(kernel) + "\n  " + contents(folder + QStringLiteral("/tracked")) + "ours:" + ours).c_str());
    }
};

QTEST_APPLESS_MAIN(TestIpvsKernel)
#include "tst_ipvs_kernel.moc"
