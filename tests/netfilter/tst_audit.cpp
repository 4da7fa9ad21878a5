// SPDX-License-Identifier: GPL-3.0-or-later
// ServiceAudit: what a node's rules really do against what the apiserver says, fault by fault on one small node.
#include "audit_node.h"

#include <QDir>
#include <QTest>

using namespace auditnode;

class TestAudit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void healthyIsOk()
    {
        const NodeAudit audit = audited();
        VERDICT(audit, "ok");
        QCOMPARE(audit.node, std::string("node-1"));
        QCOMPARE(audit.mode, std::string("iptables"));
        QVERIFY(audit.extras.empty());
        QCOMPARE(audit.ports.at(0).frontends.size(), std::size_t(3)); // ClusterIP from the node and from a Pod, nodePort
        const auto& first = audit.ports[0].frontends[0];
        QCOMPARE(first.endpoints.size(), std::size_t(2));
        QVERIFY(std::abs(first.endpoints[0].share - 0.5) < 1e-6);
        QCOMPARE(first.endpoints[0].pod, std::string("default/web-a"));
    }

    void replacedPod()
    {
        Rules rules;
        rules.endpoints = {"10.244.1.3:8080", "10.244.2.99:8080"};
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "stale-endpoint");
        const auto* stale = problemOf(audit, AuditVerdict::StaleEndpoint);
        QCOMPARE(stale->endpoint, std::string("10.244.2.99:8080"));
        QCOMPARE(stale->reason, std::string("no-such-endpoint"));
        QVERIFY(std::abs(stale->share - 0.5) < 1e-6);
        QCOMPARE(stale->rules.at(0).chain, std::string("KUBE-SEP-1"));
        QVERIFY(stale->rules.at(0).line > 0);
        const auto* missing = problemOf(audit, AuditVerdict::MissingEndpoint);
        QVERIFY(missing);
        QCOMPARE(missing->endpoint, std::string("10.244.2.4:8080"));
        QCOMPARE(missing->pod, std::string("default/web-b"));
    }

    void newEndpointWithoutRule()
    {
        Rules rules;
        rules.endpoints = {"10.244.1.3:8080"};
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "missing-endpoint");
        QVERIFY(!problemOf(audit, AuditVerdict::StaleEndpoint));
    }

    void readiness_data()
    {
        QTest::addColumn<QString>("conditions");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("reason");
        QTest::newRow("not ready") << R"({"ready":false})" << "stale-endpoint" << "not-ready";
        QTest::newRow("terminating, ready ones left") << R"({"ready":false,"serving":true,"terminating":true})" << "stale-endpoint" << "terminating";
        QTest::newRow("unknown readiness is ready") << R"({})" << "ok" << "";
        QTest::newRow("published although not ready") << R"({"ready":true,"serving":false})" << "ok" << "";
    }

    void readiness()
    {
        QFETCH(QString, conditions);
        Objects objects;
        objects.endpoints[1]["conditions"] = json::parse(conditions.toStdString());
        const NodeAudit audit = audited({}, objects);
        QFETCH(QString, verdict);
        VERDICT(audit, verdict.toStdString());
        QFETCH(QString, reason);
        if (!reason.isEmpty())
            QCOMPARE(problemOf(audit, AuditVerdict::StaleEndpoint)->reason, reason.toStdString());
    }

    void onlyEndingEndpointsMayBeUsedOrNot()
    {
        Objects objects;
        for (auto& one : objects.endpoints)
            one["conditions"] = {{"ready", false}, {"serving", true}, {"terminating", true}};
        VERDICT(audited({}, objects), "ok");
        Rules refusing;
        refusing.services.clear();
        refusing.nodePortJump.clear();
        refusing.filter = "-A OUTPUT -j KUBE-SERVICES\n-A FORWARD -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment \"default/web:http has no endpoints\" -m tcp --dport 80 -j REJECT\n";
        VERDICT(audited(refusing, objects), "ok");
    }

    void wrongShare()
    {
        Rules rules;
        rules.shares = {"0.90000000000"};
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "wrong-share");
        QVERIFY(std::abs(problemOf(audit, AuditVerdict::WrongShare)->share - 0.9) < 1e-6);
        rules.shares = {"0.49999"}; // five digits of kube-proxy 1.16
        VERDICT(audited(rules), "ok");
    }

    void stolenByHostPort()
    {
        Rules rules;
        rules.prerouting = "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n";
        rules.more = "-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"abc\\\"\" -m multiport --dports 30080 -j CNI-DN-1\n"
                     "-A CNI-DN-1 -p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.244.1.9:80\n";
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "stolen");
        const auto* stolen = problemOf(audit, AuditVerdict::Stolen, FrontendKind::NodePort);
        QVERIFY(stolen);
        QCOMPARE(stolen->pod, std::string("default/client"));
        QCOMPARE(stolen->reason, std::string("hostPort"));
        QCOMPARE(stolen->rules.at(0).chain, std::string("CNI-DN-1"));
        QVERIFY(!problemOf(audit, AuditVerdict::Stolen)); // the ClusterIP is not touched
        QVERIFY(!problemOf(audit, AuditVerdict::MissingEndpoint, FrontendKind::NodePort));
    }

    void stolenByAnotherService()
    {
        Rules rules;
        rules.services = "-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment \"default/thief:http external IP\" -m tcp --dport 80 -j KUBE-SVC-THIEF\n" + rules.services;
        rules.more = ":KUBE-SVC-THIEF - [0:0]\n-A KUBE-SVC-THIEF -p tcp -m comment --comment \"default/thief:http\" -m tcp -j DNAT --to-destination 10.244.1.9:9999\n";
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "stolen");
        QCOMPARE(problemOf(audit, AuditVerdict::Stolen)->other, std::string("default/thief"));
        // … and the rule that never gets a packet is a conflict.
        QVERIFY(std::any_of(audit.conflicts.begin(), audit.conflicts.end(), [](const Conflict& one) { return one.kind == Conflict::Kind::NeverMatches && one.harmful; }));
    }

    void nothingKnowsTheService()
    {
        Rules rules;
        rules.services.clear();
        rules.nodePortJump.clear();
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "missing");
        QCOMPARE(problemOf(audit, AuditVerdict::Missing)->reason, std::string("leaves-untranslated"));
        QCOMPARE(problemOf(audit, AuditVerdict::Missing, FrontendKind::NodePort)->reason, std::string("stays-here"));
    }

    void refusedAlthoughThereAreEndpoints()
    {
        Rules rules;
        rules.services.clear();
        rules.nodePortJump.clear();
        rules.filter = "-A OUTPUT -j KUBE-SERVICES\n-A FORWARD -j KUBE-SERVICES\n-A INPUT -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment \"default/web:http has no endpoints\" -m tcp --dport 80 -j REJECT\n";
        const NodeAudit audit = audited(rules);
        const auto* missing = problemOf(audit, AuditVerdict::MissingEndpoint);
        QVERIFY(missing);
        QCOMPARE(missing->reason, std::string("refused"));
    }

    void droppedBehindTheTranslation()
    {
        Rules rules;
        rules.filter = "-A FORWARD -s 192.0.2.0/24 -j DROP\n";
        const NodeAudit audit = audited(rules);
        VERDICT(audit, "unreachable");
        const auto* problem = problemOf(audit, AuditVerdict::Unreachable, FrontendKind::NodePort);
        QVERIFY(problem);
        QCOMPARE(problem->rules.at(0).text, std::string("-A FORWARD -s 192.0.2.0/24 -j DROP"));
    }

    void aNetworkPolicyIsNoFault()
    {
        Rules rules;
        rules.filter = ":cali-FORWARD - [0:0]\n-A FORWARD -m comment --comment \"cali:abc\" -j cali-FORWARD\n-A cali-FORWARD -m comment --comment \"cali:def\" -j DROP\n";
        VERDICT(audited(rules), "ok");
    }

    void localPolicies()
    {
        Objects objects;
        objects.web["spec"]["externalTrafficPolicy"] = "Local";
        Rules rules;
        const NodeAudit wrong = audited(rules, objects); // sends to node-2's endpoint as well
        VERDICT(wrong, "stale-endpoint");
        QCOMPARE(problemOf(wrong, AuditVerdict::StaleEndpoint, FrontendKind::NodePort)->reason, std::string("other-node"));
        QVERIFY(!problemOf(wrong, AuditVerdict::StaleEndpoint, FrontendKind::ClusterIp));
        rules.extChain = {"-A KUBE-EXT-WEB -s 10.244.0.0/16 -j KUBE-SVC-WEB", "-A KUBE-EXT-WEB -j KUBE-SEP-0"};
        VERDICT(audited(rules, objects), "ok");
        objects.web["spec"]["internalTrafficPolicy"] = "Local";
        QCOMPARE(problemOf(audited(rules, objects), AuditVerdict::StaleEndpoint)->reason, std::string("other-node"));
        // Which node it is must be known for that.
        const NodeAudit nameless = ServiceAudit([&] {
            auto all = objects.make();
            all.nodes = nullptr;
            return all;
        }()).audit(nodeWith(rules.text()));
        VERDICT(nameless, "unknown");
    }

    void hintsChooseASubset()
    {
        Objects objects;
        objects.endpoints[0]["hints"] = {{"forNodes", {{{"name", "node-1"}}}}};
        objects.endpoints[1]["hints"] = {{"forNodes", {{{"name", "node-2"}}}}};
        Rules rules;
        rules.endpoints = {"10.244.1.3:8080"};
        VERDICT(audited(rules, objects), "ok");
        VERDICT(audited({}, objects), "ok"); // a kube-proxy that does not know hints
    }

    void affinity()
    {
        Objects objects;
        objects.web["spec"]["sessionAffinity"] = "ClientIP";
        const NodeAudit audit = audited({}, objects);
        VERDICT(audit, "wrong-policy");
        QCOMPARE(problemOf(audit, AuditVerdict::WrongPolicy)->reason, std::string("no-affinity"));
        Rules sticky;
        sticky.recent = " -m recent --set --name KUBE-SEP-X --mask 255.255.255.255 --rsource";
        VERDICT(audited(sticky, objects), "ok");
        VERDICT(audited(sticky), "wrong-policy");
    }

    void sourceRanges()
    {
        Objects objects;
        objects.web["spec"]["type"] = "LoadBalancer";
        objects.web["spec"]["loadBalancerSourceRanges"] = {"203.0.113.0/24"};
        objects.web["status"] = {{"loadBalancer", {{"ingress", {{{"ip", "198.51.100.20"}}}}}}};
        Rules rules;
        const std::string head = "-A KUBE-SERVICES -d 198.51.100.20/32 -p tcp -m comment --comment \"default/web:http loadbalancer IP\" -m tcp --dport 80 -j ";
        rules.more = head + "KUBE-FW-WEB\n-A KUBE-FW-WEB -s 203.0.113.0/24 -m comment --comment \"default/web:http loadbalancer IP\" -j KUBE-EXT-WEB\n"
                            "-A KUBE-FW-WEB -m comment --comment \"other traffic to default/web:http will be dropped by KUBE-PROXY-FIREWALL\"\n";
        rules.filter = "-A FORWARD -j KUBE-PROXY-FIREWALL\n-A KUBE-PROXY-FIREWALL -d 198.51.100.20/32 -p tcp -m tcp --dport 80 -j DROP\n";
        VERDICT(audited(rules, objects), "ok");
        rules.more = head + "KUBE-EXT-WEB\n";
        const NodeAudit open = audited(rules, objects);
        VERDICT(open, "wrong-policy");
        QCOMPARE(problemOf(open, AuditVerdict::WrongPolicy, FrontendKind::LoadBalancer)->reason, std::string("source-ranges"));
    }

    void extraRules()
    {
        Rules rules;
        rules.more = "-A KUBE-SERVICES -d 10.96.9.9/32 -p tcp -m comment --comment \"default/gone:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-WEB\n";
        const NodeAudit audit = audited(rules);
        QCOMPARE(audit.extras.size(), std::size_t(1));
        QCOMPARE(audit.extras[0].address, std::string("10.96.9.9:80"));
        VERDICT(audit, "ok");
    }

    void withoutEndpoints()
    {
        Objects objects;
        objects.others.push_back({{"metadata", {{"namespace", "default"}, {"name", "none"}}}, {"spec", {{"clusterIP", "10.96.0.8"}, {"ports", {{{"port", 80}, {"protocol", "TCP"}}}}}}});
        QCOMPARE(verdictOf(audited({}, objects), 1), std::string("missing"));
        Rules rules;
        rules.filter = "-A OUTPUT -j KUBE-SERVICES\n-A FORWARD -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.8/32 -p tcp -m comment --comment \"default/none has no endpoints\" -m tcp --dport 80 -j REJECT\n";
        QCOMPARE(verdictOf(audited(rules, objects), 1), std::string("ok"));
    }

    void skipped()
    {
        Objects objects;
        objects.others.push_back({{"metadata", {{"namespace", "default"}, {"name", "headless"}}}, {"spec", {{"clusterIP", "None"}, {"ports", {{{"port", 80}}}}}}});
        objects.others.push_back({{"metadata", {{"namespace", "default"}, {"name", "elsewhere"}}}, {"spec", {{"type", "ExternalName"}, {"externalName", "x.example"}}}});
        const ServiceAudit audit(objects.make());
        QCOMPARE(audit.skipped().size(), std::size_t(2));
        QCOMPARE(audit.audit(nodeWith(Rules().text())).ports.size(), std::size_t(1));
    }

    void whatWasNotCollectedIsUnknown()
    {
        Objects objects;
        objects.slices = false;
        VERDICT(audited({}, objects), "unknown");
        QVERIFY(problemOf(audited({}, objects), AuditVerdict::Unknown)->reason.find("EndpointSlices") != std::string::npos);
        const NodeAudit noRules = ServiceAudit(Objects().make()).audit(nodeWith({}));
        VERDICT(noRules, "unknown");
        QCOMPARE(ServiceAudit(ClusterObjects()).audit(nodeWith(Rules().text())).ports.size(), std::size_t(0));
        // An undecidable match before kube-proxy's rules: the packets may go another way.
        Rules rules;
        rules.prerouting = "-A OUTPUT -m owner --uid-owner 33 -p tcp -j DNAT --to-destination 10.1.1.1:1\n";
        const NodeAudit maybe = audited(rules);
        VERDICT(maybe, "unknown");
    }

    void aDumpThatWasCutOffProvesNothing()
    {
        std::string text = Rules().text();
        text.resize(text.find("-A KUBE-SVC-WEB")); // inside of nat, at the end of a line
        const NodeAudit audit = ServiceAudit(Objects().make()).audit(nodeWith(text));
        VERDICT(audit, "unknown");
        QVERIFY(problemOf(audit, AuditVerdict::Unknown)->reason.find("cut off at line") != std::string::npos);
        QVERIFY(std::any_of(audit.warnings.begin(), audit.warnings.end(), [](const auto& one) { return one.find("cut off") != std::string::npos; }));
    }

    void everyPrefixOfTheRulesIsAudited()
    {
        const std::string text = Rules().text();
        for (std::size_t size = 0; size < text.size(); size += 97) {
            NodeState state;
            if (state.setPart("iptables-save.txt", std::make_shared<const std::string>(text.substr(0, size))))
                QCOMPARE(ServiceAudit(Objects().make()).audit(state).ports.size(), std::size_t(1));
        }
    }

    void nodeLocalDnsIsMeant()
    {
        const std::string raw = "*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -d 10.96.0.7/32 -p tcp -m tcp --dport 80 -m comment --comment \"NodeLocal DNS Cache: skip conntrack\" -j NOTRACK\n"
                                "-A OUTPUT -d 10.96.0.7/32 -p tcp -m tcp --dport 80 -m comment --comment \"NodeLocal DNS Cache: skip conntrack\" -j NOTRACK\nCOMMIT\n";
        std::string routed = routes;
        routed.insert(routed.size() - 1, ",{\"type\":\"local\",\"dst\":\"10.96.0.7\",\"dev\":\"nodelocaldns\",\"table\":\"local\"}");
        VERDICT(ServiceAudit(Objects().make()).audit(nodeWith(raw + Rules().text(), {{"ip-route-all.json", routed}})), "ok");
    }

    void ipvs()
    {
        const std::string rules = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-NODE-PORT - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n-A OUTPUT -j KUBE-SERVICES\nCOMMIT\n";
        std::string links = addresses;
        links.insert(links.size() - 1, R"(,{"ifname":"kube-ipvs0","flags":["BROADCAST","NOARP"],"operstate":"DOWN","addr_info":[{"family":"inet","local":"10.96.0.7","prefixlen":32,"scope":"global"},{"family":"inet","local":"10.96.9.9","prefixlen":32,"scope":"global"}]})");
        std::string routed = routes;
        routed.insert(routed.size() - 1, R"(,{"type":"local","dst":"10.96.0.7","dev":"kube-ipvs0","table":"local"})");
        const std::string healthy = "-A -t 10.96.0.7:80 -s rr\n-a -t 10.96.0.7:80 -r 10.244.1.3:8080 -m -w 1\n-a -t 10.96.0.7:80 -r 10.244.2.4:8080 -m -w 1\n"
                                    "-A -t 192.0.2.10:30080 -s rr\n-a -t 192.0.2.10:30080 -r 10.244.1.3:8080 -m -w 1\n-a -t 192.0.2.10:30080 -r 10.244.2.4:8080 -m -w 1\n";
        const auto run = [&](const std::string& servers) {
            return ServiceAudit(Objects().make()).audit(nodeWith(rules, {{"ip-addr.json", links}, {"ip-route-all.json", routed}, {"ipvsadm-Sn.txt", servers}}));
        };
        const NodeAudit good = run(healthy);
        VERDICT(good, "ok");
        QCOMPARE(good.mode, std::string("ipvs"));
        // Weight 0 is how kube-proxy takes one out: not stale, but here it is missing.
        std::string ending = healthy;
        ending.replace(ending.find("-r 10.244.2.4:8080 -m -w 1"), 26, "-r 10.244.2.4:8080 -m -w 0");
        VERDICT(run(ending), "missing-endpoint");
        VERDICT(run(healthy + "-a -t 10.96.0.7:80 -r 10.244.2.99:8080 -m -w 0\n"), "ok");
        VERDICT(run(healthy + "-a -t 10.96.0.7:80 -r 10.244.2.99:8080 -m -w 1\n"), "stale-endpoint");
        VERDICT(run(healthy.substr(healthy.find("-A -t 192"))), "missing");
        QCOMPARE(run(healthy + "-A -t 10.96.9.9:80 -s rr\n").extras.size(), std::size_t(1));
    }

    void jsonIsWhole()
    {
        Rules rules;
        rules.endpoints = {"10.244.1.3:8080", "10.244.2.99:8080"};
        Objects objects;
        objects.web["metadata"]["name"] = "web";
        const ServiceAudit audit(objects.make());
        const json whole = json::parse(auditJson(audit, {audit.audit(nodeWith(rules.text()))}, 1), nullptr, false);
        QVERIFY(whole.is_object());
        QCOMPARE(whole["format"].get<std::string>(), std::string("cluster-medic-audit"));
        const json service = whole["nodes"][0]["services"][0];
        QCOMPARE(service["verdict"].get<std::string>(), std::string("stale-endpoint"));
        QCOMPARE(service["frontends"][0]["problems"][0]["rule"]["owner"]["name"].get<std::string>(), std::string("web"));
        QCOMPARE(whole["nodes"][0]["counts"]["stale-endpoint"].get<int>(), 1);
    }

    void realNodes_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("api");
        QTest::addColumn<QString>("verdicts");
        QTest::newRow("healthy") << "healthy/node" << "healthy/api" << "ok 6";
        QTest::newRow("kube-proxy dead, a Pod replaced") << "kube-proxy-dead-stale-rules/node" << "kube-proxy-dead-stale-rules/api" << "ok 2, stale-endpoint 4";
        // The node had no kubelet, whose KUBE-MARK-DROP drops whom the source ranges do not let in.
        QTest::newRow("IPVS, a hostPort on a nodePort") << "ipvs-mode" << "ipvs-mode" << "ok 6, wrong-policy 1, stolen 1";
    }

    void realNodes()
    {
        QFETCH(QString, folder);
        QFETCH(QString, api);
        const QString base = QStringLiteral(MEDIC_SOURCE_DIR "/../shared/data/real-node-1.20/");
        if (!QDir(base + folder).exists())
            QSKIP("the recorded nodes are not on this machine");
        const auto objects = ClusterObjects::fromDirectory((base + api).toStdString());
        QVERIFY2(objects, objects ? "" : objects.error().detail.c_str());
        const auto state = NodeState::fromDirectory((base + folder).toStdString());
        QVERIFY(state);
        const NodeAudit audit = ServiceAudit(*objects).audit(*state);
        QStringList counts;
        for (const auto verdict : {AuditVerdict::Ok, AuditVerdict::Unknown, AuditVerdict::WrongPolicy, AuditVerdict::WrongShare, AuditVerdict::MissingEndpoint,
                                   AuditVerdict::StaleEndpoint, AuditVerdict::Unreachable, AuditVerdict::Missing, AuditVerdict::Stolen})
            if (audit.count(verdict) > 0)
                counts.append(QString::fromUtf8(auditVerdictName(verdict).data()) + u' ' + QString::number(audit.count(verdict)));
        QTEST(counts.join(QStringLiteral(", ")), "verdicts");
        QVERIFY(audit.extras.empty());
        for (const Conflict& conflict : audit.conflicts)
            QVERIFY2(!conflict.harmful, conflict.rule.text.c_str());
    }
};

QTEST_GUILESS_MAIN(TestAudit)
#include "tst_audit.moc"
