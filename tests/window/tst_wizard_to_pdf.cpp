// SPDX-License-Identifier: GPL-3.0-or-later
// From the symptom to the PDF through the window: real clicks, a cluster whose suites really judge what it says, an
// incident file that really records. In both languages; the PDF's text is read back by pdftotext.
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "tests/window/case_stage.h"
#include "widgets/panels/buttons.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/report_view.h"
#include "widgets/theme/theme.h"
#include "widgets/wizard/action_card.h"
#include "widgets/wizard/guide_view.h"
#include "widgets/wizard/option_button.h"
#include "widgets/wizard/playbook_list.h"
#include "widgets/wizard/step_page.h"

#include <QLineEdit>
#include <QProcess>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

using namespace medic;
using namespace medic::playbooks;
using test::GuideCase;

namespace {

/// Guide and report as the window's two pages; what the guide asks to be opened is opened.
struct Window {
    collect::Session session;
    Catalogue catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    playbooks::Library library = playbooks::Library::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    CaseHost* host;
    QStackedWidget pages;
    GuideView* guide;
    ReportView* report;

    Window(const GuideCase& one, const QString& path)
    {
        auto own = std::make_unique<CaseHost>(one, path.toStdString());
        host = own.get();
        const ViewContext context {&session, &catalogue, &library};
        guide = new GuideView(context, std::move(own));
        report = new ReportView(context);
        report->setIncident(host->incident.get());
        pages.addWidget(guide);
        pages.addWidget(report);
        pages.resize(1180, 700);
        QObject::connect(guide, &View::placeWanted, report, [this](const Place& place) {
            if (place.view == QLatin1String("report"))
                pages.setCurrentWidget(report);
        });
        pages.show();
    }

    ~Window() { report->setIncident(nullptr); }
};

void shot(Window& window, const QString& name)
{
    const QString folder = qEnvironmentVariable("MEDIC_SHOTS");
    if (!folder.isEmpty())
        window.pages.grab().save(folder + u'/' + name + QStringLiteral(".png"));
}

void click(QWidget* widget)
{
    QVERIFY(widget != nullptr);
    QVERIFY2(widget->isVisible(), qPrintable(widget->objectName()));
    QVERIFY2(widget->isEnabled(), qPrintable(widget->objectName()));
    QTest::mouseClick(widget, Qt::LeftButton);
}

QString pdfText(const QString& pdf)
{
    QProcess process;
    process.start(QStringLiteral("pdftotext"), {QStringLiteral("-layout"), pdf, QStringLiteral("-")});
    process.waitForFinished();
    return QString::fromUtf8(process.readAllStandardOutput());
}

} // namespace

