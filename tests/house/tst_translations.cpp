// SPDX-License-Identifier: GPL-3.0-or-later
// Every screen word has its Chinese, with the same parameters; every English plural has its forms; no word stands in the
// sources that the translations do not know.
#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QXmlStreamReader>

namespace {

struct Message {
    QString context, source;
    QStringList forms;
    bool unfinished = false, numerus = false;
};

QList<Message> read(const QString& path)
{
    QList<Message> all;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return all;
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement())
            continue;
        if (xml.name() == QLatin1String("name")) {
            context = xml.readElementText();
        } else if (xml.name() == QLatin1String("message")) {
            all.append({.context = context, .source = {}, .forms = {}, .numerus = xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes")});
        } else if (xml.name() == QLatin1String("source")) {
            all.back().source = xml.readElementText();
        } else if (xml.name() == QLatin1String("numerusform")) {
            all.back().forms << xml.readElementText();
        } else if (xml.name() == QLatin1String("translation")) {
            all.back().unfinished = xml.attributes().value(QLatin1String("type")) == QLatin1String("unfinished");
            if (!all.back().numerus)
                all.back().forms << xml.readElementText();
        }
    }
    return all;
}

QStringList files(const QString& pattern)
{
    QStringList result;
    QDirIterator all(QStringLiteral(MEDIC_SOURCE_DIR "/translations"), {pattern}, QDir::Files);
    while (all.hasNext())
        result << all.next();
    result.sort();
    return result;
}

QStringList parameters(const QString& text)
{
    static const QRegularExpression place(QStringLiteral("%(L?\\d+|n)"));
    QStringList all;
    for (auto at = place.globalMatch(text); at.hasNext();)
        all << at.next().captured();
    all.sort();
    return all;
}

} // namespace

class TestTranslations final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theChineseIsComplete()
    {
        const QStringList parts = files(QStringLiteral("*_zh_CN.ts"));
        QStringList wrong, names;
        for (const QString& part : parts) {
            names << part.section(u'/', -1);
            const QList<Message> messages = read(part);
            if (messages.isEmpty())
                wrong << part + QStringLiteral(" holds nothing");
            for (const Message& one : messages) {
                const QString where = QStringLiteral("%1: %2: \"%3\"").arg(names.back(), one.context, one.source);
                if (one.unfinished || one.forms.isEmpty())
                    wrong << where + QStringLiteral(" is unfinished");
                if (one.numerus && one.forms.size() != 1)
                    wrong << where + QStringLiteral(": Chinese has one plural form");
                for (const QString& form : one.forms) {
                    if (form.trimmed().isEmpty())
                        wrong << where + QStringLiteral(" is empty");
                    if (parameters(form) != parameters(one.source))
                        wrong << where + QStringLiteral(" has other parameters: ") + form;
                    static const QRegularExpression words(QStringLiteral("[a-z]{3,} [a-z]{3,} [a-z]{3,}"));
                    if (form == one.source && form.contains(words))
                        wrong << where + QStringLiteral(" is still English");
                }
            }
        }
        for (const char* part : {"engine_zh_CN.ts", "guide_zh_CN.ts", "path_zh_CN.ts", "shell_zh_CN.ts"})
            if (!names.contains(QLatin1String(part)))
                wrong << QStringLiteral("no ") + QLatin1String(part);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void englishPluralsHaveTheirForms()
    {
        const QList<Message> plurals = read(QStringLiteral(MEDIC_SOURCE_DIR "/translations/plurals_en.ts"));
        QSet<QString> known;
        QStringList wrong;
        for (const Message& one : plurals) {
            known.insert(one.context + u'|' + one.source);
            if (one.unfinished || one.forms.size() != 2)
                wrong << one.source + QStringLiteral(" needs one and many");
            for (const QString& form : one.forms)
                if (form.contains(QLatin1String("(s)")) || parameters(form) != parameters(one.source))
                    wrong << one.source + QStringLiteral(": ") + form;
        }
        for (const QString& part : files(QStringLiteral("*_zh_CN.ts")))
            for (const Message& one : read(part))
                if (one.numerus && !known.contains(one.context + u'|' + one.source))
                    wrong << QStringLiteral("no English plural of ") + one.source;
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n') + QStringLiteral("\n(translations/update.sh refreshes them)")));
    }

    void everyWordOfTheSourcesIsKnown()
    {
        // What is written as one literal in tr() must be in some translation; lupdate finds the rest.
        QSet<QString> known;
        for (const QString& part : files(QStringLiteral("*_zh_CN.ts")))
            for (const Message& one : read(part))
                known.insert(one.source);
        QStringList wrong;
        static const QRegularExpression call(QStringLiteral("(?:\\btr\\(\\s*|\\bQT_TRANSLATE_NOOP\\(\"[^\"]*\",\\s*)\"((?:[^\"\\\\]|\\\\.)*)\"\\s*[,)]"));
        for (const char* folder : {"widgets", "app", "diagnostics/collect", "diagnostics/transport"}) {
            QDirIterator all(QStringLiteral(MEDIC_SOURCE_DIR "/") + QLatin1String(folder), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
            while (all.hasNext()) {
                QFile file(all.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QString text = QString::fromUtf8(file.readAll());
                for (auto at = call.globalMatch(text); at.hasNext();) {
                    const QString source = at.next().captured(1).replace(QLatin1String("\\n"), QLatin1String("\n")).replace(QLatin1String("\\\""), QLatin1String("\""));
                    if (!known.contains(source))
                        wrong << file.fileName().mid(int(qstrlen(MEDIC_SOURCE_DIR)) + 1) + QStringLiteral(": ") + source;
                }
            }
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n') + QStringLiteral("\n(translations/update.sh refreshes them)")));
    }
};

QTEST_APPLESS_MAIN(TestTranslations)
#include "tst_translations.moc"
