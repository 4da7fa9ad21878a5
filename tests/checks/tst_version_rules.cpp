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
        row("kubelet-http2-stuck", "v1.13.12", Applies::No);
        row("static-pod-evictable", "v1.15.12", Applies::Yes);
        row("static-pod-evictable", "v1.16.0", Applies::No);
        row("dockershim-removed", "v1.23.17", Applies::No);
        row("dockershim-removed", "v1.24.0", Applies::Yes);
        row("grace-40s", "v1.30.9", Applies::Yes);
        row("grace-40s", "v1.31.14", Applies::No);
        row("proxy-livez", "v1.27.16", Applies::No);
        row("proxy-livez", "v1.28.0", Applies::Yes);
        row("proxy-random-fully", "v1.15.12", Applies::No);
        row("proxy-random-fully", "v1.16.0", Applies::Yes);
        row("bandwidth-burst-in-bytes", "v0.7.5", Applies::Yes);
        row("bandwidth-burst-in-bytes", "v0.8.0", Applies::No);
        row("bandwidth-overflow", "v0.7.5", Applies::No);
        row("bandwidth-overflow", "v0.8.0", Applies::Yes);
        row("bandwidth-overflow", "v0.8.2", Applies::Yes);
        row("bandwidth-overflow", "v0.8.3", Applies::No);
        row("no-psi", "4.19.316", Applies::Yes);
        row("no-psi", "4.20.0", Applies::No);
        row("no-psi", "4.18.0-553.el8.x86_64", Applies::Perhaps); // RHEL 8 has it, switched off
        row("somaxconn-128", "5.3.18", Applies::Yes);
        row("somaxconn-128", "5.4.0", Applies::No);
        row("conntrack-dns-race", "4.18.0-553.el8.x86_64", Applies::Perhaps);
        row("conn-reuse-drops-syn", "5.10.0-136.12.0.86.oe2203", Applies::No);
        row("coredns-proxy-plugin-gone", "1.4.0", Applies::No);
        row("coredns-proxy-plugin-gone", "1.5.0", Applies::Yes);
        row("coredns-upstream-gone", "1.6.9", Applies::No);
        row("coredns-upstream-gone", "1.7.0", Applies::Yes);
        row("docker-inspect-hangs", "20.10.18", Applies::No);
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
