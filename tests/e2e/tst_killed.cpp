// SPDX-License-Identifier: GPL-3.0-or-later
// SIGKILL at ten random moments of a capture of this machine: the file opens, and what had been said is in it.
#include "diagnostics/incident/incident_file.h"
#include "tests/fakes/lab.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <random>

using namespace medic;
using medic::fakes::Medicctl;

class TestKilled : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tenTimes()
    {
        const QTemporaryDir folder;
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        int opened = 0, told = 0;
        for (int round = 0; round < 10; ++round) {
            const QString path = folder.filePath(QStringLiteral("%1.medic").arg(round));
            QProcess process;
            process.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), {QStringLiteral("capture"), QStringLiteral("--local"), QStringLiteral("-o"), path});
            QVERIFY(process.waitForStarted());
            // Within the first seconds, or, every third time, right behind the first thing that it says.
            QElapsedTimer timer;
            timer.start();
            const int moment = static_cast<int>(random() % 2500);
            QByteArray said;
            while (process.state() == QProcess::Running && (round % 3 == 2 ? !said.contains('\n') : timer.elapsed() < moment) && timer.elapsed() < 60000) {
                process.waitForReadyRead(20);
                said += process.readAllStandardError();
            }
            process.kill();
            process.waitForFinished();
            said += process.readAllStandardError();
            if (!QFile::exists(path)) {
                QVERIFY2(said.isEmpty(), said.constData());
                continue;
            }
            const auto file = IncidentFile::open(path.toStdString());
            if (!file && said.isEmpty() && QFile(path).size() == 0)
                continue; // killed between the file's birth and its first page
            QVERIFY2(file.has_value(), file ? "" : (file.error().detail + " " + std::to_string(moment)).c_str());
            ++opened;
            const auto snapshot = file->snapshot();
            QVERIFY(snapshot.has_value());
            // "NAME: done, 105 probes": so many rows of that node are there, whole.
            const auto match = QRegularExpression(QStringLiteral("^(\\S+): done, (\\d+) ")).match(QString::fromUtf8(said));
            if (!match.hasMatch())
                continue;
            ++told;
            const std::string node = match.captured(1).toStdString();
            const auto all = snapshot->all();
            const auto rows = std::count_if(all.begin(), all.end(), [&](const ObservationPtr& one) { return one->node == node; });
            QVERIFY2(rows >= match.captured(2).toInt(), qPrintable(QStringLiteral("%1 rows of %2").arg(rows).arg(match.captured(2))));
        }
        QVERIFY2(opened >= 3, qPrintable(QString::number(opened)));
        QVERIFY2(told >= 1, qPrintable(QString::number(told)));
    }
};

QTEST_GUILESS_MAIN(TestKilled)
#include "tst_killed.moc"
