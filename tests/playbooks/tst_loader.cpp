// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/loader.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace medic;
using namespace medic::playbooks;

namespace {

std::string smallYaml()
{
    QFile file(QStringLiteral(MEDIC_TEST_DATA "/playbooks/small.yaml"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

std::string all(const std::vector<Error>& problems)
{
    std::string text;
    for (const Error& problem : problems)
        text += problem.where + " " + problem.detail + "\n";
    return text;
}

} // namespace

class TestLoader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSmallOneIsRead()
    {
        std::vector<Error> problems;
        const PlaybookPtr playbook = readPlaybook(smallYaml(), "small.yaml", problems);
        QVERIFY2(playbook, all(problems).c_str());
        QCOMPARE(playbook->steps.size(), std::size_t(9));
        QCOMPARE(playbook->find("fix")->risk, Risk::Medium);
        QCOMPARE(playbook->find("fix")->on.name, std::string("demo.broken"));
        QCOMPARE(playbook->find("prove")->on.kind, Selector::Kind::Answer);
        QCOMPARE(playbook->find("settle")->wait, std::chrono::seconds(60));
        QCOMPARE(playbook->title.zh, std::string("小向导"));
        QVERIFY(playbook->find("nobody") == nullptr);
    }

    void mistakesNamePlaceAndKey_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* from, const char* to, const char* expected) {
            QTest::newRow(name) << QString::fromUtf8(from) << QString::fromUtf8(to) << QString::fromUtf8(expected);
        };
        row("language", "title: {en: Small, zh: 小向导}", "title: {en: Small}", "small.yaml:5 key 'title': {en: …, zh: …} expected");
        row("empty", "title: {en: Small, zh: 小向导}", "title: {en: Small, zh: ''}", "key 'title': one of the two languages is empty");
        row("third", "title: {en: Small, zh: 小向导}", "title: {en: Small, zh: 小, fr: petit}", "key 'title'");
        row("placeholders", "{en: \"{what} is broken\", zh: \"{what} 已损坏\"}", "{en: \"{what} is broken\", zh: 已损坏}", "different {parameters}");
        row("type", "type: measure", "type: mesure", "key 'type': one of check, question");
        row("unknown key", "keywords: [Service, 劫持]", "keyword: [x]", "key 'keyword': is not known here");
        row("step key", "seconds: 60", "second: 60", "key 'second': is not known here");
        row("way", "failed: done", "failed: dne", "there is no step 'dne'");
        row("condition", "when: \"answer(kind) == 'z'\"", "when: \"answer(kind) = 'z'\"", "key 'when': condition, column");
        row("condition's step", "when: \"answer(kind) == 'z'\"", "when: \"answer(kid) == 'z'\"", "there is no step 'kid'");
        row("regex", "match: \"ingress\"", "match: \"(ingress\"", "a regular expression expected");
        row("forbidden", "rollback: \"unrepair {what}\"", "rollback: \"iptables -F\"", "key 'rollback': forbidden command");
        row("quoted", "rollback: \"unrepair {what}\"", "rollback: \"unrepair '{what}'\"", "inside quotes");
        row("risk", "command: \"repair {what}\"", "command: \"systemctl restart docker\"", "key 'risk': this command is at least 'high'");
        row("confirmed", "confidence: likely", "confidence: confirmed", "one of possible, likely expected");
        row("selector", "on: each(demo.broken)", "on: everywhere", "key 'on': all, affected");
        row("number", "seconds: 60", "seconds: many", "a number from 1 to 3600");
        row("duplicate", "- id: judge", "- id: prove", "'prove' is taken");
        row("no rollback", "    rollback: \"unrepair {what}\"\n", "", "key 'no-rollback': is missing");
        row("syntax", "steps:", "steps: [", "small.yaml:");
        row("verdict", "when: \"found(demo.open)\"", "when: \"verdict(nobody)\"", "there is no verdict 'nobody'");
        row("outcome", "id: foreign, match", "id: none, match", "'none' is what a step gives that has no outcome");
    }

