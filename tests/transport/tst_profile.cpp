// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/profile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace medic;

namespace {

QByteArray summary(const std::vector<NodeTarget>& nodes)
{
    std::string out;
    for (const NodeTarget& node : nodes) {
        out += node.name + '=' + node.user + '@' + node.host + ':' + std::to_string(node.port);
        for (const std::string& jump : node.jumps)
            out += '<' + jump;
        out += node.identity.empty() ? "" : " key " + node.identity;
        out += node.local ? " local;" : ";";
    }
    return QByteArray::fromStdString(out);
}

ClusterProfile fullProfile()
{
    ClusterProfile profile;
    profile.name = "生产 / west\"1\"";
    profile.kubeconfig = "/k/a:/k/b";
    profile.context = "admin@west";
    profile.ssh = {.user = "op", .port = 2222, .configFile = "~/.ssh/west", .knownHostsFile = "/kh", .identities = {"/i1", "/i2"},
                   .jumps = {"gate", "u@[::1]:22"}, .useSudo = true, .connectSeconds = 5, .parallel = 32};
    profile.nodes = {{.name = "n1", .host = "10.0.0.1", .user = "root", .port = 22, .jumps = {"none"}, .identity = "/i3"},
                     {.name = "me", .local = true}};
    profile.hostsFile = "/hosts";
    profile.addressType = "ExternalIP";
    profile.apiThrough = "n1";
    profile.production = true;
    profile.allowChanges = true;
    profile.colour = "#aa00FF";
    return profile;
}

} // namespace

class TestProfile : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    Result<std::vector<NodeTarget>> readHosts(const QByteArray& text, const QString& name = QStringLiteral("hosts"))
    {
        QFile file(m_folder.filePath(name));
        if (file.open(QIODevice::WriteOnly | QIODevice::Truncate))
            file.write(text);
        file.close();
        return readHostsFile(file.fileName().toStdString());
    }

