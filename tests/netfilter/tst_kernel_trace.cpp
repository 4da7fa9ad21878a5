// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's own trace of one flow: what is asked for, what is read, how it lies over a prediction; and in a namespace that
// it is really so, and that nothing stays behind.
#include "diagnostics/netfilter/kernel_trace.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace medic;
using namespace medic::netfilter;

namespace {

constexpr const char* ruleset = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n"
                                "-A OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
                                "-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 81 -j RETURN\n"
                                "-A KUBE-SERVICES -d 127.0.0.9/32 -p tcp -m comment --comment \"x y\" -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080\nCOMMIT\n";

NodeState node(const char* file)
{
    NodeState state;
    const std::pair<const char*, std::string> parts[] {
        {file, ruleset},
        {"ip-addr.json", R"([{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]}])"},
        {"ip-route-all.json", R"([{"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","scope":"host"}])"},
        {"ip-rule.json", R"([{"priority":0,"src":"all","table":"local"}])"}, {"ipvsadm-Sn.txt", ""}};
    for (const auto& [name, text] : parts)
        if (!state.setPart(name, std::make_shared<const std::string>(text)))
            qFatal("%s", name);
    state.finish();
    return state;
}

PacketQuery flow()
{
    PacketQuery query;
    query.dst = *IpAddress::parse("127.0.0.9");
    query.dport = 80;
    return query;
}

KernelTraceRequest request(int seconds = 1)
{
    KernelTraceRequest result;
    result.packet = flow();
    result.seconds = seconds;
    result.guardSeconds = 1;
    result.id = "t1";
    return result;
}

/// What nft 1.0.6 printed of this very flow.
constexpr const char* seen =
    "trace id 8bac010a inet medic_trace_t1 output packet: oif \"lo\" ip saddr 127.0.0.1 ip daddr 127.0.0.9 tcp sport 60910 tcp dport 80 tcp flags == syn tcp window 65495 \n"
    "trace id 8bac010a inet medic_trace_t1 output rule ip daddr 127.0.0.9 tcp dport 80 counter packets 0 bytes 0 meta nftrace set 1 # handle 3 (verdict continue)\n"
    "trace id 8bac010a ip nat OUTPUT packet: oif \"lo\" ip saddr 127.0.0.1 ip daddr 127.0.0.9 tcp sport 60910 tcp dport 80 tcp flags == syn tcp window 65495 \n"
    "trace id 8bac010a ip nat OUTPUT rule  counter packets 0 bytes 0 jump KUBE-SERVICES # handle 3 (verdict jump KUBE-SERVICES)\n"
    "trace id 8bac010a ip nat KUBE-SERVICES rule meta l4proto tcp ip daddr 127.0.0.9  tcp dport 80 counter packets 0 bytes 0 dnat to 127.0.0.1:8080 # handle 5 (verdict accept)\n"
    "trace id ae1c000a ip filter INPUT policy accept \n"
    "number ip nat OUTPUT 3 1\nnumber ip nat KUBE-SERVICES 5 2\n";

Trace predicted(const NodeState& state)
{
    const PacketTracer tracer(state);
    return tracer.trace(flow());
}

/// A network namespace of its own, held by a sleeping process; every command in it by nsenter.
class Net {
public:
    Net()
    {
        m_holder.start(QStringLiteral("unshare"), {QStringLiteral("-n"), QStringLiteral("sleep"), QStringLiteral("60")});
        m_ready = m_holder.waitForStarted(5000) && geteuid() == 0;
        QElapsedTimer timer;
        timer.start();
        // Until the child has really left our namespace.
        while (m_ready && QFile::symLinkTarget(path()) == QFile::symLinkTarget(QStringLiteral("/proc/self/ns/net")) && timer.elapsed() < 5000)
            QThread::msleep(5);
        m_ready = m_ready && run(QStringLiteral("ip link set lo up && nft list ruleset >/dev/null")) == 0;
    }
    ~Net()
    {
        m_holder.kill();
        m_holder.waitForFinished(3000);
    }
    [[nodiscard]] bool ready() const { return m_ready; }
    void start(QProcess& process, const QString& script) const
    {
        process.start(QStringLiteral("nsenter"), {QStringLiteral("--net=") + path(), QStringLiteral("/bin/sh"), QStringLiteral("-c"), script});
    }
    int run(const QString& script, QString* out = nullptr, const QByteArray& input = {}) const
    {
        QProcess process;
        start(process, script);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(10000))
            return -1;
        if (out)
            *out = QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError());
        return process.exitCode();
    }
    [[nodiscard]] bool clean() const
    {
        QString tables;
        run(QStringLiteral("nft list tables"), &tables);
        return !tables.contains(QLatin1String("medic_trace"));
    }

