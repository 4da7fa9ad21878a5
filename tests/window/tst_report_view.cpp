// SPDX-License-Identifier: GPL-3.0-or-later
// The report on the screen and as a file: pages, both languages, a text layer that can be searched, nothing cut off.
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "widgets/panels/buttons.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/report_pages.h"
#include "widgets/report/report_view.h"
#include "widgets/theme/theme.h"

#include <QCheckBox>
#include <QDir>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QProcess>
#include <QRadioButton>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace medic;

namespace {

TimePoint at(int second) { return TimePoint(std::chrono::seconds(1'700'000'000 + second)); }

Observation observation(const std::string& node, const std::string& probe, const std::string& command, const std::string& out)
{
    Observation made;
    made.node = node;
    made.probe = probe;
    made.command = command;
    made.out = out;
    made.exitStatus = 0;
    made.start = at(5);
    return made;
}

/// An incident with everything that can be long: a line of 3,000 characters, a rule dump, Chinese notes, hostile names.
QString makeIncident(const QTemporaryDir& folder)
{
    const QString path = folder.filePath(QStringLiteral("report.medic"));
    IncidentInfo info;
    info.title = "10.96.0.1:443 answers with the ingress certificate <b>on node-2</b>";
    info.cluster = "shop-prod";
    info.language = "zh";
    info.symptom = "x509: certificate is valid for ingress.local, not kubernetes";
    info.opened = at(0);
    auto incident = IncidentFile::create(path.toStdString(), info);
    if (!incident)
        return {};
    const auto sweep = incident->beginSweep("sweep", at(1));
    std::string rules = "*nat\n";
    for (int i = 0; i < 120; ++i)
        rules += "-A KUBE-SERVICES -d 10.96.0." + std::to_string(i) + "/32 -p tcp -m comment --comment \"default/service-" + std::to_string(i)
            + ":https cluster IP\" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y\n";
    std::vector<Observation> batch {observation("node-2", "iptables-save", "iptables-save -c", rules),
                                    observation("node-2", "cni-config", "cat /etc/cni/net.d/*", std::string(3000, 'W') + "END-OF-LONG-LINE")};
    for (int i = 0; i < 40; ++i)
        batch.push_back(observation("node-" + std::to_string(i), "uname", "uname -a", "Linux\n"));
    const auto recorded = incident->record(*sweep, batch);
    if (!recorded)
        return {};
    const auto finding = Finding::make({.id = "hostport.steals-service", .suite = "hostport",
                                        .subject = {SubjectKind::Pod, "ingress", "ingress-7d4f", "node-2"}, .verdict = Verdict::Failure,
                                        .confidence = Confidence::Confirmed, .parameters = {{"node", "node-2"}, {"pod", "ingress/ingress-7d4f"}},
                                        .evidence = {{(*recorded)[0], {3, 40, 41, 90}, false}, {(*recorded)[1], {1}, false}}});
    (void)incident->recordFindings(*sweep, {*finding});
    (void)incident->finishSweep(*sweep, at(9));
    const auto entry = [&](JournalEntry::Kind kind, const char* who, const char* en, const char* zh, const char* more, int second) {
        JournalEntry one;
        one.at = at(second);
        one.kind = kind;
        one.playbook = "case-1.5-hostport";
        one.step = "judge";
        one.who = who;
        one.text = zh;
        one.data = std::string(R"({"en":")") + en + R"(","zh":")" + zh + "\"" + more + "}";
        (void)incident->append(one);
    };
    entry(JournalEntry::Kind::Verdict, "program", "The hostPort 443 takes the traffic", "hostPort 443 劫持了流量", R"(,"id":"stolen","confidence":"confirmed")", 20);
    entry(JournalEntry::Kind::Verdict, "program", "A rejected cause", "被否决的原因", R"(,"id":"split","confidence":"possible")", 21);
    entry(JournalEntry::Kind::Overruled, "engineer", "overruled", "工程师否决了程序的判断", R"(,"verdict":"split","rejected":"yes")", 22);
    entry(JournalEntry::Kind::ActionConfirmed, "engineer", "iptables", "iptables", R"(,"node":"node-2","command":"iptables -w -t nat -D PREROUTING","rollback":"iptables -w -t nat -I PREROUTING 1")", 30);
    entry(JournalEntry::Kind::ActionResult, "program", "done", "done", R"(,"node":"node-2","command":"iptables -w -t nat -D PREROUTING","result":"done","exit":"0")", 31);
    entry(JournalEntry::Kind::Verified, "program", "Done, and its verification holds.", "已执行，验证通过。", "", 33);
    entry(JournalEntry::Kind::Note, "engineer", "负载均衡在 02:40 切换过", "负载均衡在 02:40 切换过", "", 40);
    return path;
}

QString pdfText(const QString& pdf)
{
    QProcess process;
    process.start(QStringLiteral("pdftotext"), {QStringLiteral("-layout"), pdf, QStringLiteral("-")});
    process.waitForFinished();
    return QString::fromUtf8(process.readAllStandardOutput());
}

bool have(const char* program) { return !QStandardPaths::findExecutable(QString::fromLatin1(program)).isEmpty(); }

} // namespace

class TestReportView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        new theme::Theme(theme::Mode::Light, this);
        m_path = makeIncident(m_folder);
        QVERIFY(!m_path.isEmpty());
    }

    void cleanup() { setLanguage(Language::English); }

    void aPdfInEachLanguage_data()
    {
        QTest::addColumn<int>("language");
        QTest::newRow("en") << int(Language::English);
        QTest::newRow("zh") << int(Language::Chinese);
    }

    void aPdfInEachLanguage()
    {
        QFETCH(int, language);
        const bool chinese = static_cast<Language>(language) == Language::Chinese;
        const QString pdf = m_folder.filePath(QStringLiteral("report-%1.pdf").arg(QString::fromLatin1(QTest::currentDataTag())));
        const auto rendered = renderReportPdf(m_path, pdf, static_cast<Language>(language));
        QVERIFY2(rendered, rendered ? "" : rendered.error().detail.c_str());
        QVERIFY(QFile(pdf).size() > 10'000);
        if (const QString keep = qEnvironmentVariable("MEDIC_SHOTS"); !keep.isEmpty())
            QFile::copy(pdf, keep + u'/' + QFileInfo(pdf).fileName());
        if (!have("pdftotext"))
            QSKIP("pdftotext (poppler-utils) is not installed: the text layer is not checked");
        QString text = pdfText(pdf);
        QString run = text; // words may be broken over lines
        run.remove(QRegularExpression(QStringLiteral("\\s+")));
        const auto holds = [&](const QString& words) {
            QString wanted = words;
            wanted.remove(QRegularExpression(QStringLiteral("\\s+")));
            if (!run.contains(wanted))
                qWarning("missing: %s", qPrintable(words));
            return run.contains(wanted);
        };
        QVERIFY(holds(QString::fromStdString(reportWord("summary", static_cast<Language>(language)))));
        QVERIFY(holds(QString::fromStdString(reportWord("root-cause", static_cast<Language>(language)))));
        QVERIFY(holds(QStringLiteral("<b>on node-2</b>"))); // literally, not as markup
        QVERIFY(holds(QStringLiteral("10.96.0.1:443")));
        QVERIFY(holds(QStringLiteral("iptables -w -t nat -D PREROUTING")));
        QVERIFY(holds(QStringLiteral("WWWWWWWWWW")));
        QVERIFY(holds(QStringLiteral("负载均衡在 02:40 切换过"))); // the engineer's words stay his own
        QVERIFY(holds(chinese ? QStringLiteral("hostPort 443 劫持了流量") : QStringLiteral("The hostPort 443 takes the traffic")));
        const int pages = text.count(QChar(0x0c));
        QVERIFY(pages >= 2);
        QVERIFY(holds(chinese ? QStringLiteral("第 1 页，共 %1 页").arg(pages) : QStringLiteral("Page 1 of %1").arg(pages)));
        QVERIFY(holds(chinese ? QStringLiteral("第 %1 页，共 %1 页").arg(pages) : QStringLiteral("Page %1 of %1").arg(pages)));
    }

    /// Nothing is painted into the margins: what would be cut off would reach into them.
    void nothingReachesIntoTheMargins()
    {
        const auto incident = IncidentFile::open(m_path.toStdString(), IncidentFile::Mode::ReadOnly);
        QVERIFY(incident);
        const Catalogue catalogue;
        for (const Language language : {Language::English, Language::Chinese}) {
            const auto report = buildReport(*incident, catalogue, language);
            QVERIFY(report);
            QCOMPARE(report->conclusions.size(), std::size_t(1)); // the rejected one is no conclusion
            QVERIFY(report->conclusions.front().verified);
            QCOMPARE(report->changes.size(), std::size_t(1));
            QCOMPARE(report->changes.front().rollback, std::string("iptables -w -t nat -I PREROUTING 1"));
            QElapsedTimer clock;
            clock.start();
            const ReportPages pages(*report);
            qInfo("%d pages in %lld ms", pages.count(), clock.elapsed());
            QVERIFY(pages.count() >= 2);
            for (int page = 0; page < pages.count(); ++page) {
                QImage image(ReportPages::sizePoints().toSize() * 2, QImage::Format_Grayscale8);
                image.fill(Qt::white);
                QPainter painter(&image);
                painter.scale(2, 2);
                pages.paint(&painter, page);
                painter.end();
                const int margin = image.width() * 15 / 210; // one millimetre less than the layout's
                for (int y = 0; y < image.height(); ++y) {
                    const uchar* row = image.constScanLine(y);
                    for (int x = 0; x < margin; ++x)
                        QVERIFY2(row[x] > 200 && row[image.width() - 1 - x] > 200, qPrintable(QStringLiteral("page %1, row %2").arg(page).arg(y)));
                }
            }
        }
    }

    void unreadableAndUnwritable()
    {
        QCOMPARE(renderReportPdf(QStringLiteral("/nowhere.medic"), m_folder.filePath(QStringLiteral("x.pdf")), Language::English).error().code, ErrorCode::FileNotFound);
        const auto written = renderReportPdf(m_path, QStringLiteral("/nowhere/x.pdf"), Language::English);
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::FileNotWritable);
    }

    void onTheScreen()
    {
        collect::Session session;
        const Catalogue catalogue;
        const playbooks::Library library;
        auto incident = IncidentFile::open(m_path.toStdString(), IncidentFile::Mode::ReadOnly);
        QVERIFY(incident);
        ReportView view({&session, &catalogue, &library});
        view.setIncident(&*incident);
        view.resize(1180, 700);
        view.show();
        QTRY_VERIFY_WITH_TIMEOUT(view.preview()->pageCount() >= 2, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(view.preview()->hasPicture(0), 20000);
        const QString shots = qEnvironmentVariable("MEDIC_SHOTS");
        if (!shots.isEmpty())
            view.grab().save(shots + QStringLiteral("/report-en.png"));
        const int whole = view.preview()->pageCount();

        QTest::mouseClick(view.findChild<QRadioButton*>(QStringLiteral("chinese")), Qt::LeftButton, {}, QPoint(12, 8));
        QTRY_COMPARE(view.report()->language, Language::Chinese);
        QTest::mouseClick(view.findChild<QCheckBox*>(QStringLiteral("appendix")), Qt::LeftButton, {}, QPoint(12, 8));
        QTRY_VERIFY_WITH_TIMEOUT(view.preview()->pageCount() < whole, 20000);

        QTest::keyClick(view.preview(), Qt::Key_PageDown);
        QCOMPARE(view.preview()->currentPage(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(view.preview()->hasPicture(1), 20000);
        if (!shots.isEmpty())
            view.grab().save(shots + QStringLiteral("/report-zh.png"));
        QTest::keyClick(view.preview(), Qt::Key_Home);
        QCOMPARE(view.preview()->currentPage(), 0);

        // Saved by clicks, in each format; a name without an ending gets one.
        QString asked;
        view.setAskFile([&](const QString& proposed, const QString&) {
            asked = proposed;
            return m_folder.filePath(QStringLiteral("saved")) + (proposed.endsWith(QStringLiteral("pdf")) ? QString() : u'.' + QFileInfo(proposed).suffix());
        });
        for (const char* name : {"savePdf", "saveHtml", "saveMarkdown", "saveJson"}) {
            QTest::mouseClick(view.findChild<QAbstractButton*>(QString::fromLatin1(name)), Qt::LeftButton);
            const QFileInfo saved(m_folder.filePath(QStringLiteral("saved.")) + QFileInfo(asked).suffix());
            QTRY_VERIFY2_WITH_TIMEOUT(QFileInfo(saved.filePath()).size() > 500, qPrintable(saved.filePath()), 20000);
        }
        QFile json(m_folder.filePath(QStringLiteral("saved.json")));
        QVERIFY(json.open(QIODevice::ReadOnly));
        QVERIFY(QJsonDocument::fromJson(json.readAll()).isObject());
        QCOMPARE(view.save(ReportView::Format::Html, QStringLiteral("/nowhere/x.html")).error().code, ErrorCode::FileNotWritable);
    }

    void withoutAnIncidentItSaysSo()
    {
        collect::Session session;
        const Catalogue catalogue;
        const playbooks::Library library;
        ReportView view({&session, &catalogue, &library});
        view.resize(1180, 700);
        view.show();
        QVERIFY(!view.report());
        QVERIFY(!view.save(ReportView::Format::Pdf, m_folder.filePath(QStringLiteral("none.pdf"))));
    }

    void geometry()
    {
        const PreviewGeometry geometry = PreviewGeometry::lay(3, 1000, 1);
        QCOMPARE(geometry.rectOf(0).width(), 900.0);
        QVERIFY(qAbs(geometry.page.height() / geometry.page.width() - 297.0 / 210) < 0.001);
        QCOMPARE(geometry.pageAt(0), 0);
        QCOMPARE(geometry.pageAt(geometry.rectOf(1).center().y()), 1);
        QCOMPARE(geometry.pageAt(1e9), 2);
        QVERIFY(geometry.rectOf(2).bottom() < geometry.height());
        QCOMPARE(PreviewGeometry::lay(0, 100, 1).pageAt(50), 0);
    }

private:
    QTemporaryDir m_folder;
    QString m_path;
};

QTEST_MAIN(TestReportView)
#include "tst_report_view.moc"
