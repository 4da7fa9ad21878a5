// SPDX-License-Identifier: GPL-3.0-or-later
// `medicctl audit --dump --api`: one planted fault at a time, found and named, and nothing else.
#include "tests/e2e/contract_case.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <functional>
#include <regex>

using namespace medic::test;
using namespace medic::contract;
using nlohmann::json;

namespace {

struct Case {
    const char* name;
    std::function<void(Files& node, Files& api)> plant;
    std::string services; ///< verdicts of empty and web, in this order
    int status;
    std::set<std::string> problems; ///< of all frontends: "verdict endpoint reason"; not looked at when empty
};

std::string& rules(Files& node) { return node["iptables-save.txt"]; }

void without(std::string& text, const char* lines) { text = std::regex_replace(text, std::regex("(^|\n)" + std::string(lines)), "$1"); }

/// Changes the only object of that name in a list of the apiserver.
void edit(Files& api, const char* file, const char* name, const std::function<void(json&)>& change)
{
    json list = json::parse(api[file]);
    for (json& item : list["items"])
        if (item["metadata"]["name"] == name)
            change(item);
    api[file] = list.dump();
}

const std::vector<Case>& cases()
{
    static const std::vector<Case> table {
        {"healthy", [](Files&, Files&) {}, "ok ok", 0, {}},
        {"a replaced Pod", [](Files& node, Files&) { replace(rules(node), "10.244.2.9:8080", "10.244.2.77:8080"); }, "ok stale-endpoint", 1,
         {"stale-endpoint 10.244.2.77:8080 no-such-endpoint", "missing-endpoint 10.244.2.9:8080 "}},
        {"another port", [](Files& node, Files&) { replace(rules(node), "10.244.1.4:8080", "10.244.1.4:9090"); }, "ok stale-endpoint", 1,
         {"stale-endpoint 10.244.1.4:9090 wrong-port", "missing-endpoint 10.244.1.4:8080 "}},
        {"not ready and still used",
         [](Files&, Files& api) { edit(api, "endpointslices.json", "web-x", [](json& slice) { slice["endpoints"][2]["conditions"] = {{"ready", false}, {"serving", false}, {"terminating", false}}; }); },
         "ok stale-endpoint", 1, {"stale-endpoint 10.244.2.9:8080 not-ready"}},
        {"ending and still used",
         [](Files&, Files& api) { edit(api, "endpointslices.json", "web-x", [](json& slice) { slice["endpoints"][2]["conditions"] = {{"ready", false}, {"serving", true}, {"terminating", true}}; }); },
         "ok stale-endpoint", 1, {"stale-endpoint 10.244.2.9:8080 terminating"}},
        {"an unfair share", [](Files& node, Files&) { replace(rules(node), "0.33333333349", "0.80000000000"); }, "ok wrong-share", 1,
         {"wrong-share 10.244.1.3:8080 ", "wrong-share 10.244.1.4:8080 ", "wrong-share 10.244.2.9:8080 "}},
        {"no rule for the ClusterIP", [](Files& node, Files&) { without(rules(node), "-A KUBE-SERVICES -d 10.96.0.7/32[^\n]*\n"); }, "ok missing", 1, {"missing  leaves-untranslated"}},
        {"no rule for the nodePort", [](Files& node, Files&) { without(rules(node), "-A KUBE-NODEPORTS [^\n]*\n"); }, "ok missing", 1, {"missing  stays-here"}},
        {"no rule for an external IP, behind a FORWARD policy of DROP",
         [](Files&, Files& api) { edit(api, "services.json", "web", [](json& service) { service["spec"]["externalIPs"] = {"203.0.113.9"}; }); }, "ok missing", 1, {"missing  dropped: policy of filter FORWARD"}},
        {"nothing refuses where there are no endpoints", [](Files& node, Files&) { without(rules(node), "-A KUBE-SERVICES -d 10.96.0.99/32[^\n]*\n"); }, "missing ok", 1, {"missing  nothing-refuses"}},
        {"a rule of a Service that is gone",
         [](Files& node, Files&) {
             replace(rules(node), "-A KUBE-SERVICES -m comment", "-A KUBE-SERVICES -d 10.96.0.50/32 -p tcp -m comment --comment \"default/old:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-WEB\n-A KUBE-SERVICES -m comment");
         },
         "ok ok", 1, {}},
        {"somebody's DNAT first", [](Files& node, Files&) { replace(rules(node), "-A PREROUTING -m", "-A PREROUTING -d 10.96.0.7/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.5:9999\n-A PREROUTING -m"); },
         "ok stolen", 1, {"stolen 10.244.1.5:9999 unknown"}},
        {"dropped behind the translation", [](Files& node, Files&) { replace(rules(node), "-A FORWARD -s", "-A FORWARD -d 10.244.2.0/24 -j DROP\n-A FORWARD -s"); }, "ok unreachable", 1,
         {"unreachable 10.244.2.9:8080 dropped: filter FORWARD rule 3"}},
        {"dropped before the translation", [](Files& node, Files&) { replace(rules(node), "*filter", "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.96.0.7/32 -j DROP\nCOMMIT\n*filter"); }, "ok unreachable", 1,
         {"unreachable  dropped: raw PREROUTING rule 1"}},
        {"forwarding is off", [](Files& node, Files&) { replace(node["sysctl.txt"], "forwarding = 1", "forwarding = 0"); }, "ok unreachable", 1, {}},
        {"Local, and the rules do not know",
         [](Files&, Files& api) { edit(api, "services.json", "web", [](json& service) { service["spec"]["externalTrafficPolicy"] = "Local"; }); }, "ok stale-endpoint", 1, {"stale-endpoint 10.244.2.9:8080 other-node"}},
        {"affinity, and the rules do not know",
         [](Files&, Files& api) {
             edit(api, "services.json", "web", [](json& service) {
                 service["spec"]["sessionAffinity"] = "ClientIP";
                 service["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"] = 10800;
             });
         },
         "ok wrong-policy", 1, {"wrong-policy  no-affinity"}},
        {"without EndpointSlices", [](Files&, Files& api) { api.erase("endpointslices.json"); }, "unknown unknown", 3, {}},
        {"without nodes and Pods",
         [](Files&, Files& api) {
             api.erase("nodes.json");
             api.erase("pods.json");
         },
         "ok ok", 0, {}},
        {"without the rules", [](Files& node, Files&) { node.erase("iptables-save.txt"); }, "unknown unknown", 3, {}},
        {"cut off in the rules", [](Files& node, Files&) { rules(node).resize(rules(node).find("-A KUBE-SEP-B -p")); }, "", 3, {}},
    };
    return table;
}

} // namespace

