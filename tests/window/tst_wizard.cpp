// SPDX-License-Identifier: GPL-3.0-or-later
// The guide through the window: real clicks and keys, from the list to a verified verdict, in both languages.
#include "diagnostics/collect/language.h"
#include "guide_stage.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/evidence_excerpt.h"
#include "widgets/panels/finding_panel.h"
#include "widgets/panels/line_button.h"
#include "widgets/theme/theme.h"
#include "widgets/wizard/action_card.h"
#include "widgets/wizard/evidence_column.h"
#include "widgets/wizard/option_button.h"
#include "widgets/wizard/playbook_list.h"
#include "widgets/wizard/step_page.h"
#include "widgets/wizard/steps_list.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QLineEdit>
#include <QListWidgetItem>
#include <QSignalSpy>
#include <QTest>

using namespace medic;
using namespace medic::playbooks;

namespace {

/// Pictures for looking at: MEDIC_SHOTS names a folder.
void shot(GuideStage& stage, const QString& name)
{
    const QString folder = qEnvironmentVariable("MEDIC_SHOTS");
    if (!folder.isEmpty())
        stage.view->grab().save(folder + u'/' + name + QStringLiteral(".png"));
}

QAbstractButton* button(GuideStage& stage, const char* name) { return stage.view->findChild<QAbstractButton*>(QString::fromLatin1(name)); }

void click(QWidget* widget)
{
    QVERIFY(widget != nullptr);
    QVERIFY(widget->isVisible());
    QVERIFY(widget->isEnabled());
    QTest::mouseClick(widget, Qt::LeftButton);
}

std::string currentStep(GuideStage& stage)
{
    const Step* step = stage.view->driver()->runner().current();
    return step == nullptr ? "end" : step->id;
}

OptionButton* option(GuideStage& stage, const char* id)
{
    for (OptionButton* one : stage.view->page()->options())
        if (one->objectName() == QStringLiteral("option-") + QString::fromLatin1(id))
            return one;
    return nullptr;
}

QString visibleText(GuideStage& stage)
{
    QString all;
    for (const QLabel* label : stage.view->page()->findChildren<QLabel*>())
        if (label->isVisible())
            all += label->text() + u'\n';
    return all;
}

/// To the confirmation of moving the jump.
void toAction(GuideStage& stage)
{
    QVERIFY(stage.view->open({QStringLiteral("guide"), QStringLiteral("case-1.5-hostport"), {}}));
    QTRY_COMPARE(currentStep(stage), std::string("judge"));
    click(stage.view->page()->primary());
    QTRY_COMPARE(currentStep(stage), std::string("choose"));
    click(option(stage, "move"));
    click(stage.view->page()->primary());
    QTRY_COMPARE(currentStep(stage), std::string("move"));
}

} // namespace

