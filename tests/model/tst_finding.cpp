// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/finding.h"

#include <QTest>

using namespace medic;

class TestFinding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void needsEvidence()
    {
        const auto none = Finding::make({.id = "disk.full", .suite = "baseline", .evidence = {}});
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::MissingValue);

        const auto null = Finding::make({.id = "disk.full", .suite = "baseline", .evidence = {Evidence {}}});
        QVERIFY(!null);

        const auto real = Finding::make(
            {.id = "disk.full", .suite = "baseline", .evidence = {Evidence {.observation = std::make_shared<Observation>()}}});
        QVERIFY(real);
        QCOMPARE(real->evidence().size(), std::size_t(1));
    }

    void failuresComeFirst()
    {
        const Evidence evidence {.observation = std::make_shared<Observation>()};
        const auto warning = Finding::make({.id = "a", .verdict = Verdict::Warning, .evidence = {evidence}});
        const auto failed = Finding::make({.id = "b", .verdict = Verdict::Failure, .evidence = {evidence}});
        QVERIFY(moreUrgent(*failed, *warning));
        QVERIFY(!moreUrgent(*warning, *failed));
    }
};

QTEST_APPLESS_MAIN(TestFinding)
#include "tst_finding.moc"
