// SPDX-License-Identifier: GPL-3.0-or-later
// The node baseline at its thresholds, and what absent tools, missing root and unusual installations make of it.
#include "recording.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

test::Recording node()
{
    test::Recording one;
    one.put("n1", probe::connect, "");
    one.put("", probe::apiVersion, "{}");
    one.put("", probe::apiNodes, R"({"kind":"NodeList","items":[]})");
    return one;
}

std::string dfRow(const std::string& mount, int used, int available)
{
    return "/dev/sda1 100000000 " + std::to_string(used * 1000000) + ' ' + std::to_string(available * 1000000) + " 0% " + mount + '\n';
}

const std::string dfHeading = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
const std::string psHeading = "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n";
const std::string kubeletProcess = "  100 1 Ssl - 86400 1000 /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n";

std::string nodeObject(const std::string& status, const std::string& reason, const std::string& message, const std::string& name = "n1")
{
    return R"({"metadata":{"name":")" + name + R"("},"status":{"conditions":[{"type":"Ready","status":")" + status + R"(","reason":")" + reason
        + R"(","message":")" + message + R"(","lastTransitionTime":"2026-11-23T08:00:00Z"}],"nodeInfo":{"kubeletVersion":"v1.20.2","containerRuntimeVersion":"docker://19.3.5"}}})";
}

std::string nodeList(const std::string& items) { return R"({"kind":"NodeList","items":[)" + items + "]}"; }

} // namespace

