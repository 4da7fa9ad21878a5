// SPDX-License-Identifier: GPL-3.0-or-later
// The playbooks that the program brings: each is read without a mistake, names only what exists, and comes to its end.
#include "diagnostics/checks/suite.h"
#include "diagnostics/playbooks/headless.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/patterns.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace medic;
using namespace medic::playbooks;

namespace {

/// Read once: every test asks the same.
const Library& shipped(std::vector<Error>& problems)
{
    static std::vector<Error> found;
    static const Library library = Library::load({MEDIC_SOURCE_DIR "/resources"}, &found);
    problems = found;
    return library;
}

std::string all(const std::vector<Error>& problems)
{
    std::string text;
    for (const Error& problem : problems)
        text += problem.where + " " + problem.detail + "\n";
    return text;
}

/// The ids in resources/probes, and those that only exist on the cluster's side.
std::vector<std::string> knownProbes()
{
    std::vector<std::string> ids;
    const QDir folder(QStringLiteral(MEDIC_SOURCE_DIR "/resources/probes"));
    static const QRegularExpression line(QStringLiteral("^  - id: (\\S+)"), QRegularExpression::MultilineOption);
    for (const QString& name : folder.entryList({QStringLiteral("*.yaml")})) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        auto match = line.globalMatch(QString::fromUtf8(file.readAll()));
        while (match.hasNext())
            ids.push_back(match.next().captured(1).toStdString());
    }
    for (const char* id : {"connect", "api/version", "api/livez", "api/readyz", "api/nodes", "api/pods", "api/services", "api/endpoints",
                           "api/endpointslices", "api/events", "api/namespaces", "api/daemonsets", "api/deployments", "api/configmaps",
                           "api/leases", "api/networkpolicies", "api/metrics", "api/certificatesigningrequests", "api/kubelet-metrics", "api/kubelet-configz", "api/node-stats"})
        ids.emplace_back(id);
    return ids;
}

/// The first choice, a node's name, or text that the question's pattern takes.
std::string someAnswer(const Step& step)
{
    if (!step.choices.empty())
        return step.choices.front().id;
    for (const char* text : {"node-1", "shop/web-0", "10.244.2.9:8080", "none", "30"})
        if (step.pattern.empty() || matchesWhole(step.pattern, text))
            return text;
    return {};
}

} // namespace

