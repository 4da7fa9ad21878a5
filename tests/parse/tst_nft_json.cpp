// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/nft_ruleset.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace medic::parse::nft;

namespace {

QByteArray shared(const char* name)
{
    QFile file(QStringLiteral(MEDIC_SOURCE_DIR "/../shared/dumps/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::string small()
{
    QFile file(QStringLiteral(MEDIC_TEST_DATA "/nft/small.json"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}


} // namespace

class TestNftJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatNftWrites()
    {
        const auto ruleset = readNftJson(small());
        QVERIFY(ruleset);
        QCOMPARE(ruleset->toolVersion, std::string("1.0.6"));
        QCOMPARE(ruleset->tables.size(), std::size_t(1));
        const Table& table = ruleset->tables[0];
        QCOMPARE(table.title(), std::string("ip kube-proxy"));
        QVERIFY(!table.ofIptables());
        const Chain* base = table.chain("nat-prerouting");
        QVERIFY(base != nullptr && base->base);
        QCOMPARE(base->priority, -100);
        QCOMPARE(base->hook, std::string("prerouting"));
        const Chain* services = table.chain("services");
        QVERIFY(services != nullptr && !services->base);
        QCOMPARE(services->rules.size(), std::size_t(2));
        QCOMPARE(services->rules[0].packets, std::optional<std::uint64_t>(5));
        QCOMPARE(services->rules[0].text(),
                 std::string("meta mark & 0x00004000 != 0x00000000 counter packets 5 bytes 300 ip daddr . meta l4proto . th dport vmap @service-ips comment \"a \"quoted\" one\""));
        const SetObject& map = table.sets.at("service-ips");
        QCOMPARE(map.dataType, std::string("verdict"));
        QCOMPARE(map.elements.size(), std::size_t(2));
        QCOMPARE(render(map.elements[0]), std::string("10.96.0.1 . tcp . 443 : goto service-a"));
        QCOMPARE(render(map.elements[1]), std::string("10.96.0.10 . udp . 53 : drop"));
        QVERIFY(table.sets.at("affinity-x").dynamic);
    }

    /// An unknown statement or object costs no more than itself.
    void keepsTheUnknown()
    {
        const auto ruleset = readNftJson(small());
        const Rule& rule = ruleset->tables[0].chain("services")->rules[1];
        QCOMPARE(rule.statements.size(), std::size_t(2));
        QCOMPARE(rule.statements[0].kind, Statement::Kind::Unknown);
        QVERIFY(rule.text().find("flarp") != std::string::npos);
        QCOMPARE(rule.statements[1].text, std::string("accept"));
        QCOMPARE(ruleset->remarks.size(), std::size_t(1));
    }

    void refusesWhatIsNotNft_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("table ip filter {");
        QTest::newRow("other JSON") << QByteArray("[{\"ifindex\": 1}]");
        QTest::newRow("list missing") << QByteArray("{\"nftables\": 7}");
        QTest::newRow("deep") << QByteArray("{\"nftables\":[") + QByteArray(100000, '[');
    }
    void refusesWhatIsNotNft()
    {
        QFETCH(QByteArray, text);
        const auto ruleset = readNftJson(std::string_view(text.constData(), static_cast<std::size_t>(text.size())), "nft-ruleset.json");
        QVERIFY(!ruleset);
        QCOMPARE(ruleset.error().code, medic::ErrorCode::BadSyntax);
        QCOMPARE(ruleset.error().where, std::string("nft-ruleset.json"));
    }

    void everyPrefixSurvives()
    {
        const std::string text = small();
        const std::string_view whole = std::string_view(text).substr(0, text.find_last_of('}'));
        for (std::size_t length = 0; length < whole.size(); ++length)
            QVERIFY(!readNftJson(whole.substr(0, length)));
    }

    void wrongTypesAreTolerated()
    {
        QFile wrong(QStringLiteral(MEDIC_TEST_DATA "/nft/wrong-types.json"));
        QVERIFY(wrong.open(QIODevice::ReadOnly));
        const auto ruleset = readNftJson(wrong.readAll().toStdString());
        QVERIFY(ruleset);
        for (const Table& table : ruleset->tables)
            for (const Chain& chain : table.chains)
                for (const Rule& rule : chain.rules)
                    (void)rule.text();
    }

    void realDumps_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("table");
        for (const auto& [name, table] : {std::pair("k8s-1.35-kube-proxy-nftables.kernel.nft.json", "ip kube-proxy"),
                                          std::pair("k8s-1.36-kube-proxy-nftables.kernel.nft.json", "ip kube-proxy"),
                                          std::pair("k3s-kube-proxy-nftables-1.31.kernel.json", "ip kube-proxy"),
                                          std::pair("firewalld-1.3.3-public-masq-fwdport.nft.json", "inet firewalld")})
            QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(table);
    }
    void realDumps()
    {
        QFETCH(QString, name);
        QFETCH(QString, table);
        const QByteArray text = shared(qPrintable(name));
        if (text.isEmpty())
            QSKIP("third-party dumps are not beside this checkout");
        const auto ruleset = readNftJson(text.toStdString());
        QVERIFY(ruleset);
        QCOMPARE(ruleset->tables.at(0).title(), table.toStdString());
        QVERIFY(ruleset->remarks.empty());
        for (const Chain& chain : ruleset->tables[0].chains)
            for (const Rule& rule : chain.rules)
                for (const Statement& statement : rule.statements)
                    QVERIFY2(statement.kind != Statement::Kind::Unknown, rule.text().c_str());
    }

    void tablesOfIptablesAreKnownAsSuch()
    {
        const QByteArray text = shared("k8s-1.35-kube-proxy-iptables.kernel.via-nft.json");
        if (text.isEmpty())
            QSKIP("third-party dumps are not beside this checkout");
        const auto ruleset = readNftJson(text.toStdString());
        QVERIFY(ruleset);
        for (const Table& table : ruleset->tables)
            QVERIFY2(table.ofIptables(), table.title().c_str());
    }
};

QTEST_APPLESS_MAIN(TestNftJson)
#include "tst_nft_json.moc"
