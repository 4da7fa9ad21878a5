// SPDX-License-Identifier: GPL-3.0-or-later
// The suites over captured incident files: the shipped samples, and whatever lies in ../samples. A healthy cluster gives no
// failure; each incident is named by its own finding; nothing contradicts what the file is known to hold.
#include "recording.h"

#include "diagnostics/incident/incident_file.h"

#include <QTest>

using namespace medic;
using test::has;

namespace {

/// What a capture must show, by a part of its file's name.
struct Expectation {
    const char* name;
    std::vector<std::string> found; ///< all of these
    std::vector<std::string> absent; ///< none of these
};

const std::vector<Expectation>& expectations()
{
    static const std::vector<Expectation> all {
        {"healthy", {}, {"apiserver.not-listening", "node.kube-proxy-down", "node.runtime-hung", "pleg.unhealthy", "hostport.steals-service", "service.rules-stale", "dns.vip-fails", "bandwidth.divided-by-1000"}},
        {"runtime-hung", {"node.runtime-hung", "pleg.unhealthy"}, {"apiserver.not-listening", "node.kube-proxy-down"}},
        {"kube-proxy-dead", {"node.kube-proxy-down"}, {"apiserver.not-listening", "pleg.unhealthy"}},
        {"apiserver-down", {"apiserver.not-listening"}, {"node.kube-proxy-down", "pleg.unhealthy"}},
        {"hostport-theft", {"hostport.steals-service"}, {"apiserver.not-listening", "pleg.unhealthy"}},
    };
    return all;
}

} // namespace

class Samples : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

private Q_SLOTS:
    void captures_data()
    {
        QTest::addColumn<QString>("path");
        int count = 0;
        for (const char* const folder : {MEDIC_SOURCE_DIR "/resources/samples", MEDIC_SOURCE_DIR "/../samples"})
            for (const QFileInfo& file : QDir(QString::fromUtf8(folder)).entryInfoList({QStringLiteral("*.medic")}, QDir::Files, QDir::Name)) {
                QTest::newRow(qPrintable(file.fileName() + u' ' + QString::number(++count))) << file.absoluteFilePath();
            }
        if (count == 0)
            QTest::newRow("none") << QString();
    }

    void captures()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("no captured incident is beside this tree");
        const auto file = IncidentFile::open(path.toStdString(), IncidentFile::Mode::ReadOnly);
        if (!file)
            QSKIP("the capture is being written");
        const auto snapshot = file->snapshot();
        QVERIFY(snapshot.has_value());
        const auto report = checks::runSuites(*snapshot);
        const QString wrong = test::flaw(report, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        if (qEnvironmentVariableIsSet("MEDIC_SHOW"))
            test::show(report);
        const QString name = QFileInfo(path).fileName();
        for (const Expectation& one : expectations()) {
            if (!name.contains(QLatin1String(one.name)))
                continue;
            for (const std::string& id : one.found)
                QVERIFY2(has(report, id), ("not found: " + id).c_str());
            for (const std::string& id : one.absent)
                QVERIFY2(!has(report, id), ("found: " + id).c_str());
        }
        // Every title can be filled in both languages.
        for (const Finding& finding : report.findings)
            for (const Language language : {Language::English, Language::Chinese})
                QVERIFY2(m_catalogue.title(finding, language) != finding.id(), finding.id().c_str());
    }
};

QTEST_APPLESS_MAIN(Samples)
#include "tst_samples.moc"
