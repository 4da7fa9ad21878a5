// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_config.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace medic;

namespace {

std::string joined(const std::vector<std::string>& parts)
{
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "" : " ") + part;
    return out;
}

/// One value as text, by the name that ssh_config has for it.
std::string valueOf(const SshHostConfig& config, const QString& key)
{
    const auto yesNo = [](bool on) { return std::string(on ? "yes" : "no"); };
    const std::map<QString, std::string> values {
        {QStringLiteral("HostName"), config.hostName},
        {QStringLiteral("User"), config.user},
        {QStringLiteral("Port"), std::to_string(config.port)},
        {QStringLiteral("IdentityFile"), joined(config.identityFiles)},
        {QStringLiteral("IdentitiesOnly"), yesNo(config.identitiesOnly)},
        {QStringLiteral("IdentityAgent"), config.identityAgent},
        {QStringLiteral("ProxyJump"), joined(config.proxyJump)},
        {QStringLiteral("UserKnownHostsFile"), joined(config.userKnownHosts)},
        {QStringLiteral("GlobalKnownHostsFile"), joined(config.globalKnownHosts)},
        {QStringLiteral("Strict"), std::to_string(static_cast<int>(config.strictHostKey))},
        {QStringLiteral("HashKnownHosts"), yesNo(config.hashKnownHosts)},
        {QStringLiteral("HostKeyAlias"), config.hostKeyAlias},
        {QStringLiteral("ServerAlive"), std::to_string(config.serverAliveInterval) + 'x' + std::to_string(config.serverAliveCountMax)},
        {QStringLiteral("ConnectTimeout"), std::to_string(config.connectTimeout.value_or(0))},
        {QStringLiteral("Pubkey"), yesNo(config.pubkeyAuthentication)},
        {QStringLiteral("Password"), yesNo(config.passwordAuthentication)},
        {QStringLiteral("Ciphers"), config.ciphers},
        {QStringLiteral("Family"), std::to_string(static_cast<int>(config.family))},
        {QStringLiteral("BindAddress"), config.bindAddress},
        {QStringLiteral("Warnings"), std::to_string(config.warnings.size())},
    };
    const auto found = values.find(key);
    return found == values.end() ? "no such key in the test" : found->second;
}

} // namespace

