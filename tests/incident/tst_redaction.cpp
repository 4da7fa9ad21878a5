// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/address_map.h"
#include "diagnostics/incident/redaction.h"
#include "tests/incident/fixtures.h"

#include <QRegularExpression>
#include <QTest>

#include <sys/stat.h>

#include <random>
#include <regex>

using namespace medic;
using namespace medic::test;
using medic::incident::AddressMap;

namespace {

const std::string key = "0123456789abcdef0123456789abcdef";

/// One that has learnt a small cluster.
Redactor someRedactor()
{
    Redactor redactor(key);
    auto nodes = observed("bj-k8s-worker-07", "hosts",
                          "127.0.0.1 localhost\n10.20.30.40 bj-k8s-worker-07.corp.acme.cn bj-k8s-worker-07\n10.20.30.41 db7\n");
    redactor.learn(nodes);
    redactor.learn(observed("bj-k8s-worker-07", "resolv-conf", "nameserver 10.96.0.10\nsearch default.svc.cluster.local corp.acme.cn\n"));
    redactor.learn(observed("bj-k8s-worker-07", "whoami", "zhangwei\n"));
    redactor.learn(observed("", "api/pods", R"({"image":"registry.acme.cn:5000/shop/orders:1.2"})"));
    return redactor;
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

int commonPrefix(const std::string& a, const std::string& b)
{
    const auto left = *incident::addressBytes(a), right = *incident::addressBytes(b);
    int bits = 0;
    while (bits < int(left.size()) * 8 && ((left[std::size_t(bits / 8)] ^ right[std::size_t(bits / 8)]) >> (7 - bits % 8) & 1) == 0)
        ++bits;
    return bits;
}

} // namespace

class TestRedaction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLongerNameIsAnotherName()
    {
        medic::Redactor redactor(std::string(32, 'k'));
        for (const char* const name : {"registry.example", "db.corp.lan"})
            redactor.addHostName(name);
        const std::string known = redactor.redact("registry.example"), file = redactor.redact("/etc/bind/db.corp.lan.key");
        QVERIFY2(known.ends_with(".invalid"), known.c_str());
        for (const char* const text : {"pull registry.example.com/shop/web:1", "https://registry.example.com/v2/", "registry.example.com:5000", "x@registry.example.com"}) {
            const std::string redacted = redactor.redact(text);
            QVERIFY2(!has(redacted, ".invalid.com") && !has(redacted, known), redacted.c_str());
        }
        // The known one itself, also at the end of a sentence; what is named after it; and longer private names.
        for (const char* const text : {"registry.example/web:1", "lookup registry.example.", "registry.example:5000"})
            QVERIFY2(redactor.redact(text).find(known) != std::string::npos, redactor.redact(text).c_str());
        QVERIFY2(!has(file, "corp.lan") && file.ends_with(".key"), file.c_str());
        const std::string longer = redactor.redact("db.corp.lan.acme.cn");
        QVERIFY2(!has(longer, "acme") && !has(longer, "corp.lan"), longer.c_str());
    }

    void whatMayStayStays()
    {
        medic::Redactor redactor(std::string(32, 'k'));
        redactor.keepHostName("node-1");
        for (const char* const name : {"node-1", "node-2"})
            redactor.addHostName(name);
        const std::string text = redactor.redact("node-1 and node-2 at 10.1.2.3");
        QVERIFY(text.starts_with("node-1 and host-"));
        QVERIFY(text.find("10.1.2.3") == std::string::npos);
        QCOMPARE(redactor.hostName("node-1"), std::string("node-1"));
    }

    void prefixesAreKept()
    {
        const AddressMap map(key);
        std::mt19937 random(5);
        const auto some4 = [&random] {
            return "10." + std::to_string(random() % 4) + "." + std::to_string(random() % 256) + "." + std::to_string(random() % 256);
        };
        int changed = 0;
        for (int i = 0; i < 3000; ++i) {
            const std::string a = some4(), b = some4();
            const std::string x = *map.map(a), y = *map.map(b);
            QCOMPARE(commonPrefix(x, y), commonPrefix(a, b));
            changed += x != a ? 1 : 0;
        }
        QVERIFY(changed > 2500);
        for (int i = 0; i < 300; ++i) {
            const auto some6 = [&random] {
                char text[64];
                std::snprintf(text, sizeof text, "fd00:10:%x::%x", unsigned(random() % 64), unsigned(random() % 65536));
                return std::string(text);
            };
            const std::string a = some6(), b = some6();
            QCOMPARE(commonPrefix(*map.map(a), *map.map(b)), commonPrefix(a, b));
        }
        QVERIFY(*AddressMap("another key, also secret").map("10.20.30.40") != *map.map("10.20.30.40"));
    }

