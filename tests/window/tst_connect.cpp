// SPDX-License-Identifier: GPL-3.0-or-later
// From "connect" to a node's facts through the window: the dialog, a real sshd with an unknown host key, the apiserver's
// double with a kubeconfig. And the program's command line.
#include "tests/fakes/apiserver.h"
#include "tests/fakes/real_sshd.h"
#include "tests/window/window_stage.h"
#include "widgets/models/nodes_model.h"
#include "widgets/views/nodes_view.h"
#include "widgets/window/connect_dialog.h"
#include "widgets/window/profile_form.h"
#include "widgets/window/secrets_dialog.h"

#include <QCheckBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>

using namespace medic;

namespace {

template<typename Dialog>
Dialog* dialogOf(const WindowStage& stage)
{
    for (Dialog* one : stage.window->findChildren<Dialog*>())
        if (one->isVisible())
            return one;
    return nullptr;
}

QWidget* fieldOf(QWidget* dialog, const QString& label)
{
    for (QLabel* one : dialog->findChildren<QLabel*>())
        if (one->text() == label && one->buddy()) {
            QWidget* field = one->buddy();
            if (auto* inside = field->findChild<QLineEdit*>(); inside && !qobject_cast<QSpinBox*>(field) && !qobject_cast<QPlainTextEdit*>(field))
                return inside;
            return field;
        }
    return nullptr;
}

void type(QWidget* dialog, const QString& label, const QString& text)
{
    QWidget* field = fieldOf(dialog, label);
    QVERIFY2(field, qPrintable(label));
    if (auto* line = qobject_cast<QLineEdit*>(field)) {
        line->setText(text);
        Q_EMIT line->editingFinished();
    } else if (auto* area = qobject_cast<QPlainTextEdit*>(field)) {
        area->setPlainText(text);
    } else {
        QFAIL(qPrintable(label + QStringLiteral(" is no text field")));
    }
}

void press(QWidget* dialog, const QString& words)
{
    for (QPushButton* one : dialog->findChildren<QPushButton*>())
        if (one->text() == words) {
            QTest::mouseClick(one, Qt::LeftButton);
            return;
        }
    QFAIL(qPrintable(QStringLiteral("no button ") + words));
}

struct Ran {
    int status = -1;
    QByteArray out, err;
};

Ran runProgram(const QStringList& arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("QT_QPA_PLATFORM")); // it must choose by itself
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(MEDIC_BIN_DIR "/cluster-medic"), arguments);
    process.waitForFinished(60000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace

class TestConnect final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;

private Q_SLOTS:
    void initTestCase() { WindowStage::useOwnHome(m_home); }

    void theFormSaysWhatIsWrong()
    {
        WindowStage stage;
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("connect"), .detail = {}}));
        auto* dialog = dialogOf<ConnectDialog>(stage);
        QVERIFY(dialog);
        WindowStage::picture(dialog, QStringLiteral("test-connect-en"));
        press(dialog, QStringLiteral("Connect"));
        QVERIFY(dialog->isVisible()); // no name
        type(dialog, QStringLiteral("Name"), QStringLiteral("lab"));
        type(dialog, QStringLiteral("Nodes"), QStringLiteral("node-1 = root@10.0.0.11:22\nnode-2 = two words"));
        const auto made = dialog->profile();
        QVERIFY(!made);
        QVERIFY(made.error().where.find('2') != std::string::npos);
        type(dialog, QStringLiteral("kubeconfig"), QStringLiteral("/nowhere/config"));
        QVERIFY(dialog->isVisible());
        setLanguage(Language::Chinese);
        for (int i = 0; i < 3; ++i)
            QCoreApplication::processEvents();
        QStringList wrong;
        for (const QWidget* one : dialog->findChildren<QWidget*>())
            if (one->isVisible())
                if (const QString what = clipped(one); !what.isEmpty())
                    wrong << what;
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
        WindowStage::picture(dialog, QStringLiteral("test-connect-zh"));
    }

    void nodesInTheForm_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        const auto row = [](const char* text, bool good) { QTest::newRow(text) << QString::fromUtf8(text) << good; };
        row("node-1", true);
        row("node-1 = 10.0.0.1", true);
        row("node-1 = root@10.0.0.1:2222 via bastion,inner", true);
        row("node-6 = root@[fd00::1]:22", true);
        row("here = local", true);
        row("# a comment\n\nnode-1", true);
        row("node-1 = 10.0.0.1:99999", false);
        row("node-1 = 10.0.0.1:", false);
        row("node-1 = root@", false);
        row("node-1 =", false);
        row("a b", false);
        row("node-1 = [zz]:22", false);
    }

    void nodesInTheForm()
    {
        QFETCH(QString, text);
        QFETCH(bool, good);
        const auto nodes = nodesFromText(text);
        QCOMPARE(nodes.has_value(), good);
        if (!good)
            return;
        const auto again = nodesFromText(nodesAsText(*nodes)); // what is shown is read as the same
        QVERIFY(again);
        QCOMPARE(again->size(), nodes->size());
        for (std::size_t i = 0; i < nodes->size(); ++i) {
            QCOMPARE((*again)[i].name, (*nodes)[i].name);
            QCOMPARE((*again)[i].host, (*nodes)[i].host);
            QCOMPARE((*again)[i].user, (*nodes)[i].user);
            QCOMPARE((*again)[i].port, (*nodes)[i].port);
            QCOMPARE((*again)[i].jumps, (*nodes)[i].jumps);
            QCOMPARE((*again)[i].local, (*nodes)[i].local);
        }
    }

    void overRealSsh()
    {
        if (const QString missing = fakes::RealSshd::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        fakes::RealSshd sshd;
        if (!sshd.running())
            QSKIP("sshd does not start here");
        WindowStage stage;
        const QString config = stage.folder.filePath(QStringLiteral("ssh_config")), known = stage.folder.filePath(QStringLiteral("known_hosts"));
        fakes::writeFile(config, "Host *\n  UserKnownHostsFile " + known.toUtf8() + "\n  StrictHostKeyChecking ask\n");
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("connect"), .detail = {}}));
        auto* dialog = dialogOf<ConnectDialog>(stage);
        QVERIFY(dialog);
        type(dialog, QStringLiteral("Name"), QStringLiteral("one sshd"));
        type(dialog, QStringLiteral("Key files"), QString::fromStdString(sshd.path("id")));
        type(dialog, QStringLiteral("SSH configuration"), config);
        type(dialog, QStringLiteral("Nodes"),
             QStringLiteral("node-1 = %1@127.0.0.1:%2").arg(QString::fromStdString(localUserName())).arg(sshd.port()));
        press(dialog, QStringLiteral("Connect"));
        QVERIFY(stage.session.isOpen() && stage.session.isLive());
        // The host key is unknown: asked once, with its fingerprint, and remembered when the engineer says so.
        QTRY_VERIFY_WITH_TIMEOUT(dialogOf<SecretsDialog>(stage), 30000);
        auto* secrets = dialogOf<SecretsDialog>(stage);
        WindowStage::picture(secrets, QStringLiteral("test-secrets"));
        bool fingerprint = false;
        for (const QLabel* label : secrets->findChildren<QLabel*>())
            fingerprint = fingerprint || label->text().contains(QLatin1String("SHA256:"));
        QVERIFY(fingerprint);
        for (QCheckBox* trust : secrets->findChildren<QCheckBox*>())
            trust->setChecked(true);
        press(secrets, QStringLiteral("Try again"));
        const auto state = [&stage] {
            for (const auto& one : stage.session.progress())
                if (one.node == QLatin1String("node-1"))
                    return one.state;
            return collect::NodeProgress::State::Waiting;
        };
        QTRY_VERIFY_WITH_TIMEOUT(state() == collect::NodeProgress::State::Done || state() == collect::NodeProgress::State::Partial, 60000);
        QVERIFY(stage.session.snapshot().find("node-1", "uname"));
        QVERIFY(!fakes::readFile(known).isEmpty());
        QTRY_VERIFY(!stage.session.sweeping());
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("node-1"), .detail = {}}));
        WindowStage::picture(stage.window.get(), QStringLiteral("test-live-node"));
        // Nothing secret in what was saved.
        for (const ClusterProfile& saved : savedProfiles(nullptr))
            QVERIFY(writeProfile(saved).find("PRIVATE KEY") == std::string::npos);
    }

    void throughTheApiserver()
    {
        const fakes::Pki pki;
        if (!pki.good())
            QSKIP("no openssl to make certificates with");
        const fakes::Apiserver server(pki);
        if (!server.running())
            QSKIP("the apiserver's double does not start here (python3?)");
        WindowStage stage;
        const QString kubeconfig = stage.folder.filePath(QStringLiteral("kubeconfig"));
        fakes::writeFile(kubeconfig, "apiVersion: v1\nkind: Config\ncurrent-context: lab\ncontexts:\n- name: lab\n  context: {cluster: c, user: u}\nclusters:\n- name: c\n  cluster:\n    server: https://127.0.0.1:"
                             + QByteArray::number(server.port()) + "\n    certificate-authority: " + pki.path("ca.crt").toUtf8() + "\nusers:\n- name: u\n  user: {token: secret-token}\n");
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("connect"), .detail = {}}));
        auto* dialog = dialogOf<ConnectDialog>(stage);
        type(dialog, QStringLiteral("Name"), QStringLiteral("the double"));
        type(dialog, QStringLiteral("kubeconfig"), kubeconfig);
        // Nobody listens for SSH there: the nodes come from the API and stay unknown.
        const QString config = stage.folder.filePath(QStringLiteral("ssh_config"));
        fakes::writeFile(config, "Host *\n  HostName 127.0.0.1\n  Port 1\n");
        type(dialog, QStringLiteral("SSH configuration"), config);
        const auto made = dialog->profile();
        QVERIFY(made);
        QCOMPARE(made->kubeconfig, kubeconfig.toStdString());
        press(dialog, QStringLiteral("Connect"));
        auto* nodes = stage.find<NodesView>();
        QTRY_VERIFY_WITH_TIMEOUT(stage.session.snapshot().cluster("api/nodes") != nullptr, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(nodes->model()->rowCount() > 0, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.session.sweeping(), 60000);
        WindowStage::picture(stage.window.get(), QStringLiteral("test-api-only"));
    }

    void theCommandLine()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_BIN_DIR "/cluster-medic")))
            QSKIP("cluster-medic is not built");
        const WindowStage stage;
        const QString incident = stage.recording({"node-1"}), png = stage.folder.filePath(QStringLiteral("a.png")), pdf = stage.folder.filePath(QStringLiteral("a.pdf"));
        Ran ran = runProgram({incident, QStringLiteral("--screenshot"), png, QStringLiteral("--view"), QStringLiteral("nodes:node-1"), QStringLiteral("--lang"), QStringLiteral("zh"),
                              QStringLiteral("--theme"), QStringLiteral("dark"), QStringLiteral("--size"), QStringLiteral("1920x1080")});
        QVERIFY2(ran.status == 0, ran.err.constData());
        const QImage picture(png);
        QCOMPARE(picture.size(), QSize(1920, 1080));
        QVERIFY(picture.pixelColor(5, 500).lightness() < 100);
        ran = runProgram({QStringLiteral("--render-report"), incident, QStringLiteral("-o"), pdf, QStringLiteral("--lang"), QStringLiteral("zh")});
        QVERIFY2(ran.status == 0, ran.err.constData());
        QVERIFY(fakes::readFile(pdf).startsWith("%PDF-"));
        // The file was never judged: the report is made from the checks as they run now.
        if (!QStandardPaths::findExecutable(QStringLiteral("pdftotext")).isEmpty()) {
            QProcess text;
            text.start(QStringLiteral("pdftotext"), {pdf, QStringLiteral("-")});
            QVERIFY(text.waitForFinished());
            QVERIFY(QString::fromUtf8(text.readAllStandardOutput()).contains(QStringLiteral("98%")));
        }
        // The picture of the report waits for its pages.
        ran = runProgram({incident, QStringLiteral("--screenshot"), png, QStringLiteral("--view"), QStringLiteral("report"), QStringLiteral("--theme"), QStringLiteral("light")});
        QVERIFY2(ran.status == 0, ran.err.constData());
        const QImage report(png);
        int ink = 0;
        for (int y = 60; y < report.height() - 60; ++y)
            for (int x = 360; x < report.width() - 30; ++x)
                ink += report.pixelColor(x, y).lightness() < 90;
        QVERIFY2(ink > 1000, "the report's page is blank");
        const std::pair<QStringList, int> wrong[] = {
            {{QStringLiteral("--screenshot"), png, QStringLiteral("--view"), QStringLiteral("nodes:node-77"), incident}, 2},
            {{QStringLiteral("--screenshot"), png, QStringLiteral("--view"), QStringLiteral("nowhere"), incident}, 2},
            {{QStringLiteral("--screenshot"), png, stage.folder.filePath(QStringLiteral("absent.medic"))}, 2},
            {{QStringLiteral("--screenshot"), QStringLiteral("/nowhere/a.png"), incident}, 1},
            {{QStringLiteral("--size"), QStringLiteral("12"), QStringLiteral("--screenshot"), png}, 2},
            {{QStringLiteral("--lang"), QStringLiteral("fr"), QStringLiteral("--screenshot"), png}, 2},
            {{QStringLiteral("--render-report"), incident}, 2},
            {{QStringLiteral("--render-report"), stage.folder.filePath(QStringLiteral("absent.medic")), QStringLiteral("-o"), pdf}, 2}};
        for (const auto& [arguments, status] : wrong) {
            ran = runProgram(arguments);
            QVERIFY2(ran.status == status, qPrintable(arguments.join(u' ') + QStringLiteral(": ") + QString::number(ran.status)));
            QVERIFY(ran.status == 1 || !ran.err.isEmpty());
        }
    }
};

QTEST_MAIN(TestConnect)
#include "tst_connect.moc"
