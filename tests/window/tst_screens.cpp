// SPDX-License-Identifier: GPL-3.0-or-later
// Every screen of the window, in both languages: nothing cut off, no column too narrow for its words, nothing left in English
// on a Chinese screen, no parameter left open. With MEDIC_SHOTS set to a folder also in the dark and at 1920×1080, and each
// screen is saved there as a picture, for the eyes (docs/window.md).
#include "diagnostics/model/samples.h"
#include "tests/window/case_stage.h"
#include "tests/window/source_words.h"
#include "tests/window/window_stage.h"
#include "widgets/packetpath/path_view.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/evidence_drawer.h"
#include "widgets/panels/evidence_excerpt.h"
#include "widgets/panels/finding_panel.h"
#include "widgets/panels/line_button.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/report_view.h"
#include "widgets/views/findings_view.h"
#include "widgets/views/knowledge_view.h"
#include "widgets/views/nodes_view.h"
#include "widgets/views/start_view.h"
#include "widgets/window/command_palette.h"
#include "widgets/window/connect_dialog.h"
#include "widgets/window/recent_incidents.h"
#include "widgets/window/secrets_dialog.h"
#include "widgets/wizard/option_button.h"
#include "widgets/wizard/step_page.h"

#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeView>

using namespace medic;
using playbooks::Want;

namespace {

struct Look {
    Language language;
    bool dark;
    QSize size;
};

/// Columns whose words are cut, of those that do not stretch: the stretching one is cut by design.
QStringList narrowColumns(const QTreeView* table)
{
    QStringList wrong;
    const QHeaderView* header = table->header();
    if (!table->model() || header->isHidden())
        return wrong;
    for (int column = 0; column < table->model()->columnCount(); ++column) {
        if (table->isColumnHidden(column) || header->sectionResizeMode(column) == QHeaderView::Stretch)
            continue;
        const QString head = table->model()->headerData(column, Qt::Horizontal).toString();
        const int room = header->sectionSize(column);
        const QFontMetrics metrics = header->fontMetrics();
        if (metrics.horizontalAdvance(head) + 8 > room)
            wrong << QStringLiteral("column \"%1\" is too narrow for its own name: %2").arg(head).arg(room);
    }
    return wrong;
}

/// The words of the state column, which decide: they are short and must be whole.
QStringList cutStates(const QTreeView* table)
{
    QStringList wrong;
    if (!table->model())
        return wrong;
    const auto look = [&](const QModelIndex& at) {
        if (table->isColumnHidden(at.column()) || table->header()->sectionResizeMode(at.column()) == QHeaderView::Stretch)
            return;
        const QRect room = table->visualRect(at);
        const QString words = at.data().toString();
        if (room.isEmpty() || words.isEmpty() || words.size() > 24 || !table->viewport()->rect().intersects(room))
            return;
        const int icon = at.data(Qt::DecorationRole).isNull() ? 0 : table->iconSize().isValid() ? table->iconSize().width() + 4 : 20;
        const QFont font = at.data(Qt::FontRole).isValid() ? at.data(Qt::FontRole).value<QFont>() : table->font();
        if (QFontMetrics(font).horizontalAdvance(words) + icon + 6 > room.width())
            wrong << QStringLiteral("\"%1\" in column \"%2\" is cut: %3").arg(words, table->model()->headerData(at.column(), Qt::Horizontal).toString()).arg(room.width());
    };
    for (int row = 0; row < qMin(60, table->model()->rowCount()); ++row)
        for (int column = 0; column < table->model()->columnCount(); ++column)
            look(table->model()->index(row, column));
    return wrong;
}

} // namespace

