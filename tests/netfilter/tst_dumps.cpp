// SPDX-License-Identifier: GPL-3.0-or-later
// Dumps of other people's nodes: loaded into a kernel as far as it takes them, packets sent to whatever their rules name,
// and what `medicctl trace --dump` prints as JSON against what the kernel did: rule numbers and lines, final addresses,
// ports, mark, devices. MEDIC_DUMPS names the folder, MEDIC_DEEP asks for more packets of each.
#include "differential.h"
#include "dump_case.h"
#include "nft_ran.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace judge;

namespace {

std::string contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

TracePacket packetOf(const QJsonObject& json)
{
    TracePacket packet;
    packet.src = json[QLatin1String("src")].toString().toStdString();
    packet.dst = json[QLatin1String("dst")].toString().toStdString();
    packet.sport = static_cast<std::uint16_t>(json[QLatin1String("sport")].toInt());
    packet.dport = static_cast<std::uint16_t>(json[QLatin1String("dport")].toInt());
    packet.protocol = json[QLatin1String("proto")].toString().toStdString();
    packet.mark = json[QLatin1String("mark")].toString().toUInt(nullptr, 0);
    packet.in = json[QLatin1String("in")].toString().toStdString();
    packet.out = json[QLatin1String("out")].toString().toStdString();
    packet.sportRandom = json[QLatin1String("sport_random")].toBool();
    return packet;
}

Tri triOf(const QString& name) { return name == QLatin1String("yes") ? Tri::Yes : name == QLatin1String("no") ? Tri::No : Tri::Unknown; }

TraceBranch branchOf(const QJsonObject& json)
{
    TraceBranch branch;
    const std::string disposition = json[QLatin1String("disposition")].toString().toStdString();
    for (const auto one : {Disposition::Delivered, Disposition::Forwarded, Disposition::Dropped, Disposition::Rejected, Disposition::NoRoute,
                           Disposition::Martian, Disposition::Queued, Disposition::Undecidable})
        if (disposition == dispositionName(one))
            branch.disposition = one;
    branch.probability = json[QLatin1String("probability")].toDouble();
    branch.certain = json[QLatin1String("certain")].toBool();
    branch.packet = packetOf(json[QLatin1String("packet")].toObject());
    branch.reason = json[QLatin1String("reason")].toString().toStdString();
    for (const auto& value : json[QLatin1String("steps")].toArray()) {
        const QJsonObject step = value.toObject();
        const auto text = [&](const char* key) { return step[QLatin1String(key)].toString().toStdString(); };
        branch.steps.push_back({.hook = text("hook"), .table = text("table"), .chain = text("chain"), .rule = step[QLatin1String("rule")].toInt(),
                                .line = step[QLatin1String("line")].toInt(), .text = text("text"), .backend = text("backend"),
                                .matched = triOf(step[QLatin1String("matched")].toString()), .action = text("action"), .reason = text("reason")});
    }
    for (const auto& reply : json[QLatin1String("replies")].toArray())
        branch.replies.push_back(branchOf(reply.toObject()));
    return branch;
}

/// A line of a dump with the number that a trace gave its rule: counted here, by hand.
QString wrongPlace(const TraceStep& step, const QStringList& lines)
{
    const QString rule = QString::fromStdString(step.text);
    if (step.line < 1 || step.line > lines.size() || lines[step.line - 1].trimmed() != rule.trimmed())
        return QStringLiteral("line %1 is not \"%2\"").arg(step.line).arg(rule);
    const QString start = QStringLiteral("-A ") + QString::fromStdString(step.chain) + QLatin1Char(' ');
    int number = 0, at = step.line - 1;
    for (; at >= 0 && !lines[at].startsWith(QLatin1Char('*')); --at)
        number += lines[at].startsWith(start) ? 1 : 0;
    if (number != step.rule || at < 0 || lines[at].mid(1) != QString::fromStdString(step.table))
        return QStringLiteral("line %1 is rule %2 of its chain, not %3 of %4").arg(step.line).arg(number).arg(step.rule).arg(QString::fromStdString(step.table));
    return {};
}

} // namespace

class TestDumps : public QObject
{
    Q_OBJECT

    Lab m_lab;
    bool m_up = false;
    QDir m_dumps;
    QString m_mistake; ///< of what the program printed
    std::size_t m_pairs = 0, m_dumpsTried = 0;
    std::unique_ptr<nfttrace::Socket> m_socket;

