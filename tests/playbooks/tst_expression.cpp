// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/expression.h"

#include <QTest>

#include <map>

using namespace medic;
using namespace medic::playbooks;

namespace {

/// "yes", "no", "open" as findings; answer(step) from a table.
class Table final : public Asked {
public:
    std::map<std::string, std::string> answers {{"kind", "a"}, {"count", "7"}};

    Tri truth(std::string_view, const std::vector<std::string>& arguments) const override
    {
        const std::string id = arguments.empty() ? "no" : arguments.front();
        return id == "yes" ? Tri::Yes : id == "open" ? Tri::Unknown : Tri::No;
    }
    std::optional<std::string> value(std::string_view, const std::vector<std::string>& arguments) const override
    {
        const auto found = answers.find(arguments.front());
        return found == answers.end() ? std::nullopt : std::optional(found->second);
    }
};

} // namespace

class TestExpression : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void values_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("expected");
        const int yes = static_cast<int>(Tri::Yes);
        const int no = static_cast<int>(Tri::No);
        const int unknown = static_cast<int>(Tri::Unknown);
        const auto row = [](const char* text, int expected) { QTest::newRow(text) << QString::fromLatin1(text) << expected; };
        row("true", yes);
        row("false", no);
        row("found(yes)", yes);
        row("not found(yes)", no);
        row("not found(open)", unknown);
        row("found(open) and found(no)", no);
        row("found(no) and found(open)", no);
        row("found(open) and found(yes)", unknown);
        row("found(open) or found(yes)", yes);
        row("found(open) or found(no)", unknown);
        row("not (found(no) or found(no))", yes);
        row("found(no) or found(yes) and found(no)", no); // and binds closer
        row("answer(kind) == 'a'", yes);
        row("answer(kind) == a", yes);
        row("answer(kind) != 'a'", no);
        row("answer(nobody) == 'a'", unknown);
        row("answer(nobody) != 'a'", unknown);
        row("count(count) > 6", yes);
        row("count(count) <= 6", no);
        row("count(kind) > 6", unknown); // not a number
        row("  found( yes )  and\n live() or true", yes);
        row("found(hostport.*)", no);
    }

    void values()
    {
        QFETCH(QString, text);
        QFETCH(int, expected);
        const auto parsed = Expression::parse(text.toStdString());
        QVERIFY2(parsed, parsed ? "" : parsed.error().detail.c_str());
        QCOMPARE(static_cast<int>(parsed->evaluate(Table())), expected);
        QCOMPARE(QString::fromStdString(parsed->text()), text);
    }

    void mistakes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) { QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(expected); };
        row("", "column 1");
        row("seen(x)", "a function");
        row("found", "'(' after found");
        row("found(", "a word");
        row("found()", "1 or 2 argument(s)");
        row("found(a b)", "',' or ')'");
        row("found(a,b,c)", "argument(s)");
        row("answer(kind)", "a comparison");
        row("answer(kind) ==", "a word or a 'text'");
        row("answer(kind) == 'a", "a closing quote");
        row("(found(yes)", "')'");
        row("found(yes) found(no)", "the end, 'and' or 'or'");
        row("found(yes) and", "it ends");
        row("not", "it ends");
    }

    void mistakes()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto parsed = Expression::parse(text.toStdString(), "a.yaml:7");
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().where, std::string("a.yaml:7"));
        QVERIFY2(QString::fromStdString(parsed.error().detail).contains(expected), parsed.error().detail.c_str());
    }

    void deepNestingIsRefused()
    {
        const std::string deep = std::string(5000, '(') + "true" + std::string(5000, ')');
        QVERIFY(!Expression::parse(deep));
        std::string nots;
        for (int i = 0; i < 5000; ++i)
            nots += "not ";
        QVERIFY(!Expression::parse(nots + "true"));
    }

    void everyPrefixIsSurvived()
    {
        const std::string whole = "found(a.b, kind) and not (answer(kind) == 'x y' or count(c.*) >= 3) or live()";
        QVERIFY(Expression::parse(whole));
        for (std::size_t length = 0; length < whole.size(); ++length)
            (void)Expression::parse(whole.substr(0, length));
    }

    void callsAreListed()
    {
        const auto parsed = Expression::parse("found(a.b, kind) and not answer(kind) == 'x'");
        QVERIFY(parsed);
        QCOMPARE(parsed->calls().size(), std::size_t(2));
        QCOMPARE(parsed->calls()[0].arguments, (std::vector<std::string> {"a.b", "kind"}));
        QCOMPARE(parsed->calls()[1].function, std::string("answer"));
    }
};

QTEST_APPLESS_MAIN(TestExpression)
#include "tst_expression.moc"
