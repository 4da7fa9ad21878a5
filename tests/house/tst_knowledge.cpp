// SPDX-License-Identifier: GPL-3.0-or-later
// Knowledge and suites agree: each finding that a suite can make is described in both languages, and nothing is
// described that no suite makes.
#include "diagnostics/checks/suite.h"
#include "diagnostics/model/catalogue.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <regex>

using namespace medic;

class Knowledge : public QObject {
    Q_OBJECT

    std::vector<Error> m_problems;
    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, &m_problems);

    /// Every "family.name" literal of the suites' sources: the ids of findings are written out, never put together.
    static QMap<QString, QString> idsInSources()
    {
        QMap<QString, QString> ids;
        const QDir folder(QStringLiteral(MEDIC_SOURCE_DIR "/diagnostics/checks"));
        static const QRegularExpression literal(QStringLiteral("\"([a-z0-9]+(?:-[a-z0-9]+)*\\.[a-z0-9]+(?:-[a-z0-9]+)+|[a-z0-9]+(?:-[a-z0-9]+)*\\.[a-z]+)\""));
        for (const QString& name : folder.entryList({QStringLiteral("*.cpp")})) {
            QFile file(folder.filePath(name));
            if (!file.open(QIODevice::ReadOnly))
                continue;
            auto matches = literal.globalMatch(QString::fromUtf8(file.readAll()));
            while (matches.hasNext())
                ids.insert(matches.next().captured(1), name);
        }
        return ids;
    }

private Q_SLOTS:
    void everyFileLoads()
    {
        for (const Error& problem : m_problems)
            qWarning("%s: %s", problem.where.c_str(), problem.detail.c_str());
        QVERIFY(m_problems.empty());
        QVERIFY(m_catalogue.entries().size() > 50);
    }

    void everyFindingOfASuiteIsDescribed()
    {
        std::set<QString> families;
        for (const auto& [id, entry] : m_catalogue.entries())
            families.insert(QString::fromStdString(id).section(u'.', 0, 0));
        const auto ids = idsInSources();
        for (auto id = ids.cbegin(); id != ids.cend(); ++id) {
            static const QStringList others {QStringLiteral("kernel.threads-max"), QStringLiteral("etcd.yaml")};
            if (families.contains(id.key().section(u'.', 0, 0)) && !others.contains(id.key()))
                QVERIFY2(m_catalogue.find(id.key().toStdString()) != nullptr, qPrintable(id.key() + u" in "_qs + id.value()));
        }
    }

    void everyEntryIsMadeBySomeSuite()
    {
        const auto ids = idsInSources();
        for (const auto& [id, entry] : m_catalogue.entries())
            QVERIFY2(ids.contains(QString::fromStdString(id)), id.c_str());
    }

    void bothLanguagesDiffer()
    {
        static const QRegularExpression han(QStringLiteral("\\p{Han}"));
        for (const auto& [id, entry] : m_catalogue.entries()) {
            for (const Text* const text : {&entry.title, &entry.meaning, &entry.why, &entry.next}) {
                QVERIFY2(QString::fromStdString(text->zh).contains(han), id.c_str());
                QVERIFY2(!QString::fromStdString(text->en).contains(han), id.c_str());
            }
            QVERIFY2(!QString::fromStdString(entry.title.en).endsWith(u'.'), id.c_str());
            QVERIFY2(!QString::fromStdString(entry.title.zh).endsWith(u'。'), id.c_str());
            for (const Reference& reference : entry.references)
                QVERIFY2(!reference.title.empty() && !reference.fact.empty(), id.c_str());
        }
    }

    void aTitleNamesTheSameThingsInBothLanguages()
    {
        static const QRegularExpression placeholder(QStringLiteral("\\{([a-zA-Z0-9_-]+)\\}"));
        const auto names = [](const std::string& text) {
            std::set<QString> result;
            auto matches = placeholder.globalMatch(QString::fromStdString(text));
            while (matches.hasNext())
                result.insert(matches.next().captured(1));
            return result;
        };
        for (const auto& [id, entry] : m_catalogue.entries())
            QVERIFY2(names(entry.title.en) == names(entry.title.zh), id.c_str());
    }

    void patternsCompileAndAreSafe()
    {
        for (const auto& [id, entry] : m_catalogue.entries())
            for (const std::string& pattern : entry.patterns) {
                try {
                    const std::regex compiled(pattern, std::regex::ECMAScript | std::regex::icase | std::regex::optimize);
                    QVERIFY(!std::regex_search(std::string(), compiled));
                } catch (const std::regex_error& error) {
                    QFAIL((id + ": " + pattern + ": " + error.what()).c_str());
                }
                // Nested repetition takes exponential time on the right text; an open one takes the stack.
                QVERIFY2(!QString::fromStdString(pattern).contains(QRegularExpression(QStringLiteral("[^\\\\][*+][^)]{0,6}\\)[*+]|\\.\\*|\\.\\+"))),
                         (id + ": " + pattern).c_str());
            }
    }

    void playbooksAreNamedAsTheyAreFiled()
    {
        static const QRegularExpression name(QStringLiteral("^(case-1\\.[1-6]-[a-z0-9-]+|p[0-9]{2}-[a-z0-9-]+)$"));
        for (const auto& [id, entry] : m_catalogue.entries())
            QVERIFY2(entry.playbook.empty() || name.match(QString::fromStdString(entry.playbook)).hasMatch(), id.c_str());
    }

    void nothingToCopyDestroys()
    {
        // cases.md 0.1 and D.4: no unscoped flush, prune or removal is ever suggested.
        static const QRegularExpression harm(QStringLiteral("> ?/usr/sbin|rm -rf /|iptables -F(?! -t)|prune -af?\\b(?!.{0,120}(never|绝不|不要))"));
        static const QRegularExpression warned(QStringLiteral("never|绝不|不要|stop what|制止"));
        for (const auto& [id, entry] : m_catalogue.entries())
            for (const std::string& text : {entry.next.en, entry.next.zh})
                for (const QString& sentence : QString::fromStdString(text).split(QRegularExpression(QStringLiteral("[.;。；] ?"))))
                    QVERIFY2(!sentence.contains(harm) || sentence.contains(warned), id.c_str());
    }

    void everySuiteHasProbesAndAName()
    {
        for (const checks::Suite& suite : checks::suites()) {
            QVERIFY(!suite.id.empty() && suite.run != nullptr);
            QVERIFY2(!suite.probes.empty(), std::string(suite.id).c_str());
            QCOMPARE(checks::findSuite(suite.id), &suite);
        }
        QVERIFY(!checks::probesOf({"hostport"}).empty());
        QVERIFY(checks::probesOf().size() > checks::probesOf({"hostport"}).size());
    }
};

QTEST_APPLESS_MAIN(Knowledge)
#include "tst_knowledge.moc"
