// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace medic;

namespace {

bool hasHan(const QString& text) { return text.contains(QRegularExpression(QStringLiteral("[\\x{4e00}-\\x{9fff}]"))); }

} // namespace

class WordsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setLanguage(Language::English); }

    void everyErrorHasASentenceInBothLanguages()
    {
        QSet<QString> english, chinese;
        for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
            const Error error {static_cast<ErrorCode>(code), "node-7:22", "the machine's own words", 0};
            setLanguage(Language::English);
            const QString en = words::sentence(error);
            setLanguage(Language::Chinese);
            const QString zh = words::sentence(error);
            for (const QString& said : {en, zh}) {
                QVERIFY2(said.contains(QLatin1String("node-7:22")), qPrintable(said));
                QVERIFY2(said.contains(QLatin1String("the machine's own words")), qPrintable(said));
                QVERIFY2(!said.contains(QLatin1String("%1")), qPrintable(said));
            }
            QVERIFY2(!hasHan(en), qPrintable(en));
            QVERIFY2(hasHan(zh), qPrintable(zh));
            english.insert(en);
            chinese.insert(zh);
        }
        QCOMPARE(english.size(), static_cast<int>(ErrorCode::Internal) + 1);
        QCOMPARE(chinese.size(), english.size());
    }

    void everyStateAndVerdictHasWords()
    {
        for (const Language language : {Language::English, Language::Chinese}) {
            setLanguage(language);
            QSet<QString> states;
            for (int state = 0; state <= static_cast<int>(ProbeState::Failed); ++state)
                states.insert(words::probeState(static_cast<ProbeState>(state)));
            QCOMPARE(states.size(), static_cast<int>(ProbeState::Failed) + 1);
            for (const Verdict verdict : {Verdict::Ok, Verdict::NotApplicable, Verdict::Unknown, Verdict::Warning, Verdict::Failure})
                QCOMPARE(hasHan(words::verdict(verdict)), language == Language::Chinese);
            for (const Confidence confidence : {Confidence::Possible, Confidence::Likely, Confidence::Confirmed})
                QCOMPARE(hasHan(words::confidence(confidence)), language == Language::Chinese);
        }
    }

    void aHostileDetailStaysAsItIs()
    {
        const Error error {ErrorCode::CommandFailed, "%1 %2", "<b>%1</b>", 0};
        QVERIFY(words::sentence(error).contains(QLatin1String("<b>%1</b>")));
    }
};

QTEST_GUILESS_MAIN(WordsTest)
#include "tst_words.moc"