    void mistakesNamePlaceAndKey()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, expected);
        QString yaml = QString::fromStdString(smallYaml());
        QVERIFY(yaml.contains(from));
        const qsizetype at = yaml.indexOf(from);
        yaml.replace(at, from.size(), to);
        std::vector<Error> problems;
        QVERIFY(readPlaybook(yaml.toStdString(), "small.yaml", problems) == nullptr);
        QVERIFY(!problems.empty());
        QVERIFY2(QString::fromStdString(all(problems)).contains(expected), all(problems).c_str());
        for (const Error& problem : problems)
            QVERIFY2(problem.where.starts_with("small.yaml"), problem.where.c_str());
    }

    void everyPrefixIsSurvived()
    {
        const std::string yaml = smallYaml();
        for (std::size_t length = 0; length < yaml.size(); length += 3) {
            std::vector<Error> problems;
            const bool read = readPlaybook(yaml.substr(0, length), "x", problems) != nullptr;
            QVERIFY(read || !problems.empty());
        }
        std::vector<Error> problems;
        for (const char* odd : {"[]", "- a", "steps: 3\n", "playbook: []", "playbook: {a: b}\nsteps: [3, [], {id: {}}]", "\xff\xfe", "? {a: b} : c"})
            QVERIFY(readPlaybook(odd, "x", problems) == nullptr);
    }

    void aBrokenOneDisturbsNoOther()
    {
        QTemporaryDir folder;
        const QString path = folder.path();
        QVERIFY(QDir(path).mkpath(QStringLiteral("playbooks")));
        const auto write = [&](const char* name, const QByteArray& content) {
            QFile file(path + QStringLiteral("/playbooks/") + QString::fromLatin1(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
        };
        write("a.yaml", "steps: [");
        write("b.yaml", QByteArray::fromStdString(smallYaml()));
        write("c.yaml", QByteArray::fromStdString(smallYaml()));
        write("d.txt", "not a playbook");
        std::vector<Error> problems;
        const Library library = Library::load({path.toStdString(), "/nowhere"}, &problems);
        QCOMPARE(library.all().size(), std::size_t(1));
        QCOMPARE(problems.size(), std::size_t(2));
        QVERIFY(QString::fromStdString(problems[0].where).contains(QStringLiteral("a.yaml:")));
        QVERIFY(QString::fromStdString(problems[1].detail).contains(QStringLiteral("already taken")));
        QVERIFY(library.find("small"));
        QVERIFY(!library.find("a"));
    }

    void searchAndFit()
    {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath(QStringLiteral("playbooks")));
        QVERIFY(QFile::copy(QStringLiteral(MEDIC_TEST_DATA "/playbooks/small.yaml"), folder.filePath(QStringLiteral("playbooks/small.yaml"))));
        const Library library = Library::load({folder.path().toStdString()}, nullptr);
        QCOMPARE(library.search("SMALL").size(), std::size_t(1));
        QCOMPARE(library.search("劫持").size(), std::size_t(1));
        QCOMPARE(library.search("small nothing").size(), std::size_t(0));
        QCOMPARE(library.search("").size(), std::size_t(1));
        const auto fits = library.forText("E0729 kubelet: skipping - PLEG is not healthy: pleg was last seen");
        QCOMPARE(fits.size(), std::size_t(1));
        QCOMPARE(fits[0].matched, std::string("PLEG is not healthy"));
        QVERIFY(library.forText("PLEG is fine").empty());
        QVERIFY(library.forText(std::string(2'000'000, 'x')).empty());
        const auto observation = std::make_shared<Observation>();
        const auto finding = Finding::make({.id = "demo.broken", .verdict = Verdict::Failure, .evidence = {{observation, {}, false}}});
        QVERIFY(finding);
        QCOMPARE(library.fitting({*finding}).size(), std::size_t(1));
        const auto other = Finding::make({.id = "other.broken", .verdict = Verdict::Failure, .evidence = {{observation, {}, false}}});
        QVERIFY(library.fitting({*other}).empty());
    }
};

QTEST_GUILESS_MAIN(TestLoader)
#include "tst_loader.moc"
