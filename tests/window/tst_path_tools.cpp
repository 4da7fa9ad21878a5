// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside a path: two sides compared, what would be if, what was counted, what the kernel says itself.
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "tests/collect/fake_source.h"
#include "tests/window/path_stage.h"
#include "widgets/packetpath/chains_page.h"
#include "widgets/packetpath/compare_models.h"
#include "widgets/packetpath/compare_page.h"
#include "widgets/packetpath/kernel_trace_dialog.h"
#include "widgets/packetpath/observed_words.h"
#include "widgets/packetpath/observer.h"
#include "widgets/packetpath/path_canvas.h"
#include "widgets/packetpath/path_page.h"
#include "widgets/packetpath/path_view.h"
#include "widgets/packetpath/rules_model.h"
#include "widgets/packetpath/what_if_dialog.h"
#include "widgets/packetpath/what_if_words.h"
#include "widgets/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using namespace medic;
using namespace medic::packetpath;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    const auto at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The path stage's cluster, live: the counters of one rule grow by five with each look; a command answers what is set.
class LiveStage final : public collect::Source {
public:
    LiveStage()
    {
        for (Observation& one : pathstage::observations())
            m_known[{one.node, one.probe}] = one.out;
    }
    NodeList nodes(std::stop_token) override { return {{"node-1", "node-2"}, {}, {}}; }
    Outcome collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token, const Sink& result) override
    {
        for (const std::string& probe : probes)
            give(node, probe, result);
        return {};
    }
    Outcome collectCluster(const std::vector<std::string>& probes, std::stop_token, const Sink& result) override
    {
        for (const std::string& probe : probes)
            give({}, probe, result);
        return {};
    }
    Result<CommandResult> run(const std::string&, const CommandRequest& request, std::stop_token) override
    {
        asked = request;
        CommandResult result;
        result.out = answer;
        result.exitStatus = status;
        return result;
    }
    [[nodiscard]] bool live() const override { return true; }

    CommandRequest asked;
    std::string answer;
    int status = 0;

private:
    void give(const std::string& node, const std::string& probe, const Sink& result)
    {
        const auto known = m_known.find({node, probe});
        Observation one = pathstage::seen(node, probe, known == m_known.end() ? std::string() : known->second);
        one.start = std::chrono::system_clock::now();
        if (known == m_known.end()) {
            one.state = ProbeState::ToolMissing;
            one.exitStatus = 97;
        }
        if (node == "node-1" && probe == probe::iptablesNftSave) {
            one.out = replaced(one.out, "[42:2520]", "[" + std::to_string(42 + 5 * m_looks) + ":2520]");
            ++m_looks;
        }
        result(std::move(one));
    }

    std::map<std::pair<std::string, std::string>, std::string> m_known;
    int m_looks = 0;
};

} // namespace

class PathToolsTest final : public QObject
{
    Q_OBJECT

    struct Stage {
        theme::Theme theme {theme::Mode::Light};
        collect::Session session;
        Catalogue catalogue;
        playbooks::Library library;
        std::unique_ptr<PathView> view;

