// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/rule_book.h"

#include "widgets/packetpath/chain_map.h"
#include "widgets/packetpath/ipvs_model.h"
#include "widgets/packetpath/rules_model.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <QTreeView>

using namespace medic;
using namespace medic::packetpath;

namespace {

LoadedNodePtr nodeOf(const std::vector<std::pair<std::string, std::string>>& files)
{
    auto node = std::make_shared<LoadedNode>();
    for (const auto& [name, text] : files)
        if (!node->state.setPart(name, std::make_shared<const std::string>(text)))
            qFatal("fixture %s", name.c_str());
    node->state.finish();
    node->tracer = std::make_unique<netfilter::PacketTracer>(node->state);
    return node;
}

const char* const small = "*nat\n:PREROUTING ACCEPT [7:420]\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-KKDGWRPDK6Z5NCHS - [0:0]\n:LONELY - [0:0]\n"
                          "[5:300] -A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
                          "[3:180] -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment \"a -j b\" -m tcp --dport 80 -j KUBE-SVC-KKDGWRPDK6Z5NCHS\n"
                          "[0:0] -A KUBE-SVC-KKDGWRPDK6Z5NCHS -j DNAT --to-destination 10.244.1.8:8080\n"
                          "[0:0] -A LONELY -s 10.0.0.0/8 -j DROP\n"
                          "COMMIT\n*filter\n:INPUT DROP [0:0]\nCOMMIT\n";

NamesPtr names()
{
    auto result = std::make_shared<netfilter::PathNames>();
    kube::Service api;
    api.meta.nameSpace = "default";
    api.meta.name = "api";
    api.clusterIps = {"10.96.0.10"};
    api.ports.push_back({"http", "TCP", "8080", 80, 30080});
    result->services.push_back(api);
    result->servicesKnown = true;
    return result;
}

/// Rules as kube-proxy writes them for so many Services of five endpoints.
std::string large(int services)
{
    std::string chains = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-MARK-MASQ - [0:0]\n", rules;
    rules += "[9:9] -A PREROUTING -j KUBE-SERVICES\n[9:9] -A OUTPUT -j KUBE-SERVICES\n";
    char name[64];
    for (int i = 0; i < services; ++i) {
        std::snprintf(name, sizeof name, "KUBE-SVC-%016d", i);
        const std::string svc = name, address = "10.96." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1);
        chains += ':' + svc + " - [0:0]\n";
        rules += "[1:60] -A KUBE-SERVICES -d " + address + "/32 -p tcp -m comment --comment \"shop/web-" + std::to_string(i) + ":http cluster IP\" -m tcp --dport 80 -j " + svc + '\n';
        for (int e = 0; e < 5; ++e) {
            std::snprintf(name, sizeof name, "KUBE-SEP-%010d%06d", i, e);
            const std::string sep = name;
            const std::string to = "10." + std::to_string(100 + e) + '.' + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1);
            chains += ':' + sep + " - [0:0]\n";
            rules += "[1:60] -A " + svc + " -m comment --comment \"shop/web-" + std::to_string(i) + ":http -> " + to + ":8080\" -m statistic --mode random --probability 0.2 -j " + sep + '\n';
            rules += "[0:0] -A " + sep + " -s " + to + "/32 -m comment --comment \"shop/web-" + std::to_string(i) + ":http\" -j KUBE-MARK-MASQ\n";
            rules += "[1:60] -A " + sep + " -p tcp -m comment --comment \"shop/web-" + std::to_string(i) + ":http\" -m tcp -j DNAT --to-destination " + to + ":8080\n";
        }
    }
    return chains + rules + "COMMIT\n";
}

bool never() { return false; }

} // namespace

class PathRulesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chainsAndWhoJumpsThere()
    {
        const auto book = RuleBook::make(nodeOf({{"iptables-save.txt", small}}), names());
        QCOMPARE(int(book->tables().size()), 2);
        QCOMPARE(int(book->ruleCount()), 4);
        const BookTable& nat = book->tables()[0];
        const auto chain = [&](const char* name) -> const BookChain& { return nat.chains[static_cast<std::size_t>(nat.byName.at(name))]; };
        QCOMPARE(chain("PREROUTING").hook, std::string("PREROUTING"));
        QCOMPARE(chain("PREROUTING").priority, -100);
        QCOMPARE(int(chain("KUBE-SERVICES").from.size()), 1);
        QCOMPARE(int(chain("LONELY").from.size()), 0);
        QCOMPARE(book->tables()[1].chains[0].policy, std::string("DROP"));
        QVERIFY(chain("PREROUTING").packets >= 12);
    }

    void aRuleInItsParts()
    {
        const auto book = RuleBook::make(nodeOf({{"iptables-save.txt", small}}), names());
        const std::int32_t services = book->tables()[0].byName.at("KUBE-SERVICES");
        const BookRule rule = book->rule({0, services, 0});
        QCOMPARE(rule.target, std::string("KUBE-SVC-KKDGWRPDK6Z5NCHS"));
        QCOMPARE(rule.text, std::string("-d 10.96.0.10/32 -p tcp -m comment --comment \"a -j b\" -m tcp --dport 80"));
        QCOMPARE(rule.packets, std::uint64_t(3));
        QCOMPARE(rule.line, 8);
        QCOMPARE(int(rule.jumps.size()), 1);
        QCOMPARE(book->chain({0, rule.jumps[0], -1}).name, std::string("KUBE-SVC-KKDGWRPDK6Z5NCHS"));
    }

    void search_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("found");
        QTest::newRow("address as written") << "10.96.0.10" << 2;
        QTest::newRow("an address in a range") << "10.3.4.5" << 1;
        QTest::newRow("port") << "8080" << 1;
        QTest::newRow("comment, any case") << "SERVICE portals" << 1;
        QTest::newRow("chain") << "lonely" << 1;
        QTest::newRow("Service by its hash") << "default/api" << 2;
        QTest::newRow("all words") << "dnat 10.244.1.8" << 1;
        QTest::newRow("nothing") << "nowhere" << 0;
        QTest::newRow("empty") << "   " << 0;
    }

    void search()
    {
        QFETCH(QString, words);
        QFETCH(int, found);
        const auto book = RuleBook::make(nodeOf({{"iptables-save.txt", small}}), names());
        QCOMPARE(int(book->search(words.toStdString(), never).size()), found);
    }

    void theModelIsAModel()
    {
        const auto book = RuleBook::make(nodeOf({{"iptables-save.txt", small}}), names());
        RulesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setBook(book);
        model.showChain({0, book->tables()[0].byName.at("KUBE-SERVICES"), -1});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, RulesModel::Packets).data().toString(), QStringLiteral("3"));
        QVERIFY(model.index(0, RulesModel::Packets).data(RulesModel::HeatRole).toDouble() > 0);
        QVERIFY(model.index(0, RulesModel::Target).data(RulesModel::JumpRole).toBool());
        model.setMet({{0, book->tables()[0].byName.at("KUBE-SERVICES"), 0}});
        QVERIFY(model.index(0, 0).data(RulesModel::MetRole).toBool());
        model.showFound(book->search("10", never));
        QVERIFY(model.isSearch());
        QVERIFY(model.rowCount() >= 3);
        model.setBook(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void nativeNftables()
    {
        const auto node = nodeOf({{"nft-ruleset.json",
                                   R"({"nftables":[{"metainfo":{"json_schema_version":1}},{"table":{"family":"ip","name":"kube-proxy","handle":1}},
            {"chain":{"family":"ip","table":"kube-proxy","name":"nat-prerouting","handle":2,"type":"nat","hook":"prerouting","prio":-100,"policy":"accept"}},
            {"chain":{"family":"ip","table":"kube-proxy","name":"services","handle":3}},
            {"rule":{"family":"ip","table":"kube-proxy","chain":"nat-prerouting","handle":4,"expr":[{"counter":{"packets":5,"bytes":300}},{"jump":{"target":"services"}}]}},
            {"rule":{"family":"ip","table":"kube-proxy","chain":"services","handle":5,"comment":"all","expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"daddr"}},"right":"10.96.0.10"}},{"drop":null}]}}]})"}});
        const auto book = RuleBook::make(node, names());
        QCOMPARE(int(book->tables().size()), 1);
        const BookTable& table = book->tables()[0];
        QCOMPARE(table.backend, std::string("nft"));
        QCOMPARE(table.chains[0].hook, std::string("PREROUTING"));
        const BookRule rule = book->rule({0, 0, 0});
        QCOMPARE(rule.packets, std::uint64_t(5));
        QCOMPARE(int(rule.jumps.size()), 1);
        QCOMPARE(int(table.chains[1].from.size()), 1);
        QCOMPARE(int(book->search("10.96.0.10", never).size()), 1);
        QVERIFY(book->rule({0, 1, 0}).target.find("drop") != std::string::npos);
    }

    void theMapShowsEveryBaseChain()
    {
        const auto book = RuleBook::make(nodeOf({{"iptables-save.txt", small}}), names());
        const ChainMapLayout layout = ChainMapLayout::lay(*book, 800, 16, {}, 9);
        int base = 0;
        for (qsizetype i = 0; i < layout.cells.size(); ++i) {
            base += layout.cells[i].base;
            QVERIFY(QRectF(QPointF(), layout.size).contains(layout.cells[i].rect));
            for (qsizetype j = i + 1; j < layout.cells.size(); ++j)
                QVERIFY(!layout.cells[i].rect.intersects(layout.cells[j].rect));
            QCOMPARE(layout.at(layout.cells[i].rect.center()), int(i));
        }
        QCOMPARE(base, 3);
        QCOMPARE(int(layout.cells.size()), 5); // and KUBE-SERVICES with its Service below PREROUTING
        QCOMPARE(int(layout.jumps.size()), 2);
    }

    void aHundredAndSeventyThousandRules()
    {
        const auto node = nodeOf({{"iptables-save.txt", large(10600)}});
        QElapsedTimer timer;
        timer.start();
        const auto book = RuleBook::make(node, names());
        const qint64 made = timer.restart();
        QVERIFY(book->ruleCount() > 165'000);
        const auto found = book->search("web-10599:http 8080", never);
        const qint64 searched = timer.restart();
        QCOMPARE(int(found.size()), 10);
        RulesModel model;
        model.setBook(book);
        QTreeView view;
        view.setUniformRowHeights(true);
        view.setRootIsDecorated(false);
        view.resize(900, 600);
        view.setModel(&model);
        view.show();
        timer.restart();
        model.showFound(book->search("-", never));
        QVERIFY(model.rowCount() > 165'000);
        view.grab();
        const qint64 opened = timer.restart();
        view.scrollTo(model.index(120'000, 0));
        view.grab();
        const qint64 scrolled = timer.restart();
        const ChainMapLayout layout = ChainMapLayout::lay(*book, 500, 16, {}, 9);
        const qint64 mapped = timer.restart();
        QVERIFY(layout.cells.size() < 60);
        qInfo("book %lld ms, search %lld ms, open %lld ms, scroll %lld ms, map %lld ms", made, searched, opened, scrolled, mapped);
        // Generous: the machine that runs this may be busy, and it is a build without optimisation.
        QVERIFY(made < 3000 && searched < 5000 && opened < 8000 && scrolled < 1000 && mapped < 3000);
        bool stopped = false;
        QVERIFY(book->search("web", [&] { return stopped = true; }).empty());
        QVERIFY(stopped);
    }

    void ipvsAsATree()
    {
        const auto node = nodeOf({{"ipvsadm-Sn.txt", "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.244.1.8:8080 -m -w 1\n-a -t 10.96.0.10:80 -r 10.244.2.9:8080 -m -w 0\n"
                                                     "-A -t 192.168.0.1:30080 -s rr -p 10800\n"},
                                  {"ipvsadm-Lcn.txt", "IPVS connection entries\npro expire state       source             virtual            destination\n"
                                                      "TCP 14:58  ESTABLISHED 10.244.1.5:40000   10.96.0.10:80      10.244.1.8:8080\n"
                                                      "TCP 00:58  TIME_WAIT   10.244.1.5:40001   10.96.0.10:80      10.244.1.8:8080\n"},
                                  {"ipset-save.txt", "create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\nadd KUBE-CLUSTER-IP 10.96.0.10,tcp:80\n"}});
        IpvsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(!model.known());
        model.setNode(node, names());
        QVERIFY(model.known());
        QCOMPARE(model.rowCount(), 2);
        const QModelIndex first = model.index(0, 0);
        QCOMPARE(first.data().toString(), QStringLiteral("TCP 10.96.0.10:80"));
        QCOMPARE(model.rowCount(first), 2);
        QCOMPARE(model.index(0, IpvsModel::Whose).data().toString(), QStringLiteral("default/api"));
        QCOMPARE(model.index(1, IpvsModel::Whose).data().toString(), QStringLiteral("default/api, nodePort"));
        QCOMPARE(model.index(0, IpvsModel::Selected).data().toString(), QStringLiteral("KUBE-CLUSTER-IP"));
        QCOMPARE(model.index(0, IpvsModel::Active, first).data().toInt(), 1);
        QCOMPARE(model.index(0, IpvsModel::Inactive, first).data().toInt(), 1);
        QVERIFY(model.index(1, IpvsModel::Method, first).data().toString().contains(QLatin1String("no new connections")));
        QVERIFY(model.index(1, IpvsModel::Method).data().toString().contains(QLatin1String("no real server")));
        model.setWords(QStringLiteral("10.244.2.9"));
        QCOMPARE(model.rowCount(), 1);
        model.setWords({});
        QCOMPARE(model.rowCount(), 2);
    }
};

QTEST_MAIN(PathRulesTest)
#include "tst_path_rules.moc"