    /// medicctl's answer, read back from its JSON.
    Trace ask(const PacketQuery& query, const std::string* entries)
    {
        const QString folder = QString::fromStdString(m_lab.folder());
        if (entries) {
            QFile file(folder + QStringLiteral("/conntrack-L.txt"));
            if (file.open(QIODevice::WriteOnly))
                file.write(entries->data(), static_cast<qint64>(entries->size()));
        }
        const bool ports = query.protocol != proto::icmp && query.protocol != proto::icmp6;
        const auto end = [&](const IpAddress& address, std::uint16_t port) {
            const QString text = QString::fromStdString(address.text());
            if (!ports)
                return text;
            return (address.isV6() ? QLatin1Char('[') + text + QLatin1Char(']') : text) + QLatin1Char(':') + QString::number(port);
        };
        QStringList arguments {QStringLiteral("trace"), QStringLiteral("--dump"), folder, QStringLiteral("--to"), end(query.dst, query.dport),
                               QStringLiteral("--proto"), QString::fromLatin1(protocolName(query.protocol).data()), QStringLiteral("--format"), QStringLiteral("json")};
        if (!query.src.isNone())
            arguments << QStringLiteral("--from") << end(query.src, query.sport);
        if (!query.in.empty())
            arguments << QStringLiteral("--in") << QString::fromStdString(query.in);
        if (query.mark != 0)
            arguments << QStringLiteral("--mark") << QStringLiteral("0x%1").arg(query.mark, 0, 16);
        if (query.state == Conntrack::State::Established)
            arguments << QStringLiteral("--ctstate") << QStringLiteral("ESTABLISHED");
        if (query.reply)
            arguments << QStringLiteral("--reply");
        QProcess program;
        program.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), arguments);
        program.waitForFinished(60000);
        const QJsonObject json = QJsonDocument::fromJson(program.readAllStandardOutput()).object();
        if (entries)
            QFile::resize(folder + QStringLiteral("/conntrack-L.txt"), 0);
        Trace trace;
        for (const auto& branch : json[QLatin1String("branches")].toArray()) {
            trace.branches.push_back(branchOf(branch.toObject()));
            if (query.src.isNone())
                givePort(trace.branches.back(), query.sport);
        }
        for (const auto& warning : json[QLatin1String("warnings")].toArray())
            trace.warnings.push_back(warning.toString().toStdString());
        check(trace, program, folder);
        return trace;
    }

    /// Without a source the command line cannot name its port: 40000 stands for the one that is really sent from.
    static void givePort(TraceBranch& branch, std::uint16_t port)
    {
        for (std::uint16_t* const one : {&branch.packet.sport, &branch.packet.dport})
            *one = *one == 40000 ? port : *one;
        for (TraceBranch& reply : branch.replies)
            givePort(reply, port);
    }

    /// Exit status and places in the dump.
    void check(const Trace& trace, QProcess& program, const QString& folder)
    {
        if (trace.branches.empty()) {
            m_mistake = program.arguments().join(QLatin1Char(' ')) + QStringLiteral(": no branches; ") + QString::fromUtf8(program.readAllStandardError());
            return;
        }
        bool bad = false, open = false;
        std::map<std::string, QStringList> files;
        const std::function<void(const TraceBranch&)> look = [&](const TraceBranch& branch) {
            const bool arrives = branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
            const bool unknown = !branch.certain || branch.disposition == Disposition::Queued || branch.disposition == Disposition::Undecidable;
            open = open || unknown;
            bad = bad || (!arrives && !unknown);
            for (const TraceStep& step : branch.steps) {
                if (step.rule == 0 || (step.backend != "legacy" && step.backend != "nft-compat"))
                    continue;
                auto& lines = files[step.backend];
                if (lines.isEmpty())
                    lines = QString::fromStdString(contents(folder + (step.backend == "legacy" ? QStringLiteral("/iptables-legacy-save.txt") : QStringLiteral("/iptables-nft-save.txt")))).split(QLatin1Char('\n'));
                if (const QString wrong = wrongPlace(step, lines); !wrong.isEmpty())
                    m_mistake = wrong;
            }
            for (const TraceBranch& reply : branch.replies)
                look(reply);
        };
        for (const TraceBranch& branch : trace.branches)
            look(branch);
        const int expected = bad ? 1 : open ? 3 : 0;
        if (program.exitCode() != expected)
            m_mistake = QStringLiteral("exit status %1, not %2: %3").arg(program.exitCode()).arg(expected).arg(program.arguments().join(QLatin1Char(' ')));
    }

    [[nodiscard]] static std::size_t packetsOfEach() { return qEnvironmentVariableIsSet("MEDIC_DEEP") ? 150 : 6; }

