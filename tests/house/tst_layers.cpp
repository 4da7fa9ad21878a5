// SPDX-License-Identifier: GPL-3.0-or-later
// The house's own rules, by reading the sources: who may include what, licence lines, sizes, forbidden habits.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

namespace {

struct Rule {
    const char* folder;
    const char* forbidden; ///< regular expression over include lines
    const char* why;
};

constexpr Rule rules[] = {
    {"diagnostics/model", "<Q|<libssh|<thread>|<mutex>|\"widgets/|\"app/|\"diagnostics/(collect|transport|parse|netfilter|checks|playbooks|incident)/", "model knows nothing else"},
    {"diagnostics/parse", "<Q|<libssh|<thread>|<mutex>|\"widgets/|\"app/|\"diagnostics/(collect|transport|checks|playbooks|incident)/", "parsers are pure"},
    {"diagnostics/netfilter", "<Q|<libssh|<thread>|<mutex>|\"widgets/|\"app/|\"diagnostics/(collect|transport|checks|playbooks|incident)/", "the tracer is pure"},
    {"diagnostics/checks", "<Q|<libssh|<thread>|<mutex>|\"widgets/|\"app/|\"diagnostics/(collect|transport|incident)/", "checks are pure"},
    {"diagnostics/playbooks", "<Q|<libssh|<thread>|<mutex>|\"widgets/|\"app/|\"diagnostics/(collect|transport)/", "the state machine is pure"},
    {"diagnostics/incident", "<Q|<libssh|<thread>|<mutex>|\"widgets/|\"app/|\"diagnostics/(collect|transport)/", "core knows no engine"},
    {"diagnostics/transport", "<Q(Widget|Application|Gui|Chart)|\"widgets/|\"app/", "the engine has no screen"},
    {"diagnostics/collect", "<Q(Widget|Application|Gui|Chart)|\"widgets/|\"app/", "the engine has no screen"},
    {"app/ctl", "<Q(Widget|Application|Gui|Chart)|\"widgets/", "medicctl has no screen"},
    {"widgets", "<libssh|\"app/", "the screen knows no libssh"},
};

QStringList sources(const QString& folder)
{
    QStringList result;
    QDirIterator files(QStringLiteral(MEDIC_SOURCE_DIR "/") + folder, {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext())
        result << files.next();
    result.sort();
    return result;
}

QStringList lines(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')) : QStringList();
}

} // namespace

class TestLayers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void includes_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("forbidden");
        QTest::addColumn<QString>("why");
        for (const Rule& rule : rules)
            QTest::newRow(rule.folder) << QString::fromLatin1(rule.folder) << QString::fromLatin1(rule.forbidden)
                                       << QString::fromLatin1(rule.why);
    }

    void includes()
    {
        QFETCH(QString, folder);
        QFETCH(QString, forbidden);
        QFETCH(QString, why);
        const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s+(?:%1)").arg(forbidden));
        QVERIFY(pattern.isValid());
        QStringList offences;
        for (const QString& path : sources(folder)) {
            int number = 0;
            for (const QString& line : lines(path)) {
                ++number;
                if (pattern.match(line).hasMatch())
                    offences << path + QLatin1Char(':') + QString::number(number) + QStringLiteral(": ") + line.trimmed();
            }
        }
        QVERIFY2(offences.isEmpty(), qPrintable(why + QStringLiteral("\n") + offences.join(QLatin1Char('\n'))));
    }

    /// The rule catches what it should: otherwise the test above could not fail.
    void theRulesBite()
    {
        for (const Rule& rule : rules) {
            const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s+(?:%1)").arg(QString::fromLatin1(rule.forbidden)));
            QVERIFY(pattern.match(QStringLiteral("#include \"app/ctl/command.h\"")).hasMatch()
                    || pattern.match(QStringLiteral("#include \"widgets/text/escape.h\"")).hasMatch());
            QVERIFY(!pattern.match(QStringLiteral("#include <vector>")).hasMatch());
        }
    }

    void jsonStaysOutOfWidgetHeaders()
    {
        for (const QString& path : sources(QStringLiteral("widgets"))) {
            if (!path.endsWith(QStringLiteral(".h")))
                continue;
            for (const QString& line : lines(path))
                QVERIFY2(!line.contains(QStringLiteral("<nlohmann/")), qPrintable(path));
        }
    }

    void everyFileNamesItsLicence()
    {
        QStringList offences;
        for (const char* folder : {"app", "widgets", "diagnostics", "tests"})
            for (const QString& path : sources(QString::fromLatin1(folder)))
                if (!lines(path).value(0).contains(QStringLiteral("SPDX-License-Identifier: GPL-3.0-or-later")))
                    offences << path;
        QVERIFY2(offences.isEmpty(), qPrintable(offences.join(QLatin1Char('\n'))));
    }

    void forbiddenHabits()
    {
        const QRegularExpression habits(QStringLiteral("BlockingQueuedConnection|\\bqWait\\(|setUseOpenGL\\(|\\bsystem\\(\"|\\bpopen\\("));
        QStringList offences;
        for (const char* folder : {"app", "widgets", "diagnostics", "tests"})
            for (const QString& path : sources(QString::fromLatin1(folder))) {
                if (path.endsWith(QStringLiteral("tst_layers.cpp")))
                    continue;
                int number = 0;
                for (const QString& line : lines(path)) {
                    ++number;
                    if (!line.trimmed().startsWith(QStringLiteral("//")) && habits.match(line).hasMatch())
                        offences << path + QLatin1Char(':') + QString::number(number) + QStringLiteral(": ") + line.trimmed();
                }
            }
        QVERIFY2(offences.isEmpty(), qPrintable(offences.join(QLatin1Char('\n'))));
    }
};

QTEST_APPLESS_MAIN(TestLayers)
#include "tst_layers.moc"
