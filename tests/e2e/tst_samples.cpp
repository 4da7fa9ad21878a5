// SPDX-License-Identifier: GPL-3.0-or-later
// The recorded incidents of the start page: each leads to what it was recorded for and to nothing that was not so, is small,
// stays as it is when it is read, and holds nothing private.
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/samples.h"
#include "tests/fakes/lab.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QTest>

#include <map>
#include <regex>
#include <set>

using namespace medic;
using medic::fakes::Medicctl;

namespace {

QByteArray hashOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256) : QByteArray();
}

/// What a recorded fault brings with it, beside the finding that it was recorded for.
const std::map<std::string, std::set<std::string>> alsoTrue {
    {"pleg.medic", {"node.runtime-hung", "notready.runtime-down", "notready.pleg", "services.no-ready-endpoints", "services.selects-nothing", "pods.stuck-terminating"}},
    {"stale-rules.medic", {"node.kube-proxy-down", "services.selects-nothing"}},
    {"apiserver-down.medic", {"kubelet.status-not-posted"}},
    {"apiserver-image-gone.medic",
     {"apiserver.not-listening", "apiserver.image-collected", "apiserver.registry-name-fails", "site.registry-down", "node.disk-full", "kubelet.image-gc"}},
};

} // namespace

class TestSamples : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theListIsWhole()
    {
        std::vector<Error> problems;
        const auto samples = standardSamples(&problems);
        QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().detail.c_str());
        std::set<QString> listed;
        for (const Sample& sample : samples) {
            listed.insert(QString::fromStdString(sample.path.filename().string()));
            QVERIFY(!sample.finding.empty() && !sample.about.en.empty() && !sample.about.zh.empty());
        }
        const QDir folder(QStringLiteral(MEDIC_SOURCE_DIR "/resources/samples"));
        for (const QString& file : folder.entryList({QStringLiteral("*.medic")}, QDir::Files))
            QVERIFY2(listed.contains(file), qPrintable(file));
        QVERIFY(samples.size() >= 6);
    }

    void eachLeadsToItsFinding_data() { rows(); }
    void eachLeadsToItsFinding()
    {
        QFETCH(QString, path);
        QFETCH(QString, finding);
        const QByteArray before = hashOf(path);
        const Medicctl check({QStringLiteral("check"), path, QStringLiteral("--format"), QStringLiteral("json")});
        QCOMPARE(check.status, 1);
        QVERIFY2(!check.finding(qPrintable(finding)).isEmpty(), check.out.constData());
        const auto known = alsoTrue.find(QFileInfo(path).fileName().toStdString());
        for (const QJsonValue& one : check.json()[QLatin1String("findings")].toArray()) {
            const QString id = one[QLatin1String("id")].toString(), verdict = one[QLatin1String("verdict")].toString();
            if (verdict == QLatin1String("ok") || verdict == QLatin1String("unknown") || id == finding)
                continue;
            QVERIFY2(known != alsoTrue.end() && known->second.contains(id.toStdString()), qPrintable(verdict + u' ' + one[QLatin1String("title")].toString() + u' ' + id));
        }
        QCOMPARE(check.json()[QLatin1String("defects")].toArray().size(), 0);
        QVERIFY(hashOf(path) == before);
        QVERIFY(!QFile::exists(path + QStringLiteral("-wal")) && !QFile::exists(path + QStringLiteral("-journal")));
    }

    void nothingPrivateIsInThem_data() { rows(); }
    void nothingPrivateIsInThem()
    {
        QFETCH(QString, path);
        QVERIFY2(QFileInfo(path).size() < 300 * 1024, qPrintable(QString::number(QFileInfo(path).size())));
        const auto file = IncidentFile::open(path.toStdString(), IncidentFile::Mode::ReadOnly);
        QVERIFY(file);
        const auto info = file->info();
        QVERIFY(info && info->redacted);
        const auto snapshot = file->snapshot();
        QVERIFY(snapshot && !snapshot->empty());
        // Keys, tokens, passwords; somebody's home or work folder; addresses that are nobody's lab.
        const std::regex secret("BEGIN [A-Z ]*PRIVATE KEY|client-key-data: *[A-Za-z0-9+/]{40}|eyJhbGciOi[A-Za-z0-9_-]{20}|Bearer [A-Za-z0-9._-]{16}|/home/[a-z]|/work/");
        for (const ObservationPtr& one : snapshot->all())
            for (const std::string* const text : {&one->out, &one->err, &one->command}) {
                std::smatch match;
                QVERIFY2(!std::regex_search(*text, match, secret), (one->node + " " + one->probe + ": " + match.str()).c_str());
            }
        static const std::set<std::string> names {"", "@local", "node-1", "node-2"};
        for (const ObservationPtr& one : snapshot->all())
            QVERIFY2(names.contains(one->node), one->node.c_str());
        QFile raw(path);
        QVERIFY(raw.open(QIODevice::ReadOnly));
        QVERIFY(!raw.readAll().contains("/work/"));
    }

private:
    static void rows()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("finding");
        for (const Sample& sample : readSamples(MEDIC_SOURCE_DIR "/resources/samples"))
            QTest::newRow(sample.path.filename().string().c_str()) << QString::fromStdString(sample.path.string()) << QString::fromStdString(sample.finding);
    }
};

QTEST_GUILESS_MAIN(TestSamples)
#include "tst_samples.moc"