/// Our reading of ssh_config against what ssh_config(5) says; and against `ssh -G` where there is one.
class TestSshConfig : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;
    void write(const QString& name, const QByteArray& text)
    {
        QFile file(m_home.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text);
    }
    Result<SshHostConfig> resolve(const QByteArray& text, const char* alias, const char* user = "")
    {
        write(QStringLiteral("config"), text);
        return resolveSshConfig({.alias = alias, .user = user, .configFile = m_home.filePath(QStringLiteral("config")).toStdString(),
                                 .home = m_home.path().toStdString(), .localUser = "me"});
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(QDir(m_home.path()).mkpath(QStringLiteral(".ssh/config.d")));
        write(QStringLiteral(".ssh/config.d/10-a"), "Host a1\n User fromA\nHost b1\n Port 2201\n");
        write(QStringLiteral(".ssh/config.d/20-b"), "User fromB\n");
        write(QStringLiteral(".ssh/self"), "Include self\n");
        qputenv("MEDIC_TEST_DIR", "/env/dir");
    }

    void values_data()
    {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<QByteArray>("alias");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* config, const char* alias, const char* key, const QByteArray& expected) {
            QTest::newRow(name) << QByteArray(config) << QByteArray(alias) << QString::fromLatin1(key) << expected;
        };
        const QByteArray home = m_home.path().toUtf8();
        row("nothing", "", "n", "HostName", "n");
        row("nothing: user", "", "n", "User", "me");
        row("nothing: port", "", "n", "Port", "22");
        row("nothing: keys", "", "n", "IdentityFile", home + "/.ssh/id_ed25519 " + home + "/.ssh/id_ecdsa " + home + "/.ssh/id_rsa");
        row("nothing: known hosts", "", "n", "UserKnownHostsFile", home + "/.ssh/known_hosts " + home + "/.ssh/known_hosts2");
        row("first wins", "User one\nUser two\n", "n", "User", "one");
        row("first block wins", "Host n\n User one\nHost *\n User two\n", "n", "User", "one");
        row("general first", "Host *\n User two\nHost n\n User one\n", "n", "User", "two");
        row("star", "Host node-*\n Port 2222\n", "node-17", "Port", "2222");
        row("star misses", "Host node-*\n Port 2222\n", "knode-17", "Port", "22");
        row("question mark", "Host n?\n Port 2222\n", "n1", "Port", "2222");
        row("question mark misses", "Host n?\n Port 2222\n", "n12", "Port", "22");
        row("negation", "Host * !bad\n Port 2222\n", "bad", "Port", "22");
        row("negation leaves others", "Host * !bad\n Port 2222\n", "good", "Port", "2222");
        row("negation alone matches nothing", "Host !bad\n Port 2222\n", "good", "Port", "22");
        row("several patterns", "Host a b c\n Port 2222\n", "c", "Port", "2222");
        row("equals sign", "Host=n\nPort=2222\n", "n", "Port", "2222");
        row("equals with spaces", "Port = 2222\n", "n", "Port", "2222");
        row("case of keywords", "hOsT n\n pOrT 2222\n", "n", "Port", "2222");
        row("quotes", "IdentityFile \"/keys/my key\"\n", "n", "IdentityFile", "/keys/my key");
        row("comment", "# Port 1\nPort 2222 # here\n", "n", "Port", "2222");
        row("no newline at the end", "Port 2222", "n", "Port", "2222");
        row("carriage returns", "Port 2222\r\nUser x\r\n", "n", "Port", "2222");
        row("unknown keywords", "FrobnicateAll yes\nPort 2222\n", "n", "Port", "2222");
        row("host name", "HostName 10.0.0.7\n", "n", "HostName", "10.0.0.7");
        row("host name with %h", "HostName %h.example.org\n", "n", "HostName", "n.example.org");
        row("host name with %%", "HostName %h%%x\n", "n", "HostName", "n%x");
        row("identities add up", "Host n\n IdentityFile /a\nHost *\n IdentityFile /b\n IdentityFile /a\n", "n", "IdentityFile", "/a /b");
        row("identity tokens", "User bob\nHostName real\nIdentityFile %d/k/%h_%n_%r_%u_%p\n", "n", "IdentityFile", home + "/k/real_n_bob_me_22");
        row("identity ~", "IdentityFile ~/keys/k\n", "n", "IdentityFile", home + "/keys/k");
        row("identity none", "IdentityFile none\n", "n", "IdentityFile", "");
        row("identity by environment", "IdentityFile ${MEDIC_TEST_DIR}/k\n", "n", "IdentityFile", "/env/dir/k");
        row("identities only", "IdentitiesOnly yes\n", "n", "IdentitiesOnly", "yes");
        row("agent none", "IdentityAgent none\n", "n", "IdentityAgent", "none");
        row("agent path", "IdentityAgent ~/a.sock\n", "n", "IdentityAgent", home + "/a.sock");
        row("jump", "ProxyJump j\n", "n", "ProxyJump", "j");
        row("jump list", "ProxyJump a@b:1,[::1]:22,c\n", "n", "ProxyJump", "a@b:1 [::1]:22 c");
        row("jump none", "Host n\n ProxyJump none\nHost *\n ProxyJump j\n", "n", "ProxyJump", "");
        row("jump %h", "ProxyJump gate-%h\n", "n", "ProxyJump", "gate-n");
        row("proxy command -W", "ProxyCommand ssh -q -W %h:%p gate\n", "n", "ProxyJump", "gate");
        row("proxy command -W with port and user", "ProxyCommand /usr/bin/ssh -p 2022 -l op -W %h:%p gate\n", "n", "ProxyJump", "op@gate:2022");
        row("proxy command none", "ProxyCommand none\nProxyJump j\n", "n", "ProxyJump", "");
        row("jump before proxy command", "ProxyJump j\nProxyCommand nc %h %p\n", "n", "ProxyJump", "j");
        row("known hosts list", "UserKnownHostsFile ~/a /b\n", "n", "UserKnownHostsFile", home + "/a /b");
        row("known hosts none", "UserKnownHostsFile none\n", "n", "UserKnownHostsFile", "");
        row("global known hosts", "GlobalKnownHostsFile /x /y\n", "n", "GlobalKnownHostsFile", "/x /y");
        row("strict yes", "StrictHostKeyChecking yes\n", "n", "Strict", "0");
        row("strict ask", "", "n", "Strict", "1");
        row("strict accept-new", "StrictHostKeyChecking accept-new\n", "n", "Strict", "2");
        row("strict off", "StrictHostKeyChecking off\n", "n", "Strict", "3");
        row("hash", "HashKnownHosts yes\n", "n", "HashKnownHosts", "yes");
        row("key alias", "HostKeyAlias real\n", "n", "HostKeyAlias", "real");
        row("alive", "ServerAliveInterval 15\nServerAliveCountMax 2\n", "n", "ServerAlive", "15x2");
        row("alive in minutes", "ServerAliveInterval 2m\n", "n", "ServerAlive", "120x3");
        row("timeout", "ConnectTimeout 7\n", "n", "ConnectTimeout", "7");
        row("timeout none", "ConnectTimeout none\n", "n", "ConnectTimeout", "0");
        row("no keys", "PubkeyAuthentication no\n", "n", "Pubkey", "no");
        row("no password", "PasswordAuthentication no\n", "n", "Password", "no");
        row("ciphers", "Ciphers aes128-ctr,aes256-ctr\n", "n", "Ciphers", "aes128-ctr,aes256-ctr");
        row("family", "AddressFamily inet6\n", "n", "Family", "2");
        row("bind address", "BindAddress 127.0.0.9\n", "n", "BindAddress", "127.0.0.9");
        row("match all", "Match all\n Port 2222\n", "n", "Port", "2222");
        row("match host", "Match host n,m\n Port 2222\n", "m", "Port", "2222");
        row("match host looks at HostName", "HostName real\nMatch host real\n Port 2222\n", "n", "Port", "2222");
        row("match originalhost", "HostName real\nMatch originalhost n\n Port 2222\n", "n", "Port", "2222");
        row("match originalhost misses", "HostName real\nMatch originalhost real\n Port 2222\n", "n", "Port", "22");
        row("match user", "Match user me\n Port 2222\n", "n", "Port", "2222");
        row("match user looks at User", "User bob\nMatch user bob\n Port 2222\n", "n", "Port", "2222");
        row("match negated", "Match !host n\n Port 2222\n", "n", "Port", "22");
        row("match two criteria", "Match host n user nobody\n Port 2222\n", "n", "Port", "22");
        row("match localuser", "Match localuser me\n Port 2222\n", "n", "Port", "2222");
        row("match exec is not run", "Match exec \"touch /tmp/medic-was-here\"\n Port 2222\n", "n", "Port", "22");
        row("match exec warns", "Match host n exec true\n Port 2222\n", "n", "Warnings", "1");
        row("match final", "Match final\n Port 2222\n", "n", "Port", "22");
        row("include glob", "Include config.d/*\n", "a1", "User", "fromA");
        row("include: later blocks", "Include config.d/*\n", "b1", "Port", "2201");
        row("include: its Host ends with it", "Include config.d/*\n", "zz", "User", "fromB");
        row("include in a block", "Host a1\n Include config.d/*\nHost *\n User last\n", "zz", "User", "last");
        row("include: back in the block", "Host n\n Include config.d/10-a\n Port 2222\n", "n", "Port", "2222");
        row("include nothing", "Include nowhere/*\nPort 2222\n", "n", "Port", "2222");
    }
    void values()
    {
        QFETCH(QByteArray, config);
        QFETCH(QByteArray, alias);
        QFETCH(QString, key);
        QFETCH(QByteArray, expected);
        const auto resolved = resolve(config, alias.constData());
        QVERIFY2(resolved.has_value(), resolved ? "" : resolved.error().detail.c_str());
        QCOMPARE(QByteArray::fromStdString(valueOf(*resolved, key)), expected);
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("whereEnds");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const char* config, ErrorCode code, const char* where, const char* says) {
            QTest::newRow(name) << QByteArray(config) << static_cast<int>(code) << QByteArray(where) << QByteArray(says);
        };
        row("port", "\nPort many\n", ErrorCode::BadValue, "config:2", "port");
        row("port 0", "Port 0\n", ErrorCode::BadValue, "config:1", "port");
        row("flag", "HashKnownHosts perhaps\n", ErrorCode::BadValue, "config:1", "hashknownhosts");
        row("missing value", "User bob\nPort\n", ErrorCode::MissingValue, "config:2", "port");
        row("quote", "User \"bob\n", ErrorCode::BadSyntax, "config:1", "quote");
        row("strict", "StrictHostKeyChecking maybe\n", ErrorCode::BadValue, "config:1", "stricthostkeychecking");
        row("criterion", "Match weather fine\n", ErrorCode::BadValue, "config:1", "weather");
        row("token", "IdentityFile /k/%z\n", ErrorCode::BadValue, "config:1", "%z");
        row("jump", "ProxyJump a:99999\n", ErrorCode::BadValue, "config:1", "proxyjump");
        row("jump that is an option", "ProxyJump -oProxyCommand=x\n", ErrorCode::BadValue, "config:1", "proxyjump");
        row("proxy command", "ProxyCommand nc -X connect %h %p\n", ErrorCode::NotSupported, "config:1", "nc -X connect");
        row("environment", "IdentityFile ${MEDIC_NOT_SET}/k\n", ErrorCode::MissingValue, "config:1", "MEDIC_NOT_SET");
        row("include loop", "Include self\n", ErrorCode::BadValue, "self:1", "include");
    }
    void errors()
    {
        QFETCH(QByteArray, config);
        QFETCH(int, code);
        QFETCH(QByteArray, whereEnds);
        QFETCH(QByteArray, says);
        const auto resolved = resolve(config, "n");
        QVERIFY(!resolved);
        QCOMPARE(static_cast<int>(resolved.error().code), code);
        QVERIFY2(QByteArray::fromStdString(resolved.error().where).endsWith(whereEnds), resolved.error().where.c_str());
        QVERIFY2(resolved.error().detail.find(says.toStdString()) != std::string::npos, resolved.error().detail.c_str());
    }

    void askedForWins()
    {
        const auto resolved = resolve("User bob\nMatch user root\n Port 2222\n", "n", "root");
        QVERIFY(resolved);
        QCOMPARE(resolved->user, std::string("root"));
        QCOMPARE(int(resolved->port), 2222);
        const auto absent = resolveSshConfig({.alias = "n", .configFile = "/no/such/file"});
        QCOMPARE(absent.error().code, ErrorCode::FileNotFound);
        QVERIFY(resolveSshConfig({.alias = "n", .configFile = "none"}));
        QCOMPARE(resolveSshConfig({}).error().code, ErrorCode::MissingValue);
    }

    void destinations_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected"); // user|host|port; empty: refused
        QTest::newRow("host") << QByteArray("h") << QByteArray("|h|0");
        QTest::newRow("all") << QByteArray("u@h:22") << QByteArray("u|h|22");
        QTest::newRow("two @") << QByteArray("u@dom@h") << QByteArray("u@dom|h|0");
        QTest::newRow("v6") << QByteArray("fe80::1") << QByteArray("|fe80::1|0");
        QTest::newRow("v6 port") << QByteArray("u@[::1]:2222") << QByteArray("u|::1|2222");
        QTest::newRow("uri") << QByteArray("ssh://u@h:2222/") << QByteArray("u|h|2222");
        QTest::newRow("empty") << QByteArray("") << QByteArray();
        QTest::newRow("no host") << QByteArray("u@") << QByteArray();
        QTest::newRow("no user") << QByteArray("@h") << QByteArray();
        QTest::newRow("option") << QByteArray("-oX=y") << QByteArray();
        QTest::newRow("port") << QByteArray("h:x") << QByteArray();
        QTest::newRow("port too large") << QByteArray("h:65536") << QByteArray();
        QTest::newRow("bracket") << QByteArray("[::1") << QByteArray();
        QTest::newRow("space") << QByteArray("a b") << QByteArray();
        QTest::newRow("newline") << QByteArray("a\nb") << QByteArray();
    }
    void destinations()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto parsed = parseSshDestination(text.toStdString());
        QCOMPARE(parsed.has_value(), !expected.isEmpty());
        if (parsed)
            QCOMPARE(QByteArray::fromStdString(parsed->user + '|' + parsed->host + '|' + std::to_string(parsed->port)), expected);
    }

    void everyPrefixIsSurvived()
    {
        const QByteArray text = "Host a \"b c\" !d\n HostName %h.x\n IdentityFile ~/k%%\nMatch host a,b !user x\n Port 22\n"
                                "Include config.d/*\nProxyJump u@[::1]:22,h\n UserKnownHostsFile /a \"/b c\"\nProxyCommand ssh -W %h:%p j\n";
        for (int i = 0; i <= text.size(); ++i) {
            const auto resolved = resolve(text.left(i), "a");
            if (!resolved)
                QVERIFY(!resolved.error().where.empty());
        }
    }

    void hostilePatternsAreQuick()
    {
        const std::string stars(200, '*');
        QVERIFY(!sshPatternMatches(stars + "b", std::string(5000, 'a')));
        QVERIFY(sshPatternMatches(stars, std::string(5000, 'a')));
    }

    /// OpenSSH itself is the judge where it is installed.
    void agreesWithSsh()
    {
        if (!QFile::exists(QStringLiteral("/usr/bin/ssh")))
            QSKIP("no ssh on this machine");
        const QByteArray text = "Host web-* !web-9\n HostName %h.example.org\n Port 2201\n User deploy\n IdentityFile /k/%r_%h\n"
                                "Match originalhost db?\n Port 2202\n IdentityFile /k/db\n IdentitiesOnly yes\nMatch user deploy host *.example.org\n"
                                " ServerAliveInterval 9\nHost *\n User other\n ServerAliveCountMax 5\n IdentityFile /k/last\n ConnectTimeout 4\n";
        write(QStringLiteral("config"), text);
        for (const char* alias : {"web-1", "web-9", "db1", "db12", "x"}) {
            QProcess ssh;
            ssh.start(QStringLiteral("ssh"), {QStringLiteral("-G"), QStringLiteral("-F"), m_home.filePath(QStringLiteral("config")), QString::fromLatin1(alias)});
            QVERIFY(ssh.waitForFinished());
            std::map<QByteArray, QByteArray> theirs;
            for (const QByteArray& line : ssh.readAllStandardOutput().split('\n')) {
                const auto space = line.indexOf(' ');
                QByteArray& value = theirs[line.left(space)];
                value += (value.isEmpty() ? "" : " ") + line.mid(space + 1);
            }
            const auto ours = resolve(text, alias);
            QVERIFY(ours);
            QCOMPARE(QByteArray::fromStdString(ours->hostName), theirs["hostname"]);
            QCOMPARE(QByteArray::fromStdString(ours->user), theirs["user"]);
            QCOMPARE(QByteArray::number(ours->port), theirs["port"]);
            QByteArray identities = theirs["identityfile"]; // -G leaves the tokens as they are
            identities.replace("%r", ours->user.c_str()).replace("%h", ours->hostName.c_str());
            QCOMPARE(QByteArray::fromStdString(joined(ours->identityFiles)), identities);
            QCOMPARE(QByteArray::number(ours->serverAliveInterval), theirs["serveraliveinterval"]);
            QCOMPARE(QByteArray::number(ours->serverAliveCountMax), theirs["serveralivecountmax"]);
            QCOMPARE(ours->identitiesOnly, theirs["identitiesonly"] == "yes");
        }
    }
};

QTEST_GUILESS_MAIN(TestSshConfig)
#include "tst_ssh_config.moc"