class Baseline : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"baseline"});
        const QString wrong = test::flaw(report, m_catalogue);
        if (!wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

    /// The verdict of the only finding with this id; Ok when there is none.
    Verdict verdict(const test::Recording& recording, std::string_view id)
    {
        const auto found = withId(run(recording), id);
        return found.empty() ? Verdict::Ok : found.front().verdict();
    }

private Q_SLOTS:
    void disk_data()
    {
        QTest::addColumn<int>("available");
        QTest::addColumn<QString>("mount");
        QTest::addColumn<int>("expected");
        QTest::newRow("half free") << 50 << u"/var/lib/containerd"_qs << int(Verdict::Ok);
        QTest::newRow("79 % used") << 21 << u"/var/lib/containerd"_qs << int(Verdict::Ok);
        QTest::newRow("80 % used") << 20 << u"/var/lib/containerd"_qs << int(Verdict::Warning);
        QTest::newRow("85 % used: images are deleted") << 15 << u"/var/lib/containerd"_qs << int(Verdict::Failure);
        QTest::newRow("86 % of a data disk") << 14 << u"/data"_qs << int(Verdict::Ok);
        QTest::newRow("98 % of a data disk") << 2 << u"/data"_qs << int(Verdict::Failure);
    }

    void disk()
    {
        QFETCH(int, available);
        QFETCH(QString, mount);
        QFETCH(int, expected);
        auto recording = node();
        recording.put("n1", probe::df, dfHeading + dfRow("/", 10, 90) + dfRow(mount.toStdString(), 100 - available, available));
        QCOMPARE(int(verdict(recording, "node.disk-full")), expected);
    }

    void theDiskIsTheOneThatHoldsTheImages()
    {
        auto recording = node();
        recording.put("", probe::apiNodes, nodeList(nodeObject("True", "KubeletReady", "ok")));
        recording.put("n1", probe::dockerInfo, "Server:\n Server Version: 19.03.5\n Docker Root Dir: /data/docker\n");
        recording.put("n1", probe::df, dfHeading + dfRow("/", 10, 90) + dfRow("/data", 86, 14));
        const auto found = withId(run(recording), "node.disk-full");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("mount"), std::string("/data"));
        QCOMPARE(found[0].parameters().at("holds"), std::string("images"));
        QCOMPARE(found[0].evidence()[0].lines, std::vector<int> {3});
    }

    void reservedBlocksCountAsUsed()
    {
        // 5 % kept for root: df says 95 %, an application meets a full disk; the kubelet counts what is available.
        auto recording = node();
        recording.put("n1", probe::df, dfHeading + "/dev/sda1 100000000 81000000 14000000 86% /\n");
        QCOMPARE(withId(run(recording), "node.disk-full").at(0).parameters().at("percent"), std::string("86"));
    }

    void inodesAndReadOnly()
    {
        auto recording = node();
        recording.put("n1", probe::dfInodes, "Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda1 1000 970 30 97% /var\n/dev/sdb1 0 0 0 0% /btrfs\n");
        recording.put("n1", probe::mounts, "/dev/sda1 / ext4 ro,relatime 0 0\n/dev/loop1 /snap/core squashfs ro 0 0\n");
        const auto report = run(recording);
        QCOMPARE(withId(report, "node.inodes-full").size(), std::size_t(1));
        QCOMPARE(withId(report, "node.filesystem-read-only").size(), std::size_t(1));
        recording.put("n1", probe::osRelease, "ID=talos\n"); // read-only by design
        QVERIFY(!has(run(recording), "node.filesystem-read-only"));
    }

    void limits_data()
    {
        QTest::addColumn<QString>("probe");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* name, std::string_view probe, const char* text, const char* id, Verdict expected) {
            QTest::newRow(name) << QString::fromUtf8(probe.data(), qsizetype(probe.size())) << QString::fromLatin1(text) << QString::fromLatin1(id) << int(expected);
        };
        row("conntrack 74 %", probe::conntrackCount, "net.netfilter.nf_conntrack_count = 740\nnet.netfilter.nf_conntrack_max = 1000\n", "node.conntrack-full", Verdict::Ok);
        row("conntrack 75 %", probe::conntrackCount, "net.netfilter.nf_conntrack_count = 750\nnet.netfilter.nf_conntrack_max = 1000\n", "node.conntrack-full", Verdict::Warning);
        row("conntrack 90 %", probe::conntrackCount, "net.netfilter.nf_conntrack_count = 900\nnet.netfilter.nf_conntrack_max = 1000\n", "node.conntrack-full", Verdict::Failure);
        row("conntrack by sysctl", probe::sysctl, "net.netfilter.nf_conntrack_count = 950\nnet.netfilter.nf_conntrack_max = 1000\n", "node.conntrack-full", Verdict::Failure);
        row("threads", probe::pidLimits, "kernel.pid_max = 32768\nkernel.threads-max = 192731\nthreads = 31500\n", "node.pids-exhausted", Verdict::Failure);
        row("few threads", probe::pidLimits, "kernel.pid_max = 32768\nkernel.threads-max = 192731\nthreads = 315\n", "node.pids-exhausted", Verdict::Ok);
        row("files", probe::fileNr, "850 0 1000\n", "node.files-exhausted", Verdict::Warning);
        row("inotify", probe::inotify, "fs.inotify.max_user_instances = 128\n==> instances <==\n100 0 12 kubelet\n25 0 13 java\n9 1000 14 x\n", "node.inotify-exhausted", Verdict::Failure);
        row("memory", probe::meminfo, "MemTotal: 8000000 kB\nMemAvailable: 500000 kB\n", "node.memory-low", Verdict::Warning);
        row("no memory", probe::meminfo, "MemTotal: 8000000 kB\nMemAvailable: 150000 kB\n", "node.memory-low", Verdict::Failure);
        row("pressure", probe::pressure, "==> /proc/pressure/io <==\nfull avg10=50.00 avg60=45.00 avg300=1.00 total=1\n", "node.pressure", Verdict::Failure);
        row("some pressure", probe::pressure, "==> /proc/pressure/io <==\nfull avg10=50.00 avg60=9.00 avg300=1.00 total=1\n", "node.pressure", Verdict::Ok);
        row("forwarding off", probe::sysctl, "net.ipv4.ip_forward = 0\n", "node.ip-forward-off", Verdict::Failure);
        row("tw_recycle", probe::sysctl, "net.ipv4.ip_forward = 1\nnet.ipv4.tcp_tw_recycle = 1\n", "node.tw-recycle-on", Verdict::Failure);
        row("not synchronised", probe::chrony, "==> timedatectl <==\nNTPSynchronized=no\n", "node.clock-not-synchronised", Verdict::Warning);
        row("certificate gone", probe::certificates, "==> /etc/kubernetes/pki/apiserver.crt <==\nsubject=CN = a\nnotAfter=Nov 22 08:00:00 2026 GMT\n", "cert.expired", Verdict::Failure);
        row("six days left", probe::certificates, "==> /etc/kubernetes/pki/apiserver.crt <==\nsubject=CN = a\nnotAfter=Nov 29 08:00:00 2026 GMT\n", "cert.expiring", Verdict::Failure);
        row("29 days left", probe::certificates, "==> /etc/kubernetes/pki/apiserver.crt <==\nsubject=CN = a\nnotAfter=Dec 22 08:00:00 2026 GMT\n", "cert.expiring", Verdict::Warning);
        row("31 days left", probe::certificates, "==> /etc/kubernetes/pki/apiserver.crt <==\nsubject=CN = a\nnotAfter=Dec 25 08:00:00 2026 GMT\n", "cert.expiring", Verdict::Ok);
        row("from tomorrow", probe::certificates, "==> /x <==\nsubject=CN = a\nnotBefore=Nov 24 08:00:00 2026 GMT\nnotAfter=Dec 25 08:00:00 2028 GMT\n", "cert.not-yet-valid", Verdict::Failure);
        row("served old", probe::certificates, "==> /etc/kubernetes/pki/apiserver.crt <==\nsubject=CN = a\nnotAfter=Dec 25 08:00:00 2028 GMT\n==> live 127.0.0.1:6443 <==\nsubject=CN = a\nnotAfter=Nov 25 08:00:00 2026 GMT\n", "cert.served-old", Verdict::Failure);
    }

    void limits()
    {
        QFETCH(QString, probe);
        QFETCH(QString, text);
        QFETCH(QString, id);
        QFETCH(int, expected);
        auto recording = node();
        recording.put("n1", probe.toStdString(), text.toStdString());
        QCOMPARE(int(verdict(recording, id.toStdString())), expected);
    }

    void neighbours()
    {
        auto recording = node();
        std::string table = "[";
        for (int i = 0; i < 900; ++i)
            table += (i == 0 ? "" : ",") + std::string(R"({"dst":"10.0.0.1","dev":"eth0"})");
        recording.put("n1", probe::ipNeigh, table + "]");
        recording.put("n1", probe::neighStats, "net.ipv4.neigh.default.gc_thresh3 = 1024\n==> /proc/net/stat/arp_cache <==\nentries allocs table_fulls\n00000384 0 0000001f\n00000384 0 00000001\n");
        const auto report = run(recording);
        QCOMPARE(withId(report, "node.neighbours-full").at(0).verdict(), Verdict::Warning);
        QCOMPARE(withId(report, "node.neighbours-overflowed").at(0).parameters().at("count"), std::string("32"));
    }

    void bridgeNetfilter()
    {
        auto recording = node();
        recording.put("n1", probe::cniConfig, R"({"name":"a","plugins":[{"type":"bridge"}]})");
        recording.put("n1", probe::sysctl, "net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 0\n");
        QCOMPARE(withId(run(recording), "node.bridge-nf-off").at(0).confidence(), Confidence::Confirmed);
        recording.put("n1", probe::sysctl, "net.ipv4.ip_forward = 1\n");
        QCOMPARE(withId(run(recording), "node.bridge-nf-off").at(0).confidence(), Confidence::Likely);
        recording.put("n1", probe::cniConfig, R"({"name":"a","plugins":[{"type":"calico"}]})"); // routed: irrelevant
        QVERIFY(!has(run(recording), "node.bridge-nf-off"));
    }

    void clocks()
    {
        auto recording = node();
        const double at = std::chrono::duration<double>(recording.now.time_since_epoch()).count();
        const auto put = [&](const char* name, double off) {
            recording.put(name, probe::connect, "");
            recording.put(name, probe::clock, QByteArray::number(at + off, 'f', 3).toStdString() + "\nUTC +0000\n");
        };
        put("n1", 0.4);
        QVERIFY(!has(run(recording), "node.clock-offset"));
        put("n1", 40);
        QCOMPARE(withId(run(recording), "node.clock-offset").at(0).verdict(), Verdict::Failure);
        // The engineer's own clock is off by 40 s: the nodes agree with each other.
        put("n2", 40.1);
        put("n3", 39.9);
        QVERIFY(!has(run(recording), "node.clock-offset"));
        put("n3", 45);
        const auto found = withId(run(recording), "node.clock-offset");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].subject().name, std::string("n3"));
        QCOMPARE(found[0].parameters().at("offset"), std::string("+4.9 s"));
    }

    void notReady_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("status");
        QTest::addColumn<QString>("id");
        QTest::newRow("silent") << u"NodeStatusUnknown"_qs << u"Kubelet stopped posting node status."_qs << u"Unknown"_qs << u"notready.kubelet-silent"_qs;
        QTest::newRow("never") << u"NodeStatusNeverUpdated"_qs << u"Kubelet never posted node status."_qs << u"Unknown"_qs << u"notready.kubelet-silent"_qs;
        QTest::newRow("cni old") << u"KubeletNotReady"_qs << u"runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized"_qs << u"False"_qs << u"notready.cni"_qs;
        QTest::newRow("cni new") << u"KubeletNotReady"_qs << u"container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"_qs << u"False"_qs << u"notready.cni"_qs;
        QTest::newRow("pleg") << u"KubeletNotReady"_qs << u"PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s"_qs << u"False"_qs << u"notready.pleg"_qs;
        QTest::newRow("runtime") << u"KubeletNotReady"_qs << u"container runtime is down"_qs << u"False"_qs << u"notready.runtime-down"_qs;
        QTest::newRow("csi") << u"KubeletNotReady"_qs << u"CSINode is not yet initialized"_qs << u"False"_qs << u"notready.csi"_qs;
        QTest::newRow("other") << u"KubeletNotReady"_qs << u"something new"_qs << u"False"_qs << u"notready.other"_qs;
    }

    void notReady()
    {
        QFETCH(QString, reason);
        QFETCH(QString, message);
        QFETCH(QString, status);
        QFETCH(QString, id);
        auto recording = node();
        recording.put("", probe::apiNodes, nodeList(nodeObject(status.toStdString(), reason.toStdString(), message.toStdString())));
        const auto found = withId(run(recording), id.toStdString());
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(found[0].since().has_value());
    }

    void manyAtOnceAreNotTheNodesFault()
    {
        auto recording = node();
        std::string items;
        for (const char* const name : {"a", "b", "c", "d"})
            items += (items.empty() ? "" : ",") + nodeObject(*name == 'd' ? "True" : "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", name);
        recording.put("", probe::apiNodes, nodeList(items));
        QVERIFY(has(run(recording), "notready.many-at-once"));
    }

    void kubelet()
    {
        auto recording = node();
        recording.put("n1", probe::units, "Id=kubelet.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\n");
        recording.put("n1", probe::kubeletLog, "E1123 08:00:00.000000 1 server.go:1] failed to run Kubelet: running with swap on is not supported, please disable swap!\n");
        const auto found = withId(run(recording), "node.kubelet-down");
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(found[0].parameters().at("last").find("swap") != std::string::npos);
        recording.put("n1", probe::units, "Id=kubelet.service\nLoadState=loaded\nActiveState=active\n");
        QVERIFY(!has(run(recording), "node.kubelet-down"));
        recording.put("n1", probe::kubeletHealthz, "syncloop failed\n500 0.001\n");
        QVERIFY(has(run(recording), "node.kubelet-unhealthy"));
        recording.put("n1", probe::kubeletHealthz, "\n000 0.000\n", 7); // healthzPort: 0
        QVERIFY(!has(run(recording), "node.kubelet-unhealthy"));
    }

    void embeddedAndReplacedComponents_data()
    {
        QTest::addColumn<QString>("process");
        QTest::addColumn<QString>("expected");
        QTest::newRow("k3s") << u"  9 1 Ssl - 100 1 /usr/local/bin/k3s server"_qs << QString();
        QTest::newRow("rke2") << u"  9 1 Ssl - 100 1 /usr/local/bin/rke2 agent"_qs << QString();
        QTest::newRow("hyperkube") << u"  9 1 Ssl - 100 1 /hyperkube kube-proxy --x"_qs << QString();
        QTest::newRow("cilium") << u"  9 1 Ssl - 100 1 cilium-agent --kube-proxy-replacement=strict"_qs << u"node.kube-proxy-replaced"_qs;
        QTest::newRow("nobody") << u"  9 1 Ssl - 100 1 /usr/bin/other"_qs << u"node.kube-proxy-down"_qs;
    }

    void embeddedAndReplacedComponents()
    {
        QFETCH(QString, process);
        QFETCH(QString, expected);
        auto recording = node();
        recording.put("n1", probe::ps, psHeading + kubeletProcess + process.toStdString() + '\n');
        recording.put("n1", probe::iptablesSave, "*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n");
        recording.put("n1", probe::kubeProxyHealthz, "\n000 0.0\n", 7);
        const auto report = run(recording);
        for (const char* const id : {"node.kube-proxy-down", "node.kube-proxy-replaced"})
            QCOMPARE(has(report, id), expected == QString::fromLatin1(id));
    }

    void kubeProxyHealth()
    {
        auto recording = node();
        recording.put("n1", probe::ps, psHeading + kubeletProcess + "  9 1 Ssl - 100 1 /usr/local/bin/kube-proxy\n");
        recording.put("n1", probe::kubeProxyHealthz, "{\"nodeEligible\": false}\n503 0.1\n"); // being deleted: no fault
        QVERIFY(!has(run(recording), "node.kube-proxy-unhealthy"));
        recording.put("n1", probe::kubeProxyHealthz, "{\"lastUpdated\": \"x\"}\n503 0.1\n");
        QVERIFY(has(run(recording), "node.kube-proxy-unhealthy"));
        recording.put("n1", probe::kubeProxyLivez, "ok\n200 0.1\n"); // 1.28: this one decides
        QVERIFY(!has(run(recording), "node.kube-proxy-unhealthy"));
    }

    void runtime()
    {
        auto recording = node();
        recording.put("n1", probe::ps, psHeading + kubeletProcess + "  9 1 Ssl - 100 1 /usr/bin/dockerd\n");
        recording.put("n1", probe::runtimeLatency, "docker-ps rc=0 ms=120 lines=20\n");
        QVERIFY(!has(run(recording), "node.runtime-slow"));
        recording.put("n1", probe::runtimeLatency, "docker-ps rc=0 ms=3500 lines=700\n");
        QCOMPARE(verdict(recording, "node.runtime-slow"), Verdict::Warning);
        QVERIFY(has(run(recording), "node.many-containers"));
        recording.put("n1", probe::runtimeLatency, "docker-ps rc=124 ms=10000 lines=0\n");
        QCOMPARE(verdict(recording, "node.runtime-hung"), Verdict::Failure);
        recording.put("n1", probe::units, "Id=docker.service\nLoadState=loaded\nActiveState=inactive\n");
        recording.put("n1", probe::ps, psHeading + kubeletProcess + "  9 1 Ssl - 100 1 /usr/bin/other\n");
        recording.put("n1", probe::runtimeLatency, "docker-ps rc=1 ms=10 lines=0\n");
        recording.put("", probe::apiNodes, nodeList(nodeObject("True", "KubeletReady", "ok")));
        QCOMPARE(verdict(recording, "node.runtime-down"), Verdict::Failure);
    }

    void swapAndCgroups()
    {
        auto recording = node();
        recording.put("n1", probe::ps, psHeading + kubeletProcess);
        recording.put("n1", probe::meminfo, "MemTotal: 8000000 kB\nMemAvailable: 5000000 kB\nSwapTotal: 1000 kB\nSwapFree: 400 kB\n");
        QVERIFY(has(run(recording), "node.swap-on"));
        recording.put("n1", probe::kubeletConfig, "==> /var/lib/kubelet/config.yaml <==\nfailSwapOn: false\n");
        QVERIFY(!has(run(recording), "node.swap-on"));
        recording.put("n1", probe::sysctl, "net.ipv4.ip_forward = 1\n");
        recording.put("n1", probe::cgroupFs, "tmpfs\n");
        recording.put("n1", probe::kubeletVersion, "Kubernetes v1.35.0\n");
        QVERIFY(has(run(recording), "node.cgroup-v1-refused"));
        recording.put("n1", probe::kubeletVersion, "Kubernetes v1.34.3\n");
        QVERIFY(!has(run(recording), "node.cgroup-v1-refused"));
    }

    void withoutToolsItIsUnknownOnce()
    {
        auto recording = node();
        for (const std::string_view name : {probe::df, probe::dfInodes, probe::meminfo, probe::ps, probe::units, probe::sysctl})
            recording.put("n1", name, "", -1, name == probe::df ? ProbeState::TimedOut : ProbeState::ToolMissing);
        const auto report = run(recording);
        QCOMPARE(report.findings.size(), std::size_t(1));
        QCOMPARE(report.findings[0].verdict(), Verdict::Unknown);
        QVERIFY(report.findings[0].parameters().at("missing").find("df: timed-out") != std::string::npos);
    }

    void whatDoesNotApplyIsNotMissing()
    {
        auto recording = node();
        for (const std::string_view name : {probe::df, probe::dfInodes, probe::meminfo, probe::ps, probe::units, probe::sysctl, probe::conntrackCount})
            recording.put("n1", name, "", -1, ProbeState::NotApplicable);
        QVERIFY(run(recording).findings.empty());
    }

    void chronyMeasuresFinely_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("expected");
        QTest::newRow("12 us") << u"System time     : 0.000012345 seconds slow of NTP time\n"_qs << int(Verdict::Ok);
        QTest::newRow("49 ms") << u"System time     : 0.049000000 seconds slow of NTP time\n"_qs << int(Verdict::Ok);
        QTest::newRow("50 ms") << u"System time     : 0.050000000 seconds fast of NTP time\n"_qs << int(Verdict::Warning);
        QTest::newRow("a second") << u"System time     : 1.000000000 seconds slow of NTP time\n"_qs << int(Verdict::Failure);
        QTest::newRow("cut") << u"System time     : 1.0000"_qs << int(Verdict::Ok);
    }

    void chronyMeasuresFinely()
    {
        QFETCH(QString, line);
        QFETCH(int, expected);
        auto recording = node();
        recording.put("n1", probe::chrony, "==> chronyc tracking <==\nLeap status     : Normal\n" + line.toStdString());
        QCOMPARE(int(verdict(recording, "node.clock-offset")), expected);
    }

    void theLimitOfAllPodsTogether_data()
    {
        QTest::addColumn<QString>("current");
        QTest::addColumn<QString>("limit");
        QTest::addColumn<int>("expected");
        QTest::newRow("79 %") << u"790"_qs << u"1000"_qs << int(Verdict::Ok);
        QTest::newRow("80 %") << u"800"_qs << u"1000"_qs << int(Verdict::Warning);
        QTest::newRow("95 %") << u"950"_qs << u"1000"_qs << int(Verdict::Failure);
        QTest::newRow("no limit") << u"950"_qs << u"max"_qs << int(Verdict::Ok);
    }

    void theLimitOfAllPodsTogether()
    {
        QFETCH(QString, current);
        QFETCH(QString, limit);
        QFETCH(int, expected);
        auto recording = node();
        recording.put("n1", probe::pidLimits,
                      "kernel.pid_max = 4194304\nkernel.threads-max = 128000\nthreads = 900\nprocesses = 300\n/sys/fs/cgroup/kubepods.slice/pids.current = " + current.toStdString()
                          + "\n/sys/fs/cgroup/kubepods.slice/pids.max = " + limit.toStdString() + "\n");
        QCOMPARE(int(verdict(recording, "node.pids-exhausted")), expected);
    }
};

QTEST_APPLESS_MAIN(Baseline)
#include "tst_baseline.moc"
