// SPDX-License-Identifier: GPL-3.0-or-later
// The logs of every component in every wrapping, old and new: message, severity, and a clock that tells what came when.
#include "diagnostics/parse/logs.h"

#include <QTest>

#include <cmath>

using namespace medic::parse;

class Logs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wrappings_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("severity");
        QTest::addColumn<bool>("clock");
        const auto row = [](const char* name, const char* line, const char* message, const char* severity, bool clock) {
            QTest::newRow(name) << QString::fromUtf8(line) << QString::fromUtf8(message) << QString::fromLatin1(severity) << clock;
        };
        row("klog", "E0729 11:21:02.178079    9575 file.go:321] unable to read", "unable to read", "E", true);
        row("klog, structured", "I1123 08:30:44.382572 1 kubelet.go:1] \"Msg\" key=\"value\"", "\"Msg\" key=\"value\"", "I", true);
        row("journal short-iso", "2026-11-23T08:30:44+0800 node-1 kubelet[1]: W1123 08:30:44.382572 1 x.go:1] careful", "careful", "W", true);
        row("journal short-iso, a daemon", "2026-11-23T08:30:44+08:00 node-1 dockerd[5]: time=\"2026-11-23T08:30:44+08:00\" level=error msg=\"boom\"", "time=\"2026-11-23T08:30:44+08:00\" level=error msg=\"boom\"", "E", true);
        row("syslog", "Nov 23 08:30:44 node-1 kernel: nf_conntrack: table full, dropping packet", "nf_conntrack: table full, dropping packet", "", true);
        row("syslog, one digit", "Nov  3 08:30:44 node-1 kernel: x", "x", "", true);
        row("CRI", "2026-01-02T03:04:05.678901234+08:00 stderr F [ERROR] plugin/errors: 2 a. A: read udp", "[ERROR] plugin/errors: 2 a. A: read udp", "", true);
        row("CRI, a part", "2026-01-02T03:04:05.678901234Z stdout P half a li", "half a li", "", true);
        row("docker json-file", "{\"log\":\"E1123 08:30:44.382572 1 x.go:1] boom\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-23T08:30:44.1Z\"}", "boom", "E", true);
        row("dmesg", "[12345.678901] EXT4-fs error (device sda1)", "EXT4-fs error (device sda1)", "", true);
        row("dmesg -T", "[Mon Nov 23 08:30:44 2026] INFO: task runc:1 blocked for more than 120 seconds.", "INFO: task runc:1 blocked for more than 120 seconds.", "", true);
        row("dmesg -T, one digit", "[Sun Nov  1 08:30:44 2026] x", "x", "", true);
        row("CoreDNS has brackets too", "[ERROR] plugin/errors: 2 example.com. A: i/o timeout", "[ERROR] plugin/errors: 2 example.com. A: i/o timeout", "", false);
        row("zap", "{\"level\":\"warn\",\"ts\":\"2026-11-23T08:30:44.382Z\",\"msg\":\"slow fdatasync\"}", "{\"level\":\"warn\",\"ts\":\"2026-11-23T08:30:44.382Z\",\"msg\":\"slow fdatasync\"}", "W", true);
        row("capnslog", "2019-10-01 12:34:56.123456 W | etcdserver: read-only range request took too long (1.2s) to execute", "etcdserver: read-only range request took too long (1.2s) to execute", "W", true);
        row("plain", "panic: runtime error", "panic: runtime error", "", false);
        row("nearly a date", "[Mon Foo 23 08:30:44 2026] x", "[Mon Foo 23 08:30:44 2026] x", "", false);
        row("nearly klog", "E0729 11:21", "E0729 11:21", "", false);
        row("month 13", "E1329 11:21:02.178079    9575 file.go:321] x", "E1329 11:21:02.178079    9575 file.go:321] x", "", false);
    }

    void wrappings()
    {
        QFETCH(QString, line);
        QFETCH(QString, message);
        QFETCH(QString, severity);
        QFETCH(bool, clock);
        const std::string text = line.toStdString();
        const auto all = logLines(text);
        QCOMPARE(all.size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(std::string(all[0].message)), message);
        QCOMPARE(all[0].severity, severity.isEmpty() ? char(0) : severity.at(0).toLatin1());
        QCOMPARE(all[0].clock.has_value(), clock);
        QCOMPARE(all[0].text, std::string_view(text));
        for (std::size_t length = 0; length <= text.size(); ++length)
            (void)logLines(std::string_view(text).substr(0, length));
    }

    void differences_data()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<double>("seconds");
        QTest::newRow("over midnight") << u"E1123 23:59:59.500000 1 x.go:1] a"_qs << u"E1124 00:00:00.500000 1 x.go:1] b"_qs << 1.0;
        QTest::newRow("over a month") << u"Nov 30 23:59:59 n kernel: a"_qs << u"Dec  1 00:00:00 n kernel: b"_qs << 1.0;
        QTest::newRow("over two zones") << u"2026-11-23T08:30:00+0800 n k: a"_qs << u"2026-11-23T00:30:10+0000 n k: b"_qs << 10.0;
        QTest::newRow("dmesg -T over a year") << u"[Thu Dec 31 23:59:59 2026] a"_qs << u"[Fri Jan  1 00:00:00 2027] b"_qs << 1.0;
        QTest::newRow("dmesg -T over a leap day") << u"[Wed Feb 28 23:59:59 2024] a"_qs << u"[Fri Mar  1 00:00:00 2024] b"_qs << 86401.0;
        QTest::newRow("dmesg -T, no leap day") << u"[Sat Feb 28 23:59:59 2026] a"_qs << u"[Sun Mar  1 00:00:00 2026] b"_qs << 1.0;
        QTest::newRow("since boot") << u"[  100.500000] a"_qs << u"[  163.250000] b"_qs << 62.75;
    }

    void differences()
    {
        QFETCH(QString, first);
        QFETCH(QString, second);
        QFETCH(double, seconds);
        const std::string text = (first + u'\n' + second + u'\n').toStdString();
        const auto all = logLines(text);
        QCOMPARE(all.size(), std::size_t(2));
        QVERIFY(all[0].clock && all[1].clock);
        QVERIFY2(std::abs(*all[1].clock - *all[0].clock - seconds) < 0.001, qPrintable(QString::number(*all[1].clock - *all[0].clock)));
        QCOMPARE(newest(all), all[1].clock);
    }

    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("seconds"); // negative: none
        QTest::newRow("3m57.1s") << u"3m57.1s"_qs << 237.1;
        QTest::newRow("1h2m") << u"1h2m"_qs << 3720.0;
        QTest::newRow("800ms") << u"800ms"_qs << 0.8;
        QTest::newRow("5m0s") << u"5m0s"_qs << 300.0;
        QTest::newRow("no unit") << u"5"_qs << -1.0;
        QTest::newRow("words") << u"soon"_qs << -1.0;
        QTest::newRow("empty") << QString() << -1.0;
    }

    void durations()
    {
        QFETCH(QString, text);
        QFETCH(double, seconds);
        const auto value = goDuration(text.toStdString());
        QCOMPARE(value.has_value(), seconds >= 0);
        if (value)
            QVERIFY(std::abs(*value - seconds) < 1e-9);
    }
};

QTEST_APPLESS_MAIN(Logs)
#include "tst_logs.moc"