private:
    [[nodiscard]] QString path() const { return QStringLiteral("/proc/%1/ns/net").arg(m_holder.processId()); }
    QProcess m_holder;
    bool m_ready = false;
};

} // namespace

class TestKernelTrace final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNarrowRuleThatIsTakenOut()
    {
        const auto plan = planKernelTrace(request(), node("iptables-nft-save.txt"));
        QVERIFY(plan.has_value());
        QCOMPARE(plan->puts.size(), std::size_t(1));
        QVERIFY2(plan->puts[0].find("ip daddr 127.0.0.9 tcp dport 80 tcp flags & (syn | ack) == syn limit rate 5/second") != std::string::npos, plan->puts[0].c_str());
        QCOMPARE(plan->takesBack, std::vector<std::string> {"nft delete table inet medic_trace_t1"});
        QVERIFY(plan->command.find("timeout 1 nft -a monitor trace") != std::string::npos);
        QVERIFY(plan->command.find("setsid") < plan->command.find("nft -f")); // the guard stands before anything is put in
        const auto legacy = planKernelTrace(request(), node("iptables-legacy-save.txt"));
        QVERIFY(legacy.has_value());
        QCOMPARE(legacy->puts.size(), std::size_t(2));
        QCOMPARE(legacy->takesBack.size(), std::size_t(2));
        QVERIFY(legacy->command.find("nft") == std::string::npos);
        QVERIFY(legacy->command.find("-t raw -I PREROUTING 1 -p tcp -d 127.0.0.9 --dport 80 --syn -m limit") != std::string::npos);
    }

    void theShellUnderstandsIt()
    {
        for (const char* file : {"iptables-nft-save.txt", "iptables-legacy-save.txt"}) {
            const auto plan = planKernelTrace(request(), node(file));
            QVERIFY(plan.has_value());
            QProcess shell;
            shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-n")});
            shell.write(QByteArray::fromStdString(plan->command));
            shell.closeWriteChannel();
            QVERIFY(shell.waitForFinished(5000));
            QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
        }
    }

    void whatCannotBeToldNarrowlyIsRefused()
    {
        auto wide = request();
        wide.packet.dst = {};
        QVERIFY(!planKernelTrace(wide, node("iptables-nft-save.txt")).has_value());
        QVERIFY(!planKernelTrace(request(), NodeState()).has_value());
        auto hostile = request();
        hostile.id = "'; rm -rf /";
        const auto plan = planKernelTrace(hostile, node("iptables-nft-save.txt"));
        QVERIFY(plan.has_value());
        QVERIFY(plan->command.find("rm -rf") == std::string::npos);
        hostile.id = "';";
        QVERIFY(!planKernelTrace(hostile, node("iptables-nft-save.txt")).has_value());
    }

    void aFamilyAndAProtocolWithoutPorts()
    {
        KernelTraceRequest six = request();
        six.packet.src = *IpAddress::parse("fd00::1");
        six.packet.dst = *IpAddress::parse("fd00::2");
        six.packet.protocol = proto::icmp6;
        NodeState state;
        QVERIFY(state.setPart("ip6tables-nft-save.txt", std::make_shared<const std::string>(ruleset)).has_value());
        state.finish();
        const auto plan = planKernelTrace(six, state);
        QVERIFY(plan.has_value());
        QVERIFY2(plan->puts[0].find("ip6 saddr fd00::1 ip6 daddr fd00::2 meta l4proto 58 limit") != std::string::npos, plan->puts[0].c_str());
    }

    void whatNftPrints()
    {
        const KernelTrace trace = readKernelTrace(seen);
        QCOMPARE(trace.packets, 2);
        QCOMPARE(trace.steps.size(), std::size_t(3)); // our own rule is none of them
        QCOMPARE(trace.steps[1].chain, std::string("KUBE-SERVICES"));
        QCOMPARE(trace.steps[1].handle, std::uint64_t(5));
        QCOMPARE(trace.steps[1].rule, 2);
        QCOMPARE(trace.steps[0].verdict, std::string("jump KUBE-SERVICES"));
        QCOMPARE(trace.steps[2].verdict, std::string("accept"));
        QCOMPARE(trace.steps[2].rule, 0);
    }

    void whatTheLogOfLegacySays()
    {
        const KernelTrace trace = readKernelTrace("[12.1] TRACE: raw:PREROUTING:rule:1 IN=cni0 OUT= SRC=10.0.0.1 DST=10.96.0.1 ID=77 PROTO=TCP SPT=40000 DPT=80 \n"
                                                  "[12.1] TRACE: raw:PREROUTING:rule:3 IN=cni0 OUT= SRC=10.0.0.1 DST=10.96.0.1 ID=77 PROTO=TCP SPT=40000 DPT=80 \n"
                                                  "[12.1] TRACE: nat:KUBE-SERVICES:rule:12 IN=cni0 OUT= ID=77 PROTO=TCP SPT=40000\n"
                                                  "[12.1] TRACE: nat:odd:name:return:4 IN=cni0 OUT= ID=77 PROTO=TCP SPT=40000\n"
                                                  "[12.2] TRACE: nat:POSTROUTING:policy:1 IN= OUT=eth0 ID=78 PROTO=TCP SPT=40001\n");
        QCOMPARE(trace.packets, 2);
        QCOMPARE(trace.steps.size(), std::size_t(4));
        QCOMPARE(trace.steps[0].rule, 2); // ours stood before it
        QCOMPARE(trace.steps[1].rule, 12);
        QCOMPARE(trace.steps[2].chain, std::string("odd:name"));
        QCOMPARE(trace.steps[2].verdict, std::string("return"));
        QVERIFY(readKernelTrace("no logger\n").noLogger);
    }

    void noPrefixBreaksTheReader()
    {
        const std::string all = std::string(seen) + "TRACE: nat:KUBE-SERVICES:rule:12 IN=cni0 ID=77\nTRACE: ::\nTRACE: a:\nTRACE: \nnumber a b\n";
        for (std::size_t n = 0; n <= all.size(); ++n)
            QVERIFY(readKernelTrace(all.substr(0, n)).steps.size() <= 4);
    }

    void overThePrediction()
    {
        const Trace prediction = predicted(node("iptables-nft-save.txt"));
        const KernelOverlay same = overlay(prediction, readKernelTrace(seen));
        QVERIFY(same.agrees());
        QCOMPARE(same.branch, 0);
        int taken = 0;
        for (const auto& step : prediction.branches[0].steps)
            taken += took(readKernelTrace(seen), step) ? 1 : 0;
        QCOMPARE(taken, 2);
        // The rule has moved in the meantime.
        std::string other = seen;
        other.replace(other.find("number ip nat KUBE-SERVICES 5 2"), 31, "number ip nat KUBE-SERVICES 5 7");
        const KernelOverlay differs = overlay(prediction, readKernelTrace(other));
        QVERIFY(!differs.agrees());
        QCOMPARE(differs.unpredicted.size(), std::size_t(1));
        QCOMPARE(differs.missing.size(), std::size_t(1));
        QCOMPARE(differs.missing[0].chain, std::string("KUBE-SERVICES"));
        QVERIFY(!overlay(prediction, {}).agrees());
        QCOMPARE(overlay(prediction, {}).branch, -1);
    }

    void aRealKernelIsListenedTo()
    {
        const Net net;
        if (!net.ready())
            QSKIP("needs root, a network namespace and nft");
        if (net.run(QStringLiteral("iptables-nft-restore"), nullptr, ruleset) != 0)
            QSKIP("needs iptables-nft");
        const auto plan = planKernelTrace(request(4), node("iptables-nft-save.txt"));
        QVERIFY(plan.has_value());
        QProcess listening;
        net.start(listening, QString::fromStdString(plan->command));
        QVERIFY(listening.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(!net.clean(), 5000);
        // Again and again until it ends: the listener is there some time after its rule, and later on a busy machine.
        while (listening.state() == QProcess::Running) {
            net.run(QStringLiteral("timeout 0.1 bash -c 'exec 3<>/dev/tcp/127.0.0.9/80' 2>/dev/null"));
            listening.waitForFinished(100);
        }
        QCOMPARE(listening.exitCode(), 0);
        const QByteArray out = listening.readAllStandardOutput();
        const KernelTrace trace = readKernelTrace(out.toStdString());
        QVERIFY2(trace.packets > 0, out.constData());
        const KernelOverlay over = overlay(predicted(node("iptables-nft-save.txt")), trace);
        QVERIFY2(over.agrees(), out.constData());
        QVERIFY(net.clean());
    }

    void nothingStaysBehind_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("asked to end") << SIGTERM;
        QTest::newRow("the connection is gone") << SIGHUP;
        QTest::newRow("killed, the guard alone is left") << SIGKILL;
    }

    void nothingStaysBehind()
    {
        QFETCH(int, signal);
        const Net net;
        if (!net.ready())
            QSKIP("needs root, a network namespace and nft");
        const auto plan = planKernelTrace(request(signal == SIGKILL ? 1 : 30), node("iptables-nft-save.txt"));
        QVERIFY(plan.has_value());
        QProcess listening;
        net.start(listening, QString::fromStdString(plan->command));
        QVERIFY(listening.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(!net.clean(), 5000);
        ::kill(static_cast<pid_t>(listening.processId()), signal);
        QTRY_VERIFY_WITH_TIMEOUT(net.clean(), 8000);
        listening.kill();
        listening.waitForFinished(3000);
    }
};

QTEST_GUILESS_MAIN(TestKernelTrace)
#include "tst_kernel_trace.moc"
