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

    /// The same rules as nft 0.9.0 to 1.1 print them.
    void versions_data()
    {
        QTest::addColumn<QByteArray>("statements");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char* name, const char* statements, const char* text) { QTest::newRow(name) << QByteArray(statements) << QByteArray(text); };
        row("payload by name, 0.9.0", R"({"match": {"op": "==", "left": {"payload": {"name": "tcp", "field": "dport"}}, "right": 80}})", "tcp dport 80");
        row("payload by protocol", R"({"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 80}})", "tcp dport 80");
        row("raw payload", R"({"match": {"op": "==", "left": {"payload": {"base": "th", "offset": 16, "len": 16}}, "right": 80}})", "@th,16,16 80");
        row("meta as text", R"({"match": {"op": "==", "left": {"meta": "iifname"}, "right": "eth0"}})", "iifname \"eth0\"");
        row("meta as object", R"({"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "eth*"}})", "iifname \"eth*\"");
        row("bits, operator in", R"({"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}})", "ct state established,related");
        row("bits, no operator", R"({"match": {"left": {"ct": {"key": "state"}}, "right": ["established", "related"]}})", "ct state established,related");
        row("original address with family", R"({"match": {"op": "==", "left": {"ct": {"key": "saddr", "family": "ip", "dir": "original"}}, "right": "1.2.3.4"}})", "ct original ip saddr 1.2.3.4");
        row("original address, 1.0", R"({"match": {"op": "==", "left": {"ct": {"key": "ip saddr", "dir": "original"}}, "right": "1.2.3.4"}})", "ct original ip saddr 1.2.3.4");
        row("fib flags as a list", R"({"match": {"op": "==", "left": {"fib": {"result": "type", "flags": ["daddr"]}}, "right": "local"}})", "fib daddr type local");
        row("fib flag alone, 1.1", R"({"match": {"op": "==", "left": {"fib": {"result": "type", "flags": "daddr"}}, "right": "local"}})", "fib daddr type local");
        row("presence", R"({"match": {"op": "==", "left": {"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, "right": false}})", "fib saddr . iif oif missing");
        row("flags alone", R"({"masquerade": {"flags": "fully-random"}})", "masquerade fully-random");
        row("flags as a list", R"({"masquerade": {"flags": ["random", "persistent"]}})", "masquerade random,persistent");
        row("masquerade alone", R"({"masquerade": null})", "masquerade");
        row("reject alone, 0.9", R"({"reject": null})", "reject");
        row("reject", R"({"reject": {"type": "icmpx", "expr": "admin-prohibited"}})", "reject with icmpx admin-prohibited");
        row("many operands, 1.1.1", R"({"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"|": [{"&": [{"meta": {"key": "mark"}}, 255]}, 256, 512]}}})",
            "meta mark set meta mark & 0x000000ff | 0x00000100 | 0x00000200");
        row("counter that is not read", R"({"counter": null})", "counter packets 0 bytes 0");
        row("limit", R"({"limit": {"rate": 10, "burst": 5, "per": "second", "inv": true}})", "limit rate over 10/second burst 5 packets");
        row("meter, 1.0", R"({"meter": {"key": {"payload": {"protocol": "ip", "field": "saddr"}}, "stmt": {"limit": {"rate": 10, "burst": 5, "per": "second"}}, "size": 65535, "name": "m"}})",
            "meter m { ip saddr limit rate 10/second burst 5 packets }");
        row("set statement", R"({"set": {"op": "update", "elem": {"payload": {"protocol": "ip", "field": "saddr"}}, "set": "@s", "stmt": [{"limit": {"rate": 10, "burst": 0, "per": "second"}}]}})",
            "update @s { ip saddr limit rate 10/second }");
        row("dnat of an inet table", R"({"dnat": {"family": "ip6", "addr": "fd00::1", "port": 80}})", "dnat ip6 to [fd00::1]:80");
        row("extension without a name", R"({"xt": null})", "xt  \"\"");
    }
    void versions()
    {
        QFETCH(QByteArray, statements);
        QFETCH(QByteArray, text);
        const auto ruleset = readNftJson("{\"nftables\": [{\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", \"expr\": [" + statements.toStdString() + "]}}]}");
        QVERIFY(ruleset);
        const Rule& rule = ruleset->tables[0].chains[0].rules[0];
        QCOMPARE(rule.statements.size(), std::size_t(1));
        QVERIFY(rule.statements[0].kind != Statement::Kind::Unknown);
        QCOMPARE(QByteArray::fromStdString(rule.text()), text);
    }

    /// Tables that are dormant, sets by selectors, devices as a list.
    void objectsOfNewerVersions()
    {
        const auto ruleset = readNftJson(R"({"nftables": [{"table": {"family": "netdev", "name": "t", "flags": "dormant"}},
            {"chain": {"family": "netdev", "table": "t", "name": "c", "type": "filter", "hook": "ingress", "prio": -500, "dev": ["eth0", "eth1"]}},
            {"set": {"family": "netdev", "table": "t", "name": "s", "type": {"typeof": {"concat": [{"payload": {"protocol": "ip", "field": "saddr"}}, {"meta": {"key": "mark"}}]}}, "flags": "interval"}},
            {"table": {"family": "ip", "name": "u", "flags": ["owner", "persist"]}}]})");
        QVERIFY(ruleset);
        const Table& table = ruleset->tables.at(0);
        QVERIFY(table.dormant);
        QVERIFY(!ruleset->tables.at(1).dormant);
        QCOMPARE(table.chains[0].device, std::string("eth0,eth1"));
        QCOMPARE(table.chains[0].priority, -500);
        QCOMPARE(table.chains[0].line, 2);
        QCOMPARE(render(table.sets.at("s").typeOf), std::string("ip saddr . meta mark"));
        QVERIFY(table.sets.at("s").interval);
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
        QVERIFY2(ruleset.error().where.starts_with("nft-ruleset.json:"), ruleset.error().where.c_str()); // and the line
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
