// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/cni.h"
#include "diagnostics/parse/disk.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/logs.h"
#include "diagnostics/parse/metrics.h"
#include "diagnostics/parse/processes.h"
#include "diagnostics/parse/qdisc.h"
#include "diagnostics/parse/runtime.h"
#include "diagnostics/parse/version.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace medic;
using namespace medic::parse;

namespace {

std::string fixture(const char* name)
{
    QFile file(QStringLiteral(MEDIC_TEST_DATA "/os/") + QString::fromLatin1(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

/// Everything that reads text, run over `text`: the only thing asked is that it comes back.
std::size_t readAll(std::string_view text)
{
    std::size_t sum = df(text).size() + mounts(text).size() + memInfo(text).values.size() + pressure(text).size()
        + osRelease(text).size() + kernelRelease(text).size() + swaps(text).size() + resolvConf(text).nameservers.size()
        + keyValues(text, "=").size() + processes(text).size() + units(text).size() + sockets(text).size()
        + logLines(text).size() + dockerPs(text).size() + crictlPs(text).size() + ctrList(text).size() + images(text).size()
        + certificates(text).size() + cniConfigs(text).size() + fileNames(text).size() + cniVersions(text).size();
    sum += loadAverage(text) ? 1 : 0;
    sum += uptime(text) ? 1 : 0;
    sum += fileHandles(text) ? 1 : 0;
    sum += dockerInfo(text).serverVersion.size();
    sum += qdiscs(text) ? 1 : 0;
    sum += quantity(text) ? 1 : 0;
    sum += version(text) ? 1 : 0;
    sum += httpAnswer(text) ? 1 : 0;
    sum += Metrics::parse(text).empty() ? 0 : 1;
    sum += goDuration(text) ? 1 : 0;
    return sum;
}

} // namespace

class OsParsers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPrefixOfEveryFixtureIsSurvived()
    {
        const QDir folder(QStringLiteral(MEDIC_TEST_DATA "/os"));
        const QStringList names = folder.entryList(QDir::Files);
        QVERIFY(names.size() > 15);
        for (const QString& name : names) {
            const std::string text = fixture(name.toLatin1().constData());
            // Every byte of the first lines, then every nineteenth: each kind of cut is met, in a second and not in ten.
            for (std::size_t length = 0; length <= text.size(); length += length < 300 ? 1 : 19)
                readAll(std::string_view(text).substr(0, length));
            std::string noise = text;
            for (std::size_t i = 0; i < noise.size(); i += 13)
                noise[i] = static_cast<char>((i * 31) & 0xff);
            readAll(noise);
        }
    }

    void linesCountFromOne()
    {
        const auto all = lines("a\r\n\nlast");
        QCOMPARE(all.size(), std::size_t(3));
        QCOMPARE(all[0].text, std::string_view("a"));
        QCOMPARE(all[2].number, 3);
        QCOMPARE(all[2].text, std::string_view("last"));
        QVERIFY(lines("").empty());
    }

    void sectionsByHeading()
    {
        const auto all = sections("==> /a b <==\n1\n\n==> /c <==\n");
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all[0].name, std::string("/a b"));
        QCOMPARE(all[0].lines.size(), std::size_t(2));
        QCOMPARE(all[1].headingLine, 4);
    }

    void diskOfARealNode()
    {
        const auto all = df(fixture("df.txt"));
        QCOMPARE(all.size(), std::size_t(13));
        const Filesystem* root = holding(all, "/var/lib/docker");
        QVERIFY(root != nullptr);
        QCOMPARE(root->source, std::string("/dev/vda"));
        QCOMPARE(root->percent(), 29);
        QCOMPARE(root->line, 4);
        QVERIFY(!root->pseudo());
        QVERIFY(holding(all, "/dev/shm")->pseudo());
        QCOMPARE(holding(all, "/devious")->mount, std::string("/"));
        QCOMPARE(holding(df(fixture("df-i.txt")), "/")->percent(), 4);
    }

    void diskWithTypesBlanksAndDashes()
    {
        const auto all = df("Filesystem     Type  1024-blocks  Used Available Capacity Mounted on\n"
                            "/dev/sdb1      xfs   100 97 3 97% /data/with blank\n"
                            "none           proc  - - - - /proc\n"
                            "/dev/sdc1      ext4  100 95 0 100% /full\n");
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all[0].type, std::string("xfs"));
        QCOMPARE(all[0].mount, std::string("/data/with blank"));
        QCOMPARE(all[1].percent(), 100);
    }