class TestContractAudit : public QObject
{
    Q_OBJECT

    static Run audited(const Folder& folder, const Files& node, const Files& api)
    {
        return medicctl({QStringLiteral("audit"), QStringLiteral("--dump"), write(folder, node), QStringLiteral("--api"), write(folder, api, "api"), QStringLiteral("--format"), QStringLiteral("json")});
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_BIN_DIR "/medicctl")))
            QSKIP("medicctl is not built");
    }

    void plantedFaults()
    {
        const Folder folder;
        for (const Case& one : cases()) {
            Files files = node(), objects = api();
            one.plant(files, objects);
            const Run run = audited(folder, files, objects);
            const json whole = json::parse(run.out, nullptr, false);
            QVERIFY2(whole.is_object(), (std::string(one.name) + ": " + run.err).c_str());
            std::map<std::string, std::string> verdicts;
            std::set<std::string> problems;
            for (const json& service : whole["nodes"][0]["services"]) {
                verdicts[service["name"].get<std::string>()] = service["verdict"].get<std::string>();
                for (const json& frontend : service["frontends"])
                    for (const json& problem : frontend["problems"])
                        problems.insert(problem["verdict"].get<std::string>() + ' ' + problem.value("endpoint", "") + ' ' + problem.value("reason", ""));
            }
            std::string seen = verdicts["empty"] + ' ' + verdicts["web"], list;
            for (const std::string& problem : problems)
                list += "\n  " + problem;
            QVERIFY2(run.status == one.status && (one.services.empty() || seen == one.services) && (one.problems.empty() || problems == one.problems),
                     (std::string(one.name) + ": " + std::to_string(run.status) + ' ' + seen + list + '\n' + run.err).c_str());
            QCOMPARE(whole["exitStatus"].get<int>(), run.status);
        }
    }

    void aServiceThatIsGoneIsNamed()
    {
        const Folder folder;
        Files files = node(), objects = api();
        cases()[10].plant(files, objects);
        const json extra = json::parse(audited(folder, files, objects).out)["nodes"][0]["extra"];
        QCOMPARE(extra.size(), std::size_t(1));
        QCOMPARE(extra[0]["address"].get<std::string>(), std::string("10.96.0.50:80"));
        QCOMPARE(extra[0]["service"].get<std::string>(), std::string("default/old"));
    }

    /// The recorded node in IPVS mode: what kube-proxy would have to write, and what it should have removed.
    void virtualServers()
    {
        const fs::path recorded = fs::path(MEDIC_SOURCE_DIR) / "../shared/data/real-node-1.20/ipvs-mode";
        if (!fs::exists(recorded))
            QSKIP("the recorded node is not on this machine");
        Files files;
        for (const auto& entry : fs::directory_iterator(recorded))
            files[entry.path().filename()] = bytesOf(entry.path());
        const Folder folder;
        const auto verdictOf = [&](const Files& changed, const char* service) {
            const json node = json::parse(audited(folder, changed, changed).out)["nodes"][0];
            for (const json& one : node["services"])
                if (one["name"] == service)
                    return one["verdict"].get<std::string>();
            return std::string();
        };
        QCOMPARE(verdictOf(files, "kubernetes"), std::string("ok"));
        Files gone = files, none = files, weightless = files, extra = files, stale = files;
        without(gone["ipvsadm-Sn.txt"], "-A -t 10.96.0.1:443[^\n]*\n");
        without(gone["ipvsadm-Sn.txt"], "-a -t 10.96.0.1:443[^\n]*\n");
        QCOMPARE(verdictOf(gone, "kubernetes"), std::string("missing"));
        without(none["ipvsadm-Sn.txt"], "-a -t 10.96.0.1:443[^\n]*\n");
        QCOMPARE(verdictOf(none, "kubernetes"), std::string("missing-endpoint"));
        replace(weightless["ipvsadm-Sn.txt"], "172.30.0.1:6443 -m -w 1", "172.30.0.1:6443 -m -w 0");
        QCOMPARE(verdictOf(weightless, "kubernetes"), std::string("missing-endpoint"));
        replace(stale["ipvsadm-Sn.txt"], "-r 172.30.0.1:6443", "-r 172.30.0.9:6443");
        QCOMPARE(verdictOf(stale, "kubernetes"), std::string("stale-endpoint"));
        extra["ipvsadm-Sn.txt"] += "-A -t 10.96.0.200:80 -s rr\n-a -t 10.96.0.200:80 -r 10.244.0.5:80 -m -w 1\n-A -t 203.0.113.5:80 -s rr\n";
        const json found = json::parse(audited(folder, extra, extra).out)["nodes"][0]["extra"];
        QCOMPARE(found.size(), std::size_t(1)); // the other one is somebody else's
        QCOMPARE(found[0]["address"].get<std::string>(), std::string("10.96.0.200:80"));
        files.erase("ipvsadm-Sn.txt");
        QCOMPARE(verdictOf(files, "kubernetes"), std::string("unknown"));
    }
};

QTEST_GUILESS_MAIN(TestContractAudit)
#include "tst_contract_audit.moc"
