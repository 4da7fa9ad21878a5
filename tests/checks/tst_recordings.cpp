// SPDX-License-Identifier: GPL-3.0-or-later
// The suites over what a real node said: nothing false on the healthy one, each incident named rightly.
#include "recording.h"

#include "diagnostics/model/resources.h"

#include <QTest>

using namespace medic;
using test::has;

class Recordings : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport report(const QString& name, TimePoint now = test::recordedAt)
    {
        test::Recording recording;
        recording.now = now;
        if (!recording.load(name))
            return {};
        auto result = recording.run();
        if (qEnvironmentVariableIsSet("MEDIC_SHOW"))
            test::show(result);
        return result;
    }

private Q_SLOTS:
    void everyFindingIsWellFormed_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* const name : {"healthy", "apiserver-down", "pleg-runtime-hung", "kube-proxy-dead-stale-rules", "ipvs-mode"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void everyFindingIsWellFormed()
    {
        QFETCH(QString, name);
        const auto found = report(name);
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        const QString wrong = test::flaw(found, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
};

QTEST_APPLESS_MAIN(Recordings)
#include "tst_recordings.moc"
