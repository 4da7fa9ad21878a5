// SPDX-License-Identifier: GPL-3.0-or-later
// Pasted text finds its meaning: old and new wordings, both languages, the notebook's typos; near misses find nothing.
#include "diagnostics/checks/paste.h"

#include <QElapsedTimer>
#include <QTest>

using namespace medic;
using namespace medic::checks;

class Paste : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    PasteIndex m_index {m_catalogue};

private Q_SLOTS:
    void normalisation_data()
    {
        QTest::addColumn<QString>("pasted");
        QTest::addColumn<QString>("normal");
        QTest::newRow("full-width") << u"Error response from daemon：Get（x）？"_qs << u"Error response from daemon:Get(x)?"_qs;
        QTest::newRow("curly quotes") << u"failed to find plugin “bandwidth” in ‘path’"_qs << u"failed to find plugin \"bandwidth\" in 'path'"_qs;
        QTest::newRow("zero width") << u"PLEG​ is not\ufeff healthy"_qs << u"PLEG is not healthy"_qs;
        QTest::newRow("wrapped") << u"The connection to the server 12.2.2.2:6443 was\nrefused - did you"_qs << u"The connection to the server 12.2.2.2:6443 was refused - did you"_qs;
        QTest::newRow("two lines stay two") << u"E0729 a\nE0729 b"_qs << u"E0729 a\nE0729 b"_qs;
        QTest::newRow("colours") << u"\x1b[31merror\x1b[0m: x"_qs << u"error: x"_qs;
        QTest::newRow("blanks") << u"a\t  b \u3000c"_qs << u"a b c"_qs;
        QTest::newRow("typo") << u"java.net.UnkownHostException"_qs << u"java.net.UnknownHostException"_qs;
        QTest::newRow("typo 2") << u"PLEG is not healhy"_qs << u"PLEG is not healthy"_qs;
        QTest::newRow("registries") << u"gci.io quary.io"_qs << u"gcr.io quay.io"_qs;
        QTest::newRow("Chinese stays") << u"节点不可用"_qs << u"节点不可用"_qs;
    }

    void normalisation()
    {
        QFETCH(QString, pasted);
        QFETCH(QString, normal);
        const NormalText result = normalised(pasted.toStdString());
        QCOMPARE(QString::fromStdString(result.text), normal);
        QCOMPARE(result.origin.size(), result.text.size());
        QVERIFY(std::is_sorted(result.origin.begin(), result.origin.end()));
    }

    void meanings_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("finding");
        QTest::addColumn<QString>("playbook");
        const auto row = [](const char* text, const char* finding, const char* playbook) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(finding) << QString::fromLatin1(playbook);
        };
        // 1.1
        row("networkPlugin cni failed to set up pod \"x_default\" network: if rate is set, burst must also be set", "bandwidth.burst-missing", "case-1.1-bandwidth");
        row("plugin type=\"bandwidth\" failed (add): if rate is set, burst must also be set", "bandwidth.burst-missing", "case-1.1-bandwidth");
        row("cannot set burst", "bandwidth.burst-missing", "case-1.1-bandwidth");
        row("failed to find plugin \"bandwidth\" in path [/opt/cni/bin]", "bandwidth.no-binary", "case-1.1-bandwidth");
        row("resoruce is unreasonably large (> 1Pbit)", "bandwidth.bad-value", "case-1.1-bandwidth");
        row("resource is unreasonably small (< 1kbit)", "bandwidth.bad-value", "case-1.1-bandwidth");
        row("create ifb qdisc: operation not supported", "bandwidth.modules-missing", "case-1.1-bandwidth");
        // 1.2 and 1.6
        row("java.net.UnkownHostException: kubernetes.default: Temporary failure in name resolution", "dns.servers-not-ready", "case-1.6-dns");
        row("getaddrinfo EAI_AGAIN web.default.svc", "dns.servers-not-ready", "case-1.6-dns");
        row("Can't use the IPVS proxier: IPVS proxier will not be used", "node.kube-proxy-down", "case-1.2-kubernetes-service");
        row("can't use the IPVS proxier: missing modules", "node.kube-proxy-down", "case-1.2-kubernetes-service");
        row("Failed to execute iptables-restore: exit status 1 (iptables-restore: line 12 failed)", "service.proxy-restore-error", "case-1.2-kubernetes-service");
        row("Another app is currently holding the xtables lock; still -9s 0us time ahead", "service.xtables-lock", "p24-iptables-backends");
        row("kubernetes svc 不通", "service.rules-stale", "case-1.2-kubernetes-service");
        row("plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone \".\", see https://coredns.io/plugins/loop#troubleshooting", "dns.loop", "case-1.6-dns");
        row("[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.0.5:42013->10.0.0.2:53: i/o timeout", "dns.upstream-fails", "case-1.6-dns");
        row("[ERROR] 2 example.com. A: unreachable backend: read udp 10.244.0.5:1->10.0.0.2:53: i/o timeout", "dns.upstream-fails", "case-1.6-dns");
        row(";; reply from unexpected source: 10.244.1.8#53, expected 10.96.0.10#53", "node.bridge-nf-off", "case-1.6-dns");
        row("Nameserver limits were exceeded, some nameservers have been omitted", "dns.limits-exceeded", "case-1.6-dns");
        // 1.3
        row("The connection to. the server 12.2.2.2:6443 was refused - did you specify the right host or port？", "apiserver.not-listening", "case-1.3-apiserver-down");
        row("Unable to connect to the server: net/http: TLS handshake timeout", "apiserver.not-listening", "case-1.3-apiserver-down");
        row("Error response from daemon：Get https://gcr.io/v2/: dial tcp: lookup gcr.io on 12.2.2.6:53: read udp 12.2.2.6:42013->12.2.2.6:53: i/o timeout", "apiserver.registry-name-fails", "case-1.3-apiserver-down");
        row("Error response from daemon: Get \"https://gcr.io/v2/\": dial tcp: lookup gcr.io on 12.2.2.6:53: i/o timeout", "apiserver.registry-name-fails", "case-1.3-apiserver-down");
        row("[imageGCManager]: Removing image \"sha256:aa\" to free 100 bytes", "apiserver.image-collected", "case-1.3-apiserver-down");
        row("\"Removing image to free bytes\" imageID=\"sha256:aa\" size=100", "apiserver.image-collected", "case-1.3-apiserver-down");
        row("Disk usage on image filesystem is over the high threshold, trying to free bytes down to the low threshold", "node.disk-full", "p12-disk-pressure");
        row("Disk usage on image filesystem is at 87% which is over the high threshold (85%).", "node.disk-full", "p12-disk-pressure");
        // 1.4
        row("skipping pod synchronization - [container runtime is down, PLEG is not healthy: pleg was last seen active 3m57.1s ago; threshold is 3m0s]", "pleg.unhealthy", "case-1.4-pleg");
        row("\"Skipping pod synchronization\" err=\"PLEG is not healthy: pleg was last seen active 3m5.2s ago; threshold is 3m0s\"", "pleg.unhealthy", "case-1.4-pleg");
        row("PLEG is not healhy", "pleg.unhealthy", "case-1.4-pleg");
        // 1.5
        row("x509: certificate is valid for ingress.local, not 10.96.0.1", "hostport.steals-service", "case-1.5-hostport");
        row("hostPort 与 ipvs 冲突", "hostport.steals-service", "case-1.5-hostport");
        // B
        row("Kubelet stopped posting node status.", "notready.kubelet-silent", "p01-node-not-ready");
        row("container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized", "notready.cni", "p08-cni");
        row("Unable to connect to the server: x509: certificate has expired or is not yet valid: current time 2026-11-23T08:00:00Z is after 2026-01-01T00:00:00Z", "cert.expired", "p02-certificates");
        row("x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01T00:00:00Z", "node.clock-offset", "p04-clock-skew");
        row("etcdserver: mvcc: database space exceeded", "etcd.no-space", "p03-etcd");
        row("{\"level\":\"warn\",\"msg\":\"apply request took too long\"}", "etcd.slow-apply", "p03-etcd");
        row("nf_conntrack: nf_conntrack: table full, dropping packet", "node.conntrack-full", "p05-conntrack-full");
        row("neighbour: arp_cache: neighbor table overflow!", "node.neighbours-overflowed", "p14-neighbour-table");
        row("failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254", "cni.no-addresses", "p09-ip-exhaustion");
        row("CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range", "cni.no-pod-range", "p09-ip-exhaustion");
        row("eviction manager: must evict pod(s) to reclaim ephemeral-storage", "kubelet.evicting", "p12-disk-pressure");
        row("\"Eviction manager: attempting to reclaim\" resourceName=\"ephemeral-storage\"", "kubelet.evicting", "p12-disk-pressure");
        row("can't determine this node's IP, assuming 127.0.0.1; if this is incorrect, please set the --bind-address flag", "service.proxy-node-name", "case-1.2-kubernetes-service");
        row("\"Failed to retrieve node info\" err=\"nodes \\\"x\\\" not found\"", "service.proxy-node-name", "case-1.2-kubernetes-service");
        row("0/5 nodes are available: 5 node(s) had taint {a: b}, that the pod didn't tolerate.", "pods.pending-taint", "p15-pending");
        row("node(s) had untolerated taint(s) {k: v}", "pods.pending-taint", "p15-pending");
        row("0/1 nodes are available: 1 Insufficient cpu.", "pods.pending-resources", "p15-pending");
        row("Back-off pulling image \"nginx:nope\"", "pods.pull-failed", "p17-image-pull");
        row("back-off 5m0s restarting failed container=c pod=x", "pods.crash-loop", "p18-crashloop");
        row("Multi-Attach error for volume \"pvc-1\"", "pods.volume-in-use", "p16-container-creating");
        row("failed calling webhook \"v.example.com\": context deadline exceeded", "control.webhook", "p20-apiserver-slow");
        row("Error from server: error dialing backend: dial tcp 10.0.0.5:10250: i/o timeout", "control.kubelet-port-closed", "p26-exec-logs");
        row("task dockerd:123 blocked for more than 120 seconds.", "kernel.hung-task", "p25-kernel-faults");
        row("unregister_netdevice: waiting for lo to become free. Usage count = 1", "kernel.netdevice-leak", "p25-kernel-faults");
        row("failed to create fsnotify watcher: too many open files", "node.inotify-exhausted", "p13-pid-fd-inotify");
        row("-bash: fork: retry: Resource temporarily unavailable", "node.pids-exhausted", "p13-pid-fd-inotify");
        row("证书过期了", "cert.expired", "p02-certificates");
        row("Pod 一直卡在 ContainerCreating", "pods.stuck-creating", "p16-container-creating");
    }

    void meanings()
    {
        QFETCH(QString, text);
        QFETCH(QString, finding);
        QFETCH(QString, playbook);
        const auto found = m_index.match(text.toStdString());
        QString all;
        for (const PasteMatch& one : found)
            all += QString::fromStdString(one.finding) + u' ' + QString::number(one.score) + u"; "_qs;
        QVERIFY2(!found.empty(), "nothing found");
        QVERIFY2(QString::fromStdString(found.front().finding) == finding, qPrintable(all));
        QCOMPARE(QString::fromStdString(found.front().playbook), playbook);
        // What is highlighted is a part of what was pasted.
        QCOMPARE(text.toStdString().substr(found.front().from, found.front().length), found.front().matched);
    }

    void nearMisses_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* const text : {"", "hello world", "PLEG is healthy", "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
                                       "connection accepted", "rate and burst", "node/node-1 Ready", "image pulled successfully", "burst balance low", "ok",
                                       "the pleg team", "dns works", "一切正常", "hostPort"})
            QTest::newRow(*text != 0 ? text : "empty") << QString::fromUtf8(text);
    }

    void nearMisses()
    {
        QFETCH(QString, text);
        const auto found = m_index.match(text.toStdString());
        QVERIFY2(found.empty(), found.empty() ? "" : found.front().finding.c_str());
    }

    void severalMeaningsAreRanked()
    {
        const auto all = m_index.playbooks("Nov 23 kubelet: E1123 08:36:35.722962 26444 kubelet.go:1826] skipping pod synchronization - PLEG is not healthy: pleg was last seen active 5m ago\n"
                                           "Nov 23 kernel: nf_conntrack: table full, dropping packet\n");
        QVERIFY(all.size() >= 2);
        QCOMPARE(all.front(), std::string("case-1.4-pleg"));
        QVERIFY(std::find(all.begin(), all.end(), "p05-conntrack-full") != all.end());
    }

    void hostileTextCostsLittle()
    {
        QElapsedTimer timer;
        timer.start();
        for (const std::string& text : {std::string(200'000, 'a'), std::string(200'000, '('), std::string(50'000, '\xff'), std::string(100'000, '\n'),
                                        [] {
                                            std::string lookups;
                                            while (lookups.size() < 100'000)
                                                lookups += "lookup gcr.io on 1.1.1.1:53 0/1 nodes \"";
                                            return lookups;
                                        }()})
            (void)m_index.match(text);
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
        // Every prefix of a nasty sentence.
        const std::string nasty = "\xef\xbc\x9a\xe2\x80\x8bPLEG \x1b[31mis\x1b not\xe2\x80\x9c";
        for (std::size_t length = 0; length <= nasty.size(); ++length)
            (void)m_index.match(std::string_view(nasty).substr(0, length));
    }
};

QTEST_APPLESS_MAIN(Paste)
#include "tst_paste.moc"
