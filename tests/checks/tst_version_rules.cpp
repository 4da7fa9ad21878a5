// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/version_rules.h"

#include <QTest>

using namespace medic;
using namespace medic::checks;

class VersionRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void edges_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("version");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* rule, const char* version, Applies expected) {
            QTest::newRow(qPrintable(QString::fromLatin1(rule) + u' ' + QString::fromLatin1(version)))
                << QString::fromLatin1(rule) << QString::fromLatin1(version) << static_cast<int>(expected);
        };
        row("bandwidth-burst-zero", "v1.10.13", Applies::No);
        row("bandwidth-burst-zero", "v1.11.0", Applies::Yes);
        row("bandwidth-burst-zero", "v1.12.10", Applies::Yes);
        row("bandwidth-burst-zero", "v1.13.0", Applies::No);
        row("bandwidth-divided-by-1000", "v1.14.10", Applies::Yes);
        row("bandwidth-divided-by-1000", "v1.15.0", Applies::No);
        row("bandwidth-endless-burst", "v1.12.10", Applies::No);
        row("bandwidth-endless-burst", "v1.20.2", Applies::Yes);
        row("portmap-prepends", "v0.7.4", Applies::Yes);
        row("portmap-prepends", "v0.7.5", Applies::No);
        row("portmap-prepends", "v0.8.0", Applies::No);
        row("portmap-nftables-any-address", "v1.5.1", Applies::No);
        row("portmap-nftables-any-address", "v1.6.0", Applies::Yes);
        row("portmap-nftables-any-address", "v1.8.1", Applies::Yes);
        row("portmap-nftables-any-address", "v1.9.0", Applies::No);
        row("bandwidth-no-plugin", "v0.7.5", Applies::Yes);
        row("bandwidth-no-plugin", "v0.8.0", Applies::No);
        row("bandwidth-check-crash", "v1.9.0", Applies::Yes);
        row("bandwidth-check-crash", "v1.9.1", Applies::No);
        row("proxy-no-cluster-ip-accept", "v1.10.9", Applies::Yes);
        row("proxy-no-cluster-ip-accept", "v1.11.0-rc.1", Applies::Yes);
        row("proxy-no-cluster-ip-accept", "v1.11.0", Applies::No);
        row("ipvs-netlink-deadlock", "v1.13.12", Applies::Yes);
        row("ipvs-netlink-deadlock", "v1.14.0", Applies::No);
        row("ipvs-deprecated", "v1.34.2", Applies::No);
        row("ipvs-deprecated", "v1.35.0", Applies::Yes);
        row("conn-reuse-drops-syn", "5.8.18", Applies::Yes);
        row("conn-reuse-drops-syn", "5.9.0", Applies::No);
        row("conn-reuse-drops-syn", "3.10.0-1160.el7.x86_64", Applies::Perhaps);
        row("conn-reuse-drops-syn", "5.4.0-100-generic", Applies::Perhaps);
        row("conntrack-dns-race", "4.19.0", Applies::Yes);
        row("conntrack-dns-race", "5.0.0", Applies::No);
        row("tcp-tw-recycle", "4.11.12", Applies::Yes);
        row("tcp-tw-recycle", "4.12.0", Applies::No);
        row("kubelet-refuses-cgroup-v1", "v1.34.9", Applies::No);
        row("kubelet-refuses-cgroup-v1", "v1.35.0", Applies::Yes);
        row("docker-inspect-hangs", "20.10.19", Applies::Yes);
        row("docker-inspect-hangs", "20.10.20", Applies::No);
        row("kubelet-http2-stuck", "v1.19.16", Applies::Yes);
        row("kubelet-http2-stuck", "v1.20.2", Applies::No);
    }

    void edges()
    {
        QFETCH(QString, rule);
        QFETCH(QString, version);
        QFETCH(int, expected);
        QCOMPARE(static_cast<int>(applies(rule.toStdString(), parse::version(version.toStdString()))), expected);
    }

    void anUnknownVersionStaysUnknown()
    {
        QCOMPARE(applies("portmap-prepends", std::nullopt), Applies::Unknown);
        QCOMPARE(applies("no such rule", parse::version("1.0.0")), Applies::No);
    }

    void vendorKernelsWeaken()
    {
        QCOMPARE(weakened(Confidence::Confirmed, Applies::Yes), Confidence::Confirmed);
        QCOMPARE(weakened(Confidence::Confirmed, Applies::Perhaps), Confidence::Likely);
        QCOMPARE(weakened(Confidence::Likely, Applies::Perhaps), Confidence::Possible);
    }

    void everyRuleReads()
    {
        for (const VersionRule& rule : versionRules()) {
            QVERIFY(!rule.source.empty());
            QVERIFY(rule.from.empty() || parse::version(rule.from).has_value());
            QVERIFY(rule.fixed.empty() || parse::version(rule.fixed).has_value());
            QVERIFY(&versionRule(rule.id) == &rule); // no id twice
        }
    }
};

QTEST_APPLESS_MAIN(VersionRules)
#include "tst_version_rules.moc"