    void classesStay_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("pattern");
        QTest::newRow("ten") << "10.201.77.30" << "^10\\.";
        QTest::newRow("172") << "172.27.77.30" << "^172\\.(1[6-9]|2[0-9]|3[01])\\.";
        QTest::newRow("192") << "192.168.77.30" << "^192\\.168\\.";
        QTest::newRow("cgnat") << "100.101.77.30" << "^100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.";
        QTest::newRow("documentation") << "203.0.113.77" << "^203\\.0\\.113\\.";
        QTest::newRow("gateway") << "10.96.0.1" << "^10\\.\\d+\\.0\\.1$";
        QTest::newRow("broadcast") << "10.96.77.255" << "^10\\.\\d+\\.\\d+\\.255$";
        QTest::newRow("network") << "10.244.0.0" << "^10\\.\\d+\\.0\\.0$";
        for (const char* same : {"127.0.0.1", "0.0.0.0", "255.255.255.0", "255.255.255.255", "169.254.169.254", "224.0.0.1", "::", "::1", "ff02::1"})
            QTest::newRow(same) << same << QStringLiteral("^%1$").arg(QRegularExpression::escape(QString::fromLatin1(same)));
        QTest::newRow("link-local") << "fe80::a00:27ff:fe4e:66a1" << "^fe80::";
        QTest::newRow("ula") << "fd12:3456:789a::1" << "^fd[0-9a-f]{2}:[0-9a-f]+:[0-9a-f]+::1$";
        QTest::newRow("documentation 6") << "2001:db8:1::9" << "^2001:db8:1::[0-9a-f]+$";
        QTest::newRow("global") << "2404:6800:4003::200e" << "^[23][0-9a-f]{3}:";
    }

    void classesStay()
    {
        QFETCH(QString, address);
        QFETCH(QString, pattern);
        const std::string mapped = *AddressMap(key).map(address.toStdString());
        QVERIFY2(QRegularExpression(pattern).match(QString::fromStdString(mapped)).hasMatch(), mapped.c_str());
    }

    void publicAddressesStayPublic()
    {
        const AddressMap map(key);
        std::mt19937 random(6);
        for (int i = 0; i < 3000; ++i) {
            const std::string address = std::to_string(random() % 224) + "." + std::to_string(random() % 256) + "."
                + std::to_string(random() % 256) + "." + std::to_string(random() % 256);
            const std::string mapped = *map.map(address);
            QCOMPARE(incident::privateIpv4(*incident::addressBytes(mapped)), incident::privateIpv4(*incident::addressBytes(address)));
            QCOMPARE(mapped.starts_with("127."), address.starts_with("127."));
        }
    }

    void whatMustGo_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("secret"); // must not be left
        const auto row = [](const char* name, const char* text, const char* secret) { QTest::newRow(name) << text << secret; };
        row("iptables", "-A INPUT -s 10.20.30.40/32 -j ACCEPT", "10.20.30.40");
        row("destination", "DNAT --to-destination 10.20.30.40:8080", "10.20.30.40");
        row("brackets", "[fd00:10:20::7]:443", "fd00:10:20::7");
        row("mapped", "::ffff:10.20.30.40", "10.20.30.40");
        row("zone", "fe80::a00:27ff:fe4e:66a1%eth0 dev", "fe4e:66a1");
        row("reverse", "40.30.20.10.in-addr.arpa.", "40.30.20.10");
        row("dashed", "ip-10-20-30-40.cn-north-1.compute", "10-20-30-40");
        row("pod dns", "10-20-30-40.default.pod.cluster.local", "10-20-30-40");
        row("in a name", "node-10.20.30.40", "10.20.30.40");
        row("mac", "link/ether 0c:42:a1:5e:07:f3 brd", "0c:42:a1:5e:07:f3");
        row("mac dashes", "0c-42-a1-5e-07-f3", "0c-42-a1-5e-07-f3");
        row("mac of LOG", "MAC=0c:42:a1:5e:07:f3:0c:42:a1:5e:07:f4:08:00 SRC", "a1:5e:07:f4");
        row("node", "bj-k8s-worker-07 kubelet[812]: x", "worker-07");
        row("static pod", "etcd-bj-k8s-worker-07_kube-system", "worker-07");
        row("certificate", "CN = system:node:bj-k8s-worker-07", "worker-07");
        row("fqdn", "bj-k8s-worker-07.corp.acme.cn", "acme");
        row("domain", "search corp.acme.cn", "acme");
        row("registry", "registry.acme.cn:5000/shop/orders:1.2", "acme");
        row("short host", "ssh db7 uptime", "db7");
        row("private domain", "lookup vault.prod.internal on", "vault");
        row("url host", "https://apiserver.acme.com:6443/healthz", "acme");
        row("user", "Accepted publickey for zhangwei from", "zhangwei");
        row("home", "/home/liming/.kube/config", "liming");
        row("ssh", "ssh wangfang@10.20.30.40", "wangfang");
        row("mail", "contact li.ming@acme.cn now", "ming");
        row("url password", "http://admin:hunter2@proxy.acme.cn:3128", "hunter2");
        row("jwt", "x eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln-bmF0dXJl_Zg y", "eyJpc3");
        row("bearer", "Authorization: Bearer abcdef123456", "abcdef123456");
        row("bearer bare", "curl -H 'Bearer q8w7e6r5t4y3u2i1o0' x", "q8w7e6");
        row("basic", "Authorization: Basic YWRtaW46aHVudGVyMg==", "YWRtaW4");
        row("kubeconfig", "    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=", "LS0tLS");
        row("json", R"({"password":"hun\"ter2","x":1})", "ter2");
        row("json spaced", R"({ "token" : "abcdefgh12345" })", "abcdefgh12345");
        row("escaped json", R"({\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"})", "hunter2");
        row("env pair", R"({"name": "API_TOKEN", "value": "s3cr3t-t0ken"})", "s3cr3t");
        row("env", "MYSQL_ROOT_PASSWORD=hunter2 mysqld", "hunter2");
        row("flag", "etcdctl --password hunter2 get", "hunter2");
        row("flag equals", "--token=abcdef.0123456789abcdef", "0123456789abcdef");
        row("registry auth", R"({"auths":{"r":{"auth":"dXNlcjpodW50ZXIy"}}})", "dXNlcjpod");
        row("yaml words", "password: correct horse battery staple\nnext: 1", "staple");
        row("ipvsadm udp", "-A -u 10.96.0.10:53 -s rr", "10.96.0.10");
        row("ipvsadm udp, IPv6", "-A -u [2001:db8:aa::10]:53 -s rr", "2001:db8:aa::10");
        row("curl", "curl -u admin:hunter2 http://x", "hunter2");
        row("aws", "key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE");
        row("pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n", "MIIEow");
        row("pem escaped", R"("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n")", "MHcCAQEE");
        row("capitals", "connect to BJ-K8S-WORKER-07 failed", "WORKER-07");
        row("mysql", "mysql -uroot -phunter2 -h db", "hunter2");
        row("mysql in ps", "12 1 S mysqldump --all -pMyS3cret", "MyS3cret");
        row("sshpass", "sshpass -p hunter2 ssh x", "hunter2");
        row("redis-cli", "redis-cli -h x -a hunter2 ping", "hunter2");
        row("cookie", "Cookie: a=1; session=9f8e7d6c5b4a; path=/", "9f8e7d6c5b4a");
        row("set-cookie", "Set-Cookie: session=9f8e7d6c5b4a", "9f8e7d6c5b4a");
        row("a Secret", R"({"kind":"Secret","data":{"tls.key":"c2VjcmV0LWluLWs4cw=="}})", "c2VjcmV0");
        row("vault", "hvs.CAESIJabcdefghijklmnop1234", "CAESIJ");
        row("google", "key AIzaSyA1234567890abcdefghijklmnopqrstuv", "AIzaSy");
        row("sendgrid", "SG.abcdefghijklmnop.qrstuvwxyz0123456789ABCDEF", "abcdefghijklmnop");
        row("docker hub", "dckr_pat_abcdefghij1234567890ABC", "abcdefghij");
        row("npm", "npm_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghij");
        row("alibaba", "LTAI5tABCDEFGHJKLMNPQRST", "LTAI5t");
        row("tencent", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "AKIDz8");
        row("openai", "sk-proj-abcdefghijklmnop1234567890ABCD", "abcdefghij");
        row("pem cut off", "-----BEGIN PRIVATE KEY-----\nMIIEvQ", "MIIEvQ");
    }

    void whatMustGo()
    {
        QFETCH(QString, text);
        QFETCH(QString, secret);
        const Redactor redactor = someRedactor();
        const std::string before = text.toStdString(), after = redactor.redact(before);
        QVERIFY2(!has(after, secret.toStdString()), after.c_str());
        QCOMPARE(std::count(after.begin(), after.end(), '\n'), std::count(before.begin(), before.end(), '\n'));
        QCOMPARE(someRedactor().redact(before), after); // deterministic
        for (std::size_t size = 0; size <= before.size(); ++size)
            static_cast<void>(redactor.redact(std::string_view(before).substr(0, size))); // every prefix is survived
    }

    void whatMustStay_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {
                 "Kubernetes v1.20.2", "version 1.20.2.1", "\"version\":\"1.20.2.1\"", "Version: 1.20.2.1", "containerd-1.4.3.1-1",
                 "docker-ce_5:19.03.15.1~3-0~debian", "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)", "6.18.5-amd64",
                 "1.3.6.1.4.1.2021", "3.10.0-1160.el7.x86_64", "12:34:56", "2026-11-23T08:15:27Z", "08:17:33.576067", "1.2.3",
                 ":KUBE-SERVICES - [0:0]", "-A KUBE-SVC-NPX46M4PTMTKRN6Y -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-FEDB",
                 "cni-hostport-dnat-DN-0a1b2c3d4e5f60718293a", "sha256:175d3cd22c108486b6e2c3be0e3967dafb270b6c119f5342bec0414554d43785",
                 "MD5:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", "pod web-5c9d69d469-4vbxs", "7ccef960-e058-4fe1-b299-0bb24258c2aa",
                 "net.ipv4.ip_forward = 1", "127.0.0.1:10248", "0.0.0.0/0", "255.255.255.0", "::/0", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00",
                 "default-token-8zt2p", "secretName: x", "serviceAccountToken", "tokenFile: /var/run/secrets/token", "token: expired",
                 "--service-account-key-file=/etc/kubernetes/pki/sa.pub", "Failed password for", "\"password\":null", "password=$PASSWORD",
                 "root@localhost", "getty@tty1.service", "name@sha256:abc", "std::string", "docker run -u 1000:1000", "bearer of news",
                 "https://kubernetes.io/docs/x", "k8s.gcr.io/pause:3.2", "kubernetes.default.svc.cluster.local", "--cluster-cidr", "/home/",
                 "0.0.0.0:* LISTEN", "300.1.2.3", "1.2.3.4.5", "-m mark --mark 0x4000/0x4000", "cali-tw-host", "node-role.kubernetes.io/master",
                 "10:20 up 3 days", "rev 02:1f.0", "0000:00:1f.2", "metrics{le=\"0.005\"} 12", "kubelet_pleg_relist_duration_seconds_bucket{le=\"+Inf\"} 3",
                 "curve25519-sha256@libssh.org", "\"containerRuntimeVersion\":\"docker://20.10.24+dfsg1\"", "containerd://1.6.20", "fh 800::800 order 2048",
                 "01:80:c2:00:00:00", "spec.externalTrafficPolicy.Local", "dead::beef",
                 "ps -p 1 -o comm=", "mkdir -p /etc/kubernetes", "tar -pxf x", "ls -a /var", "open /etc/kubernetes/pki/tls.key: permission denied", "hvs. is Vault's", "SG.x", "mysql -h db -p",
             })
            QTest::newRow(text) << text;
    }

    void whatMustStay()
    {
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(someRedactor().redact(text.toStdString())), text);
    }

    void theSameValueIsTheSameEverywhere()
    {
        const Redactor redactor = someRedactor();
        const std::string address = redactor.address("10.20.30.40");
        QVERIFY(address != "10.20.30.40");
        for (const char* text : {"%/32", "%:80", "\"%\"", "(%)", "%,%", "-s % -j", "\"ip\":\"%\"", "node-%"}) {
            const auto with = [text](const std::string& value) { return std::regex_replace(std::string(text), std::regex("%"), value); };
            QCOMPARE(redactor.redact(with("10.20.30.40")), with(address));
        }
        const std::string host = redactor.hostName("bj-k8s-worker-07");
        QVERIFY(redactor.redact("etcd-bj-k8s-worker-07 x").starts_with("etcd-" + host));
        QCOMPARE(redactor.hostName(""), std::string());
        QCOMPARE(redactor.hostName("@local"), std::string("@local"));
        QCOMPARE(redactor.redact("password=abc; password: abc").substr(9, 19), redactor.redact("DB_PASSWORD=abc").substr(12));
    }

    void networksStayNetworks()
    {
        const Redactor redactor = someRedactor();
        const std::string network = redactor.redact("10.20.32.0/20"), inside = redactor.address("10.20.41.7");
        const std::string base = network.substr(0, network.find('/'));
        QVERIFY(commonPrefix(base, inside) >= 20);
        const auto bytes = *incident::addressBytes(base);
        QVERIFY((bytes[2] & 15) == 0 && bytes[3] == 0);
        QCOMPARE(redactor.redact("10.20.32.0/255.255.240.0"), base + "/255.255.240.0");
        QCOMPARE(redactor.redact(R"({"addr": "10.20.32.0", "len": 20})"), R"({"addr": ")" + base + R"(", "len": 20})");
        const std::string range = redactor.redact("10.20.30.5-10.20.30.77");
        const auto low = incident::addressBytes(range.substr(0, range.find('-'))), high = incident::addressBytes(range.substr(range.find('-') + 1));
        QVERIFY(low && high && *low < *high);
    }

    void aWholeIncident()
    {
        const Folder folder;
        {
            auto file = IncidentFile::create(folder / "x.medic", {.title = "bj-k8s-worker-07 is slow", .cluster = "acme-shop", .language = "zh",
                                                                   .symptom = "dial tcp 10.20.30.40:443", .opened = moment(0)});
            const auto sweep = file->beginSweep("sweep", moment(1));
            auto connect = observed("bj-k8s-worker-07", "connect", "");
            connect.command = "ssh zhangwei@10.20.30.40:22";
            const auto recorded = file->record(*sweep, {connect, observed("bj-k8s-worker-07", "df", "line 1\n10.20.30.40:/export 97%\n", 2)});
            QVERIFY(file->recordFindings(*sweep, {*Finding::make({.id = "disk.full", .suite = "baseline",
                .subject = {.kind = SubjectKind::Node, .name = "bj-k8s-worker-07", .node = "bj-k8s-worker-07"}, .verdict = Verdict::Failure,
                .parameters = {{"server", "10.20.30.40"}}, .evidence = {{.observation = recorded->at(1), .lines = {2}}}})}));
            QVERIFY(file->finishSweep(*sweep, moment(3)));
            QVERIFY(file->append({.at = moment(4), .kind = JournalEntry::Kind::Note, .who = "engineer", .text = "zhangwei looked at 10.20.30.40",
                                  .data = "{\"node\": \"bj-k8s-worker-07\"}", .observations = {recorded->at(1)->id}}));
            QVERIFY(file->setDocument("profile", R"({"ssh":{"user":"sunli"},"nodes":[{"host":"edge-gw-3"}],"note":"sunli via edge-gw-3"})"));
            QVERIFY(file->beginSweep("interrupted", moment(5)));
        }
        const auto original = IncidentFile::open(folder / "x.medic", IncidentFile::Mode::ReadOnly);
        const std::string before = bytesOf(folder / "x.medic");
        const auto result = redactIncident(*original, folder / "share.medic");
        QVERIFY2(result, result ? "" : result.error().detail.c_str());
        QVERIFY(bytesOf(folder / "x.medic") == before);
        QCOMPARE(result->observations, std::size_t(2));

        struct stat about {};
        QCOMPARE(stat(result->keyFile.c_str(), &about), 0);
        QCOMPARE(about.st_mode & 0777, mode_t(0600));
        const std::string keyText = bytesOf(result->keyFile);
        QVERIFY(has(keyText, "10.20.30.40\t"));

        const auto share = IncidentFile::open(folder / "share.medic", IncidentFile::Mode::ReadOnly);
        QVERIFY(share && share->info()->redacted);
        QCOMPARE(*share->documentNames(), std::vector<std::string> {"profile"});
        std::string all = share->info()->title + share->info()->symptom + share->info()->cluster + share->journal()->at(0).text
            + share->journal()->at(0).data + **share->document("profile");
        const auto observations = share->observations(0);
        for (const ObservationPtr& observation : *observations)
            all += observation->node + observation->command + observation->out;
        const Finding finding = share->findings(1)->at(0);
        all += finding.subject().name + finding.parameters().at("server");
        for (const char* secret : {"bj-k8s", "10.20.30.40", "zhangwei", "acme", "sunli", "edge-gw"})
            QVERIFY2(!has(all, secret), secret);
        QCOMPARE(finding.subject().node, share->observations(1)->at(0)->node);
        QCOMPARE(finding.evidence().at(0).lines, std::vector<int> {2});
        QCOMPARE(finding.evidence().at(0).observation->probe, std::string("df"));
        QVERIFY(has(finding.evidence().at(0).observation->out, finding.parameters().at("server")));
        QCOMPARE(share->journal()->at(0).observations.at(0), finding.evidence().at(0).observation->id);
        QVERIFY(!share->sweeps()->at(1).finished);

        // The same key: the same stand-ins, and the key file keeps what it knew.
        const auto again = redactIncident(*original, folder / "again.medic", {.keyFile = result->keyFile});
        QVERIFY(again);
        QCOMPARE(IncidentFile::open(folder / "again.medic", IncidentFile::Mode::ReadOnly)->info()->title, share->info()->title);
        QCOMPARE(bytesOf(result->keyFile), keyText);
        // Nothing is overwritten; a foreign key file is refused with its line.
        QCOMPARE(redactIncident(*original, folder / "share.medic").error().code, ErrorCode::FileNotWritable);
        writeBytes(folder / "bad.key", "# x\nhello\n");
        const auto bad = redactIncident(*original, folder / "third.medic", {.keyFile = folder / "bad.key"});
        QCOMPARE(bad.error().code, ErrorCode::BadSyntax);
        QVERIFY(bad.error().where.ends_with("bad.key:2"));
        QVERIFY(!std::filesystem::exists(folder / "third.medic"));
    }

    void realOutputsKeepTheirShape()
    {
        const std::filesystem::path recorded = MEDIC_SOURCE_DIR "/../shared/data/real-node-1.20/healthy";
        if (!std::filesystem::exists(recorded))
            QSKIP("the recorded node is not on this machine");
        Redactor redactor(key);
        redactor.addHostName("node-1");
        for (const auto& item : std::filesystem::recursive_directory_iterator(recorded)) {
            if (!item.is_regular_file())
                continue;
            const std::string before = bytesOf(item.path()), after = redactor.redact(before);
            QCOMPARE(std::count(after.begin(), after.end(), '\n'), std::count(before.begin(), before.end(), '\n'));
            QVERIFY2(!std::regex_search(after, std::regex("\\bnode-1\\b")), item.path().c_str());
            if (item.path().filename() != "iptables-save.txt")
                continue;
            // Rules differ in addresses only.
            const std::regex address("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");
            QCOMPARE(QString::fromStdString(std::regex_replace(after, address, "A")), QString::fromStdString(std::regex_replace(before, address, "A")));
        }
    }
};

QTEST_APPLESS_MAIN(TestRedaction)
#include "tst_redaction.moc"