        void ask(const char* query)
        {
            QSignalSpy shown(view.get(), &PathView::answerShown);
            QVERIFY(view->open({.view = QStringLiteral("path"), .key = QString::fromUtf8(query), .detail = {}}));
            QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 1, 10000);
        }
    };
    QTemporaryDir m_folder;
    std::unique_ptr<Stage> m_stage;

    [[nodiscard]] PathPage* page() const { return m_stage->view->page(); }
    [[nodiscard]] QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    static void picture(QWidget* widget, const char* name)
    {
        const QString folder = qEnvironmentVariable("MEDIC_PICTURES");
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
        if (!folder.isEmpty())
            QVERIFY(widget->grab().save(QStringLiteral("%1/%2.png").arg(folder, QLatin1String(name))));
    }

    /// The same cluster at two moments: a Service has lost an endpoint, one rule has counted.
    static bool writeTwoMoments(const QString& path)
    {
        const TimePoint at {std::chrono::seconds(1795422648)};
        auto made = IncidentFile::create(path.toStdString(), IncidentInfo {.title = "packets", .cluster = "shop", .language = "en", .opened = at});
        if (!made)
            return false;
        auto first = made->beginSweep("sweep", at);
        if (!first || !made->record(*first, pathstage::observations()) || !made->finishSweep(*first, at + std::chrono::seconds(2)))
            return false;
        std::string rules = pathstage::rulesOfNode1();
        rules = replaced(rules, "[42:2520]", "[79:4740]");
        rules = replaced(rules, "--to-destination 10.245.3.4:8080", "--to-destination 10.244.2.7:8080");
        Observation later = pathstage::seen("node-1", probe::iptablesNftSave, rules);
        later.start = at + std::chrono::seconds(5);
        auto second = made->beginSweep("sweep", at + std::chrono::seconds(5));
        return second && made->record(*second, {later}) && made->finishSweep(*second, at + std::chrono::seconds(6));
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.path());
        QVERIFY(pathstage::write(file("packets.medic")));
        QVERIFY(pathstage::write(file("cluster.medic"), pathstage::With::Node3));
        QVERIFY(writeTwoMoments(file("moments.medic")));
    }

    void init()
    {
        m_stage = std::make_unique<Stage>();
        m_stage->view = std::make_unique<PathView>(ViewContext {&m_stage->session, &m_stage->catalogue, &m_stage->library});
        m_stage->view->resize(1192, 700);
        m_stage->view->show();
    }

    void cleanup()
    {
        setLanguage(Language::English);
        m_stage.reset();
    }

    void twoNodesSideBySide()
    {
        QVERIFY(m_stage->session.openIncident(file("cluster.medic")).has_value());
        ComparePage* compare = m_stage->view->comparison();
        QAbstractItemModelTester items(compare->items()), lines(compare->lines());
        QSignalSpy compared(compare, &ComparePage::compared);
        m_stage->view->showTab(PathView::CompareTab);
        QTRY_VERIFY_WITH_TIMEOUT(!compared.isEmpty() && compare->side(1).node == QLatin1String("node-2"), 10000);
        compared.clear();
        compare->compare({QStringLiteral("node-1"), 0, {}}, {QStringLiteral("node-3"), 0, {}});
        QTRY_VERIFY_WITH_TIMEOUT(!compared.isEmpty(), 10000);
        // Their rules are the same but for one; the counters of both do not matter.
        const ComparedItem* first = compare->items()->item(0);
        QVERIFY(first);
        QCOMPARE(first->area, std::string("rules"));
        QCOMPARE(first->name, QStringLiteral("filter FORWARD"));
        QCOMPARE(first->won, 1);
        QCOMPARE(first->lost, 0);
        QVERIFY(compare->items()->item(1));
        QVERIFY(compare->items()->item(1)->area != "rules");
        QVERIFY(compare->lines()->rowCount() > 1);
        int differing = 0;
        for (int row = 0; row < compare->lines()->rowCount(); ++row)
            differing += compare->lines()->index(row, ComparedLinesModel::Right).data(ComparedLinesModel::DiffersRole).toBool() ? 1 : 0;
        QCOMPARE(differing, 1);
        picture(m_stage->view.get(), "compare-nodes");
        compare->items()->setWords(QStringLiteral("9090"));
        QCOMPARE(compare->items()->rowCount(), 1);
    }

    void twoMomentsSideBySide()
    {
        QVERIFY(m_stage->session.openIncident(file("moments.medic")).has_value());
        ComparePage* compare = m_stage->view->comparison();
        m_stage->ask("pod web-0 -> svc default/api:80"); // what there is to compare is known then
        QSignalSpy compared(compare, &ComparePage::compared);
        m_stage->view->showTab(PathView::CompareTab);
        QTRY_VERIFY_WITH_TIMEOUT(compare->comparison(), 10000);
        const auto shows = [compare](quint64 sweep) { return compare->comparison() && compare->comparison()->left.sweep == sweep && !compare->comparison()->error; };
        compare->compare({QStringLiteral("node-1"), 1, {}}, {QStringLiteral("node-1"), 0, {}});
        QTRY_VERIFY_WITH_TIMEOUT(shows(1), 10000);
        QCOMPARE(compare->items()->rowCount(), 1);
        QCOMPARE(compare->items()->item(0)->name, QStringLiteral("nat KUBE-SEP-CCCCCCCCCCCCCCCC"));
        const auto& rows = compare->items()->item(0)->rows;
        const auto changed = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.kind == ComparedItem::Row::Kind::Changed; });
        QVERIFY(changed != rows.end());
        QVERIFY(changed->rightText.contains(QLatin1String("10.244.2.7:8080")));
        // With itself there is nothing to say; another recording that is none is an error in words.
        compared.clear();
        compare->compare({QStringLiteral("node-1"), 0, {}}, {QStringLiteral("node-1"), 0, {}});
        QTRY_VERIFY(!compared.isEmpty());
        QCOMPARE(compare->items()->rowCount(), 0);
        compared.clear();
        compare->compare({QStringLiteral("node-1"), 0, {}}, {QStringLiteral("node-1"), 0, file("nothing.medic")});
        QTRY_VERIFY_WITH_TIMEOUT(compare->comparison() && compare->comparison()->error, 10000);
        QCOMPARE(compare->items()->rowCount(), 0);
        compare->compare({QStringLiteral("node-1"), 0, {}}, {QStringLiteral("node-1"), 0, file("packets.medic")});
        QTRY_VERIFY_WITH_TIMEOUT(shows(0), 10000);
        QCOMPARE(compare->items()->rowCount(), 1);
    }

    void whatWasCountedStandsBesideEachRule()
    {
        QVERIFY(m_stage->session.openIncident(file("moments.medic")).has_value());
        m_stage->ask("pod web-0 -> svc default/api:80");
        const auto& answer = page()->answer();
        QVERIFY(answer->node->deltas);
        QCOMPARE(answer->node->deltas->apart(), std::chrono::milliseconds(5000));
        QStringList seen;
        for (const LayCard& card : page()->canvas()->layout().cards)
            for (const LayRow& row : card.rows)
                for (const LayLine& line : row.lines)
                    if (line.role == Role::Observed)
                        seen.append(line.text);
        QVERIFY2(seen.filter(QLatin1String("37 packet")).size() == 1, qPrintable(seen.join(u'\n')));
        picture(m_stage->view.get(), "counted");
        page()->showCounted(false);
        for (const LayCard& card : page()->canvas()->layout().cards)
            for (const LayRow& row : card.rows)
                for (const LayLine& line : row.lines)
                    QVERIFY(line.role != Role::Observed);
        // And in the chain view, as a rate.
        QSignalSpy ready(m_stage->view->chains(), &ChainsPage::bookReady);
        m_stage->view->showTab(PathView::ChainsTab);
        QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), 10000);
        ChainsPage* chains = m_stage->view->chains();
        chains->search(QStringLiteral("10.96.0.10"));
        QVERIFY(!chains->table()->isColumnHidden(RulesModel::Rate));
        Q_EMIT page()->chainWanted([&] {
            for (const auto& branch : answer->trace.branches)
                for (const auto& step : branch.steps)
                    if (step.chain == "KUBE-SERVICES" && step.rule == 2)
                        return step;
            return TraceStep();
        }());
        const QModelIndex rate = chains->model()->index(1, RulesModel::Rate);
        QCOMPARE(rate.data().toString(), QLocale().toString(7.4, 'f', 1));
        QVERIFY(rate.data(RulesModel::HeatRole).toDouble() > 0.9);
        QCOMPARE(chains->model()->index(0, RulesModel::Rate).data(RulesModel::HeatRole).toDouble(), 0.0);
        picture(m_stage->view.get(), "rates");
    }

    void countersAreReadTwice()
    {
        auto source = std::make_shared<LiveStage>();
        QVERIFY(m_stage->session.openSource(source, ClusterProfile {.name = "shop"}, file("live.medic")).has_value());
        QSignalSpy swept(&m_stage->session, &collect::Session::sweepFinished);
        m_stage->session.sweep({});
        QTRY_COMPARE_WITH_TIMEOUT(swept.size(), 1, 20000);
        m_stage->ask("pod web-0 -> svc default/api:80");
        Observer observer(m_stage->session);
        QSignalSpy counted(&observer, &Observer::counted), state(&observer, &Observer::stateChanged);
        QVERIFY(observer.count({"node-1"}, 0));
        QVERIFY(observer.busy());
        QVERIFY(!observer.count({"node-1"}, 0)); // one thing at a time
        QTRY_COMPARE_WITH_TIMEOUT(counted.size(), 1, 20000);
        QVERIFY(state.back().front().toString().isEmpty());
        const auto& rules = m_stage->session.snapshot().find("node-1", probe::iptablesNftSave)->out;
        QVERIFY(rules.find("[52:2520]") != std::string::npos); // the third look
        QVERIFY(m_stage->session.earlierSnapshot()->find("node-1", probe::iptablesNftSave)->out.find("[47:2520]") != std::string::npos);
        QTRY_VERIFY_WITH_TIMEOUT(page()->answer()->node->deltas, 10000);
        QCOMPARE(page()->answer()->node->deltas->most(), std::uint64_t(5));
    }

    void theKernelIsAskedAfterAConfirmation()
    {
        auto source = std::make_shared<LiveStage>();
        ClusterProfile profile {.name = "shop"};
        profile.production = true;
        profile.allowChanges = true;
        QVERIFY(m_stage->session.openSource(source, profile, file("kernel.medic")).has_value());
        QSignalSpy swept(&m_stage->session, &collect::Session::sweepFinished);
        m_stage->session.sweep({});
        QTRY_COMPARE_WITH_TIMEOUT(swept.size(), 1, 20000);
        m_stage->ask("pod web-0 -> svc default/api:80 on node-1");
        KernelTraceDialog dialog(page()->answer(), profile, true);
        QVERIFY(dialog.plan());
        QVERIFY(!dialog.allowed()); // production: the name first
        dialog.setTyped(QStringLiteral("shops"));
        QVERIFY(!dialog.allowed());
        dialog.setTyped(QStringLiteral("shop"));
        QVERIFY(dialog.allowed());
        dialog.show();
        picture(&dialog, "kernel-dialog");
        QSignalSpy confirmed(&dialog, &KernelTraceDialog::confirmed);
        dialog.findChild<QPushButton*>(QStringLiteral("runTrace"))->click();
        QCOMPARE(confirmed.size(), 1);
        const auto plan = confirmed.front().front().value<netfilter::KernelTracePlan>();

        // What the kernel would say if it took the second endpoint.
        source->answer = "trace id 1 ip nat PREROUTING rule counter jump KUBE-SERVICES # handle 1 (verdict jump KUBE-SERVICES)\n"
                         "trace id 1 ip nat KUBE-SERVICES rule x # handle 2 (verdict jump KUBE-SVC-KKDGWRPDK6Z5NCHS)\n"
                         "trace id 1 ip nat KUBE-SVC-KKDGWRPDK6Z5NCHS rule x # handle 3 (verdict jump KUBE-SEP-AAAAAAAAAAAAAAAA)\n"
                         "trace id 1 ip nat KUBE-SEP-AAAAAAAAAAAAAAAA rule x # handle 4 (verdict accept)\n"
                         "number ip nat PREROUTING 1 1\nnumber ip nat KUBE-SERVICES 2 2\nnumber ip nat KUBE-SVC-KKDGWRPDK6Z5NCHS 3 2\nnumber ip nat KUBE-SEP-AAAAAAAAAAAAAAAA 4 2\n";
        Observer observer(m_stage->session);
        QSignalSpy traced(&observer, &Observer::traced);
        QVERIFY(observer.traceKernel("node-1", plan));
        QTRY_COMPARE_WITH_TIMEOUT(traced.size(), 1, 10000);
        QCOMPARE(source->asked.command, plan.command);
        QVERIFY(source->asked.root);
        const auto trace = traced.front().at(1).value<netfilter::KernelTrace>();
        QCOMPARE(int(trace.steps.size()), 4);
        page()->setKernelTrace(QStringLiteral("node-1"), trace);
        QVERIFY2(page()->seenWords().startsWith(QLatin1String("Observed: ")), qPrintable(page()->seenWords()));
        int marked = 0;
        for (const LayCard& card : page()->canvas()->layout().cards)
            for (const LayRow& row : card.rows)
                for (const LayLine& line : row.lines)
                    marked += line.role == Role::Observed && line.text.contains(ObservedWords::taken()) ? 1 : 0;
        QCOMPARE(marked, 4);
        picture(m_stage->view.get(), "kernel");
        // It is in the incident's history.
        const auto journal = m_stage->session.incident()->journal();
        QVERIFY(journal.has_value());
        QVERIFY(std::any_of(journal->begin(), journal->end(), [&](const JournalEntry& entry) {
            return entry.kind == JournalEntry::Kind::ActionConfirmed && entry.text.find(plan.command) != std::string::npos;
        }));
        // Another query forgets it; a tool that is missing is said.
        m_stage->ask("pod web-0 -> 10.244.1.8:8080 on node-1");
        QVERIFY(page()->seenWords().isEmpty());
        source->status = 97;
        QSignalSpy failed(&observer, &Observer::failed);
        QVERIFY(observer.traceKernel("node-1", plan));
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 10000);
    }

    void whereNothingMayBeChangedNothingIsRun()
    {
        QVERIFY(m_stage->session.openIncident(file("packets.medic")).has_value());
        m_stage->ask("pod web-0 -> svc default/api:80");
        for (const bool live : {false, true}) {
            KernelTraceDialog dialog(page()->answer(), ClusterProfile {.name = "shop"}, live);
            QVERIFY(dialog.plan());
            QVERIFY(!dialog.allowed());
            QVERIFY(!dialog.findChild<QPushButton*>(QStringLiteral("runTrace")));
        }
        Observer observer(m_stage->session);
        QVERIFY(!observer.count({"node-1"}, 0));
        QVERIFY(!observer.traceKernel("node-1", {}));
    }

    void aSysctlInThought()
    {
        QVERIFY(m_stage->session.openIncident(file("packets.medic")).has_value());
        m_stage->ask("pod web-0 -> svc default/api:80");
        WhatIf current;
        current.node = "node-1";
        WhatIfDialog dialog(page()->answer()->node, current, false);
        dialog.setKind(WhatIfDialog::Sysctl);
        QVERIFY(!dialog.add());
        QVERIFY(!dialog.mistake().isEmpty());
        dialog.field(QStringLiteral("name"))->setText(QStringLiteral("net.ipv4.conf.cni0.forwarding"));
        dialog.field(QStringLiteral("value"))->setText(QStringLiteral("0"));
        QVERIFY(dialog.add());
        QVERIFY(dialog.mistake().isEmpty());
        dialog.show();
        picture(&dialog, "what-if-dialog");
        QSignalSpy wanted(&dialog, &WhatIfDialog::wanted);
        dialog.findChild<QPushButton*>(QStringLiteral("followThought"))->click();
        QCOMPARE(wanted.size(), 1);
        const auto wish = wanted.front().front().value<WhatIf>();
        PathEngine engine;
        engine.setSnapshot(m_stage->session.snapshot());
        QSignalSpy answered(&engine, &PathEngine::answered), audited(&engine, &PathEngine::audited);
        engine.ask(QStringLiteral("pod web-0 -> svc default/api:80"), false, wish);
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, 10000);
        const auto answer = answered.front().front().value<PathAnswerPtr>();
        QVERIFY(!answer->cannot);
        QCOMPARE(answer->commands, std::vector<std::string> {"sysctl -w 'net.ipv4.conf.cni0.forwarding=0'"});
        QVERIFY(!answer->outcomes.empty());
        QTRY_COMPARE_WITH_TIMEOUT(audited.size(), 1, 10000);
    }

    void rulesAndHostPortsInThought()
    {
        QVERIFY(m_stage->session.openIncident(file("packets.medic")).has_value());
        m_stage->ask("pod web-0 -> svc default/api:80");
        WhatIf current;
        current.node = "node-1";
        WhatIfDialog dialog(page()->answer()->node, current, false);
        TraceStep step;
        step.backend = "nft-compat";
        step.table = "nat";
        step.chain = "KUBE-SEP-CCCCCCCCCCCCCCCC";
        step.rule = 2;
        dialog.setPlace(step);
        dialog.setKind(WhatIfDialog::Edit);
        QVERIFY2(dialog.field(QStringLiteral("rule"))->text().contains(QLatin1String("10.245.3.4:8080")), qPrintable(dialog.field(QStringLiteral("rule"))->text()));
        dialog.field(QStringLiteral("rule"))->setText(QStringLiteral("-p tcp -m tcp -j DNAT --to-destination 10.244.1.8:8080"));
        QVERIFY(dialog.add());
        dialog.setKind(WhatIfDialog::AddHostPort);
        QVERIFY(!dialog.add()); // no Pod
        dialog.field(QStringLiteral("pod"))->setText(QStringLiteral("10.244.1.5:8443"));
        QVERIFY(dialog.add());
        dialog.setKind(WhatIfDialog::Move);
        QVERIFY(dialog.add());
        dialog.setKind(WhatIfDialog::Insert);
        dialog.setKind(WhatIfDialog::RemoveHostPort);
        QVERIFY(dialog.add());
        QCOMPARE(int(dialog.whatIf().changes.size()), 4);
        const QString words = WhatIfWords::changes(dialog.whatIf().changes);
        QVERIFY2(words.contains(QLatin1String("10.244.1.5:8443")) && words.contains(QLatin1String("KUBE-SEP-CCCCCCCCCCCCCCCC")), qPrintable(words));
        PathEngine engine;
        engine.setSnapshot(m_stage->session.snapshot());
        QSignalSpy answered(&engine, &PathEngine::answered);
        WhatIf wish = dialog.whatIf();
        wish.changes.resize(1);
        engine.ask(QStringLiteral("pod web-0 -> svc default/api:80"), false, wish);
        QTRY_COMPARE_WITH_TIMEOUT(answered.size(), 1, 10000);
        const auto answer = answered.front().front().value<PathAnswerPtr>();
        QVERIFY(!answer->cannot);
        QVERIFY(std::none_of(answer->trace.branches.begin(), answer->trace.branches.end(), [](const TraceBranch& b) { return b.disposition == Disposition::NoRoute; }));
    }

    void theAuditInWords()
    {
        ThoughtAudit audit;
        QVERIFY(!WhatIfWords::audit(audit).isEmpty());
        audit.possible = true;
        audit.ports = 12;
        QVERIFY(WhatIfWords::audit(audit).contains(QLatin1String("12")));
        for (int i = 0; i < 6; ++i)
            audit.differences.push_back({"default/s" + std::to_string(i), "http", netfilter::AuditVerdict::Stolen, netfilter::AuditVerdict::Ok});
        const QString words = WhatIfWords::audit(audit);
        QVERIFY2(words.contains(QLatin1String("default/s0")) && words.contains(QLatin1String("2 more")), qPrintable(words));
        for (int i = 0; i <= int(netfilter::AuditVerdict::Stolen); ++i)
            QVERIFY(!WhatIfWords::verdict(static_cast<netfilter::AuditVerdict>(i)).isEmpty());
    }
};

QTEST_MAIN(PathToolsTest)
#include "tst_path_tools.moc"
