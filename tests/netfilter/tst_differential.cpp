// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel as the judge, at random: rulesets of the shapes that nodes have, packets really sent, and the rules that
// counted them, the way that they took and what they looked like at its end, against the tracer. MEDIC_SEED names the
// first seed, MEDIC_DEEP how many seconds to go on (0: until stopped); every difference is shrunk and printed as a
// case for tests/data/netfilter/differential, where each one found so far is replayed by name.
#include "differential.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

using namespace judge;

class TestDifferential : public QObject
{
    Q_OBJECT

    Lab m_lab;
    bool m_up = false;

private Q_SLOTS:
    void initTestCase()
    {
        if (geteuid() != 0)
            QSKIP("needs root for network namespaces");
        if (runIn({}, "command -v ip bridge nft ipset conntrack iptables-legacy-save iptables-nft-save").status != 0)
            QSKIP("needs iproute2, iptables, nftables, ipset and conntrack");
        m_up = true;
        if (const std::string why = m_lab.up(); !why.empty()) {
            m_lab.down();
            m_up = false;
            QSKIP(("the network namespaces cannot be made here: " + why).c_str());
        }
    }

    void cleanupTestCase()
    {
        if (m_up) {
            m_lab.unload();
            m_lab.down();
        }
    }

    void known_data()
    {
        QTest::addColumn<QString>("path");
        const QDir folder(QStringLiteral(MEDIC_TEST_DATA "/netfilter/differential"));
        for (const QString& name : folder.entryList({QStringLiteral("*.case")}, QDir::Files, QDir::Name))
            QTest::newRow(qPrintable(name.chopped(5))) << folder.filePath(name);
        if (folder.isEmpty())
            QTest::newRow("none yet") << QString();
    }

    void known()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            return;
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto what = Case::parse(file.readAll().toStdString());
        QVERIFY(what.has_value());
        const Comparison result = compareWhole(m_lab, *what);
        QVERIFY2(result.error.empty(), result.error.c_str());
        QVERIFY2(result.difference.empty(), result.difference.c_str());
    }

    void random()
    {
        const QByteArray deep = qgetenv("MEDIC_DEEP");
        const bool endless = deep == "0";
        const qint64 budget = deep.isEmpty() ? 45'000 : deep.toLongLong() * 1000;
        std::uint64_t seed = qEnvironmentVariableIsSet("MEDIC_SEED") ? qgetenv("MEDIC_SEED").toULongLong() : 20261123;
        QElapsedTimer clock;
        clock.start();
        Tally tally;
        for (qint64 shown = 0; endless || clock.elapsed() < budget; ++seed) {
            runSeed(m_lab, seed, tally);
            if (!deep.isEmpty() && clock.elapsed() - shown > 30'000) {
                shown = clock.elapsed();
                qInfo("seed %llu: %s", static_cast<unsigned long long>(seed), tally.text().c_str());
            }
        }
        qInfo("last seed %llu: %s", static_cast<unsigned long long>(seed - 1), tally.text().c_str());
        QVERIFY2(tally.differences == 0, "see the cases above");
        QVERIFY(tally.pairs > 0);
    }
};

QTEST_APPLESS_MAIN(TestDifferential)
#include "tst_differential.moc"