private Q_SLOTS:
    void init() { qputenv("XDG_CONFIG_HOME", m_folder.path().toUtf8()); }

    void hosts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("lines") << QByteArray("# all nodes\n10.0.0.1\nroot@10.0.0.2:2222 # two\n\n n3 user=op port=22 jump=a,u@b:22 name=three identity=/k\n")
                               << QByteArray("10.0.0.1=@10.0.0.1:0;10.0.0.2=root@10.0.0.2:2222;three=op@n3:22<a<u@b:22 key /k;");
        QTest::newRow("quotes and v6") << QByteArray("[fe80::1]:22 name=six identity=\"/my keys/k\"\n::1\n")
                                       << QByteArray("six=@fe80::1:22 key /my keys/k;::1=@::1:0;");
        QTest::newRow("name only") << QByteArray("name=n1\nname=n2 local=yes\n") << QByteArray("n1=@:0;n2=@:0 local;");
        QTest::newRow("no jump") << QByteArray("n1 jump=none\n") << QByteArray("n1=@n1:0<none;");
        QTest::newRow("columns") << QByteArray("10.0.0.1 root 2222 j1\n10.0.0.2 22\n10.0.0.3 op\n10.0.0.4,root,22,a\n10.0.0.5 root port=23\n")
                                 << QByteArray("10.0.0.1=root@10.0.0.1:2222<j1;10.0.0.2=@10.0.0.2:22;10.0.0.3=op@10.0.0.3:0;10.0.0.4=root@10.0.0.4:22<a;10.0.0.5=root@10.0.0.5:23;");
        QTest::newRow("CRLF") << QByteArray("n1\r\nn2 port=22\r\n") << QByteArray("n1=@n1:0;n2=@n2:22;");
        QTest::newRow("yaml") << QByteArray("- host: 10.0.0.1\n  user: root\n- name: n2\n  host: op@10.0.0.2:22\n  jumps: [a, b]\n- n3:2222\n")
                              << QByteArray("10.0.0.1=root@10.0.0.1:0;n2=op@10.0.0.2:22<a<b;n3=@n3:2222;");
        QTest::newRow("yaml nodes") << QByteArray("# x\nnodes:\n  - host: h\n    jump: a,b\n    local: true\n") << QByteArray("h=@h:0<a<b local;");
        QTest::newRow("empty") << QByteArray("") << QByteArray("");
    }
    void hosts()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto nodes = readHosts(text);
        QVERIFY2(nodes.has_value(), nodes ? "" : nodes.error().detail.c_str());
        QCOMPARE(summary(*nodes), expected);
        for (int i = 0; i <= text.size(); ++i) {
            const auto part = readHosts(text.left(i));
            if (!part)
                QVERIFY(!part.error().where.empty());
        }
    }

    void badHosts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("whereEnds");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("key") << QByteArray("a\nb colour=red\n") << QByteArray("hosts:2") << QByteArray("colour");
        QTest::newRow("port") << QByteArray("a port=x\n") << QByteArray("hosts:1") << QByteArray("port");
        QTest::newRow("port 0") << QByteArray("a:0\n") << QByteArray("hosts:1") << QByteArray("host");
        QTest::newRow("value") << QByteArray("a user=\n") << QByteArray("hosts:1") << QByteArray("user");
        QTest::newRow("word") << QByteArray("a b 22 c d\n") << QByteArray("hosts:1") << QByteArray("key=value");
        QTest::newRow("column port") << QByteArray("a\nb root 99999\n") << QByteArray("hosts:2") << QByteArray("port");
        QTest::newRow("yaml twice") << QByteArray("- host: a\n- host: a\n") << QByteArray("hosts:2") << QByteArray("twice");
        QTest::newRow("jump") << QByteArray("a jump=-x\n") << QByteArray("hosts:1") << QByteArray("jump");
        QTest::newRow("quote") << QByteArray("a\n\"b\n") << QByteArray("hosts:2") << QByteArray("quote");
        QTest::newRow("no host") << QByteArray("user=x\n") << QByteArray("hosts:1") << QByteArray("host");
        QTest::newRow("twice") << QByteArray("a\na\n") << QByteArray("hosts:2") << QByteArray("twice");
        QTest::newRow("yaml key") << QByteArray("- host: a\n- host: b\n  colour: red\n") << QByteArray("hosts:3") << QByteArray("colour");
        QTest::newRow("yaml port") << QByteArray("- host: a\n  port: [1]\n") << QByteArray("hosts:2") << QByteArray("port");
        QTest::newRow("yaml syntax") << QByteArray("- host: a\n  user: [\n") << QByteArray("hosts:3") << QByteArray("");
        QTest::newRow("yaml shape") << QByteArray("nodes: 5\n") << QByteArray("hosts:1") << QByteArray("list");
    }
    void badHosts()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, whereEnds);
        QFETCH(QByteArray, says);
        const auto nodes = readHosts(text);
        QVERIFY(!nodes);
        QVERIFY2(QByteArray::fromStdString(nodes.error().where).endsWith(whereEnds), nodes.error().where.c_str());
        QVERIFY2(nodes.error().detail.find(says.toStdString()) != std::string::npos, nodes.error().detail.c_str());
    }

    void absentHosts()
    {
        QCOMPARE(readHostsFile("/no/such").error().code, ErrorCode::FileNotFound);
        QCOMPARE(readHostsFile("/").error().code, ErrorCode::FileNotReadable);
    }

    void roundTrip()
    {
        const ClusterProfile profile = fullProfile();
        const std::string json = writeProfile(profile);
        const auto read = readProfile(json, "p");
        QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
        QCOMPARE(writeProfile(*read), json);
        QCOMPARE(summary(read->nodes), summary(profile.nodes));
        QCOMPARE(read->ssh.jumps, profile.ssh.jumps);
        QCOMPARE(read->ssh.parallel, 32);
        QVERIFY(read->production && read->allowChanges && read->ssh.useSudo);
        for (std::size_t i = 0; i < json.size() - 1; ++i)
            QVERIFY(!readProfile(json.substr(0, i), "p") || i == json.size() - 1);
        const auto minimal = readProfile(R"({"name": "x"})", "p");
        QVERIFY(minimal);
        QCOMPARE(minimal->addressType, std::string("InternalIP"));
        QCOMPARE(minimal->ssh.connectSeconds, 10);
    }

    void badProfiles_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("where");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("syntax") << QByteArray("{\n \"name\": \"x\",\n oops }") << QByteArray("p:3") << QByteArray("");
        QTest::newRow("not an object") << QByteArray("[]") << QByteArray("p") << QByteArray("object");
        QTest::newRow("no name") << QByteArray("{}") << QByteArray("p") << QByteArray("name");
        QTest::newRow("type") << QByteArray(R"({"name": "x", "production": "yes"})") << QByteArray("p") << QByteArray("production");
        QTest::newRow("port") << QByteArray(R"({"name": "x", "ssh": {"port": 70000}})") << QByteArray("p") << QByteArray("ssh.port");
        QTest::newRow("huge") << QByteArray(R"({"name": "x", "ssh": {"parallel": 18446744073709551615}})") << QByteArray("p") << QByteArray("ssh.parallel");
        QTest::newRow("fraction") << QByteArray(R"({"name": "x", "ssh": {"port": 1.5}})") << QByteArray("p") << QByteArray("ssh.port");
        QTest::newRow("list") << QByteArray(R"({"name": "x", "ssh": {"jumps": [1]}})") << QByteArray("p") << QByteArray("ssh.jumps");
        QTest::newRow("node") << QByteArray(R"({"name": "x", "nodes": [{"name": "a"}, {"name": 5}]})") << QByteArray("p") << QByteArray("nodes[1].name");
        QTest::newRow("node's name") << QByteArray(R"({"name": "x", "nodes": [{"host": "a"}]})") << QByteArray("p") << QByteArray("nodes[0].name");
        QTest::newRow("address") << QByteArray(R"({"name": "x", "addressType": "Any"})") << QByteArray("p") << QByteArray("addressType");
        QTest::newRow("colour") << QByteArray(R"({"name": "x", "colour": "red"})") << QByteArray("p") << QByteArray("colour");
        QTest::newRow("later") << QByteArray(R"({"name": "x", "version": 99})") << QByteArray("p") << QByteArray("version");
        QTest::newRow("deep") << QByteArray(100000, '[') << QByteArray("p:1") << QByteArray("");
    }
    void badProfiles()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, where);
        QFETCH(QByteArray, says);
        const auto profile = readProfile(json.toStdString(), "p");
        QVERIFY(!profile);
        QCOMPARE(QByteArray::fromStdString(profile.error().where), where);
        QVERIFY2(profile.error().detail.find(says.toStdString()) != std::string::npos, profile.error().detail.c_str());
    }

    void saved()
    {
        std::vector<Error> problems;
        QVERIFY(savedProfiles(&problems).empty());
        ClusterProfile one = fullProfile(), two = fullProfile();
        two.name = "../../etc/passwd";
        QVERIFY(saveProfile(one));
        one.context = "changed";
        QVERIFY(saveProfile(one));
        QVERIFY(saveProfile(two));
        const QDir folder(m_folder.filePath(QStringLiteral("cluster-medic/profiles")));
        QCOMPARE(folder.entryList(QDir::Files | QDir::Hidden).size(), 2); // no temporary file stays, none went elsewhere
        for (const QFileInfo& info : folder.entryInfoList(QDir::Files)) {
            struct stat status {};
            QCOMPARE(stat(qPrintable(info.filePath()), &status), 0);
            QCOMPARE(status.st_mode & 0777, mode_t(0600));
        }
        QFile broken(folder.filePath(QStringLiteral("broken.json")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("{\n\n");
        broken.close();
        const auto profiles = savedProfiles(&problems);
        QCOMPARE(profiles.size(), std::size_t(2));
        QCOMPARE(profiles.back().context, std::string("changed"));
        QCOMPARE(problems.size(), std::size_t(1));
        QVERIFY(problems.front().where.find("broken.json:") != std::string::npos);
        QVERIFY(removeProfile(one.name));
        QCOMPARE(removeProfile(one.name).error().code, ErrorCode::FileNotFound);
        QCOMPARE(savedProfiles(nullptr).size(), std::size_t(1));
        QCOMPARE(saveProfile({}).error().code, ErrorCode::MissingValue);
        QVERIFY(!saveProfile({.name = std::string(300, 'x')}));
    }
};

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
