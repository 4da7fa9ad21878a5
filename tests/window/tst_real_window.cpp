// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a real Kubernetes node (tests/fakes/real_cluster.h, ./dev test --deep): healthy, kube-proxy dead, a Service
// without rules, apiserver down, runtime hung. The guides of cases 1.2 and 1.4 by clicks, from the symptom over the confirmed
// action to the verified fix, their reports as PDF in both languages; the screen's thread is watched all the while.
#include "tests/fakes/busy.h"
#include "tests/fakes/real_cluster.h"
#include "tests/window/window_stage.h"
#include "widgets/panels/buttons.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/report_view.h"
#include "widgets/wizard/guide_view.h"
#include "widgets/wizard/option_button.h"
#include "widgets/wizard/step_page.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>

#include <set>

using namespace medic;
using namespace medic::playbooks;
using fakes::RealCluster;

namespace {

/// No single turn of the screen's thread may take longer: by its own processor time, since the machine below is shared
/// with a whole cluster. Without optimisation it is a third of that speed.
#ifdef NDEBUG
constexpr double mostBusy = 50;
#else
constexpr double mostBusy = 200;
#endif

QString pdfText(const QString& pdf)
{
    QProcess process;
    process.start(QStringLiteral("pdftotext"), {QStringLiteral("-layout"), pdf, QStringLiteral("-")});
    process.waitForFinished();
    return QString::fromUtf8(process.readAllStandardOutput());
}

QString dense(QString text) { return text.remove(QRegularExpression(QStringLiteral("\\s"))); }

} // namespace

class TestRealWindow : public QObject
{
    Q_OBJECT

    std::unique_ptr<RealCluster> m_cluster;
    QTemporaryDir m_home;

    ClusterProfile profile() const
    {
        ClusterProfile one;
        one.name = "real";
        one.kubeconfig = m_cluster->kubeconfig().toStdString();
        one.ssh.configFile = m_cluster->sshConfig().toStdString();
        one.hostsFile = m_cluster->hosts().toStdString();
        one.allowChanges = true;
        return one;
    }

    /// What is wrong, by id; not what the machine below causes, nor the Service that selects nothing on purpose.
    static std::set<std::string> wrong(const collect::Session& session)
    {
        std::set<std::string> ids;
        for (const Finding& one : session.findings())
            if (severity(one.verdict()) > severity(Verdict::Ok) && !RealCluster::causedBelow(one.id())
                && !(one.id() == "services.selects-nothing" && one.subject().name == "empty"))
                ids.insert(one.id());
        return ids;
    }
    static QByteArray words(const std::set<std::string>& ids)
    {
        QByteArray all;
        for (const std::string& id : ids)
            all += QByteArray::fromStdString(id) + ' ';
        return all;
    }

    /// Sweeps until the session says `wanted`.
    static bool sweptUntil(WindowStage& stage, const std::function<bool(const std::set<std::string>&)>& wanted, int seconds)
    {
        QElapsedTimer timer;
        timer.start();
        while (true) {
            if (!fakes::waitFor([&] { return !stage.session.sweeping(); }, 120000))
                return false;
            if (wanted(wrong(stage.session)))
                return true;
            if (timer.elapsed() > seconds * 1000)
                return false;
            stage.session.sweep({});
        }
    }

    void connects(WindowStage& stage) const
    {
        stage.window->connectTo(profile());
        QVERIFY(fakes::waitFor([&] { return stage.session.isOpen() && stage.session.sweeping(); }, 20000));
        QVERIFY(fakes::waitFor([&] { return !stage.session.sweeping(); }, 180000));
    }

    /// Pictures of what an engineer would look at, in both languages (MEDIC_SHOTS).
    static void pictures(WindowStage& stage, const QString& name, const QList<Place>& places)
    {
        if (qEnvironmentVariableIsEmpty("MEDIC_SHOTS"))
            return;
        const Language before = currentLanguage();
        for (const auto& [language, tag] : {std::pair {Language::English, "en"}, std::pair {Language::Chinese, "zh"}}) {
            setLanguage(language);
            for (const Place& place : places) {
                QVERIFY2(stage.window->go(place), qPrintable(place.view + u':' + place.key));
                (void)fakes::waitFor([] { return false; }, 600); // charts and pages are laid out by events of their own
                WindowStage::picture(stage.window.get(), QStringLiteral("real-%1-%2-%3").arg(name, place.view, QString::fromLatin1(tag)));
            }
        }
        setLanguage(before);
    }
    static Place at(const char* view, const QString& key = {}) { return {.view = QString::fromLatin1(view), .key = key, .detail = {}}; }

