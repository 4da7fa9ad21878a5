// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.6 on the lab: each fault of real name servers has a name of its own in the matrix.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase16Matrix : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Lab::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_lab = std::make_unique<Lab>(2);
        QVERIFY2(m_lab->up(), m_lab->said().constData());
        m_case = std::make_unique<LabCase>(*m_lab);
    }
    void cleanupTestCase()
    {
        m_case.reset();
        m_lab.reset();
    }

    void whatTheMatrixNames_data()
    {
        QTest::addColumn<QByteArray>("incident");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* incident, const char* finding) { QTest::newRow(incident) << QByteArray(incident) << QString::fromLatin1(finding); };
        row("dns-closed", "failure dns.servers-silent");
        row("dns-refused", "failure dns.resolves-nothing");
        row("dns-lie", "failure dns.wrong-answer");
        row("dns-unsynced", "failure dns.internal-fails");
        row("dns-upstream-silent", "warning dns.upstream-silent");
        row("dns-no-udp", "failure dns.one-protocol");
        row("dns-bad-replica", "failure dns.bad-replica");
    }
    void whatTheMatrixNames()
    {
        QFETCH(QByteArray, incident);
        QFETCH(QString, finding);
        QVERIFY2(m_lab->incident(incident.constData()), m_lab->said().constData());
        const QStringList found = LabCase::problems(m_case->check({QStringLiteral("--suite"), QStringLiteral("dns"), QStringLiteral("--node"), QStringLiteral("node-2")}));
        QVERIFY2(m_lab->incident(incident.constData(), "off"), m_lab->said().constData());
        QVERIFY2(found.contains(finding), qPrintable(found.join(u'\n')));
    }
};

QTEST_GUILESS_MAIN(TestCase16Matrix)
#include "tst_case_16_matrix.moc"
