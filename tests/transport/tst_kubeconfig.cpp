// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/kubeconfig.h"
#include "tests/fakes/apiserver.h"

#include <QElapsedTimer>
#include <QTest>

using namespace medic;

namespace {

const QByteArray plain = R"(apiVersion: v1
kind: Config
current-context: dev
preferences: {}
clusters:
- name: c
  cluster:
    server: https://10.0.0.1:6443/
    tls-server-name: kubernetes
    proxy-url: socks5://127.0.0.1:1080
    insecure-skip-tls-verify: true
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: [a, 7, true]}
users:
- name: u
  user:
    token: secret-token
    as: boss
    as-groups: [g1, g2]
- name: plugin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [--cluster, one]
      env:
      - {name: A, value: b}
      installHint: get it from the portal
      provideClusterInfo: true
      interactiveMode: IfAvailable
contexts:
- name: other
  context: {cluster: c, user: plugin, namespace: shop}
- name: dev
  context: {cluster: c, user: u}
)";

} // namespace

class TestKubeconfig : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<fakes::Pki> m_pki;

    std::string put(const char* name, const QByteArray& content) const
    {
        const QString path = m_folder->filePath(QLatin1String(name));
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? path.toStdString() : std::string();
    }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        qunsetenv("KUBECONFIG");
        qputenv("HOME", m_folder->path().toUtf8());
    }

    void everyKey()
    {
        const std::string file = put("config", plain);
        const auto target = readKubeconfig(file, "");
        QVERIFY2(target.has_value(), target ? "" : target.error().detail.c_str());
        QCOMPARE(target->context, std::string("dev"));
        QCOMPARE(target->file, file);
        QCOMPARE(target->server, std::string("https://10.0.0.1:6443"));
        QCOMPARE(target->tlsServerName, std::string("kubernetes"));
        QCOMPARE(target->proxyUrl, std::string("socks5://127.0.0.1:1080"));
        QVERIFY(target->insecureSkipTlsVerify);
        QCOMPARE(target->token, std::string("secret-token"));
        QCOMPARE(target->nameSpace, std::string("default"));
        QCOMPARE(target->impersonation.user, std::string("boss"));
        QCOMPARE(target->impersonation.groups, (std::vector<std::string> {"g1", "g2"}));
        const auto other = readKubeconfig(file, "other");
        QVERIFY(other && other->exec);
        QCOMPARE(other->nameSpace, std::string("shop"));
        QCOMPARE(other->exec->command, m_folder->filePath(QStringLiteral("bin/login")).toStdString());
        QCOMPARE(other->exec->arguments, (std::vector<std::string> {"--cluster", "one"}));
        QCOMPARE(other->exec->environment.at(0).second, std::string("b"));
        QCOMPARE(other->exec->clusterConfig, std::string(R"({"audience":["a",7,true]})"));
        QCOMPARE(*kubeconfigContexts(file), (std::vector<std::string> {"dev", "other"}));
    }

    void where()
    {
        QCOMPARE(readKubeconfig("", "").error().code, ErrorCode::FileNotFound); // no ~/.kube/config
        put(".kube/config", plain);
        QCOMPARE(readKubeconfig("", "")->context, std::string("dev"));
        const QByteArray list = QByteArray::fromStdString(put("a", QByteArray(plain).replace("current-context: dev", "current-context: other")));
        qputenv("KUBECONFIG", "/none/at/all:" + list);
        QCOMPARE(readKubeconfig("", "")->context, std::string("other"));
        qputenv("KUBECONFIG", "/none/at/all");
        QCOMPARE(readKubeconfig("", "").error().code, ErrorCode::FileNotFound);
        QCOMPARE(readKubeconfig(m_folder->path().toStdString(), "").error().code, ErrorCode::FileNotReadable);
    }

    void theFirstFileWins()
    {
        const std::string first = put("x/first", "current-context: two\nclusters:\n- {name: c, cluster: {server: 'https://first:1'}}\n"
                                                 "contexts:\n- {name: one, context: {cluster: c, user: u}}\n");
        const std::string second = put("y/second", "current-context: one\nclusters:\n- {name: c, cluster: {server: 'https://second:1', tls-server-name: no}}\n"
                                                   "users:\n- {name: u, user: {tokenFile: tok}}\ncontexts:\n- {name: two, context: {cluster: c, user: u}}\n");
        const auto target = readKubeconfig(first + ":" + second, "");
        QVERIFY2(target.has_value(), target ? "" : target.error().where.c_str());
        QCOMPARE(target->context, std::string("two"));
        QCOMPARE(target->server, std::string("https://first:1"));
        QVERIFY(target->tlsServerName.empty()); // nothing of the second file's entry
        QCOMPARE(target->tokenFile, m_folder->filePath(QStringLiteral("y/tok")).toStdString()); // relative to its own file
        QCOMPARE(*kubeconfigContexts(first + ":" + second), (std::vector<std::string> {"two", "one"}));
    }

    void certificates_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("data");
        for (const char* name : {"admin-rsa", "admin-ec", "admin-ed25519"})
            for (const bool data : {false, true})
                QTest::addRow("%s %s", name, data ? "inline" : "files") << QString::fromLatin1(name) << data;
    }

    void certificates()
    {
        QFETCH(QString, name);
        QFETCH(bool, data);
        if (!m_pki)
            m_pki = std::make_unique<fakes::Pki>();
        if (!m_pki->good())
            QSKIP("openssl could not make certificates");
        const QByteArray ca = QByteArray::fromStdString(m_pki->text("ca.crt")), crt = QByteArray::fromStdString(m_pki->text(name.toStdString() + ".crt")),
                         key = QByteArray::fromStdString(m_pki->text(name.toStdString() + ".key"));
        put("pki/ca", ca);
        put("pki/crt", crt);
        put("pki/key", key);
        const auto value = [&](const char* which, const char* file, const QByteArray& content) {
            return data ? QByteArray(which) + "-data: " + content.toBase64() : QByteArray(which) + ": pki/" + file;
        };
        const auto target = readKubeconfig(
            put("config", "current-context: x\nclusters:\n- name: c\n  cluster:\n    server: https://h:1\n    " + value("certificate-authority", "ca", ca)
                              + "\nusers:\n- name: u\n  user:\n    " + value("client-certificate", "crt", crt) + "\n    " + value("client-key", "key", key)
                              + "\ncontexts:\n- {name: x, context: {cluster: c, user: u}}\n"),
            "");
        QVERIFY2(target.has_value(), target ? "" : (target.error().where + target.error().detail).c_str());
        QCOMPARE(target->caPem, ca.toStdString());
        QCOMPARE(target->clientCertificatePem, crt.toStdString());
        QCOMPARE(target->clientKeyPem, key.toStdString());
        // Another's key.
        put("pki/key", QByteArray::fromStdString(m_pki->text("viewer.key")));
        if (!data) {
            const auto wrong = readKubeconfig(m_folder->filePath(QStringLiteral("config")).toStdString(), "");
            QCOMPARE(wrong.error().code, ErrorCode::BadValue);
            QVERIFY(wrong.error().where.ends_with("config:11 users[u].user.client-key"));
        }
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("context");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("where"); // after the file's name
        const auto row = [](const char* name, const char* from, const char* to, const char* context, const char* code, const char* place) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << QString::fromLatin1(context) << QString::fromLatin1(code) << QString::fromLatin1(place);
        };
        row("no such context", "", "", "nope", "missing-value", " contexts");
        row("no such current context", "current-context: dev", "current-context: gone", "", "missing-value", ":3 current-context");
        row("no current context", "current-context: dev", "x: y", "", "missing-value", " current-context");
        row("no such cluster", "{cluster: c, user: u}", "{cluster: d, user: u}", "", "missing-value", ":36 contexts[dev].context.cluster");
        row("no such user", "{cluster: c, user: u}", "{cluster: c, user: v}", "", "missing-value", ":36 contexts[dev].context.user");
        row("no server", "server: https://10.0.0.1:6443/", "x: y", "", "missing-value", " clusters[c].cluster.server");
        row("server of another kind", "https://10.0.0.1:6443/", "ssh://10.0.0.1", "", "bad-value", ":8 clusters[c].cluster.server");
        row("no boolean", "verify: true", "verify: maybe", "", "bad-value", ":11 clusters[c].cluster.insecure-skip-tls-verify");
        row("no text", "token: secret-token", "token: [secret-token]", "", "bad-value", ":18 users[u].user.token");
        row("no list", "as-groups: [g1, g2]", "as-groups: g1", "", "bad-value", ":20 users[u].user.as-groups");
        row("no base64", "token: secret-token", "client-key-data: '***'", "", "bad-value", ":18 users[u].user.client-key-data");
        row("missing file", "token: secret-token", "client-certificate: none.crt", "", "file-not-found", ":18 users[u].user.client-certificate");
        row("authority is none", "tls-server-name: kubernetes", "certificate-authority-data: aGVsbG8=", "", "bad-value", ":9 clusters[c].cluster.certificate-authority-data");
        row("two methods", "as: boss", "username: me", "", "bad-value", ":18 users[u].user");
        row("legacy provider", "token: secret-token", "auth-provider: {name: gcp}", "", "not-supported", ":18 users[u].user.auth-provider");
        row("old plugin", "k8s.io/v1\n", "k8s.io/v1alpha1\n", "other", "not-supported", ":24 users[plugin].user.exec.apiVersion");
        row("plugin that asks", "IfAvailable", "Always", "other", "not-supported", ":31 users[plugin].user.exec.interactiveMode");
        row("twice", "- name: plugin", "- name: u", "", "bad-value", ":21 users[1]");
        row("not a map", "apiVersion: v1", "- a", "", "bad-value", ":1");
        row("tab", "clusters:", "\tclusters:", "", "bad-syntax", ":5");
    }

    void errors()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, context);
        QFETCH(QString, code);
        QFETCH(QString, where);
        QByteArray text = plain;
        if (!from.isEmpty()) {
            QVERIFY(text.contains(from));
            text.replace(from, to);
        }
        const std::string file = put("config", text);
        const auto target = readKubeconfig(file, context.toStdString());
        QVERIFY(!target);
        const std::string all = target.error().where + " | " + target.error().detail;
        QVERIFY2(QString::fromStdString(std::string(errorName(target.error().code))) == code, (std::string(errorName(target.error().code)) + " " + all).c_str());
        QVERIFY2(QString::fromStdString(target.error().where).startsWith(QString::fromStdString(file) + where), all.c_str());
        QVERIFY2(all.find("secret-token") == std::string::npos, all.c_str());
    }

    void hostileFiles_data()
    {
        QTest::addColumn<QByteArray>("content");
        QByteArray bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 30; ++i)
            bomb += QStringLiteral("a%1: &a%1 [*a%2, *a%2, *a%2, *a%2, *a%2, *a%2, *a%2, *a%2, *a%2]\n").arg(i).arg(i - 1).toUtf8();
        QTest::newRow("bomb as contexts") << bomb + "contexts: *a29\n";
        QTest::newRow("bomb as extension") << bomb
                + "current-context: x\nclusters:\n- name: c\n  cluster:\n    server: https://h:1\n    extensions:\n    - name: client.authentication.k8s.io/exec\n      extension: *a29\n"
                  "users:\n- name: u\n  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, provideClusterInfo: true}}\n"
                  "contexts:\n- {name: x, context: {cluster: c, user: u}}\n";
        QTest::newRow("loop") << QByteArray("a: &a\n  clusters: *a\nclusters: *a\n");
        QTest::newRow("binary") << QByteArray("\x7f" "ELF\x02\x01\x01\0\0\0\0", 11);
        QTest::newRow("not UTF-8") << QByteArray("current-context: \xff\xfe\xfa\n");
        QTest::newRow("deep flow") << QByteArray("clusters: ") + QByteArray(20000, '[');
        QTest::newRow("deep map") << QByteArray("clusters: ") + QByteArray(20000, '{');
        QTest::newRow("deep block") << QByteArray("- ").repeated(5000);
        QTest::newRow("huge") << QByteArray(5 * 1024 * 1024, '#');
        QTest::newRow("long line") << "current-context: " + QByteArray(3 * 1024 * 1024, 'x') + "\n";
        QTest::newRow("unknown alias") << QByteArray("clusters: *nothing\n");
        QTest::newRow("only a scalar") << QByteArray("hello\n");
        QTest::newRow("key that is a list") << QByteArray("? [a]\n: b\nclusters: [[a]]\n");
    }

    void hostileFiles()
    {
        QFETCH(QByteArray, content);
        QElapsedTimer timer;
        timer.start();
        const std::string file = put("config", content);
        QVERIFY(!readKubeconfig(file, ""));
        static_cast<void>(kubeconfigContexts(file));
        QVERIFY2(timer.elapsed() < 10000, QByteArray::number(timer.elapsed()).constData());
    }

    void survivesEveryPrefix()
    {
        for (qsizetype size = 0; size < plain.size(); size += 3) {
            const std::string file = put("prefix", plain.left(size));
            static_cast<void>(readKubeconfig(file, "dev"));
            static_cast<void>(readKubeconfig(file, "other"));
        }
    }
};

QTEST_GUILESS_MAIN(TestKubeconfig)
#include "tst_kubeconfig.moc"