class TestWizardToPdf : public QObject
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

    void fromSymptomToPdf_data()
    {
        QTest::addColumn<QString>("playbook");
        QTest::addColumn<int>("language");
        QTest::addColumn<QString>("healed");
        QTest::addColumn<QStringList>("words"); ///< that the PDF has to hold
        QTest::newRow("1.5 en") << "case-1.5-hostport" << int(Language::English) << "cured"
                                << QStringList {QStringLiteral("takes the traffic of default/kubernetes (10.96.0.1) on node-1"), QStringLiteral("confirmed"),
                                                QStringLiteral("has its traffic back"), QStringLiteral("CNI-HOSTPORT-DNAT")};
        QTest::newRow("1.5 zh") << "case-1.5-hostport" << int(Language::Chinese) << "cured"
                                << QStringList {QStringLiteral("劫持了 default/kubernetes (10.96.0.1) 的流量"), QStringLiteral("已确认"),
                                                QStringLiteral("流量已恢复"), QStringLiteral("CNI-HOSTPORT-DNAT"), QStringLiteral("故障报告")};
        QTest::newRow("1.4 en") << "case-1.4-pleg" << int(Language::English) << "cured"
                                << QStringList {QStringLiteral("The container runtime on node-1 hangs"), QStringLiteral("systemctl restart containerd"), QStringLiteral("confirmed")};
        QTest::newRow("1.4 zh") << "case-1.4-pleg" << int(Language::Chinese) << "cured"
                                << QStringList {QStringLiteral("node-1 上的容器运行时卡死"), QStringLiteral("systemctl restart containerd"), QStringLiteral("已确认")};
        QTest::newRow("1.3 en") << "case-1.3-apiserver-down" << int(Language::English) << "cured"
                                << QStringList {QStringLiteral("The apiserver of node-1 does not listen"), QStringLiteral("the apiserver listens again"), QStringLiteral("systemctl restart \"$u\"")};
        QTest::newRow("1.3 zh") << "case-1.3-apiserver-down" << int(Language::Chinese) << "cured"
                                << QStringList {QStringLiteral("node-1 的 apiserver 没有监听"), QStringLiteral("apiserver 已恢复监听"), QStringLiteral("systemctl restart \"$u\"")};
    }

    void fromSymptomToPdf()
    {
        QFETCH(QString, playbook);
        QFETCH(int, language);
        QFETCH(QString, healed);
        QFETCH(QStringList, words);
        if (QStandardPaths::findExecutable(QStringLiteral("pdftotext")).isEmpty())
            QSKIP("pdftotext (poppler-utils) is not installed: the PDF's text cannot be read back");
        setLanguage(static_cast<Language>(language));
        const QByteArray name = playbook.toLatin1();
        const QString tag = QString::fromLatin1(QTest::currentDataTag()).replace(u' ', u'-') + (m_theme->dark() ? QStringLiteral("-dark") : QString());
        const GuideCase& one = caseOf(name.constData());
        QTemporaryDir folder;
        Window window(one, folder.filePath(QStringLiteral("case.medic")));
        QVERIFY(QTest::qWaitForWindowExposed(&window.pages));
        StepPage* const page = window.guide->page();

        // The guide that fits what was found stands in the list; a click opens it.
        QWidget* line = nullptr;
        QTRY_VERIFY((line = window.guide->findChild<QWidget*>(QStringLiteral("guide-") + playbook)) != nullptr && line->isVisible());
        shot(window, QStringLiteral("pdf-list-") + tag);
        click(line);
        QTRY_VERIFY(window.guide->driver() != nullptr);

        // What the program asks is answered with the mouse, what it proposes is run with the cluster's name typed.
        const auto current = [&] {
            const Step* step = window.guide->driver()->runner().current();
            return step == nullptr ? std::string("end") : step->id;
        };
        for (int turns = 0; turns < 60 && !window.guide->driver()->runner().finished(); ++turns) {
            QTRY_VERIFY(!window.guide->driver()->busy() || window.guide->driver()->runner().finished());
            if (window.guide->driver()->runner().finished())
                break;
            const std::string step = current();
            const Want want = window.guide->driver()->want();
            const QByteArray where = QByteArray::fromStdString(step);
            shot(window, QStringLiteral("pdf-%1-%2-%3").arg(tag).arg(turns, 2, 10, QLatin1Char('0')).arg(QString::fromStdString(step)));
            if (want.kind == Want::Kind::Ask) {
                const auto answer = one.answers.find(step);
                QString id = answer != one.answers.end() ? QString::fromStdString(answer->second) : QStringLiteral("node-1");
                OptionButton* chosen = nullptr;
                for (OptionButton* option : page->options())
                    if (option->objectName() == QStringLiteral("option-") + id || (want.undecided && option->objectName() == QStringLiteral("option-next")))
                        chosen = option;
                QVERIFY2(chosen != nullptr, where.constData());
                QTest::mouseClick(chosen, Qt::LeftButton);
                QVERIFY2(page->primary()->isEnabled(), where.constData());
                click(page->primary());
            } else if (want.kind == Want::Kind::Confirm) {
                if (step != one.action) {
                    click(window.guide->findChild<QWidget*>(QStringLiteral("secondary0"))); // not needed here
                    continue;
                }
                QVERIFY2(!page->primary()->isEnabled(), "a change without the cluster's name");
                auto* typed = window.guide->findChild<QLineEdit*>(QStringLiteral("clusterName"));
                QVERIFY(typed != nullptr);
                QTRY_VERIFY(typed->isVisible());
                QVERIFY2(!typed->visibleRegion().isEmpty(), "the field for the cluster's name is out of sight");
                QTest::mouseClick(typed, Qt::LeftButton);
                QTest::keyClicks(typed, QStringLiteral("shop-prod"));
                shot(window, QStringLiteral("pdf-%1-typed").arg(tag));
                const auto before = window.host->commands.size();
                click(page->primary());
                QTRY_VERIFY(window.host->commands.size() > before);
            } else {
                // What could not be decided takes one line until somebody wants to know.
                if (auto* open = page->findChild<QToolButton*>(QStringLiteral("openVerdicts-") + QString::fromStdString(step)); open != nullptr && open->isVisible()) {
                    const auto shown = [&] {
                        const auto labels = page->findChildren<QLabel*>();
                        return std::count_if(labels.begin(), labels.end(), [](const QLabel* label) { return label->isVisible(); });
                    };
                    const auto before = shown();
                    click(open);
                    QTRY_VERIFY(shown() > before);
                    shot(window, QStringLiteral("pdf-%1-%2-open").arg(tag, QString::fromStdString(step)));
                }
                click(page->primary()); // verdicts are read, the watch is cut short
            }
            QTRY_VERIFY2(current() != step || window.guide->driver()->want().kind != want.kind || window.guide->driver()->want().isRollback != want.isRollback
                             || !window.guide->driver()->busy(),
                         where.constData());
        }
        QVERIFY2(window.guide->driver()->runner().finished(), current().c_str());
        shot(window, QStringLiteral("pdf-finished-") + tag);
        const Runner& runner = window.guide->driver()->runner();
        QCOMPARE(runner.lastVisit(one.action)->result, std::string("verified"));
        const auto& verdicts = runner.verdicts();
        QVERIFY(std::any_of(verdicts.begin(), verdicts.end(), [&](const VerdictGiven& given) { return given.id == one.verdict && given.confidence == Confidence::Confirmed; }));
        const auto end = std::find_if(verdicts.begin(), verdicts.end(), [&](const VerdictGiven& given) { return given.id == healed.toStdString(); });
        QVERIFY(end != verdicts.end());
        QCOMPARE(end->verdict, Verdict::Ok);
        QVERIFY(!end->undecided);
        QCOMPARE(end->confidence, Confidence::Confirmed);

        // "Open the report", then PDF.
        click(page->primary());
        QTRY_VERIFY(window.pages.currentWidget() == window.report && window.report->report().has_value());
        QTRY_VERIFY(window.report->preview()->pageCount() > 0);
        shot(window, QStringLiteral("pdf-report-") + tag);
        const QString pdf = folder.filePath(QStringLiteral("report.pdf"));
        window.report->setAskFile([&](const QString&, const QString&) { return pdf; });
        QWidget* const save = window.report->findChild<QWidget*>(QStringLiteral("savePdf"));
        QTRY_VERIFY(save->isEnabled());
        click(save);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(pdf), 15'000);
        if (const QString shots = qEnvironmentVariable("MEDIC_SHOTS"); !shots.isEmpty())
            QFile::copy(pdf, shots + QStringLiteral("/report-%1.pdf").arg(tag));

        const QString text = pdfText(pdf);
        QString dense = text; // a line may break anywhere
        dense.remove(QRegularExpression(QStringLiteral("\\s")));
        for (QString word : words)
            QVERIFY2(dense.contains(word.remove(QRegularExpression(QStringLiteral("\\s")))), qPrintable(word));
        QVERIFY2(!text.contains(QChar(0xfffd)), "a character without a glyph or without its text");
        QVERIFY(!text.contains(QRegularExpression(QStringLiteral("\\{[a-z-]+\\}.{0,20}(on|上)")))); // no parameter left open
        QVERIFY(text.contains(QStringLiteral("shop-prod")));
        if (playbook == QLatin1String("case-1.5-hostport")) { // the packet's path, as text and vectors
            QVERIFY(dense.contains(QStringLiteral("PREROUTING")) || dense.contains(QStringLiteral("OUTPUT")));
            QVERIFY2(dense.contains(static_cast<Language>(language) == Language::Chinese ? QStringLiteral("数据包路径·node-1") : QStringLiteral("Thepacket'spath·node-1")), qPrintable(text));
        }
        // Each font of the PDF says which characters its glyphs are.
        if (!QStandardPaths::findExecutable(QStringLiteral("pdffonts")).isEmpty()) {
            QProcess fonts;
            fonts.start(QStringLiteral("pdffonts"), {pdf});
            fonts.waitForFinished();
            const QStringList lines = QString::fromUtf8(fonts.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts).mid(2);
            QVERIFY(!lines.isEmpty());
            for (const QString& font : lines)
                QVERIFY2(font.contains(QRegularExpression(QStringLiteral("yes\\s+(yes|no)\\s+yes"))), qPrintable(font)); // embedded, and its characters known
        }
    }

private:
    theme::Theme* m_theme = nullptr;
};

QTEST_MAIN(TestWizardToPdf)
#include "tst_wizard_to_pdf.moc"
