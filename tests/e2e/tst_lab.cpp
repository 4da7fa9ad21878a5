// SPDX-License-Identifier: GPL-3.0-or-later
// medicctl against the lab: three nodes with a real sshd each behind a jump host, and the apiserver double, which only the
// inside sees. What is planted is found, nothing else, and a recording says the same as the live cluster.
#include "tests/fakes/lab.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <memory>

using namespace medic::fakes;

class TestLab : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    QTemporaryDir m_folder;
    int m_count = 0;

    QString fresh() { return m_folder.filePath(QStringLiteral("%1.medic").arg(++m_count)); }

    /// Captures; checks the file and the live cluster; both must agree.
    QStringList found(Medicctl& check, int status)
    {
        const QString file = fresh();
        const Medicctl capture(QStringList {QStringLiteral("capture"), QStringLiteral("-o"), file} + m_lab->connection());
        if (capture.status != 0 && capture.status != 3)
            qWarning("capture ended with %d: %s", capture.status, capture.err.constData());
        check = Medicctl({QStringLiteral("check"), file, QStringLiteral("--format"), QStringLiteral("json")});
        const Medicctl live(QStringList {QStringLiteral("check"), QStringLiteral("--format"), QStringLiteral("json")} + m_lab->connection());
        if (live.findings() != check.findings() || live.status != check.status)
            return QStringList(QStringLiteral("the live cluster says otherwise:")) + live.findings() + QStringList(QStringLiteral("than the file:")) + check.findings();
        if (check.status != status)
            return {QStringLiteral("exit status %1: ").arg(check.status) + QString::fromUtf8(check.err)};
        return check.findings();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Lab::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_lab = std::make_unique<Lab>();
        QVERIFY2(m_lab->up(), m_lab->said().constData());
    }
    void cleanupTestCase() { m_lab.reset(); }

    void aHealthyClusterHasNothing()
    {
        // No list of nodes is given, and no way to the apiserver: it is inside, and found through SSH.
        const QString file = fresh();
        const Medicctl capture(QStringList {QStringLiteral("capture"), QStringLiteral("-o"), file, QStringLiteral("--kubeconfig"), m_lab->file("admin.conf"),
                                            QStringLiteral("--ssh-config"), m_lab->file("ssh_config")});
        QVERIFY2(capture.status == 0, capture.err.constData());
        QVERIFY2(capture.out.contains("3 nodes"), capture.out.constData());
        for (const char* const node : {"node-1: done", "node-2: done", "node-3: done"})
            QVERIFY2(capture.err.contains(node), capture.err.constData());
        const Medicctl check({QStringLiteral("check"), file, QStringLiteral("--format"), QStringLiteral("json")});
        QCOMPARE(check.findings(), QStringList());
        QCOMPARE(check.status, 0);
        QCOMPARE(check.json()[QLatin1String("unknowns")].toArray().size(), 0);
    }

    void theHostPortTheftIsNamed()
    {
        QVERIFY2(m_lab->incident("hostport-theft"), m_lab->said().constData());
        // It is real: the Service's address answers with the thief's page on that node, and not on another.
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("curl"), QStringLiteral("-sk"), QStringLiteral("-m2"), QStringLiteral("https://10.96.9.9:443/")});
        QCOMPARE(m_lab->said().trimmed(), QByteArray("edge-ingress"));
        Medicctl check({});
        QCOMPARE(found(check, 1), (QStringList {QStringLiteral("failure hostport.steals-service pod default/edge-ingress on node-2"),
                                                QStringLiteral("failure service.foreign-answer node node-2")}));
        const QJsonObject finding = check.finding("hostport.steals-service");
        const QJsonObject parameters = finding[QLatin1String("parameters")].toObject();
        QCOMPARE(parameters[QLatin1String("port")].toString(), QStringLiteral("443"));
        QCOMPARE(parameters[QLatin1String("target")].toString(), QStringLiteral("10.244.1.30:8443"));
        QVERIFY(parameters[QLatin1String("services")].toString().contains(QLatin1String("shop/checkout (10.96.9.9)")));
        QVERIFY(parameters[QLatin1String("services")].toString().contains(QLatin1String("default/kubernetes (10.96.0.1)")));
        bool rule = false;
        for (const QJsonValue& evidence : finding[QLatin1String("evidence")].toArray())
            for (const QJsonValue& line : evidence[QLatin1String("lines")].toArray())
                rule = rule || line[QLatin1String("text")].toString().contains(QLatin1String("-j DNAT --to-destination 10.244.1.30:8443"));
        QVERIFY(rule);
        const Medicctl others(QStringList {QStringLiteral("check"), QStringLiteral("--format"), QStringLiteral("json"), QStringLiteral("--suite"), QStringLiteral("hostport"),
                                           QStringLiteral("--node"), QStringLiteral("node-1"), QStringLiteral("--node"), QStringLiteral("node-3")} + m_lab->connection());
        QCOMPARE(others.findings(), QStringList());
        QVERIFY(m_lab->incident("hostport-theft", "off"));
    }

    void withoutTheApiserverTheNodesStillSpeak()
    {
        QVERIFY2(m_lab->incident("kube-proxy-dead") && m_lab->incident("disk-full"), m_lab->said().constData());
        const QStringList ofNodes {QStringLiteral("failure node.disk-full component /var/lib/docker on node-3"), QStringLiteral("failure node.kube-proxy-down node node-2")};
        const QStringList live = QStringList {QStringLiteral("check"), QStringLiteral("--format"), QStringLiteral("json")} + m_lab->connection();
        QCOMPARE(Medicctl(live).findings(), ofNodes);
        QVERIFY2(m_lab->incident("apiserver-down"), m_lab->said().constData());
        Medicctl without({});
        const QStringList alone = found(without, 1);
        // Over SSH alone: the same, and why the apiserver does not answer.
        const QStringList expected = ofNodes + QStringList(QStringLiteral("failure apiserver.not-listening node node-1"));
        for (const QString& finding : expected)
            QVERIFY2(alone.contains(finding), qPrintable(alone.join(u'\n')));
        for (const QString& finding : alone)
            QVERIFY2(expected.contains(finding) || finding.startsWith(QLatin1String("unknown ")), qPrintable(finding));
        const QJsonObject unreachable = without.finding("cluster.api-unreachable");
        QVERIFY2(QJsonDocument(unreachable).toJson().contains("refused"), without.out.constData());
        QVERIFY2(m_lab->incident("apiserver-down", "off") && m_lab->incident("kube-proxy-dead", "off") && m_lab->incident("disk-full", "off"),
                 m_lab->said().constData());
    }

    void aHungNodeCostsOnlyItself()
    {
        QVERIFY2(m_lab->incident("node-hung"), m_lab->said().constData());
        const Medicctl check(QStringList {QStringLiteral("check"), QStringLiteral("--format"), QStringLiteral("json"), QStringLiteral("--suite"), QStringLiteral("baseline")}
                             + m_lab->connection());
        QVERIFY(m_lab->incident("node-hung", "off"));
        QCOMPARE(check.status, 3);
        QCOMPARE(check.findings(), QStringList {QStringLiteral("unknown node.unreachable node node-3")});
        QVERIFY2(check.err.contains("node-1: done") && check.err.contains("node-2: done"), check.err.constData());
    }

    void killedAtAnyMomentTheFileOpens()
    {
        for (int i = 0; i < 4; ++i) {
            const QString file = fresh();
            QProcess process;
            process.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), QStringList {QStringLiteral("capture"), QStringLiteral("-o"), file} + m_lab->connection());
            QVERIFY(process.waitForStarted());
            if (i == 3) { // in the middle: one node has been shown as done
                QByteArray said;
                while (!said.contains(": done") && process.waitForReadyRead(60000))
                    said += process.readAllStandardError();
            } else {
                process.waitForFinished(150 + 700 * i);
            }
            process.kill();
            process.waitForFinished();
            if (!QFile::exists(file))
                continue;
            const Medicctl check({QStringLiteral("check"), file, QStringLiteral("--format"), QStringLiteral("json")});
            QVERIFY2(check.status == 0 || check.status == 3, qPrintable(check.findings().join(u'\n') + QString::fromUtf8(check.err)));
            for (const QString& finding : check.findings())
                QVERIFY2(finding.startsWith(QLatin1String("unknown ")), qPrintable(finding));
        }
    }
};

QTEST_GUILESS_MAIN(TestLab)
#include "tst_lab.moc"