    void mountsAreUnescaped()
    {
        const auto all = mounts("/dev/sda1 / ext4 ro,relatime,errors=remount-ro 0 0\nnfs:/x /mnt/a\\040b nfs4 rw 0 0\n");
        QCOMPARE(all.size(), std::size_t(2));
        QVERIFY(all[0].has("ro"));
        QVERIFY(!all[0].has("rw"));
        QCOMPARE(all[1].target, std::string("/mnt/a b"));
    }

    void memoryPressureLoad()
    {
        const MemInfo memory = memInfo(fixture("meminfo"));
        QCOMPARE(memory.value("MemTotal").value_or(0), std::uint64_t(24684096));
        QCOMPARE(memory.available().value_or(0), std::uint64_t(23772628));
        QCOMPARE(memory.line("MemAvailable"), 3);
        QCOMPARE(memInfo("MemFree: 10 kB\nBuffers: 5 kB\nCached: 7 kB\n").available().value_or(0), std::uint64_t(22));

        const auto stalls = pressure(fixture("pressure"));
        QCOMPARE(stalls.size(), std::size_t(6));
        QCOMPARE(find(stalls, "cpu", false)->avg300, 8.47);
        QCOMPARE(find(stalls, "io", true)->avg60, 0.01);
        QCOMPARE(find(stalls, "io", false)->line, 6);

        const auto load = loadAverage(fixture("loadavg"));
        QVERIFY(load.has_value());
        QCOMPARE(load->five, 0.51);
        QCOMPARE(load->tasks, std::uint64_t(349));
    }

    void identity()
    {
        QCOMPARE(osRelease(fixture("os-release"))["ID"], std::string("debian"));
        QCOMPARE(osRelease(fixture("os-release"))["VERSION_ID"], std::string("12"));
        QCOMPARE(kernelRelease(fixture("uname")), std::string("6.18.44-lab"));
        QCOMPARE(kernelRelease("3.10.0-1160.el7.x86_64\n"), std::string("3.10.0-1160.el7.x86_64"));
        QVERIFY(kernelRelease("sh: uname: not found").empty());
        QCOMPARE(swaps("Filename Type Size Used Priority\n/dev/sda2 partition 100 20 -2\n")[0].usedKib, std::uint64_t(20));
        QCOMPARE(uptime("350735.47 234388.90\n").value_or(0), 350735.47);
        QCOMPARE(fileHandles("1264\t0\t2466183\n")->maximum, std::uint64_t(2466183));
        const ResolvConf conf = resolvConf("# c\nsearch a b\nnameserver 10.96.0.10 ; x\nsearch default.svc.cluster.local svc.cluster.local\noptions ndots:5 timeout:1\n");
        QCOMPARE(conf.nameservers.size(), std::size_t(1));
        QCOMPARE(conf.nameserverLines[0], 3);
        QCOMPARE(conf.search.size(), std::size_t(2));
        QCOMPARE(conf.ndots().value_or(0), 5);
    }