private Q_SLOTS:
    void initTestCase()
    {
        if (geteuid() != 0)
            QSKIP("needs root for network namespaces");
        if (runIn({}, "command -v ip bridge nft ipset conntrack iptables-legacy-save iptables-nft-save").status != 0)
            QSKIP("needs iproute2, iptables, nftables, ipset and conntrack");
        m_dumps = QDir(qEnvironmentVariable("MEDIC_DUMPS", QStringLiteral(MEDIC_SOURCE_DIR "/../shared/dumps")));
        if (!m_dumps.exists())
            QSKIP("no folder of dumps here (MEDIC_DUMPS names one)");
        if (!QFile::exists(QStringLiteral(MEDIC_BIN_DIR "/medicctl")))
            QSKIP("medicctl is not built");
        m_up = true;
        if (const std::string why = m_lab.up(); !why.empty()) {
            m_lab.down();
            m_up = false;
            QSKIP(("the network namespaces cannot be made here: " + why).c_str());
        }
        inside(m_lab.ns("node"), [&] {
            m_socket = std::make_unique<nfttrace::Socket>();
            if (!m_socket->open())
                m_socket.reset();
        });
    }

    void cleanupTestCase()
    {
        if (!m_up)
            return;
        m_lab.unload();
        m_lab.down();
        qInfo("%zu pairs over %zu dumps", m_pairs, m_dumpsTried);
    }

    void iptables_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("tool");
        for (const QString& name : m_dumps.entryList(QDir::Files, QDir::Name)) {
            const QString path = m_dumps.filePath(name);
            const std::string text = contents(path);
            if (name.startsWith(QLatin1String("README")) || text.find("\n-A ") == std::string::npos)
                continue;
            for (const char* tool : {"iptables-legacy", "iptables-nft"})
                QTest::newRow(qPrintable(name + QLatin1Char(' ') + QLatin1String(tool))) << path << QString::fromLatin1(tool);
        }
    }

    void iptables()
    {
        QFETCH(QString, path);
        QFETCH(QString, tool);
        DumpCase dump(contents(path), tool.toStdString());
        std::string error;
        for (int attempt = 0; attempt < 60; ++attempt) {
            error = m_lab.load(dump.made);
            const auto at = error.find("line");
            if (error.empty() || at == std::string::npos)
                break;
            const auto digits = error.find_first_of("0123456789", at);
            if (digits == std::string::npos || !dump.leaveOut(std::strtoul(error.c_str() + digits, nullptr, 10)))
                break;
        }
        if (!error.empty())
            QSKIP(("the kernel does not take it: " + error.substr(0, 200)).c_str());
        const NodeState state = m_lab.dump();
        std::size_t pairs = 0;
        for (Case& one : dump.packets(packetsOfEach())) {
            Comparison result;
            for (int attempt = 0; attempt < 3; ++attempt) {
                one.packet.sport = static_cast<std::uint16_t>(one.packet.sport + attempt * 3000);
                result = Comparer(m_lab, one, state, [this](const PacketQuery& query, const std::string* entries) { return ask(query, entries); }).run();
                if (result.difference.empty())
                    break;
            }
            pairs += result.pairs + result.replies + result.laters;
            QVERIFY2(m_mistake.isEmpty(), qPrintable(m_mistake));
            QVERIFY2(result.difference.empty(), (result.difference + '\n' + one.text()).c_str());
        }
        ++m_dumpsTried;
        m_pairs += pairs;
        qInfo("%zu pairs, %zu rules that this kernel refuses left out", pairs, dump.leftOut);
    }

    void nft_data()
    {
        QTest::addColumn<QString>("path");
        for (const QString& name : m_dumps.entryList(QDir::Files, QDir::Name)) {
            const std::string text = contents(m_dumps.filePath(name));
            if (name.endsWith(QLatin1String(".json")) || name.contains(QLatin1String("nft")) || name.contains(QLatin1String("nftables")))
                if (text.find("\n-A ") == std::string::npos && text.find("\"xt\"") == std::string::npos)
                    QTest::newRow(qPrintable(name)) << m_dumps.filePath(name);
        }
    }

    void nft()
    {
        QFETCH(QString, path);
        if (!m_socket)
            QSKIP("the kernel's trace of nftables cannot be read here");
        m_lab.unload();
        const auto clean = [&] { m_lab.node("nft list tables | grep -v 'inet judge' | while read -r t f n; do nft delete table $f $n; done"); };
        clean();
        std::string given = contents(path);
        for (const std::string name = "hook output priority dstnat"; given.find(name) != std::string::npos;) // nft before 1.0.7 knows only the number
            given.replace(given.find(name), name.size(), "hook output priority -100");
        const Outcome loaded = m_lab.node(path.endsWith(QLatin1String(".json")) ? "nft -j -f -" : "nft -f -", given);
        if (loaded.status != 0)
            QSKIP(("nft does not take it: " + loaded.err.substr(0, 200)).c_str());
        const std::vector<std::string> own {"inet judge", "inet watch"};
        std::string text = m_lab.node("nft list ruleset").out, json = m_lab.node("nft -j list ruleset").out;
        QCOMPARE(m_lab.node("nft -f -", "table inet watch {\n chain pre { type filter hook prerouting priority -450; meta nftrace set 1; }\n"
                                        " chain out { type filter hook output priority -450; meta nftrace set 1; }\n}\n").status, 0);
        (void)m_lab.dump();
        QJsonObject whole = QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
        QJsonArray kept;
        for (const auto& value : whole[QLatin1String("nftables")].toArray()) {
            const QJsonObject object = value.toObject(), body = object[object.keys().value(0)].toObject();
            if (body[QLatin1String("table")].toString() != QLatin1String("judge") && body[QLatin1String("name")].toString() != QLatin1String("judge"))
                kept.append(value);
        }
        whole[QLatin1String("nftables")] = kept;
        QFile file(QString::fromStdString(m_lab.folder()) + QStringLiteral("/nft-ruleset.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        json = QJsonDocument(whole).toJson(QJsonDocument::Compact).toStdString();
        file.write(json.data(), static_cast<qint64>(json.size()));
        file.close();
        const auto ruleset = parse::nft::readNftJson(json);
        QVERIFY(ruleset.has_value());
        NftTargets targets(text.substr(0, text.find("table inet judge")) + text.substr(text.find("table inet judge") + 900));
        std::size_t pairs = 0;
        for (Case& one : targets.packets(packetsOfEach())) {
            std::string why;
            for (int attempt = 0; attempt < 3; ++attempt) {
                why.clear();
                one.packet.sport = static_cast<std::uint16_t>(one.packet.sport + attempt * 3000);
                m_lab.flush();
                PacketQuery query {.dst = one.packet.dst, .protocol = one.packet.protocol, .sport = one.packet.sport, .dport = one.packet.dport,
                                   .in = Lab::deviceOf(one.place), .mark = one.mark};
                if (!one.anySource)
                    query.src = one.packet.src;
                const Trace trace = ask(query, nullptr);
                QVERIFY2(m_mistake.isEmpty(), qPrintable(m_mistake));
                std::vector<nfttrace::Event> events;
                while (m_socket->read(events, 0)) { }
                events.clear();
                const Observed seen = m_lab.send(one, one.packet, one.anySource, one.mark, arrivesSomewhere(trace.branches));
                while (m_socket->read(events, 8)) { }
                const auto kernel = nftran::ran(events, own);
                const bool icmp = one.packet.protocol == proto::icmp;
                const bool same = std::any_of(trace.branches.begin(), trace.branches.end(), [&](const TraceBranch& branch) {
                    return sameEnd(branch, seen, icmp) && nftran::sameRules(nftran::ran(branch, *ruleset, own), 0, kernel, 0);
                });
                if (same)
                    break;
                why = "kernel: " + seen.text() + nftran::shown(kernel) + "\nours:" + shownBranches(trace.branches);
                for (const TraceBranch& branch : trace.branches)
                    why += "\n  " + nftran::shown(nftran::ran(branch, *ruleset, own));
            }
            ++pairs;
            QVERIFY2(why.empty(), (why + '\n' + one.text()).c_str());
        }
        clean();
        ++m_dumpsTried;
        m_pairs += pairs;
        qInfo("%zu packets", pairs);
    }
};

QTEST_APPLESS_MAIN(TestDumps)
#include "tst_dumps.moc"
