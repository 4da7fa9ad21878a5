// SPDX-License-Identifier: GPL-3.0-or-later
// docs/nftables.md says what is decided and what is not: each selector of its table is asked of a packet.
#include "nft_node.h"

#include <QFile>
#include <QTest>

using namespace nftnode;

class TestNftDocuments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void selectors_data()
    {
        QTest::addColumn<QString>("selector");
        QTest::addColumn<QString>("status");
        QFile file(QStringLiteral(MEDIC_SOURCE_DIR "/docs/nftables.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
            const QStringList cells = line.split(QLatin1Char('|'));
            if (cells.size() == 5 && cells[1].startsWith(QLatin1String(" `")))
                QTest::newRow(qPrintable(cells[1])) << cells[1].trimmed().remove(QLatin1Char('`')) << cells[2].trimmed();
        }
    }

    void selectors()
    {
        QFETCH(QString, selector);
        QFETCH(QString, status);
        const QString of = selector.section(QLatin1Char(' '), 0, 0), field = selector.section(QLatin1Char(' '), 1);
        const bool v6 = of == QLatin1String("ip6") || of == QLatin1String("icmpv6");
        const QString left = of == QLatin1String("meta") || of == QLatin1String("ct") ? QStringLiteral("{\"%1\": {\"key\": \"%2\"}}").arg(of, field)
                                                                                       : QStringLiteral("{\"payload\": {\"protocol\": \"%1\", \"field\": \"%2\"}}").arg(of, field);
        QString right = QStringLiteral("1");
        if (field.endsWith(QLatin1String("addr")))
            right = v6 ? QStringLiteral("\"fd00::1\"") : QStringLiteral("\"10.0.0.1\"");
        else if (field.endsWith(QLatin1String("name")) || field == QLatin1String("iif") || field == QLatin1String("oif"))
            right = QStringLiteral("\"x\"");
        const QString ruleset = QStringLiteral(R"({"nftables": [{"table": {"family": "inet", "name": "t"}},
            {"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
            {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [{"match": {"op": "==", "left": %1, "right": %2}}, {"counter": null}]}}]})").arg(left, right);
        const NodeState state = node(ruleset.toStdString());
        const std::uint8_t protocol = of == QLatin1String("tcp") ? proto::tcp
            : of == QLatin1String("sctp")                        ? proto::sctp
            : of == QLatin1String("icmp")                        ? proto::icmp
            : of == QLatin1String("icmpv6")                      ? proto::icmp6
                                                                 : proto::udp;
        PacketQuery asked = query(protocol, v6 ? "fd99:1::2" : "10.99.1.2", v6 ? "fd99:3::2" : "10.99.3.2", 53);
        asked.passedOver = true;
        const Trace trace = PacketTracer(state).trace(asked);
        for (const auto& step : trace.branches.at(0).steps)
            if (step.rule == 1)
                QCOMPARE(QString(step.matched == Tri::Unknown ? QStringLiteral("unknown") : QStringLiteral("decided")), status);
        QVERIFY(status == QLatin1String("decided") || status == QLatin1String("unknown"));
    }
};

QTEST_APPLESS_MAIN(TestNftDocuments)
#include "tst_nft_documents.moc"