    void processesOfARealNode()
    {
        const auto all = processes(fixture("ps.txt"));
        const Process* kubelet = findProgram(all, "kubelet");
        QVERIFY(kubelet != nullptr);
        QCOMPARE(kubelet->argument("hostname-override").value_or(""), std::string("node-1"));
        QVERIFY(!kubelet->argument("hostname").has_value());
        QCOMPARE(kubelet->elapsed.value_or(0), std::uint64_t(1171));
        const Process* docker = findProgram(all, "dockerd");
        QVERIFY(docker != nullptr);
        QVERIFY(docker->stopped()); // SIGSTOP: the recording's cause
        QVERIFY(findProgram(all, "kube") == nullptr);
        QCOMPARE(elapsedSeconds("2-03:04:05").value_or(0), std::uint64_t(2 * 86400 + 3 * 3600 + 4 * 60 + 5));
        QCOMPARE(elapsedSeconds("05:07").value_or(0), std::uint64_t(307));
        QVERIFY(!elapsedSeconds("x:07").has_value());
    }

    void unitsOfSystemctlShow()
    {
        const auto all = units("Id=kubelet.service\nLoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=3\nMainPID=12\n\n"
                               "Id=docker.service\nLoadState=not-found\nActiveState=inactive\n\nId=crio.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\n");
        QCOMPARE(all.size(), std::size_t(3));
        QVERIFY(findUnit(all, "kubelet")->active());
        QCOMPARE(findUnit(all, "kubelet")->restarts, std::uint64_t(3));
        QVERIFY(findUnit(all, "docker") == nullptr);
        QVERIFY(!findUnit(all, "crio")->active());
        QCOMPARE(findUnit(all, "crio")->line, 14);
    }

    void socketsOfARealNode()
    {
        const auto all = sockets(fixture("ss.txt"));
        QCOMPARE(all.size(), std::size_t(19));
        QCOMPARE(all[1].program, std::string("kube-proxy"));
        QCOMPARE(all[1].port, std::uint16_t(10249));
        QVERIFY(all[1].loopbackOnly());
        QCOMPARE(all[18].address, std::string("*"));
        QCOMPARE(all[18].pid, 19718);
        const auto udp = sockets("udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:((\"systemd-resolve\",pid=5,fd=1))\nLISTEN 0 128 [::1]:631 [::]:*\n");
        QCOMPARE(udp.size(), std::size_t(2));
        QVERIFY(udp[0].loopbackOnly() && udp[0].listening());
        QCOMPARE(udp[1].address, std::string("[::1]"));
    }

