// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.3 on the lab: the disk runs full, the kubelet's garbage collection takes the apiserver's image, and it
// cannot be had again, for the site's name server hangs and its registry is down. Real bind9, docker-registry and nginx with
// TLS, a small file system that is really full; found over SSH with the API gone, mended by the guide's own actions in the
// only safe order, seen as gone, reported in both languages.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase13 : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

    static QStringList suites() { return {QStringLiteral("--suite"), QStringLiteral("apiserver-down"), QStringLiteral("--suite"), QStringLiteral("baseline"), QStringLiteral("--suite"), QStringLiteral("control-plane")}; }
    QByteArray says(const char* node, const char* command)
    {
        m_lab->exec(QString::fromLatin1(node), {QStringLiteral("sh"), QStringLiteral("-c"), QString::fromLatin1(command)});
        return m_lab->said().trimmed();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Lab::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        for (const auto& [tool, package] : {std::pair {"named", "bind9"}, {"docker-registry", "docker-registry"}, {"nginx", "nginx"}, {"dig", "bind9-dnsutils"}, {"curl", "curl"}})
            if (QStandardPaths::findExecutable(QString::fromLatin1(tool), {QStringLiteral("/usr/sbin"), QStringLiteral("/usr/bin")}).isEmpty())
                QSKIP(qPrintable(QStringLiteral("needs the package %1").arg(QString::fromLatin1(package))));
        m_lab = std::make_unique<Lab>(3, QStringList {QStringLiteral("--control-planes"), QStringLiteral("2")});
        QVERIFY2(m_lab->up(), m_lab->said().constData());
        QVERIFY2(m_lab->incident("site"), m_lab->said().constData());
        m_case = std::make_unique<LabCase>(*m_lab);
    }
    void cleanupTestCase()
    {
        m_case.reset();
        m_lab.reset();
    }

    void nothingOnAHealthySite()
    {
        // A private address for gcr.io is the right answer here, and a registry that wants no login a good one.
        QCOMPARE(says("node-1", "getent hosts gcr.io"), QByteArray("172.31.1.12     gcr.io"));
        QCOMPARE(LabCase::problems(m_case->check(suites())), QStringList());
    }

    void aZoneWithAnErrorOrAPublicAddress()
    {
        QVERIFY2(m_lab->incident("site-zone-broken"), m_lab->said().constData());
        const Medicctl broken = m_case->check({QStringLiteral("--suite"), QStringLiteral("apiserver-down")});
        QVERIFY2(LabCase::problems(broken).contains(QLatin1String("failure site.zone-broken")), broken.out.constData());
        QVERIFY(m_lab->incident("site-zone-broken", "off"));
        QVERIFY2(m_lab->incident("site-zone-public"), m_lab->said().constData());
        const Medicctl lies = m_case->check({QStringLiteral("--suite"), QStringLiteral("apiserver-down")});
        QVERIFY2(LabCase::problems(lies).contains(QLatin1String("failure site.zone-not-used")), lies.out.constData());
        QVERIFY(m_lab->incident("site-zone-public", "off"));
    }

    void fromAFullDiskBackToAnApiserver()
    {
        QVERIFY2(m_lab->incident("apiserver-chain"), m_lab->said().constData());
        QVERIFY(says("node-1", "df -P /var/lib/docker").contains(" 100% "));

        // The API is gone; over SSH alone every link of the chain is there.
        const Medicctl check = m_case->check({QStringLiteral("--suite"), QStringLiteral("apiserver-down"), QStringLiteral("--suite"), QStringLiteral("baseline")});
        QCOMPARE(check.status, 1);
        QVERIFY2(QJsonDocument(check.finding("cluster.api-unreachable")).toJson().contains("refused"), check.out.constData());
        const QStringList all = LabCase::problems(check);
        for (const char* const id : {"failure apiserver.not-listening", "failure apiserver.image-missing", "failure apiserver.image-collected", "failure apiserver.registry-name-fails",
                                     "failure node.disk-full", "failure site.dns-silent", "failure site.registry-down", "failure site.search-read-only", "failure site.search-watermark", "warning apiserver.back-off"})
            QVERIFY2(all.contains(QLatin1String(id)), qPrintable(QLatin1String(id) + QStringLiteral(" is not in ") + all.join(u'\n')));
        // The second control-plane node is well, and nobody says otherwise.
        for (const QString& one : check.findings())
            QVERIFY2(!one.contains(QLatin1String("node-3")), qPrintable(one));

        const GuideRun run = m_case->run("case-1.3-apiserver-down",
            {{QStringLiteral("deploy"), QStringLiteral("node-2")}, {QStringLiteral("search-where"), QStringLiteral("node-1")}, {QStringLiteral("old-indices"), QStringLiteral("keep 30d")},
             {QStringLiteral("retention"), QStringLiteral("30 20gb")}, {QStringLiteral("back-off"), QStringLiteral("skip")}, {QStringLiteral("prevention"), QStringLiteral("noted")},
             {QStringLiteral("advice"), QStringLiteral("done")}, {QStringLiteral("runtime-choice"), QStringLiteral("no")}},
            {QStringLiteral("room"), QStringLiteral("journal"), QStringLiteral("delete-indices=admin"), QStringLiteral("unblock"), QStringLiteral("set-retention"), QStringLiteral("name-server"),
             QStringLiteral("registry-unit"), QStringLiteral("pull"), QStringLiteral("kubelet")});
        const QByteArray story = run.story();
        // Explained from its beginning …
        QCOMPARE(run.result("symptom"), QStringLiteral("refused"));
        QCOMPARE(run.result("pullable"), QStringLiteral("name-times-out"));
        for (const char* const verdict : {"failure confirmed full", "failure confirmed down", "failure likely collected", "failure confirmed image", "failure confirmed names", "failure confirmed registry",
                                          "warning confirmed search"})
            QVERIFY2(run.gave("judge", verdict), (QByteArray(verdict) + " is missing\n" + story).constData());
        // … and mended in the safe order: room, the indices, names, registry, image, the kubelet's back-off.
        QVERIFY2(run.output("room").contains(QLatin1String("-json.log")), story.constData());
        QCOMPARE(run.result("preview"), QStringLiteral("some"));
        QVERIFY2(run.output("preview").contains(QLatin1String("6 indices")), qPrintable(run.output("preview")));
        for (const char* const step : {"delete-indices", "unblock", "set-retention", "name-server", "registry-unit", "pull", "kubelet"})
            QVERIFY2(run.result(step) == QLatin1String("verified"), (QByteArray(step) + '\n' + run.output(step).toUtf8() + '\n' + story).constData());
        QVERIFY2(run.gave("result", "ok confirmed cured") && run.gave("result", "ok confirmed up"), story.constData());

        // It really is so: room, the new indices and those without a date are left, the policy is there, names resolve, the image is back.
        const QByteArray indices = says("node-1", "curl -s '127.0.0.1:9200/_cat/indices?h=index'; curl -s 127.0.0.1:9200/_ilm/policy/cluster-medic-logs; curl -s 127.0.0.1:9200/_all/_settings");
        QVERIFY2(indices.count("logstash-") == 2 && indices.contains(".kibana_1") && indices.contains("\"20gb\"") && indices.contains("\"30d\"") && !indices.contains("read_only"), indices.constData());
        QVERIFY2(says("node-1", "getent hosts gcr.io; docker images; ss -Hlnt").contains("kube-apiserver"), m_lab->said().constData());
        QVERIFY2(m_lab->said().contains("172.31.1.12 ") && m_lab->said().contains(":6443"), m_lab->said().constData());
        // What is left is what the kubelet's log remembers.
        QStringList left = LabCase::problems(m_case->check(suites()));
        left.removeAll(QStringLiteral("warning kubelet.image-gc"));
        QCOMPARE(left, QStringList());

        if (!LabCase::drawsPdf())
            QSKIP("the rest needs cluster-medic and pdftotext");
        const QString english = m_case->report(run.file, "en"), chinese = m_case->report(run.file, "zh");
        for (const char* const words : {"The repair is verified: the apiserver listens again", "gcr.io/google-containers/kube-apiserver:v1.20.2", "truncate -s 0", "logstash-", "systemctl restart"})
            QVERIFY2(english.contains(QLatin1String(words)), qPrintable(QLatin1String(words) + QStringLiteral(" is not in: ") + english));
        for (const QString& words : {QStringLiteral("处置已验证"), QStringLiteral("写满"), QStringLiteral("恢复自建"), QStringLiteral("kube-apiserver:v1.20.2")})
            QVERIFY2(chinese.contains(words), qPrintable(words + QStringLiteral(" is not in: ") + chinese));
    }
};

QTEST_GUILESS_MAIN(TestCase13)
#include "tst_case_13.moc"