class TestShipped : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachIsRead()
    {
        std::vector<Error> problems;
        const Library& library = shipped(problems);
        QVERIFY2(problems.empty(), all(problems).c_str());
        QVERIFY(library.all().size() >= 4);
        QVERIFY(library.find("case-1.5-hostport"));
    }

    void everythingNamedExists()
    {
        std::vector<Error> problems;
        const Library& library = shipped(problems);
        const std::vector<std::string> probes = knownProbes();
        QVERIFY(probes.size() > 60);
        for (const PlaybookPtr& playbook : library.all())
            for (const Step& step : playbook->steps)
                for (const std::string& probe : step.probes)
                    QVERIFY2(std::find(probes.begin(), probes.end(), probe) != probes.end(), (playbook->id + "/" + step.id + ": " + probe).c_str());
        const Catalogue catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
        if (catalogue.entries().empty() || checks::suites().empty())
            QSKIP("no knowledge and no suites in this tree: ids of findings and suites cannot be compared");
        for (const PlaybookPtr& playbook : library.all())
            validate(*playbook, catalogue, probes, problems);
        QVERIFY2(problems.empty(), all(problems).c_str());
    }

    void everyFindingHasItsGuide()
    {
        std::vector<Error> problems;
        const Library& library = shipped(problems);
        const Catalogue catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
        for (const auto& [id, entry] : catalogue.entries()) {
            if (entry.playbook.empty())
                continue;
            const PlaybookPtr playbook = library.find(entry.playbook);
            QVERIFY2(playbook, (id + " names the guide " + entry.playbook).c_str());
            const bool fits = std::any_of(playbook->findings.begin(), playbook->findings.end(), [&](const std::string& one) { return idMatches(one, id); });
            QVERIFY2(fits, (entry.playbook + " does not fit " + id).c_str());
        }
    }

    void textsReadAsWrittenInTheirLanguage()
    {
        std::vector<Error> problems;
        const Library& library = shipped(problems);
        static const QRegularExpression han(QStringLiteral("\\p{Han}"));
        const auto check = [&](const PlaybookPtr& playbook, const Text& text) {
            if (text.empty())
                return;
            QVERIFY2(!QString::fromStdString(text.en).contains(han), (playbook->id + ": " + text.en).c_str());
            QVERIFY2(QString::fromStdString(text.zh).contains(han), (playbook->id + ": " + text.zh).c_str());
            QVERIFY2(!text.en.ends_with("!"), text.en.c_str());
        };
        for (const PlaybookPtr& playbook : library.all()) {
            check(playbook, playbook->title);
            check(playbook, playbook->summary);
            for (const Step& step : playbook->steps) {
                for (const Text* text : {&step.title, &step.why, &step.text, &step.expect, &step.blast, &step.noRollback})
                    check(playbook, *text);
                for (const Branch& branch : step.branches)
                    check(playbook, branch.because);
                for (const Choice& choice : step.choices) {
                    check(playbook, choice.text);
                    check(playbook, choice.help);
                }
                for (const VerdictRule& rule : step.verdicts)
                    check(playbook, rule.text);
            }
        }
    }

    void eachComesToItsEndOnARecording()
    {
        std::vector<Error> problems;
        const Library& library = shipped(problems);
        Snapshot snapshot;
        auto observation = std::make_shared<Observation>();
        observation->node = "node-1";
        observation->probe = "uname";
        observation->out = "Linux";
        observation->exitStatus = 0;
        snapshot.add(observation);
        for (const PlaybookPtr& playbook : library.all()) {
            std::map<std::string, std::string> answers;
            for (const Step& step : playbook->steps)
                if (step.type == StepType::Question)
                    answers[step.id] = someAnswer(step);
            World world;
            const HeadlessResult result = runHeadless(Runner(playbook, Language::Chinese), snapshot, world, answers, {});
            QVERIFY2(result.runner.finished(), playbook->id.c_str());
            QVERIFY2(result.unanswered.empty(), playbook->id.c_str());
        }
    }

    void yourOwnGuides()
    {
        QTemporaryDir config;
        QVERIFY(QDir(config.path()).mkpath(QStringLiteral("cluster-medic/playbooks")));
        const auto write = [&](const char* name, const QByteArray& text) {
            QFile file(config.filePath(QStringLiteral("cluster-medic/playbooks/") + QString::fromLatin1(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        const QByteArray head = "playbook: %1\ntitle: {en: Ours, zh: 自己的}\nsummary: {en: Ours, zh: 自己的}\nsteps:\n  - id: look\n    type: check\n"
                                "    title: {en: Look, zh: 检查}\n    why: {en: To see, zh: 查看}\n";
        write("good.yaml", QByteArray(head).replace("%1", "our-disk") + "    suites: [baseline]\n    branches:\n      - {when: found(node.disk-full), go: end, because: {en: Full, zh: 写满}}\n");
        write("key.yaml", QByteArray(head).replace("%1", "our-key") + "    suites: [baseline]\n    wenn: found(node.disk-full)\n");
        write("finding.yaml", QByteArray(head).replace("%1", "our-finding") + "    suites: [baseline]\n    when: found(node.disk-fool)\n");
        write("syntax.yaml", "playbook: [unclosed\n");
        write("taken.yaml", QByteArray(head).replace("%1", "case-1.4-pleg") + "    suites: [baseline]\n");
        write("dangerous.yaml", QByteArray(head).replace("%1", "our-danger") + "    suites: [baseline]\n  - id: act\n    type: action\n    title: {en: Act, zh: 操作}\n    why: {en: To act, zh: 操作}\n"
                                                                              "    risk: low\n    expect: {en: It acts, zh: 操作}\n    command: docker system prune -a\n    rollback: 'true'\n    verify: not found(node.disk-full)\n");
        const QByteArray before = qgetenv("XDG_CONFIG_HOME"), resources = qgetenv("CLUSTER_MEDIC_RESOURCES");
        qputenv("XDG_CONFIG_HOME", config.path().toUtf8());
        qputenv("CLUSTER_MEDIC_RESOURCES", MEDIC_SOURCE_DIR "/resources");
        std::vector<Error> problems;
        const Library library = Library::standard(&problems);
        before.isNull() ? qunsetenv("XDG_CONFIG_HOME") : qputenv("XDG_CONFIG_HOME", before);
        resources.isNull() ? qunsetenv("CLUSTER_MEDIC_RESOURCES") : qputenv("CLUSTER_MEDIC_RESOURCES", resources);
        std::vector<Error> none;
        QCOMPARE(library.all().size(), shipped(none).all().size() + 1);
        const PlaybookPtr own = library.find("our-disk");
        QVERIFY(own && own->users);
        QVERIFY(!library.find("case-1.4-pleg")->users);
        const std::string said = all(problems);
        const auto holds = [&](const char* place, const char* what) { return said.find(place) != std::string::npos && said.find(what) != std::string::npos; };
        QVERIFY2(holds("key.yaml:10", "wenn"), said.c_str());
        QVERIFY2(holds("finding.yaml:5", "node.disk-fool"), said.c_str());
        QVERIFY2(holds("syntax.yaml:", ""), said.c_str());
        QVERIFY2(holds("taken.yaml", "already taken"), said.c_str());
        QVERIFY2(holds("dangerous.yaml:", "prune"), said.c_str());
    }

    void pastedErrorsFindTheirGuide_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("playbook");
        const auto row = [](const char* text, const char* playbook) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(playbook); };
        row("Unable to connect to the server: x509: certificate is valid for ingress.local, not kubernetes", "case-1.5-hostport");
        row("hostPort 不通", "case-1.5-hostport");
        row("Kubelet stopped posting node status.", "p01-node-not-ready");
        row("node-3   NotReady   <none>   45d   v1.20.2", "p01-node-not-ready");
        row("节点 NotReady", "p01-node-not-ready");
        row("write /var/lib/docker/tmp/x: no space left on device", "p12-disk-pressure");
        row("磁盘空间不足", "p12-disk-pressure");
        row("max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]", "p11-sysctls");
        row(";; reply from unexpected source: 10.244.1.8#53, expected 10.96.0.10#53", "p11-sysctls");
        row("network: if rate is set, burst must also be set", "case-1.1-bandwidth");
        row("限速不生效", "case-1.1-bandwidth");
        row("java.net.UnkownHostException: kubernetes.default: Temporary failure in name resolution", "case-1.2-kubernetes-service");
        row("App 到 kubernetes svc 网络不通", "case-1.2-kubernetes-service");
        row("接口一直 pending", "case-1.2-kubernetes-service");
        row("The connection to. the server 12.2.2.2:6443 was refused - did you specify the right host or port?", "case-1.3-apiserver-down");
        row("Error response from daemon: Get https://gcr.io/v2/: dial tcp: lookup gcr.io on 12.2.2.6:53: read udp 12.2.2.6:42013->12.2.2.6:53: i/o timeout",
            "case-1.3-apiserver-down");
        row("apiserver 突然挂掉", "case-1.3-apiserver-down");
        row("PLEG is not healhy: pleg was last seen active 3m57.1s ago; threshold is 3m0s", "case-1.4-pleg");
        row("ping: gcr.local: Temporary failure in name resolution", "case-1.6-dns");
        row("DNS 解析失败", "case-1.6-dns");
        row("Pod 被网络策略拦截", "p21-networkpolicy");
        row("Failed to pull image \"nginx\": rpc error: code = Unknown desc = manifest unknown", "p17-image-pull");
        row("nf_conntrack: nf_conntrack: table full, dropping packet", "p05-conntrack-full");
        row("hello world", "");
        row("Ready", "");
    }

    void pastedErrorsFindTheirGuide()
    {
        QFETCH(QString, text);
        QFETCH(QString, playbook);
        std::vector<Error> problems;
        const Library& library = shipped(problems);
        const auto fits = library.forText(text.toStdString());
        if (playbook.isEmpty())
            QVERIFY2(fits.empty(), fits.empty() ? "" : fits.front().playbook->id.c_str());
        else
            QVERIFY(!fits.empty() && fits.front().playbook->id == playbook.toStdString());
    }
};

QTEST_GUILESS_MAIN(TestShipped)
#include "tst_shipped.moc"