    /// Goes through a guide by mouse: `answers` are clicked, the actions named in `actions` are confirmed, others declined.
    static void guide(WindowStage& stage, const QString& playbook, const std::map<std::string, QString>& answers, const std::set<std::string>& actions, const QString& shots)
    {
        auto* const guide = stage.find<GuideView>();
        guide->setLongestWait(std::chrono::seconds(40));
        QVERIFY(stage.window->go(at("guide", playbook)));
        QTRY_VERIFY(guide->driver() != nullptr);
        StepPage* const page = guide->page();
        const auto click = [](QWidget* widget) {
            QVERIFY(widget != nullptr && widget->isVisible() && widget->isEnabled());
            QTest::mouseClick(widget, Qt::LeftButton);
        };
        int turn = 0;
        while (!guide->driver()->runner().finished()) {
            QVERIFY2(++turn < 60, "the guide goes in circles");
            const bool still = fakes::waitFor([&] { return guide->driver()->runner().finished() || (!guide->driver()->busy() && guide->driver()->want().kind != Want::Kind::Wait); }, 300000);
            QVERIFY2(still, guide->driver()->want().step.c_str());
            if (guide->driver()->runner().finished())
                break;
            const Want want = guide->driver()->want();
            const QByteArray where = QByteArray::fromStdString(want.step);
            WindowStage::picture(stage.window.get(), QStringLiteral("real-%1-%2-%3").arg(shots).arg(turn, 2, 10, QLatin1Char('0')).arg(QString::fromUtf8(where)));
            const auto visits = guide->driver()->runner().visits().size();
            if (want.kind == Want::Kind::Ask) {
                const auto answer = answers.find(want.step);
                const QString id = answer != answers.end() ? answer->second : QStringLiteral("next");
                OptionButton* chosen = nullptr;
                for (OptionButton* option : page->options())
                    if (option->objectName() == QStringLiteral("option-") + id)
                        chosen = option;
                QVERIFY2(chosen != nullptr, (where + ": " + id.toUtf8()).constData());
                click(chosen);
                click(page->primary());
            } else if (want.kind == Want::Kind::Confirm) {
                if (!actions.contains(want.step)) {
                    click(guide->findChild<QWidget*>(QStringLiteral("secondary0"))); // not needed here
                } else {
                    if (!want.mustType.empty()) {
                        QVERIFY2(!page->primary()->isEnabled(), "a risky change without the cluster's name");
                        auto* const typed = guide->findChild<QLineEdit*>(QStringLiteral("clusterName"));
                        QVERIFY(typed != nullptr);
                        QTest::mouseClick(typed, Qt::LeftButton);
                        QTest::keyClicks(typed, QString::fromStdString(want.mustType));
                    }
                    click(page->primary());
                }
            } else {
                click(page->primary()); // verdicts are read
            }
            QVERIFY2(fakes::waitFor([&] { return guide->driver()->runner().visits().size() != visits || guide->driver()->want().kind != want.kind || guide->driver()->busy()
                                                   || guide->driver()->runner().finished(); }, 20000),
                     where.constData());
        }
        WindowStage::picture(stage.window.get(), QStringLiteral("real-%1-end").arg(shots));
        for (const Visit& visit : guide->driver()->runner().visits())
            qInfo("%s: %s (%s)", visit.step.c_str(), visit.result.c_str(), visit.because.en.c_str());
    }

    static std::string resultOf(const WindowStage& stage, const char* step)
    {
        const Visit* const visit = stage.find<GuideView>()->driver()->runner().lastVisit(step);
        return visit == nullptr ? "" : visit->result;
    }
    static QByteArray verdictOf(const WindowStage& stage, const char* id)
    {
        for (const VerdictGiven& given : stage.find<GuideView>()->driver()->runner().verdicts())
            if (given.id == id)
                return given.undecided ? "undecided" : QByteArray::fromStdString(std::string(verdictName(given.verdict)) + ", " + std::string(confidenceName(given.confidence)));
        return "not given";
    }