    void logsInEveryWrapping_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("message");
        QTest::addColumn<char>("severity");
        QTest::newRow("klog") << u"E0729 11:21:02.178079    9575 file.go:321] hello"_qs << u"hello"_qs << 'E';
        QTest::newRow("journal") << u"Nov 23 08:30:44 node-1 kubelet[123]: E1123 08:30:44.382432   26444 x.go:51] hello"_qs << u"hello"_qs << 'E';
        QTest::newRow("short-iso") << u"2026-11-23T08:30:44+0800 node-1 kubelet[1]: W1123 08:30:44.382432   26444 x.go:51] hello"_qs << u"hello"_qs << 'W';
        QTest::newRow("cri") << u"2026-01-02T03:04:05.678901234+08:00 stderr F I0102 03:04:05.000000       1 x.go:5] hello"_qs << u"hello"_qs << 'I';
        QTest::newRow("dmesg") << u"[12345.678901] nf_conntrack: table full, dropping packet"_qs << u"nf_conntrack: table full, dropping packet"_qs << '\0';
        QTest::newRow("kernel journal") << u"Nov 23 08:30:44 node-1 kernel: EXT4-fs error"_qs << u"EXT4-fs error"_qs << '\0';
        QTest::newRow("plain") << u"panic: x"_qs << u"panic: x"_qs << '\0';
    }

    void logsInEveryWrapping()
    {
        QFETCH(QString, line);
        QFETCH(QString, message);
        QFETCH(char, severity);
        const std::string text = line.toStdString();
        const auto all = logLines(text);
        QCOMPARE(all.size(), std::size_t(1));
        QCOMPARE(QString::fromUtf8(all[0].message.data(), static_cast<qsizetype>(all[0].message.size())), message);
        QCOMPARE(all[0].severity, severity);
        QCOMPARE(all[0].clock.has_value(), line != u"panic: x"_qs);
    }

    void logClocksGiveDifferences()
    {
        const std::string text = "E0228 23:59:58.500000 1 a.go:1] a\nE0301 00:00:01.000000 1 a.go:1] b\n";
        const auto all = logLines(text);
        QCOMPARE(*all[1].clock - *all[0].clock, 2.5); // 1970 had no 29 February
        QCOMPARE(newest(all).value_or(0), *all[1].clock);
        const std::string zap = R"({"level":"warn","ts":"2026-11-23T08:30:44.100Z","msg":"apply request took too long"})";
        QCOMPARE(logLines(zap)[0].severity, 'W');
        QVERIFY(logLines(zap)[0].clock.has_value());
        QCOMPARE(goDuration("5m23.258945088s").value_or(0), 323.258945088);
        QCOMPARE(goDuration("1h0m3s").value_or(0), 3603.0);
        QCOMPARE(goDuration("800ms").value_or(0), 0.8);
        QVERIFY(!goDuration("m").has_value());
        QVERIFY(!goDuration("").has_value());
    }

    void dockersContainers()
    {
        const auto all = dockerPs(fixture("docker-ps.txt"));
        QCOMPARE(all.size(), std::size_t(7));
        QCOMPARE(all[0].pod, std::string("crash"));
        QCOMPARE(all[0].state, std::string("exited"));
        QCOMPARE(all[0].exitCode.value_or(-1), 3);
        QCOMPARE(all[0].attempt, 7);
        QCOMPARE(all[1].nameSpace, std::string("default"));
        QCOMPARE(all[1].state, std::string("running"));
        const DockerInfo info = dockerInfo(fixture("docker-info.txt"));
        QVERIFY(info.serverAnswered);
        QCOMPARE(info.serverVersion, std::string("20.10.24+dfsg1"));
        QCOMPARE(info.liveRestore.value_or(false), true);
        QCOMPARE(info.containers.value_or(0), std::uint64_t(15));
        QVERIFY(!dockerInfo("Client:\n Version:    28.2.2\n\nServer:\n").serverAnswered);
        const auto stored = images(fixture("docker-images.txt"));
        QVERIFY(hasImage(stored, "k8s.gcr.io/pause:3.2"));
        QVERIFY(hasImage(stored, "docker.io/library/busybox:local"));
        QVERIFY(!hasImage(stored, "busybox"));
    }

    void crictlAndCtr()
    {
        const auto table = crictlPs("CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD\n"
                                    "1f73f2d81bf98       fe24783eb1d40       2 minutes ago       Exited              kube-apiserver      12                  5a8e0a1d2b3c4       kube-apiserver-m1\n");
        QCOMPARE(table.size(), std::size_t(1));
        QCOMPARE(table[0].name, std::string("kube-apiserver"));
        QCOMPARE(table[0].state, std::string("exited"));
        QCOMPARE(table[0].attempt, 12);
        const auto json = crictlPs(R"({"containers":[{"id":"a","metadata":{"name":"etcd","attempt":2},"state":"CONTAINER_RUNNING","labels":{"io.kubernetes.pod.name":"etcd-m1","io.kubernetes.pod.namespace":"kube-system"}},{"id":7},5]})");
        QCOMPARE(json.size(), std::size_t(1));
        QCOMPARE(json[0].state, std::string("running"));
        QCOMPARE(json[0].pod, std::string("etcd-m1"));
        QVERIFY(crictlPs(R"({"containers":)").empty());
        QCOMPARE(ctrList("TASK PID STATUS\nabc 12 RUNNING\n")[0].state, std::string("running"));
        QVERIFY(hasImage(images("IMAGE TAG IMAGE ID SIZE\nregistry.k8s.io/etcd 3.5.1-0 25f8c7f3da61c 98.9MB\n"), "registry.k8s.io/etcd:3.5.1-0"));
        QVERIFY(hasImage(images(R"({"images":[{"id":"sha256:1","repoTags":["docker.io/library/nginx:latest"]}]})"), "nginx"));
        QVERIFY(hasImage(images("REF TYPE DIGEST SIZE PLATFORMS LABELS\nregistry.k8s.io/pause:3.9 x sha256:7 1 MiB linux/amd64 -\n"), "registry.k8s.io/pause:3.9"));
    }

    void trafficShaping()
    {
        const auto json = qdiscs(fixture("tc-qdisc.json"));
        QVERIFY(json.has_value());
        const auto text = qdiscs(fixture("tc-qdisc.txt"));
        QVERIFY(text.has_value());
        QCOMPARE(json->size(), text->size());
        int limited = 0;
        for (std::size_t i = 0; i < json->size(); ++i) {
            QCOMPARE((*json)[i].device, (*text)[i].device);
            QCOMPARE((*json)[i].rateBits, (*text)[i].rateBits);
            limited += (*json)[i].kind == "tbf" ? 1 : 0;
        }
        QCOMPARE(limited, 3);
        QVERIFY(!qdiscs("[{").has_value());
        QCOMPARE((*qdiscs("qdisc tbf 1: dev v root refcnt 2 rate 10Kbit burst 256Mb lat 25ms \n"))[0].rateBits, 1e4);
        QCOMPARE(quantity("10M").value_or(0), 1e7);
        QCOMPARE(quantity("1.5Gi").value_or(0), 1610612736.0);
        QCOMPARE(quantity("10m").value_or(0), 0.01);
        QCOMPARE(quantity("2e3").value_or(0), 2000.0);
        QVERIFY(!quantity("10 apples").has_value());
        QVERIFY(!quantity("").has_value());
    }

    void certificatesWithAndWithoutHeadings()
    {
        const auto all = certificates(fixture("certs.txt"));
        QCOMPARE(all.size(), std::size_t(8));
        QCOMPARE(all[1].subject, std::string("CN = kube-apiserver"));
        QCOMPARE(*all[1].notAfter, *rfc3339("2027-11-23T08:08:34Z"));
        const auto named = certificates("==> /etc/kubernetes/pki/a.crt <==\nsubject=CN = a\nnotBefore=Jan  1 00:00:00 2025 GMT\nnotAfter=Jan  1 00:00:00 2026 GMT\n==> /b <==\nunable to load certificate\n");
        QCOMPARE(named.size(), std::size_t(1));
        QCOMPARE(named[0].file, std::string("/etc/kubernetes/pki/a.crt"));
        QCOMPARE(named[0].line, 4);
        QVERIFY(opensslTime("Dec 31 23:59:59 9999 GMT").has_value());
        QVERIFY(!opensslTime("Foo 31 23:59:59 2026 GMT").has_value());
        QCOMPARE(*rfc3339("2026-01-01T08:00:00.5+08:00"), *rfc3339("2026-01-01T00:00:00Z"));
        QVERIFY(!rfc3339("2026-13-01T00:00:00Z").has_value());
    }

    void versions_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("number");
        QTest::addColumn<bool>("vendor");
        QTest::newRow("kubelet") << u"Kubernetes v1.20.2"_qs << u"1.20.2"_qs << false;
        QTest::newRow("gke") << u"v1.27.3-gke.100"_qs << u"1.27.3"_qs << true;
        QTest::newRow("el7") << u"3.10.0-1160.el7.x86_64"_qs << u"3.10.0"_qs << true;
        QTest::newRow("mainline") << u"5.8.0"_qs << u"5.8.0"_qs << false;
        QTest::newRow("ubuntu") << u"4.15.0-112-generic"_qs << u"4.15.0"_qs << true;
        QTest::newRow("plugin") << u"CNI portmap plugin v1.6.2"_qs << u"1.6.2"_qs << false;
        QTest::newRow("containerd") << u"containerd github.com/containerd/containerd v1.7.13 7c3ac"_qs << u"1.7.13"_qs << false;
        QTest::newRow("two parts") << u"19.03"_qs << u"19.3.0"_qs << false;
    }

    void versions()
    {
        QFETCH(QString, text);
        QFETCH(QString, number);
        QFETCH(bool, vendor);
        const auto found = version(text.toStdString());
        QVERIFY(found.has_value());
        QCOMPARE(QString::fromStdString(found->text()), number);
        QCOMPARE(vendorKernel(*found), vendor);
    }

    void versionOrder()
    {
        QVERIFY(*version("1.9.0") < *version("1.10.0"));
        QVERIFY(*version("v1.13.0-rc.1") < *version("v1.13.0"));
        QVERIFY(*version("v1.13.0+dfsg1") == *version("v1.13.0"));
        QVERIFY(!version("unknown").has_value());
        QVERIFY(!version("7").has_value());
    }

    void cni()
    {
        const auto all = cniConfigs(fixture("cni-conf"));
        QCOMPARE(all.size(), std::size_t(1));
        QVERIFY(all[0].plugin("portmap")->portMappings);
        QVERIFY(all[0].plugin("bandwidth")->bandwidth);
        QCOMPARE(all[0].plugins[0].ipamType, std::string("host-local"));
        const auto several = cniConfigs("==> /etc/cni/net.d/20-b.conf <==\n{\"type\":\"bridge\",\"name\":\"b\"}\n==> /etc/cni/net.d/10-a.conflist <==\n\n==> /etc/cni/net.d/15-c.conf <==\n{broken\n");
        QCOMPARE(several.size(), std::size_t(3));
        QCOMPARE(several[0].problem, std::string("the file is empty"));
        QCOMPARE(inUse(several)->name, std::string("b"));
        const auto names = fileNames(fixture("cni-bin"));
        QVERIFY(std::find(names.begin(), names.end(), "portmap") != names.end());
        QVERIFY(std::find(names.begin(), names.end(), ".") == names.end());
        const auto plugins = cniVersions("CNI portmap plugin v1.6.2\nCNI bandwidth plugin version unknown\nCNI protocol versions supported: 0.3.0, 0.3.1\n");
        QCOMPARE(plugins.size(), std::size_t(2));
        QCOMPARE(plugins.at("portmap").version->text(), std::string("1.6.2"));
        QVERIFY(!plugins.at("bandwidth").version.has_value());
    }

    void metrics()
    {
        const Metrics all = Metrics::parse(fixture("kubeproxy-metrics.txt"));
        QCOMPARE(all.sum("kubeproxy_sync_proxy_rules_iptables_restore_failures_total").value_or(-1), 0.0);
        QVERIFY(all.sum("kubeproxy_sync_proxy_rules_last_timestamp_seconds").value_or(0) > 1.79e9);
        QVERIFY(all.mean("kubeproxy_sync_proxy_rules_duration_seconds").has_value());
        QVERIFY(all.quantile("kubeproxy_sync_proxy_rules_duration_seconds", 0.99).has_value());
        const Metrics own = Metrics::parse("h_bucket{le=\"0.1\",a=\"x\\\"y\"} 1\nh_bucket{le=\"1\"} 99\nh_bucket{le=\"+Inf\"} 100\nh_sum 50\nh_count 100\nbroken{a=\"\nx{le=\"1\"} nan?\n");
        QCOMPARE(own.quantile("h", 0.5).value_or(0), 1.0);
        QVERIFY(std::isinf(own.quantile("h", 0.999).value_or(0)));
        QCOMPARE(own.mean("h").value_or(0), 0.5);
        QVERIFY(own.find("h_bucket", "a", "x\"y") != nullptr);
    }

    void healthEndpoints()
    {
        QCOMPARE(httpAnswer(fixture("kubelet-healthz"))->status, 200);
        QCOMPARE(httpAnswer(fixture("kubelet-healthz"))->body, std::string("ok"));
        QCOMPARE(httpAnswer("\n000\n")->status, 0);
        QCOMPARE(httpAnswer(fixture("kubeproxy-healthz"))->statusLine, 2);
        QVERIFY(!httpAnswer("iptables").has_value());
    }
};

QTEST_APPLESS_MAIN(OsParsers)
#include "tst_os.moc"