class TestScreens final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;
    SourceWords m_english;
    Look m_look {};
    QStringList m_wrong;

    /// All eight ways of looking; without pictures only those that differ in what can be cut off or left over.
    void looks()
    {
        QTest::addColumn<int>("language");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        for (const Language language : {Language::English, Language::Chinese})
            for (const bool dark : {false, true})
                for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)})
                    if ((!dark && size.width() == 1280) || qEnvironmentVariableIsSet("MEDIC_SHOTS"))
                        QTest::addRow("%s-%s-%d", language == Language::Chinese ? "zh" : "en", dark ? "dark" : "light", size.width()) << int(language) << dark << size;
    }

    void dress(MainWindow& window)
    {
        window.resize(m_look.size);
        settle();
    }

    static void settle()
    {
        for (int i = 0; i < 4; ++i)
            QCoreApplication::processEvents();
    }

    /// Looks at what is on the screen now.
    void screen(MainWindow& window, const QString& name)
    {
        settle();
        QWidget* dialog = QApplication::activeModalWidget();
        QWidget* const root = dialog ? dialog : static_cast<QWidget*>(&window);
        const auto wrong = [&](const QString& what) {
            const QString line = name + QStringLiteral(": ") + what;
            if (!m_wrong.contains(line))
                m_wrong << line;
        };
        static const QRegularExpression parameter(QStringLiteral("(^|[^$\\w\"'{])\\{[a-z][a-z-]+\\}"));
        for (QWidget* one : root->findChildren<QWidget*>()) {
            if (!one->isVisible() || one->visibleRegion().isEmpty())
                continue;
            if (const QString what = clipped(one); !what.isEmpty())
                wrong(what);
            const bool machine = one->property("machine").toBool() || one->font().fixedPitch();
            for (const QString& words : wordsOf(one)) {
                if (m_look.language == Language::Chinese && m_english.has(words))
                    wrong(QStringLiteral("left in English: ") + words);
                if (!machine && words.contains(parameter))
                    wrong(QStringLiteral("a parameter is open: ") + words.left(120));
            }
            if (const auto* table = qobject_cast<const QTreeView*>(one)) {
                for (const QString& what : narrowColumns(table) + cutStates(table))
                    wrong(what);
                for (int column = 0; m_look.language == Language::Chinese && table->model() && column < table->model()->columnCount(); ++column)
                    if (const QString head = table->model()->headerData(column, Qt::Horizontal).toString(); m_english.has(head))
                        wrong(QStringLiteral("left in English: column ") + head);
            }
        }
        const QString to = qEnvironmentVariable("MEDIC_SHOTS");
        if (to.isEmpty())
            return;
        QPixmap picture = window.grab();
        if (dialog) {
            QPainter painter(&picture);
            painter.fillRect(QRect({}, window.size()), QColor(0, 0, 0, 60));
            painter.drawPixmap(QPoint((window.width() - dialog->width()) / 2, (window.height() - dialog->height()) / 2), dialog->grab());
        }
        QVERIFY(QDir().mkpath(to));
        QVERIFY(picture.save(QStringLiteral("%1/%2-%3.png").arg(to, QString::fromLatin1(QTest::currentDataTag()), name)));
    }

    static QString sample(const char* name) { return QStringLiteral(MEDIC_SOURCE_DIR "/resources/samples/") + QLatin1String(name) + QStringLiteral(".medic"); }

    /// A copy, for a recording is also written to.
    static QString copy(const WindowStage& stage, const char* name)
    {
        const QString path = stage.folder.filePath(QLatin1String(name) + QStringLiteral(".medic"));
        QFile::copy(sample(name), path);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
        return path;
    }

    void openRecording(WindowStage& stage, const char* name)
    {
        QVERIFY(stage.open(copy(stage, name)));
        QTRY_VERIFY_WITH_TIMEOUT(stage.session.isOpen() && !stage.session.findings().empty(), 20'000);
    }

    static ClusterProfile profile()
    {
        ClusterProfile made;
        made.name = "shop-prod";
        made.context = "admin@shop-prod";
        made.kubeconfig = "/home/medic/.kube/config";
        made.ssh.user = "ops";
        made.ssh.useSudo = true;
        made.production = true;
        made.colour = "#b3261e";
        for (int i = 1; i <= 4; ++i)
            made.nodes.push_back({.name = "node-" + std::to_string(i), .host = "10.0.0." + std::to_string(10 + i), .user = {}, .port = 0, .jumps = {}, .identity = {}, .local = false});
        return made;
    }

private Q_SLOTS:
    void initTestCase() { WindowStage::useOwnHome(m_home); }

    void init()
    {
        QSettings().clear();
        QFETCH(int, language);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        m_look = {Language(language), dark, size};
        WindowStage::look().setMode(dark ? theme::Mode::Dark : theme::Mode::Light);
        m_wrong.clear();
    }

    void cleanup()
    {
        WindowStage::look().setMode(theme::Mode::Light);
        (void)removeProfile("shop-prod");
        QVERIFY2(m_wrong.isEmpty(), qPrintable(QStringLiteral("\n") + m_wrong.join(u'\n')));
    }

    void start_data() { looks(); }
    void start()
    {
        {
            WindowStage stage(m_look.language);
            dress(*stage.window);
            QTRY_VERIFY(stage.find<StartView>()->findChildren<LineButton*>().size() >= 9);
            screen(*stage.window, QStringLiteral("start-new"));
        }
        QVERIFY(saveProfile(profile()));
        QSettings settings;
        WindowStage stage(m_look.language);
        for (const char* name : {"bandwidth-divided", "dns-upstream-silent", "pleg", "hostport-theft"})
            if (auto summary = summariseIncident(copy(stage, name))) {
                if (const auto file = IncidentFile::open(sample(name).toStdString(), IncidentFile::Mode::ReadOnly))
                    if (const auto found = file->findings(0))
                        countFindings(*summary, *found, &WindowStage::catalogue());
                rememberIncident(settings, *summary);
            }
        stage.find<StartView>()->reload();
        dress(*stage.window);
        QTRY_VERIFY(stage.find<StartView>()->findChildren<LineButton*>().size() >= 14); // two doors, four recent ones, a cluster, seven samples
        screen(*stage.window, QStringLiteral("start"));
        QSignalSpy proposals(stage.find<StartView>()->findChild<PasteSearch*>(), &PasteSearch::found);
        stage.find<StartView>()->pasteField()->setText(m_look.language == Language::Chinese
                                                           ? QString::fromUtf8("容器之间偶发解析失败，报错：dial tcp：lookup kubernetes.default on 10.96.0.10:53: no such host")
                                                           : QStringLiteral("Ready False KubeletNotReady PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s"));
        QTRY_VERIFY(!proposals.isEmpty());
        screen(*stage.window, QStringLiteral("start-pasted"));
        proposals.clear();
        stage.find<StartView>()->pasteField()->setText(QStringLiteral("qqqqqq zzzzzz"));
        QTRY_VERIFY(!proposals.isEmpty());
        screen(*stage.window, QStringLiteral("start-unknown"));
        for (const char* empty : {"nodes", "findings", "path", "guide", "report", "knowledge"}) {
            QVERIFY(stage.window->go({.view = QLatin1String(empty), .key = {}, .detail = {}}));
            screen(*stage.window, QStringLiteral("empty-") + QLatin1String(empty));
        }
    }

    void cluster_data() { looks(); }
    void cluster()
    {
        WindowStage stage(m_look.language);
        auto source = std::make_shared<fakes::FakeSource>();
        std::map<std::string, std::string> said;
        if (const auto file = IncidentFile::open(sample("hostport-theft").toStdString(), IncidentFile::Mode::ReadOnly))
            if (const auto all = file->snapshot())
                for (const std::string& node : all->nodes())
                    for (const ObservationPtr& one : all->ofNode(node))
                        said.emplace(one->probe, one->out);
        QJsonArray items;
        for (int i = 1; i <= 80; ++i) {
            const std::string name = (i <= 3 ? "master-" : "worker-") + std::to_string(i);
            source->names.push_back(name);
            const QJsonObject labels {{QStringLiteral("topology.kubernetes.io/zone"), QStringLiteral("zone-%1").arg(i % 3 + 1)},
                                      {i <= 3 ? QStringLiteral("node-role.kubernetes.io/control-plane") : QStringLiteral("disk"), QString()}};
            const QJsonObject ready {{QStringLiteral("type"), QStringLiteral("Ready")}, {QStringLiteral("status"), i == 40 ? QStringLiteral("False") : QStringLiteral("True")}};
            const QJsonObject versions {{QStringLiteral("kubeletVersion"), QStringLiteral("v1.20.2")}, {QStringLiteral("containerRuntimeVersion"), QStringLiteral("docker://19.3.5")}};
            items.append(QJsonObject {{QStringLiteral("metadata"), QJsonObject {{QStringLiteral("name"), QString::fromStdString(name)}, {QStringLiteral("labels"), labels}}},
                                      {QStringLiteral("status"), QJsonObject {{QStringLiteral("conditions"), QJsonArray {ready}}, {QStringLiteral("nodeInfo"), versions}}}});
        }
        source->faults = {{"worker-13", fakes::FakeSource::Fault::Unreachable}, {"worker-27", fakes::FakeSource::Fault::DropHalf}, {"worker-39", fakes::FakeSource::Fault::Hang}};
        source->content = [said, nodes = QJsonDocument(QJsonObject {{QStringLiteral("kind"), QStringLiteral("NodeList")}, {QStringLiteral("items"), items}}).toJson().toStdString()](const std::string& node, const std::string& probe) {
            if (node.empty())
                return probe == "api/nodes" ? nodes : std::string("{\"items\":[]}");
            if (probe == "df" && (node == "worker-5" || node == "worker-50" || node == "worker-51"))
                return WindowStage::fullDisk(98);
            const auto found = said.find(probe);
            return found == said.end() ? std::string() : found->second;
        };
        QVERIFY(stage.session.openSource(source, profile(), stage.folder.filePath(QStringLiteral("live.medic"))));
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = {}, .detail = {}}));
        dress(*stage.window);
        screen(*stage.window, QStringLiteral("cluster-before"));
        QTest::keyClick(stage.window.get(), Qt::Key_F5);
        const auto done = [&stage] {
            int count = 0;
            for (const auto& one : stage.session.progress())
                count += one.state == collect::NodeProgress::State::Done;
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(done(), 77, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.session.findings().empty(), 30'000);
        screen(*stage.window, QStringLiteral("cluster-sweeping"));
        stage.session.cancel();
        QTRY_VERIFY(!stage.session.sweeping());
        QTest::keyClick(stage.window.get(), Qt::Key_F, Qt::ControlModifier);
        if (auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget()))
            field->setText(QStringLiteral("worker-5"));
        screen(*stage.window, QStringLiteral("cluster-filtered"));
        QTest::keyClick(stage.window.get(), Qt::Key_Escape);
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("worker-13"), .detail = {}}));
        screen(*stage.window, QStringLiteral("node-unreachable"));
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("worker-5"), .detail = {}}));
        screen(*stage.window, QStringLiteral("node-live"));
        QVERIFY(stage.window->go({.view = QStringLiteral("findings"), .key = {}, .detail = {}}));
        screen(*stage.window, QStringLiteral("findings-live"));
    }

    void recordings_data() { looks(); }
    void recordings()
    {
        for (const char* name : {"hostport-theft", "pleg", "bandwidth-divided", "apiserver-image-gone", "dns-upstream-silent", "stale-rules"}) {
            const QString tag = QLatin1String(name);
            WindowStage stage(m_look.language);
            dress(*stage.window);
            openRecording(stage, name);
            auto* findings = stage.find<FindingsView>();
            QTRY_VERIFY(findings->panel()->finding());
            screen(*stage.window, QStringLiteral("findings-") + tag);
            for (auto* excerpt : findings->panel()->findChildren<EvidenceExcerpt*>()) {
                QTest::mouseClick(excerpt, Qt::LeftButton);
                screen(*stage.window, QStringLiteral("evidence-") + tag);
                break;
            }
            if (stage.window->drawer()->isVisible())
                stage.window->toggleDrawer();
            QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = {}, .detail = {}}));
            screen(*stage.window, QStringLiteral("nodes-") + tag);
            const auto nodes = stage.session.snapshot().nodes();
            for (const std::string& node : nodes) {
                if (node.empty())
                    continue;
                QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QString::fromStdString(node), .detail = {}}));
                screen(*stage.window, QStringLiteral("node-%1-%2").arg(tag, QString::fromStdString(node)));
                break;
            }
            QVERIFY(stage.window->go({.view = QStringLiteral("path"), .key = {}, .detail = {}}));
            QCoreApplication::processEvents();
            if (std::string(name) == "hostport-theft") {
                screen(*stage.window, QStringLiteral("path"));
                QVERIFY(stage.window->go({.view = QStringLiteral("guide"), .key = {}, .detail = {}}));
                screen(*stage.window, QStringLiteral("guides"));
                QVERIFY(stage.window->go({.view = QStringLiteral("knowledge"), .key = {}, .detail = {}}));
                screen(*stage.window, QStringLiteral("knowledge"));
                QVERIFY(stage.window->go({.view = QStringLiteral("knowledge"), .key = QStringLiteral("hostport.steals-service"), .detail = {}}));
                screen(*stage.window, QStringLiteral("knowledge-entry"));
                QTest::keyClick(stage.window.get(), Qt::Key_K, Qt::ControlModifier);
                screen(*stage.window, QStringLiteral("palette"));
                QTest::keyClicks(stage.window->palettePopup()->field(), QStringLiteral("node"));
                screen(*stage.window, QStringLiteral("palette-search"));
                QTest::keyClick(stage.window->palettePopup()->field(), Qt::Key_Escape);
            }
            QVERIFY(stage.window->go({.view = QStringLiteral("report"), .key = {}, .detail = {}}));
            QTRY_VERIFY_WITH_TIMEOUT(stage.find<ReportView>()->preview()->pageCount() > 0 && !stage.window->busy(), 20'000);
            screen(*stage.window, QStringLiteral("report-") + tag);
        }
    }

    void dialogs_data() { looks(); }
    void dialogs()
    {
        QVERIFY(saveProfile(profile()));
        WindowStage stage(m_look.language);
        dress(*stage.window);
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("connect"), .detail = {}}));
        auto* connecting = qobject_cast<ConnectDialog*>(QApplication::activeModalWidget());
        QVERIFY(connecting);
        screen(*stage.window, QStringLiteral("dialog-connect"));
        connecting->choose(QString());
        screen(*stage.window, QStringLiteral("dialog-connect-new"));
        for (QPushButton* button : connecting->findChildren<QPushButton*>())
            if (button->isDefault())
                button->click();
        if (connecting->isVisible())
            screen(*stage.window, QStringLiteral("dialog-connect-problem"));
        connecting->close();
        settle();
        const QList<Error> wanted {
            {.code = ErrorCode::HostKeyUnknown, .where = "10.0.0.11:22", .detail = "10.0.0.11 ssh-ed25519 SHA256:uNiVztksCsDhcc0u9e8BrqUsrNKDI5tHdKEqiWeArtI"},
            {.code = ErrorCode::PassphraseNeeded, .where = "/home/medic/.ssh/id_ed25519", .detail = {}},
            {.code = ErrorCode::SudoPasswordNeeded, .where = "ops@node-2", .detail = {}}};
        auto* secrets = new SecretsDialog(stage.secrets, wanted, {QStringLiteral("node-1"), QStringLiteral("node-2"), QStringLiteral("node-3")}, stage.window.get());
        secrets->open();
        screen(*stage.window, QStringLiteral("dialog-secrets"));
        // The language may change while it waits for an answer.
        setLanguage(m_look.language == Language::Chinese ? Language::English : Language::Chinese);
        settle();
        setLanguage(m_look.language);
        screen(*stage.window, QStringLiteral("dialog-secrets-again"));
        secrets->close();
        delete secrets;
    }

    void guides_data() { looks(); }
    void guides()
    {
        for (const char* playbook : {"case-1.1-bandwidth", "case-1.2-kubernetes-service", "case-1.3-apiserver-down", "case-1.4-pleg", "case-1.5-hostport", "case-1.6-dns"})
            guide(playbook);
    }

