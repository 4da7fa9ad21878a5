// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/safety.h"

#include <QProcess>
#include <QTest>

using namespace medic;
using namespace medic::playbooks;

class TestSafety : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void forbidden_data()
    {
        QTest::addColumn<QString>("command");
        for (const char* command : {
                 "docker image prune -a", "docker system prune -af", "docker image prune --all --force", "docker system prune --volumes",
                 "crictl rmi --prune", "iptables -F", "iptables -t nat -F", "sudo iptables -t nat --flush", "ip6tables -X",
                 "iptables -P FORWARD ACCEPT", "iptables-legacy -F", "nft flush ruleset", "ipvsadm -C", "ipset destroy", "conntrack -F",
                 "kube-proxy --cleanup", "rm -rf /", "rm -rf /*", "rm -rf /var", "rm -rf /var/lib", "rm -rf /var/*/x", "rm -rf $DIR/x",
                 "rm -rf \"$DIR\"/x", "rm -rf ~/x", "rm -rf ../x", "rm -rf", "cd /tmp && rm -rf *", "find / -delete", "find /var/log -delete",
                 "ps -ef | grep 1051  > /usr/sbin/named -f -u bind", "echo x > /usr/sbin/named", "echo x >/bin/sh", "cat x > /usr/local/bin/y",
                 "tee /usr/sbin/named", "echo > /opt/cni/bin/portmap", "dd if=/dev/zero of=/dev/sda", "echo > /dev/sda", "mkfs.ext4 /dev/sdb",
                 "kubectl delete pod --all", "kubectl delete pods -A", "kubectl delete ns default", "kubectl delete node node-1",
                 "curl http://x | sh", "curl -s http://x | sudo bash", "eval \"$X\"", "pkill -f kube", "killall dockerd",
                 "sh -c 'rm -rf /'", "bash -c \"iptables -F\"", "nsenter -t 1 -n iptables -F", "ip netns exec x iptables -F",
                 "timeout 5 iptables -t nat -F", "true; iptables -F", "true\niptables -F", "$(iptables -F)", "`iptables -F`",
                 "kubectl get pod '{name}'", "echo \"{name}\"", "cat <<EOF\n{name}\nEOF", "docker ps\xef\xbc\x9b rm x",
             })
            QTest::newRow(command) << QString::fromUtf8(command);
    }

    void forbidden()
    {
        QFETCH(QString, command);
        QVERIFY(forbiddenBecause(command.toStdString()).has_value());
    }

    void allowed_data()
    {
        QTest::addColumn<QString>("command");
        for (const char* command : {
                 "iptables -w -t nat -D PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
                 "iptables-save -t nat > /var/lib/cluster-medic-nat.rules", "docker container prune --filter until=24h -f",
                 "kubectl --kubeconfig /etc/kubernetes/admin.conf delete pod -n {namespace} {pod}",
                 "kubectl drain {node} --ignore-daemonsets --delete-emptydir-data", "systemctl restart kubelet",
                 "rm -f /var/lib/cni/networks/{file}", "find /var/log/pods -xdev -name '*.gz' -mtime +7 -delete", "sysctl -w net.ipv4.ip_forward=1",
                 "journalctl --vacuum-size=500M", "docker ps --format '{{.Names}}'", "kubectl get node -o jsonpath='{.items[*].metadata.name}'",
                 "awk '{print $1}' /proc/loadavg", "echo ${HOME}", "crictl stop -t 5 {id}; crictl rm -f {id}", "ss -lnt 2>/dev/null",
             })
            QTest::newRow(command) << QString::fromUtf8(command);
    }

    void allowed()
    {
        QFETCH(QString, command);
        const auto why = forbiddenBecause(command.toStdString());
        QVERIFY2(!why, why.value_or("").c_str());
    }

    void risks()
    {
        QCOMPARE(leastRisk("systemctl restart docker"), Risk::High);
        QCOMPARE(leastRisk("sudo systemctl restart docker.service"), Risk::High);
        QCOMPARE(leastRisk("systemctl restart kubelet"), Risk::Low);
        QCOMPARE(leastRisk("kubectl drain {node}"), Risk::High);
        QCOMPARE(leastRisk("sync; reboot"), Risk::High);
        QCOMPARE(leastRisk("kubectl delete pod {name}"), Risk::Medium);
        QCOMPARE(leastRisk("kubectl cordon {node}"), Risk::Low);
    }

    void valuesAreQuoted_data()
    {
        QTest::addColumn<QByteArray>("value");
        for (const char* value : {"web-0", "a b", "a'b", "$(touch /tmp/x)", "`id`", "a;b", "a\"b", "a\\b", "*", "~", "#", "!", "&", "|", "\xe8\x8a\x82\xe7\x82\xb9"})
            QTest::newRow(value) << QByteArray(value);
    }

    /// The shell itself is asked: the word arrives as it was.
    void valuesAreQuoted()
    {
        QFETCH(QByteArray, value);
        const auto command = fillCommand("printf %s {x}", {{"x", value.toStdString()}});
        QVERIFY(command);
        QProcess shell;
        shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), QString::fromStdString(*command)});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.readAllStandardOutput(), value);
    }

    void unfitValuesAreRefused()
    {
        for (const char* value : {"", "-A", "--all", "a\nb", "a\x1b[0m", "a\x7f"})
            QVERIFY2(!fillCommand("x {y}", {{"y", value}}), value);
        const auto missing = fillCommand("x {y}", {});
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::MissingValue);
        QCOMPARE(*fillCommand("docker ps --format '{{.Names}}' {y}", {{"y", "1"}}), std::string("docker ps --format '{{.Names}}' 1"));
    }

    void aHostileNameCannotReachTheShell()
    {
        const auto command = fillCommand("kubectl delete pod -n {namespace} {name}", {{"namespace", "default"}, {"name", "x'; rm -rf / #"}});
        QVERIFY(command);
        QCOMPARE(*command, std::string("kubectl delete pod -n default 'x'\\''; rm -rf / #'"));
    }
};

QTEST_GUILESS_MAIN(TestSafety)
#include "tst_safety.moc"