    /// The report of what is open, as PDF by its own button, in both languages; it must hold these words.
    static void report(WindowStage& stage, const QString& name, const QStringList& english, const QStringList& chinese)
    {
        if (QStandardPaths::findExecutable(QStringLiteral("pdftotext")).isEmpty())
            QSKIP("pdftotext (poppler-utils) is not installed: the PDF's text cannot be read back");
        for (const auto& [language, tag, expected] : {std::tuple {Language::English, "en", english}, std::tuple {Language::Chinese, "zh", chinese}}) {
            setLanguage(language);
            QVERIFY(stage.window->go(at("report")));
            auto* const view = stage.find<ReportView>();
            const QString pdf = stage.folder.filePath(QStringLiteral("%1-%2.pdf").arg(name, QString::fromLatin1(tag)));
            view->setAskFile([&](const QString&, const QString&) { return pdf; });
            auto* const save = view->findChild<QAbstractButton*>(QStringLiteral("savePdf"));
            QVERIFY(save != nullptr);
            QVERIFY(fakes::waitFor([&] { return view->report().has_value() && view->preview()->pageCount() > 0 && save->isEnabled(); }, 60000));
            WindowStage::picture(stage.window.get(), QStringLiteral("real-%1-report-%2").arg(name, QString::fromLatin1(tag)));
            QTest::mouseClick(save, Qt::LeftButton);
            QVERIFY(fakes::waitFor([&] { return QFile::exists(pdf) && QFileInfo(pdf).size() > 0; }, 60000));
            if (const QString shots = qEnvironmentVariable("MEDIC_SHOTS"); !shots.isEmpty())
                QFile::copy(pdf, shots + u'/' + QFileInfo(pdf).fileName());
            const QString text = pdfText(pdf);
            for (const QString& word : expected)
                QVERIFY2(dense(text).contains(dense(word)), qPrintable(word + QStringLiteral(" is not in\n") + text.left(6000)));
            QVERIFY2(!text.contains(QChar(0xfffd)), "a character without a glyph");
        }
        setLanguage(Language::English);
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString missing = RealCluster::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        WindowStage::useOwnHome(m_home);
        m_cluster = std::make_unique<RealCluster>();
        QVERIFY2(m_cluster->up(), m_cluster->said().constData());
    }
    void cleanupTestCase() { m_cluster.reset(); }
    void cleanup()
    {
        setLanguage(Language::English);
        if (m_cluster && QTest::currentTestFailed())
            m_cluster->endIncidents();
    }

    void healthyAndFree()
    {
        WindowStage stage;
        QElapsedTimer timer;
        timer.start();
        double first = 0;
        connect(&stage.session, &collect::Session::observationsArrived, this, [&] {
            if (first == 0)
                first = static_cast<double>(timer.elapsed());
        });
        fakes::Busy busy;
        connects(stage);
        const auto whole = static_cast<double>(timer.elapsed());
        qInfo("real-window: first answer %.0f ms after connecting, findings after %.0f ms, screen thread busy at most %.1f ms (own %.1f ms) in %d turns", first, whole, busy.wall,
              busy.own, busy.turns);
        QVERIFY2(busy.own < mostBusy, qPrintable(QString::number(busy.own)));
        QVERIFY2(sweptUntil(stage, [](const auto& ids) { return ids.empty(); }, 120), words(wrong(stage.session)).constData()); // Pods that have just been started
        // Each view in turn while the node is swept again.
        fakes::Busy looking;
        stage.session.sweep({});
        for (const char* const view : {"nodes", "findings", "path", "guide", "report", "knowledge", "nodes"}) {
            QVERIFY(stage.window->go(at(view)));
            (void)fakes::waitFor([] { return false; }, 400);
        }
        QVERIFY(fakes::waitFor([&] { return !stage.session.sweeping(); }, 180000));
        qInfo("real-window: with every view opened, screen thread busy at most %.1f ms (own %.1f ms)", looking.wall, looking.own);
        pictures(stage, QStringLiteral("healthy"), {at("nodes"), at("findings"), at("nodes", QStringLiteral("node-1")), at("path", QStringLiteral("pod ingress -> svc default/web:80"))});
    }

    void aDeadKubeProxy()
    {
        QVERIFY2(m_cluster->incident("kube-proxy-dead", "on"), m_cluster->said().constData());
        WindowStage stage;
        connects(stage);
        const std::set<std::string> expected {"node.kube-proxy-down", "service.rules-stale"};
        QVERIFY2(sweptUntil(stage, [&](const auto& ids) { return ids == expected; }, 120), words(wrong(stage.session)).constData());
        pictures(stage, QStringLiteral("kube-proxy-dead"), {at("nodes"), at("findings"), at("path", QStringLiteral("pod ingress -> svc default/web:80"))});
        QVERIFY(m_cluster->incident("kube-proxy-dead", "off"));
        QVERIFY2(sweptUntil(stage, [&](const auto& ids) { return ids.empty(); }, 120), words(wrong(stage.session)).constData());
    }