class TestWizard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_theme = new theme::Theme(theme::Mode::Light, this);
        if (qEnvironmentVariableIsSet("MEDIC_DARK"))
            m_theme->setMode(theme::Mode::Dark);
    }

    void cleanup() { setLanguage(Language::English); }

    void theWholeWay_data()
    {
        QTest::addColumn<int>("language");
        QTest::newRow("en") << int(Language::English);
        QTest::newRow("zh") << int(Language::Chinese);
    }

    void theWholeWay()
    {
        QFETCH(int, language);
        setLanguage(static_cast<Language>(language));
        const QString tag = QString::fromLatin1(QTest::currentDataTag()) + (m_theme->dark() ? QStringLiteral("-dark") : QString());
        GuideStage stage;
        QVERIFY(QTest::qWaitForWindowExposed(stage.view.get()));
        shot(stage, QStringLiteral("list-") + tag);

        // What fits the findings stands first; chosen with the keyboard.
        QVERIFY(!stage.view->list()->lines().isEmpty());
        QCOMPARE(stage.view->list()->lines().front()->objectName(), QStringLiteral("guide-case-1.5-hostport"));
        stage.view->list()->takeFocus();
        QTest::keyClick(stage.view->list()->search(), Qt::Key_Return);

        // Questions and checks that the facts answer run by themselves, to the verdict, proven by a real answer.
        QTRY_COMPARE(currentStep(stage), std::string("judge"));
        shot(stage, QStringLiteral("verdict-") + tag);
        QCOMPARE(stage.view->driver()->runner().lastVisit("symptom")->by, std::string("program"));
        QCOMPARE(stage.view->driver()->runner().lastVisit("prove")->result, std::string("foreign"));
        QCOMPARE(stage.view->driver()->runner().verdicts().front().confidence, Confidence::Confirmed);
        QVERIFY(visibleText(stage).contains(QStringLiteral("ingress/ingress-7d4f")));
        QVERIFY(stage.view->evidence()->shownFindings() >= 1);

        // The evidence opens the drawer.
        QSignalSpy evidence(stage.view.get(), &View::evidenceWanted);
        auto* excerpt = stage.view->evidence()->findChild<EvidenceExcerpt*>();
        click(excerpt);
        QCOMPARE(evidence.count(), 1);

        click(stage.view->page()->primary());
        QTRY_COMPARE(currentStep(stage), std::string("choose"));
        shot(stage, QStringLiteral("question-") + tag);
        QVERIFY(!stage.view->page()->primary()->isEnabled());
        QTest::keyClick(stage.view->page()->options().front(), Qt::Key_1);
        QVERIFY(option(stage, "move")->isChecked());
        QTest::keyClick(stage.view->page()->options().front(), Qt::Key_Return);

        // The action: exact command, risk, blast radius, way back; nothing runs before it is confirmed.
        QTRY_COMPARE(currentStep(stage), std::string("move"));
        shot(stage, QStringLiteral("action-") + tag);
        const std::size_t before = stage.host->commands.size();
        const QString text = visibleText(stage);
        QVERIFY(text.contains(QStringLiteral("CNI-HOSTPORT-DNAT")));
        QVERIFY(text.contains(QStringLiteral("ingress/ingress-7d4f")));
        QVERIFY(text.contains(QStringLiteral("node-2")));
        click(button(stage, "secondary1")); // dry run
        QTRY_COMPARE(stage.host->commands.size(), before + 1);
        QTRY_VERIFY(stage.view->page()->card() != nullptr && stage.view->page()->primary()->isEnabled());
        QVERIFY(!stage.host->found.empty());
        click(stage.view->page()->primary());
        QTRY_COMPARE(currentStep(stage), std::string("advice"));
        QCOMPARE(stage.view->driver()->runner().lastVisit("move")->result, std::string("verified"));
        shot(stage, QStringLiteral("advice-") + tag);
        QTest::mouseDClick(option(stage, "noted"), Qt::LeftButton);
        QTRY_COMPARE(currentStep(stage), std::string("result"));
        shot(stage, QStringLiteral("result-") + tag);
        click(stage.view->page()->primary());
        QTRY_VERIFY(stage.view->driver()->runner().finished());
        shot(stage, QStringLiteral("finished-") + tag);
        QCOMPARE(stage.view->driver()->runner().verdicts().back().id, std::string("healed"));
        QSignalSpy places(stage.view.get(), &View::placeWanted);
        click(stage.view->page()->primary());
        QCOMPARE(places.count(), 1);
        QCOMPARE(places.front().front().value<Place>().view, QStringLiteral("report"));

        // Recorded in the language that was worked in, each decision with its author.
        const bool chinese = static_cast<Language>(language) == Language::Chinese;
        const auto confirmed = std::count_if(stage.host->entries.begin(), stage.host->entries.end(),
                                             [](const JournalEntry& e) { return e.kind == JournalEntry::Kind::ActionConfirmed && e.who == "engineer"; });
        QCOMPARE(confirmed, 1);
        const auto verified = std::find_if(stage.host->entries.begin(), stage.host->entries.end(),
                                           [](const JournalEntry& e) { return e.kind == JournalEntry::Kind::Verified; });
        QVERIFY(verified != stage.host->entries.end());
        QCOMPARE(QString::fromStdString(verified->text).contains(QStringLiteral("验证通过")), chinese);
    }

    void theLanguageSwitchesInTheMiddle()
    {
        GuideStage stage;
        toAction(stage);
        QVERIFY(visibleText(stage).contains(QStringLiteral("Moves")) || visibleText(stage).contains(QStringLiteral("Takes the jump")));
        setLanguage(Language::Chinese);
        QTRY_VERIFY(visibleText(stage).contains(QStringLiteral("调整规则顺序")));
        QCOMPARE(currentStep(stage), std::string("move"));
    }

    void overruleGoBackAndNote()
    {
        GuideStage stage;
        QVERIFY(stage.view->open({QStringLiteral("guide"), QStringLiteral("case-1.5-hostport"), {}}));
        QTRY_COMPARE(currentStep(stage), std::string("judge"));
        click(button(stage, "addNote"));
        auto* line = stage.view->findChild<QLineEdit*>(QStringLiteral("note"));
        QVERIFY(line->hasFocus());
        QTest::keyClicks(line, QStringLiteral("the LB was switched at 02:40"));
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(stage.view->driver()->runner().lastVisit("judge")->notes.front(), std::string("the LB was switched at 02:40"));

        QCOMPARE(currentStep(stage), std::string("judge")); // keeping a note decides nothing

        // Looks back at an automatic step and takes another way out of it.
        StepsList* steps = stage.view->steps();
        QListWidgetItem* order = nullptr;
        for (int row = 0; row < steps->count(); ++row)
            if (steps->item(row)->data(StepsList::IdRole).toString() == QStringLiteral("order"))
                order = steps->item(row);
        QVERIFY(order != nullptr);
        QTest::mouseClick(steps->viewport(), Qt::LeftButton, {}, steps->visualItemRect(order).center());
        QVERIFY(visibleText(stage).contains(QStringLiteral("comes before KUBE-SERVICES")));
        shot(stage, QStringLiteral("review"));
        QVERIFY(!stage.view->page()->options().isEmpty());
        click(option(stage, "branch:2"));
        click(button(stage, "secondary1"));
        QTRY_COMPARE(currentStep(stage), std::string("judge")); // over "reach", by itself
        const Visit* visit = stage.view->driver()->runner().lastVisit("order");
        QVERIFY(visit->overruled);
        QCOMPARE(visit->by, std::string("engineer"));
        QVERIFY(stage.view->driver()->runner().lastVisit("reach") != nullptr);
        QVERIFY(stage.view->driver()->runner().lastVisit("prove") == nullptr);

        // Back: to the last decision by hand.
        click(button(stage, "back"));
        QTRY_VERIFY(stage.view->driver()->runner().lastVisit("order") != nullptr);
        QVERIFY(std::any_of(stage.host->entries.begin(), stage.host->entries.end(), [](const JournalEntry& e) { return e.kind == JournalEntry::Kind::Overruled; }));
    }

    void aVerdictIsRejected()
    {
        GuideStage stage;
        QVERIFY(stage.view->open({QStringLiteral("guide"), QStringLiteral("case-1.5-hostport"), {}}));
        QTRY_COMPARE(currentStep(stage), std::string("judge"));
        click(button(stage, "reject-stolen"));
        QTRY_VERIFY(stage.view->driver()->runner().verdicts().front().rejected);
        QVERIFY(visibleText(stage).contains(QStringLiteral("rejected by the engineer")));
        click(button(stage, "reject-stolen"));
        QTRY_VERIFY(!stage.view->driver()->runner().verdicts().front().rejected);
    }

    void productionWantsTheClusterName()
    {
        GuideStage stage({}, [](FakeHost& host) { host.isProduction = true; });
        toAction(stage);
        const std::size_t before = stage.host->commands.size();
        QVERIFY(!stage.view->page()->primary()->isEnabled());
        auto* name = stage.view->findChild<QLineEdit*>(QStringLiteral("clusterName"));
        QVERIFY(name != nullptr);
        QTest::keyClicks(name, QStringLiteral("shop"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(!stage.view->page()->primary()->isEnabled());
        QCOMPARE(stage.host->commands.size(), before);
        QTest::keyClicks(name, QStringLiteral("-prod"));
        QVERIFY(stage.view->page()->primary()->isEnabled());
        shot(stage, QStringLiteral("production"));
        click(stage.view->page()->primary());
        QTRY_COMPARE(currentStep(stage), std::string("advice"));
    }

    void readOnlyShowsTheCommandOnly()
    {
        GuideStage stage({}, [](FakeHost& host) { host.changes = false; });
        toAction(stage);
        const std::size_t before = stage.host->commands.size();
        shot(stage, QStringLiteral("read-only"));
        click(button(stage, "secondary1"));
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("-j CNI-HOSTPORT-DNAT")));
        click(button(stage, "secondary0"));
        QTRY_VERIFY(currentStep(stage) != "move");
        QCOMPARE(stage.view->driver()->runner().lastVisit("move")->result, std::string("declined"));
        QCOMPARE(stage.host->commands.size(), before);
    }

    void aRecordedIncidentIsWalkedThrough()
    {
        GuideStage stage({}, [](FakeHost& host) { host.isLive = false; });
        toAction(stage);
        QVERIFY(stage.host->commands.empty());
        QCOMPARE(stage.view->driver()->runner().status("prove"), StepStatus::Undecided);
        QCOMPARE(stage.view->driver()->runner().verdicts().front().confidence, Confidence::Likely); // nothing was proven
        shot(stage, QStringLiteral("recorded"));
        click(stage.view->page()->primary());
        QTRY_VERIFY(currentStep(stage) != "move");
        QVERIFY(stage.host->commands.empty());
    }

    void whatDidNotHelpIsTakenBack()
    {
        GuideStage stage({}, [](FakeHost& host) { host.works = false; });
        toAction(stage);
        click(stage.view->page()->primary());
        QTRY_VERIFY(stage.view->driver()->want().isRollback);
        QTRY_VERIFY(stage.view->page()->card() != nullptr);
        shot(stage, QStringLiteral("rollback"));
        click(stage.view->page()->primary());
        QTRY_COMPARE(currentStep(stage), std::string("advice"));
        QCOMPARE(stage.view->driver()->runner().lastVisit("move")->result, std::string("rolled-back"));
    }

    void killedAndOpenedAgainItGoesOn()
    {
        std::map<std::string, std::string> documents;
        {
            GuideStage stage;
            toAction(stage);
            documents = stage.host->documents;
        }
        GuideStage again(documents);
        shot(again, QStringLiteral("begun"));
        QVERIFY(again.view->open({QStringLiteral("guide"), QStringLiteral("case-1.5-hostport"), {}}));
        QCOMPARE(currentStep(again), std::string("move"));
        QVERIFY(again.view->driver()->resumed());
        QVERIFY(again.host->commands.empty());
        // Not only its words: what was drawn is drawn again.
        QTRY_VERIFY(again.view->driver()->followed("path") != nullptr);
    }

    void aChangedSymptomOpensALinkedIncident()
    {
        GuideStage stage({}, [](FakeHost& host) {
            const auto full = Finding::make({.id = "node.disk-full", .suite = "baseline", .subject = {SubjectKind::Component, {}, "/", "node-2"}, .verdict = Verdict::Failure,
                                             .confidence = Confidence::Confirmed, .parameters = {{"node", "node-2"}, {"mount", "/"}, {"percent", "100"}},
                                             .evidence = {{host.rules, {1}, false}}});
            QVERIFY(full);
            host.afterwards = {*full};
        });
        toAction(stage);
        click(stage.view->page()->primary());
        QTRY_COMPARE(currentStep(stage), std::string("advice"));
        QVERIFY(stage.view->driver()->runner().symptomChange().has_value());
        QVERIFY(visibleText(stage).contains(QStringLiteral("That is another incident")));
        shot(stage, QStringLiteral("changed-symptom"));
        QSignalSpy said(stage.view.get(), &View::said);
        click(button(stage, "linkedIncident"));
        QTRY_VERIFY(stage.host->openedLinked.startsWith(QLatin1String("/tmp/")));
        QTRY_COMPARE(said.count(), 1);
        QVERIFY(said.first().first().toString().contains(stage.host->openedLinked));
    }

    void whileItRunsItShowsWhatItRuns()
    {
        GuideStage stage({}, [](FakeHost& host) { host.holdSweep = true; });
        QVERIFY(stage.view->open({QStringLiteral("guide"), QStringLiteral("case-1.5-hostport"), {}}));
        QTRY_COMPARE(currentStep(stage), std::string("mode"));
        shot(stage, QStringLiteral("running"));
        QVERIFY(!stage.view->page()->primary()->isEnabled());
        QVERIFY(visibleText(stage).contains(QStringLiteral("hostport")));
        QVERIFY(visibleText(stage).contains(QStringLiteral("CNI configuration")));
        stage.host->holdSweep = false;
        click(button(stage, "secondary0")); // cancel: what did not come is unknown
        QTRY_COMPARE(currentStep(stage), std::string("judge"));
    }

    void hostileNamesStayText()
    {
        GuideStage stage({}, [](FakeHost& host) { host.steal("x/<img src=x onerror=1>\x1b[31m\xe2\x80\xae'; reboot #"); });
        toAction(stage);
        for (const QLabel* label : stage.view->findChildren<QLabel*>())
            QVERIFY(label->textFormat() == Qt::PlainText || !label->text().contains(u'<'));
        const QString text = visibleText(stage);
        QVERIFY(text.contains(QStringLiteral("<img src=x onerror=1>")));
        QVERIFY(!text.contains(QChar(0x1b)));
        QVERIFY(!text.contains(QChar(0x202e)));
        shot(stage, QStringLiteral("hostile"));
    }

    void searchFindsInBothLanguagesAndByError()
    {
        GuideStage stage;
        const auto first = [&](const QString& words) {
            stage.view->list()->search()->setText(words);
            return stage.view->list()->lines().isEmpty() ? QString() : stage.view->list()->lines().front()->objectName();
        };
        QCOMPARE(first(QStringLiteral("磁盘")), QStringLiteral("guide-p12-disk-pressure"));
        QCOMPARE(first(QStringLiteral("sysctl")), QStringLiteral("guide-p11-sysctls"));
        QCOMPARE(first(QStringLiteral("Kubelet stopped posting node status.")), QStringLiteral("guide-p01-node-not-ready"));
        QCOMPARE(first(QStringLiteral("PLEG is not healhy：pleg was last seen active 3m57s ago")), QStringLiteral("guide-case-1.4-pleg"));
        shot(stage, QStringLiteral("search"));
        QCOMPARE(first(QStringLiteral("qwertz")), QString());
        QVERIFY(stage.view->stepBack()); // Esc clears the words
        QVERIFY(!stage.view->list()->lines().isEmpty());
    }

    void aBrokenGuideOfYourOwnIsNamed()
    {
        QTemporaryDir own;
        QVERIFY(QDir(own.path()).mkpath(QStringLiteral("playbooks")));
        QFile file(own.filePath(QStringLiteral("playbooks/ours.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("playbook: ours\ntitle: {en: Ours}\n");
        file.close();
        GuideStage stage;
        QVERIFY(stage.view->findChildren<QLabel*>(QStringLiteral("brokenGuide")).isEmpty());
        const auto guides = stage.view->list()->lines().size();
        stage.library = Library::load({MEDIC_SOURCE_DIR "/resources", own.path().toStdString()}, nullptr);
        stage.view->list()->setFindings(stage.host->findings());
        QCOMPARE(stage.view->list()->lines().size(), guides);
        const auto broken = stage.view->list()->findChildren<QLabel*>(QStringLiteral("brokenGuide"));
        QVERIFY(!broken.isEmpty());
        QString all;
        for (const QLabel* line : broken)
            all += line->text() + u'\n';
        QVERIFY2(all.contains(QStringLiteral("ours.yaml:2")) && all.contains(QStringLiteral("'title'")), qPrintable(all));
        shot(stage, QStringLiteral("broken"));
    }

    void aReadOnlyFileIsSaid()
    {
        GuideStage stage({}, [](FakeHost& host) { host.writable = false; });
        QVERIFY(stage.view->open({QStringLiteral("guide"), QStringLiteral("p11-sysctls"), {}}));
        QTRY_VERIFY(visibleText(stage).contains(QStringLiteral("can only be read")));
    }

    void wide()
    {
        if (!qEnvironmentVariableIsSet("MEDIC_SHOTS"))
            QSKIP("only for pictures");
        GuideStage stage;
        stage.view->resize(1820, 980);
        toAction(stage);
        shot(stage, QStringLiteral("wide-action"));
    }

private:
    theme::Theme* m_theme = nullptr;
};

QTEST_MAIN(TestWizard)
#include "tst_wizard.moc"
