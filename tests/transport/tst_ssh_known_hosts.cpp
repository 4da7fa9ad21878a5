// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/known_hosts.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace medic;

namespace {

std::string sshString(const std::string& text)
{
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(text.size() >> shift & 0xff);
    return out + text;
}

/// Not a key that anybody owns, but of a key's shape.
HostKey key(const std::string& type, char fill)
{
    return {.type = type, .blob = sshString(type) + sshString(std::string(32, fill))};
}

QByteArray line(const QByteArray& names, const HostKey& key, const QByteArray& marker = {})
{
    return marker + names + ' ' + QByteArray::fromStdString(key.type) + ' ' + QByteArray::fromStdString(key.blob).toBase64() + '\n';
}

const HostKey ed = key("ssh-ed25519", 'e');
const HostKey ed2 = key("ssh-ed25519", 'f');
const HostKey rsa = key("ssh-rsa", 'r');

} // namespace

class TestKnownHosts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void check_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("state");
        QTest::addColumn<QByteArray>("where");
        const auto row = [](const char* title, const QByteArray& file, const char* name, KnownHosts::State state, const char* where) {
            QTest::newRow(title) << file << QByteArray(name) << static_cast<int>(state) << QByteArray(where);
        };
        using State = KnownHosts::State;
        row("empty", "", "h", State::Unknown, "");
        row("plain", line("h", ed), "h", State::Known, "f:1");
        row("among others", "# comment\n\n" + line("a,h,10.0.0.1", ed), "h", State::Known, "f:3");
        row("upper case in the file", line("H", ed), "h", State::Known, "f:1");
        row("other host", line("g", ed), "h", State::Unknown, "");
        row("port", line("[h]:2222", ed), "[h]:2222", State::Known, "f:1");
        row("port does not match plain", line("h", ed), "[h]:2222", State::Unknown, "");
        row("wildcard", line("*.example.org", ed), "n1.example.org", State::Known, "f:1");
        row("wildcard and negation", line("*.example.org,!n1.example.org", ed), "n1.example.org", State::Unknown, "");
        row("changed", line("h", ed2), "h", State::Changed, "f:1");
        row("changed, but one fits", line("h", ed2) + line("h", ed), "h", State::Known, "f:2");
        row("one fits, then another", line("h", ed) + line("h", ed2), "h", State::Known, "f:1");
        row("other type", line("h", rsa), "h", State::OtherType, "f:1");
        row("other type and changed", line("h", rsa) + line("h", ed2), "h", State::Changed, "f:2");
        row("revoked", line("h", ed, "@revoked "), "h", State::Revoked, "f:1");
        row("revoked behind known", line("h", ed) + line("*", ed, "@revoked "), "h", State::Revoked, "f:2");
        row("another key revoked", line("h", ed) + line("*", ed2, "@revoked "), "h", State::Known, "f:1");
        row("certificate authority", line("*", ed, "@cert-authority "), "h", State::Unknown, "");
        row("unknown marker", line("*", ed, "@frob "), "h", State::Unknown, "");
        row("broken line before", "h ssh-ed25519\n" + line("h", ed), "h", State::Known, "f:2");
        row("broken base64", "h ssh-ed25519 AAAA*\n", "h", State::Unknown, "");
        row("type and blob differ", "h ssh-rsa " + line("h", ed).split(' ').value(2), "h", State::Unknown, "");
        row("hashed, broken", line("|1|AAAA|", ed), "h", State::Unknown, "");
        row("trailing comment", line("h", ed).trimmed() + " root@h\n", "h", State::Known, "f:1");
        row("tabs and CR", line("h", ed).replace(' ', '\t').replace('\n', "\r\n"), "h", State::Known, "f:1");
    }
    void check()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, name);
        QFETCH(int, state);
        QFETCH(QByteArray, where);
        KnownHosts hosts;
        hosts.parse(file.toStdString(), "f");
        const auto answer = hosts.check(name.toStdString(), ed);
        QCOMPARE(static_cast<int>(answer.state), state);
        QCOMPARE(QByteArray::fromStdString(answer.where), where);
        if (answer.state == KnownHosts::State::Changed)
            QVERIFY(answer.knownFingerprints.find(hostKeyFingerprint(ed2)) != std::string::npos);
        for (int i = 0; i <= file.size(); ++i) { // no prefix harms
            KnownHosts part;
            part.parse(file.left(i).toStdString(), "f");
            static_cast<void>(part.check(name.toStdString(), ed));
        }
    }

    void warnings()
    {
        KnownHosts hosts;
        hosts.parse((line("*", ed, "@cert-authority ") + "nonsense\n").toStdString(), "f");
        QCOMPARE(hosts.warnings().size(), std::size_t(2));
        QVERIFY(hosts.warnings().front().starts_with("f:1: @cert-authority"));
    }

    void algorithms()
    {
        KnownHosts hosts;
        hosts.parse((line("h", rsa) + line("h", ed) + line("g", key("ecdsa-sha2-nistp256", 'c')) + line("h", ed2, "@revoked ")).toStdString(), "f");
        const std::vector<std::string> expected {"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ssh-ed25519"};
        QCOMPARE(hosts.algorithmsFor("h"), expected);
        QVERIFY(hosts.algorithmsFor("x").empty());
    }

    void names()
    {
        QCOMPARE(knownHostName("Node-1", 22), std::string("node-1"));
        QCOMPARE(knownHostName("::1", 2222), std::string("[::1]:2222"));
    }

    void severalFiles()
    {
        QTemporaryDir folder;
        QFile one(folder.filePath(QStringLiteral("one"))), two(folder.filePath(QStringLiteral("two")));
        QVERIFY(one.open(QIODevice::WriteOnly) && two.open(QIODevice::WriteOnly));
        one.write(line("h", ed2));
        two.write("\n" + line("h", ed));
        one.close();
        two.close();
        const auto hosts = KnownHosts::read({one.fileName().toStdString(), "/no/such/file", two.fileName().toStdString()});
        const auto answer = hosts.check("h", ed);
        QCOMPARE(answer.state, KnownHosts::State::Known);
        QCOMPARE(answer.where, two.fileName().toStdString() + ":2");
    }

    void appending_data()
    {
        QTest::addColumn<bool>("hashed");
        QTest::newRow("plain") << false;
        QTest::newRow("hashed") << true;
    }
    void appending()
    {
        QFETCH(bool, hashed);
        const auto form = hashed ? HostNameForm::Hashed : HostNameForm::Plain;
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral(".ssh/known_hosts"));
        const std::filesystem::path file = path.toStdString();
        QVERIFY(appendKnownHost(file, "h", ed, form));
        QVERIFY(appendKnownHost(file, "h", ed, form)); // once is enough
        QVERIFY(appendKnownHost(file, "h", rsa, form));
        {
            QFile raw(path);
            QVERIFY(raw.open(QIODevice::Append));
            raw.write("# somebody's line without an end"); // the next one must not be glued to it
        }
        QVERIFY(appendKnownHost(file, "g", ed, form));
        QFile raw(path);
        QVERIFY(raw.open(QIODevice::ReadOnly));
        const QByteArray text = raw.readAll();
        QCOMPARE(text.count('\n'), 4);
        QCOMPARE(text.contains("|1|"), hashed);
        QCOMPARE(raw.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        const auto hosts = KnownHosts::read({file.string()});
        QVERIFY(hosts.warnings().empty());
        for (const auto& [name, hostKey] : {std::pair {"h", ed}, {"h", rsa}, {"g", ed}})
            QCOMPARE(hosts.check(name, hostKey).state, KnownHosts::State::Known);
        QCOMPARE(appendKnownHost("/proc/no/known_hosts", "h", ed, form).error().code, ErrorCode::FileNotWritable);
    }

    void sixtyFourAtOnce()
    {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath(QStringLiteral("known_hosts")).toStdString();
        {
            std::vector<std::jthread> workers;
            for (int i = 0; i < 64; ++i) {
                workers.emplace_back([&file, i] {
                    static_cast<void>(appendKnownHost(file, "node-" + std::to_string(i), ed, i % 2 == 0 ? HostNameForm::Hashed : HostNameForm::Plain));
                    static_cast<void>(appendKnownHost(file, "shared", ed, HostNameForm::Plain));
                });
            }
        }
        const auto hosts = KnownHosts::read({file.string()});
        QVERIFY(hosts.warnings().empty());
        for (int i = 0; i < 64; ++i)
            QCOMPARE(hosts.check("node-" + std::to_string(i), ed).state, KnownHosts::State::Known);
        QFile raw(QString::fromStdString(file.string()));
        QVERIFY(raw.open(QIODevice::ReadOnly));
        QCOMPARE(raw.readAll().count('\n'), 65);
    }

    /// ssh-keygen hashes a file and prints fingerprints: ours must agree.
    void agreesWithSshKeygen()
    {
        if (!QFile::exists(QStringLiteral("/usr/bin/ssh-keygen")))
            QSKIP("no ssh-keygen on this machine");
        QTemporaryDir folder;
        const auto keygen = [&](const QStringList& arguments) {
            QProcess process;
            process.start(QStringLiteral("ssh-keygen"), arguments);
            process.waitForFinished();
            return process.readAllStandardOutput();
        };
        const QString keyFile = folder.filePath(QStringLiteral("k")), hostsFile = folder.filePath(QStringLiteral("hosts"));
        keygen({QStringLiteral("-q"), QStringLiteral("-t"), QStringLiteral("ed25519"), QStringLiteral("-N"), QString(), QStringLiteral("-f"), keyFile});
        QFile pub(keyFile + QStringLiteral(".pub"));
        QVERIFY(pub.open(QIODevice::ReadOnly));
        const QList<QByteArray> words = pub.readAll().split(' ');
        const HostKey real {.type = words.value(0).toStdString(), .blob = QByteArray::fromBase64(words.value(1)).toStdString()};
        QCOMPARE(QByteArray::fromStdString(hostKeyFingerprint(real)), keygen({QStringLiteral("-lf"), pub.fileName()}).split(' ').value(1));
        QFile hosts(hostsFile);
        QVERIFY(hosts.open(QIODevice::WriteOnly));
        hosts.write(line("node-1,10.0.0.1", real) + line("[node-2]:2222", real));
        hosts.close();
        keygen({QStringLiteral("-H"), QStringLiteral("-f"), hostsFile});
        const auto read = KnownHosts::read({hostsFile.toStdString()});
        for (const char* name : {"node-1", "10.0.0.1", "[node-2]:2222"})
            QCOMPARE(read.check(name, real).state, KnownHosts::State::Known);
        QCOMPARE(read.check("node-2", real).state, KnownHosts::State::Unknown);
    }
};

QTEST_GUILESS_MAIN(TestKnownHosts)
#include "tst_ssh_known_hosts.moc"