    /// Case 1.2: Pods cannot reach the kubernetes Service.
    void aServiceWithoutRules()
    {
        QVERIFY2(m_cluster->incident("service-lost", "on"), m_cluster->said().constData());
        WindowStage stage;
        connects(stage);
        QVERIFY2(sweptUntil(stage, [](const auto& ids) { return ids.contains("node.kube-proxy-down") && ids.contains("service.not-programmed"); }, 120), words(wrong(stage.session)).constData());
        pictures(stage, QStringLiteral("service-lost"), {at("findings"), at("path", QStringLiteral("pod ingress -> svc default/kubernetes:443"))});
        guide(stage, QStringLiteral("case-1.2-kubernetes-service"), {{"which", QStringLiteral("node-1")}, {"changed", QStringLiteral("gone")}}, {"restart"}, QStringLiteral("guide12"));
        QCOMPARE(resultOf(stage, "prove-api"), std::string("unreachable")); // from a real Pod's network
        QCOMPARE(verdictOf(stage, "not-programmed"), QByteArray("failure, confirmed"));
        QCOMPARE(verdictOf(stage, "proxy-down"), QByteArray("failure, confirmed"));
        QCOMPARE(resultOf(stage, "restart"), std::string("verified"));
        QCOMPARE(resultOf(stage, "reprove-api"), std::string("reached"));
        QVERIFY2(sweptUntil(stage, [&](const auto& ids) { return ids.empty(); }, 120), words(wrong(stage.session)).constData());
        report(stage, QStringLiteral("case-1.2"), {QStringLiteral("default/kubernetes:443"), QStringLiteral("kube-proxy does not run on node-1"), QStringLiteral("systemctl restart kube-proxy"), QStringLiteral("confirmed")},
               {QStringLiteral("node-1 上 kube-proxy 没有运行"), QStringLiteral("systemctl restart kube-proxy"), QStringLiteral("已确认"), QStringLiteral("故障报告")});
    }

    void theApiserverDown()
    {
        QVERIFY(m_cluster->incident("apiserver-down", "on"));
        WindowStage stage;
        connects(stage);
        QVERIFY2(sweptUntil(stage, [](const auto& ids) { return ids.contains("apiserver.not-listening") && ids.contains("cluster.api-unreachable"); }, 120), words(wrong(stage.session)).constData());
        for (const std::string& id : wrong(stage.session))
            QVERIFY2(id == "apiserver.not-listening" || id == "kubelet.status-not-posted" || id == "service.proxy-cannot-watch" || id == "cluster.api-unreachable", id.c_str());
        pictures(stage, QStringLiteral("apiserver-down"), {at("nodes"), at("findings"), at("nodes", QStringLiteral("node-1"))});
        QVERIFY(m_cluster->incident("apiserver-down", "off"));
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster->ready().startsWith("True "), 600000);
        QVERIFY2(sweptUntil(stage, [&](const auto& ids) { return ids.empty(); }, 240), words(wrong(stage.session)).constData());
    }

    /// Case 1.4: PLEG, with the runtime hung for real.
    void aHungRuntime()
    {
        QVERIFY(m_cluster->incident("runtime-hung", "on"));
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster->ready().contains("PLEG is not healthy"), 400000);
        WindowStage stage;
        connects(stage);
        QVERIFY2(sweptUntil(stage, [](const auto& ids) { return ids.contains("pleg.unhealthy") && ids.contains("node.runtime-hung") && ids.contains("notready.pleg"); }, 120), words(wrong(stage.session)).constData());
        pictures(stage, QStringLiteral("runtime-hung"), {at("nodes"), at("findings"), at("nodes", QStringLiteral("node-1"))});
        guide(stage, QStringLiteral("case-1.4-pleg"), {{"which", QStringLiteral("node-1")}, {"choose", QStringLiteral("docker")}}, {"cordon", "restart-docker", "uncordon"}, QStringLiteral("guide14"));
        QCOMPARE(resultOf(stage, "hung"), std::string("list-hangs"));
        QCOMPARE(verdictOf(stage, "daemon"), QByteArray("failure, confirmed"));
        QCOMPARE(resultOf(stage, "cordon"), std::string("verified"));
        QCOMPARE(resultOf(stage, "restart-docker"), std::string("verified"));
        QCOMPARE(resultOf(stage, "watch"), std::string("over"));
        QCOMPARE(resultOf(stage, "uncordon"), std::string("verified"));
        QCOMPARE(verdictOf(stage, "cured"), QByteArray("ok, confirmed"));
        QCOMPARE(verdictOf(stage, "healthy"), QByteArray("ok, confirmed"));
        QVERIFY(m_cluster->ready().startsWith("True "));
        QVERIFY(m_cluster->kubectl({QStringLiteral("get"), QStringLiteral("node"), QStringLiteral("node-1"), QStringLiteral("-o"), QStringLiteral("jsonpath=[{.spec.unschedulable}]")}) == "[]");
        report(stage, QStringLiteral("case-1.4"), {QStringLiteral("The container runtime on node-1 hangs"), QStringLiteral("systemctl restart docker"), QStringLiteral("case-1.4-pleg"), QStringLiteral("confirmed")},
               {QStringLiteral("node-1 上的容器运行时卡死"), QStringLiteral("systemctl restart docker"), QStringLiteral("已确认"), QStringLiteral("故障报告")});
        QVERIFY2(sweptUntil(stage, [&](const auto& ids) { return ids.empty(); }, 240), words(wrong(stage.session)).constData());
    }
};

QTEST_MAIN(TestRealWindow)
#include "tst_real_window.moc"