private:
    /// One guide from its first step to its last: a picture of every step.
    void guide(const char* playbook)
    {
        const test::GuideCase& one = caseOf(playbook);
        QTemporaryDir folder;
        auto own = std::make_unique<CaseHost>(one, folder.filePath(QStringLiteral("case.medic")).toStdString());
        CaseHost* const host = own.get();
        WindowStage stage(m_look.language, std::move(own));
        dress(*stage.window);
        auto* const view = stage.find<GuideView>();
        host->hold();
        QVERIFY(view->open({.view = QStringLiteral("guide"), .key = QLatin1String(playbook), .detail = {}}));
        QVERIFY(stage.window->go({.view = QStringLiteral("guide"), .key = {}, .detail = {}}));
        const QString short8 = QString::fromLatin1(playbook).left(8);
        int number = 0;
        const auto picture = [&](const QString& kind) {
            screen(*stage.window, QStringLiteral("%1-%2-%3").arg(short8).arg(++number, 2, 10, QLatin1Char('0')).arg(kind));
        };
        bool checked = false;
        for (int turns = 0; turns < 80; ++turns) {
            QTRY_VERIFY(host->held() || !view->driver()->busy() || view->driver()->runner().finished());
            if (host->held()) {
                if (!std::exchange(checked, true))
                    picture(QStringLiteral("check"));
                host->release();
                QTRY_VERIFY(!view->driver()->busy() || view->driver()->runner().finished());
                continue;
            }
            if (view->driver()->runner().finished())
                break;
            const std::string step = view->driver()->runner().current()->id;
            const Want want = view->driver()->want();
            StepPage* const page = view->page();
            if (want.kind == Want::Kind::Ask) {
                picture(QStringLiteral("ask-") + QString::fromStdString(step));
                const auto answer = one.answers.find(step);
                const QString id = answer != one.answers.end() ? QString::fromStdString(answer->second) : QStringLiteral("node-1");
                OptionButton* chosen = nullptr;
                for (OptionButton* option : page->options())
                    if (option->objectName() == QStringLiteral("option-") + id || (want.undecided && option->objectName() == QStringLiteral("option-next")))
                        chosen = option;
                QVERIFY2(chosen != nullptr, step.c_str());
                chosen->click();
                page->primary()->click();
            } else if (want.kind == Want::Kind::Confirm) {
                picture(QStringLiteral("action-") + QString::fromStdString(step));
                if (step != one.action) {
                    view->findChild<QAbstractButton*>(QStringLiteral("secondary0"))->click();
                    continue;
                }
                if (auto* typed = view->findChild<QLineEdit*>(QStringLiteral("clusterName")))
                    typed->setText(QStringLiteral("shop-prod"));
                page->primary()->click();
            } else {
                picture(QStringLiteral("verdict-") + QString::fromStdString(step));
                page->primary()->click();
            }
            settle();
        }
        QVERIFY2(view->driver()->runner().finished(), playbook);
        picture(QStringLiteral("end"));
    }
};

QTEST_MAIN(TestScreens)
#include "tst_screens.moc"
