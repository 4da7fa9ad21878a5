// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is absent, forbidden, hung or installed otherwise: unknown with its reason, never a wrong verdict.
#include "objects.h"

#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;

namespace {

const std::string head = "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n    1     0 Ss   -       900000   100 /sbin/init\n";

/// A healthy node as far as its kind matters: its processes, and everything else quiet.
test::Recording node(const std::string& processes, const std::string& runtime)
{
    auto one = test::clusterOf(test::nodeObject("n1", "v1.28.2", runtime));
    one.put("n1", probe::ps, head + processes);
    one.put("n1", probe::df, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100000000 30000000 70000000 30% /\n");
    one.put("n1", probe::meminfo, "MemTotal: 16000000 kB\nMemFree: 8000000 kB\nMemAvailable: 12000000 kB\nSwapTotal: 0 kB\n");
    one.put("n1", probe::sysctl, "net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n");
    one.put("n1", probe::conntrackCount, "net.netfilter.nf_conntrack_count = 100\nnet.netfilter.nf_conntrack_max = 131072\n");
    for (const std::string_view name : {probe::kubeletHealthz, probe::kubeProxyHealthz, probe::kubeProxyLivez})
        one.put("n1", name, "\n000 0.001\n", 7);
    return one;
}

} // namespace

class Platforms : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

private Q_SLOTS:
    void nothingCanBeAsked_data()
    {
        QTest::addColumn<int>("state");
        QTest::newRow("no tools") << int(ProbeState::ToolMissing);
        QTest::newRow("no root") << int(ProbeState::NoPermission);
        QTest::newRow("cancelled") << int(ProbeState::Cancelled);
        QTest::newRow("the connection broke") << int(ProbeState::ConnectionLost);
        QTest::newRow("failed") << int(ProbeState::Failed);
        QTest::newRow("not here") << int(ProbeState::NotApplicable);
    }

