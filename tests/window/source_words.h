// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QList>
#include <QRegularExpression>
#include <QSet>
#include <QString>
#include <QStringList>
#include <QXmlStreamReader>

namespace medic {

/// Every English screen word of the program whose Chinese differs: what must not be left on a Chinese screen.
class SourceWords final
{
public:
    SourceWords()
    {
        QDirIterator files(QStringLiteral(MEDIC_SOURCE_DIR "/translations"), {QStringLiteral("*_zh_CN.ts")}, QDir::Files);
        while (files.hasNext())
            read(files.next());
    }

    [[nodiscard]] qsizetype size() const { return m_words.size() + m_forms.size(); }

    /// Is it one of them? %1 and %n stand for anything.
    [[nodiscard]] bool has(const QString& words) const
    {
        static const QRegularExpression letters(QStringLiteral("[A-Za-z]{3}"));
        if (!words.contains(letters) || words.contains(QLatin1String(" -> "))) // a question about a path reads the same in both
            return false;
        if (const auto known = m_asked.constFind(words); known != m_asked.constEnd())
            return *known;
        bool found = m_words.contains(words);
        for (qsizetype i = 0; i < m_forms.size() && !found; ++i)
            found = m_forms[i].match(words).hasMatch();
        m_asked.insert(words, found);
        return found;
    }

private:
    void read(const QString& path)
    {
        static const QRegularExpression letters(QStringLiteral("[A-Za-z]{3}")), places(QStringLiteral("%(\\d|n)"));
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return;
        QXmlStreamReader xml(&file);
        QString source;
        while (!xml.atEnd()) {
            xml.readNext();
            if (xml.isStartElement() && xml.name() == QLatin1String("source")) {
                source = xml.readElementText();
            } else if (xml.isStartElement() && xml.name() == QLatin1String("translation")) {
                const QString chinese = xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
                if (chinese == source || !source.contains(letters))
                    continue;
                const QStringList parts = source.split(places);
                if (parts.size() == 1) {
                    m_words.insert(source);
                    continue;
                }
                // "%1, %n dead" would match far too much: only with enough words of its own.
                if (QString(source).remove(places).count(letters) < 2)
                    continue;
                QStringList escaped;
                for (const QString& part : parts)
                    escaped << QRegularExpression::escape(part);
                m_forms.append(QRegularExpression(QRegularExpression::anchoredPattern(escaped.join(QStringLiteral(".*"))),
                                                  QRegularExpression::DotMatchesEverythingOption));
            }
        }
    }

    QSet<QString> m_words;
    QList<QRegularExpression> m_forms;
    mutable QHash<QString, bool> m_asked;
};

} // namespace medic