    void nothingCanBeAsked()
    {
        QFETCH(int, state);
        test::Recording recording;
        recording.put("n1", probe::connect, "");
        for (const std::string_view name : checks::probesOf()) {
            if (name.starts_with("api/") && name != probe::apiKubeletMetrics)
                recording.put("", name, "", -1, ProbeState::Unreachable, "connection refused");
            else if (name != probe::connect)
                recording.put("n1", name, "", -1, static_cast<ProbeState>(state), "x");
        }
        const auto report = recording.run();
        const QString wrong = test::flaw(report, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        for (const Finding& one : report.findings)
            QVERIFY2(one.verdict() == Verdict::Unknown, one.id().c_str());
        QVERIFY(has(report, "cluster.api-unreachable"));
        if (state != int(ProbeState::NotApplicable))
            QVERIFY(has(report, "common.not-checked"));
    }

    void emptyAnswersAreNoFaults()
    {
        // Every command ran, and printed nothing.
        test::Recording recording;
        recording.put("n1", probe::connect, "");
        for (const std::string_view name : checks::probesOf())
            if (!name.starts_with("api/") && name != probe::connect)
                recording.put("n1", name, "");
        const auto report = recording.run();
        for (const Finding& one : report.findings)
            QVERIFY2(one.verdict() == Verdict::Unknown, one.id().c_str());
    }

    void kinds_data()
    {
        QTest::addColumn<QString>("processes");
        QTest::addColumn<QString>("runtime");
        const auto row = [](const char* name, const char* processes, const char* runtime) { QTest::newRow(name) << QString::fromLatin1(processes) << QString::fromLatin1(runtime); };
        row("kubeadm with containerd", "100 1 Ssl - 86400 1000 /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n101 1 Ssl - 86400 1000 /usr/bin/containerd\n102 1 Ssl - 86400 1000 /usr/local/bin/kube-proxy --config=/x\n", "containerd://1.7.2");
        row("cri-o", "100 1 Ssl - 86400 1000 /usr/bin/kubelet\n101 1 Ssl - 86400 1000 /usr/bin/crio\n102 1 Ssl - 86400 1000 /usr/local/bin/kube-proxy\n", "cri-o://1.28.1");
        row("docker with cri-dockerd", "100 1 Ssl - 86400 1000 /usr/bin/kubelet\n101 1 Ssl - 86400 1000 /usr/bin/dockerd -H fd://\n103 1 Ssl - 86400 1000 /usr/bin/cri-dockerd\n102 1 Ssl - 86400 1000 kube-proxy\n", "docker://24.0.7");
        row("RKE1: everything in containers", "100 90 Ssl - 86400 1000 kubelet --fail-swap-on=false\n101 1 Ssl - 86400 1000 /usr/bin/dockerd\n102 90 Ssl - 86400 1000 kube-proxy --cluster-cidr=10.42.0.0/16\n103 90 Ssl - 86400 1000 kube-apiserver --x\n", "docker://20.10.24");
        row("k3s server", "100 1 Ssl - 86400 1000 /usr/local/bin/k3s server\n101 100 Sl - 86400 1000 containerd -c /var/lib/rancher/k3s/agent/etc/containerd/config.toml\n", "containerd://1.7.3-k3s1");
        row("k3s agent", "100 1 Ssl - 86400 1000 /usr/local/bin/k3s agent\n", "containerd://1.7.3-k3s1");
        row("RKE2", "100 1 Ssl - 86400 1000 /usr/local/bin/rke2 agent\n101 100 Sl - 86400 1000 containerd -c /x\n102 100 Sl - 86400 1000 kubelet --x\n103 100 Sl - 86400 1000 kube-proxy --x\n", "containerd://1.7.3-k3s1");
        row("MicroK8s", "100 1 Ssl - 86400 1000 /snap/microk8s/5372/kubelite --x\n101 1 Ssl - 86400 1000 /snap/microk8s/5372/bin/containerd\n", "containerd://1.6.15");
        row("binary-deployed", "100 1 Ssl - 86400 1000 /opt/kube/bin/kubelet\n101 1 Ssl - 86400 1000 /opt/kube/bin/containerd\n102 1 Ssl - 86400 1000 /opt/kube/bin/kube-proxy --config=/x\n", "containerd://1.7.2");
        row("hyperkube", "100 1 Ssl - 86400 1000 /hyperkube kubelet --x\n101 1 Ssl - 86400 1000 /usr/bin/dockerd\n102 1 Ssl - 86400 1000 /hyperkube kube-proxy --x\n", "docker://18.9.7");
        row("Cilium without kube-proxy", "100 1 Ssl - 86400 1000 /usr/bin/kubelet\n101 1 Ssl - 86400 1000 /usr/bin/containerd\n102 1 Ssl - 86400 1000 /usr/bin/cilium-agent --config-dir=/tmp/cilium/config-map\n", "containerd://1.7.2");
    }

    void kinds()
    {
        QFETCH(QString, processes);
        QFETCH(QString, runtime);
        const auto recording = node(processes.toStdString(), runtime.toStdString());
        const auto report = recording.run();
        const QString wrong = test::flaw(report, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        for (const Finding& one : report.findings)
            QVERIFY2(one.verdict() != Verdict::Failure && one.verdict() != Verdict::Warning, (one.id() + " " + test::ids(report)).c_str());
    }

    void aNodeThatIsNoneOfTheClusters()
    {
        // A jump host, a deploy node: no kubelet is expected there.
        test::Recording recording;
        recording.put("jump", probe::connect, "");
        recording.put("jump", probe::ps, head + "100 1 Ssl - 86400 1000 /usr/sbin/sshd -D\n");
        const auto report = recording.run();
        QVERIFY2(!has(report, "node.kubelet-down") && !has(report, "node.kube-proxy-down") && !has(report, "node.runtime-down"), test::ids(report).c_str());
    }

    void hostileNamesEverywhere()
    {
        // What reads like a placeholder, markup, a command or a control sequence stays text in every finding.
        const std::string evil = "{node}{pod}<script>alert(1)</script>$(reboot)`id`&amp;%s\\u001b[31m";
        auto recording = test::clusterOf(test::nodeObject(evil, "v1.28.2", "containerd://1.7.2", "False", evil, "PLEG is not healthy: pleg was last seen active " + evil));
        recording.put(evil, probe::connect, "");
        recording.put(evil, probe::df, "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 99 1 99% /{mount}<b>\n");
        recording.put(evil, probe::kubeletLog, "E1123 08:30:00.000000 1 kubelet.go:1] PLEG is not healthy: pleg was last seen active {node}<b> ago; threshold is {x}\n");
        recording.put("", probe::apiPods,
                      test::list("Pod", test::podObject({.name = evil, .nameSpace = evil, .node = "", .phase = "Pending", .status = "\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\",\"message\":\"0/1 nodes are available: 1 Insufficient {cpu}.\"}]"})
                                     + ',' + test::podObject({.name = evil + "2", .nameSpace = evil, .status = test::waiting("ErrImagePull", evil)})));
        recording.put("", probe::apiServices, test::list("Service", test::serviceObject(evil, "10.96.1.1", 80, "{\"a\":\"" + evil + "\"}", evil)));
        recording.put("", probe::apiEvents, test::list("Event", test::eventObject("FailedMount", evil, evil, evil)));
        const auto report = recording.run();
        const QString wrong = test::flaw(report, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        QVERIFY2(report.findings.size() >= 4, test::ids(report).c_str());
        for (const Finding& one : report.findings) {
            const KnowledgeEntry* const entry = m_catalogue.find(one.id());
            for (const Language language : {Language::English, Language::Chinese})
                for (const Text* const text : {&entry->title, &entry->meaning, &entry->why, &entry->next}) {
                    // Filled in once: a value's own braces do not draw in other values.
                    std::string expected = text->in(language);
                    const std::string filled = fill(expected, one.parameters());
                    QVERIFY(filled.size() < 20'000);
                    if (expected.find("{node}") != std::string::npos && one.parameters().contains("node") && one.parameters().at("node").find("{pod}") != std::string::npos)
                        QVERIFY2(filled.find("{pod}") != std::string::npos, one.id().c_str());
                }
        }
    }
};

QTEST_APPLESS_MAIN(Platforms)
#include "tst_platforms.moc"
