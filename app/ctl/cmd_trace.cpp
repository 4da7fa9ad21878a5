// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/command.h"

#include "app/ctl/trace_text.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/netfilter/cluster_trace.h"
#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/netfilter/trace_json.h"
#include "diagnostics/parse/kube_objects.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace medic::ctl {

namespace {

using namespace netfilter;

/// lupdate files what stands in tr() under the namespace, and what is marked by QT_TRANSLATE_NOOP under "ctl".
QString tr(const char* text)
{
    const QString here = QCoreApplication::translate("medic::ctl", text);
    return here == QString::fromUtf8(text) ? QCoreApplication::translate("ctl", text) : here;
}

int complain(const QString& sentence)
{
    std::fprintf(stderr, "medicctl: %s\n", sentence.toUtf8().constData());
    return UsageError;
}

/// "10.0.0.1", "10.0.0.1:80", "fd00::1", "[fd00::1]:80"
bool readEndpoint(const QString& text, IpAddress& address, std::uint16_t& port)
{
    QString host = text, number;
    if (text.startsWith(QLatin1Char('['))) {
        const auto close = text.indexOf(QLatin1Char(']'));
        if (close < 0)
            return false;
        host = text.mid(1, close - 1);
        const QString rest = text.mid(close + 1);
        if (!rest.isEmpty() && !rest.startsWith(QLatin1Char(':')))
            return false;
        number = rest.mid(1);
    } else if (text.count(QLatin1Char(':')) == 1) {
        host = text.section(QLatin1Char(':'), 0, 0);
        number = text.section(QLatin1Char(':'), 1);
        if (number.isEmpty())
            return false;
    }
    const auto parsed = IpAddress::parse(host.toStdString());
    if (!parsed)
        return false;
    address = *parsed;
    if (number.isEmpty())
        return true;
    bool ok = false;
    const unsigned value = number.toUInt(&ok);
    if (!ok || value == 0 || value > 65535)
        return false;
    port = static_cast<std::uint16_t>(value);
    return true;
}

std::optional<Conntrack::State> readState(const QString& text)
{
    const QString name = text.toUpper();
    if (name.isEmpty() || name == QLatin1String("NEW"))
        return Conntrack::State::New;
    if (name == QLatin1String("ESTABLISHED"))
        return Conntrack::State::Established;
    if (name == QLatin1String("RELATED"))
        return Conntrack::State::Related;
    if (name == QLatin1String("INVALID"))
        return Conntrack::State::Invalid;
    if (name == QLatin1String("UNTRACKED"))
        return Conntrack::State::Untracked;
    return std::nullopt;
}

/// The options as a query; on a mistake the sentence to print.
std::optional<PacketQuery> readQuery(const QCommandLineParser& options, QString& mistake)
{
    PacketQuery query;
    const auto value = [&](const char* name) { return options.value(QLatin1String(name)); };
    const auto wrong = [&](const char* option, const char* expected) {
        mistake = tr("%1 %2: expected %3").arg(QLatin1String(option), value(option + 2), tr(expected));
        return std::nullopt;
    };
    if (value("to").isEmpty()) {
        mistake = tr("--to is missing: expected ADDR:PORT");
        return std::nullopt;
    }
    std::uint16_t from = query.sport;
    if (!value("from").isEmpty() && !readEndpoint(value("from"), query.src, from))
        return wrong("--from", QT_TRANSLATE_NOOP("ctl", "an address, or address:port"));
    query.sport = from;
    if (!readEndpoint(value("to"), query.dst, query.dport))
        return wrong("--to", QT_TRANSLATE_NOOP("ctl", "an address, or address:port"));
    if (!query.src.isNone() && query.src.family != query.dst.family) {
        mistake = tr("--from and --to are not of the same address family");
        return std::nullopt;
    }
    const std::string protocol = value("proto").toLower().toStdString();
    const auto number = protocolNumber(protocol.empty() ? "tcp" : protocol);
    if (!number || *number == 0)
        return wrong("--proto", QT_TRANSLATE_NOOP("ctl", "tcp, udp, sctp or icmp"));
    query.protocol = *number == proto::icmp && query.dst.isV6() ? proto::icmp6 : *number;
    const bool ports = query.protocol == proto::tcp || query.protocol == proto::udp || query.protocol == proto::sctp;
    if (ports && query.dport == 0) {
        mistake = tr("--to %1: expected %2").arg(value("to"), tr("a port as well, as in 10.96.0.1:443"));
        return std::nullopt;
    }
    query.in = value("in").toStdString();
    if (const QString mark = value("mark"); !mark.isEmpty()) {
        bool ok = false;
        query.mark = mark.toUInt(&ok, 0);
        if (!ok)
            return wrong("--mark", QT_TRANSLATE_NOOP("ctl", "a number, as in 0x4000"));
    }
    const auto state = readState(value("ctstate"));
    if (!state)
        return wrong("--ctstate", QT_TRANSLATE_NOOP("ctl", "NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED"));
    query.state = *state;
    query.reply = options.isSet(QStringLiteral("reply"));
    query.passedOver = options.isSet(QStringLiteral("all-rules"));
    query.matches = value("format") == QLatin1String("json");
    return query;
}

Result<NodeState> loadIncident(const QString& file, QString node, std::vector<kube::Service>& services)
{
    const auto incident = IncidentFile::open(file.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!incident)
        return tl::unexpected(incident.error());
    const auto snapshot = incident->snapshot();
    if (!snapshot)
        return tl::unexpected(snapshot.error());
    const auto nodes = snapshot->nodes();
    if (node.isEmpty() && nodes.size() == 1)
        node = QString::fromStdString(nodes.front());
    if (std::find(nodes.begin(), nodes.end(), node.toStdString()) == nodes.end()) {
        std::string names;
        for (const auto& one : nodes)
            names += (names.empty() ? "" : ", ") + one;
        return failure(ErrorCode::MissingValue, "--node " + node.toStdString(), names);
    }
    if (const auto seen = snapshot->cluster(probe::apiServices); seen && seen->good())
        if (const auto list = kube::parseServices(seen->out))
            services = *list;
    return NodeState::fromSnapshot(*snapshot, node.toStdString());
}

/// The whole cluster in an incident file: every node with rules, and the names that the apiserver gave.
int runAcross(const QString& file, const QString& node, const PacketQuery& query, bool json)
{
    const auto incident = IncidentFile::open(file.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!incident)
        return complain(words::sentence(incident.error()));
    const auto snapshot = incident->snapshot();
    if (!snapshot)
        return complain(words::sentence(snapshot.error()));
    const PathNames names = PathNames::fromSnapshot(*snapshot);
    ClusterTracer tracer(names);
    for (const auto& one : names.collected)
        tracer.add(one, std::make_shared<const NodeState>(NodeState::fromSnapshot(*snapshot, one)));
    const ClusterTrace trace = tracer.trace(node.isEmpty() ? tracer.startOf(query.src, query.dst) : node.toStdString(), query);
    if (json) {
        std::fputs(clusterTraceJson(trace).c_str(), stdout);
        std::fputc('\n', stdout);
    } else {
        std::fputs(clusterTraceText(trace).toUtf8().constData(), stdout);
    }
    bool unknown = false, refused = false;
    for (const auto& branch : trace.branches) {
        const bool open = !branch.certain || branch.end == ClusterEnd::Unknown;
        unknown = unknown || open;
        refused = refused || (!open && (branch.end == ClusterEnd::Refused || (query.reply && branch.answerEnd == ClusterEnd::Refused)));
    }
    return refused ? ProblemsFound : unknown ? SomethingUnknown : NothingWrong;
}

int exitStatus(const Trace& trace)
{
    bool ends = false, unknown = false;
    const auto judge = [&](const std::vector<TraceBranch>& branches) {
        for (const auto& branch : branches) {
            const bool arrives = branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
            const bool open = !branch.certain || branch.disposition == Disposition::Undecidable
                || branch.disposition == Disposition::Queued;
            unknown = unknown || open;
            ends = ends || (!arrives && !open);
        }
    };
    judge(trace.branches);
    for (const auto& branch : trace.branches)
        judge(branch.replies);
    return ends ? ProblemsFound : unknown ? SomethingUnknown : NothingWrong;
}

void addOptions(QCommandLineParser& options)
{
    const auto add = [&](const char* name, const char* help, const char* placeholder) {
        options.addOption({QString::fromLatin1(name), tr(help), QString::fromLatin1(placeholder)});
    };
    add("dump", QT_TRANSLATE_NOOP("ctl", "a folder with one node's raw outputs"), "DIR");
    add("node", QT_TRANSLATE_NOOP("ctl", "the node, in an incident file"), "NODE");
    add("from", QT_TRANSLATE_NOOP("ctl", "the source; without it the node itself"), "ADDR[:PORT]");
    add("to", QT_TRANSLATE_NOOP("ctl", "the destination"), "ADDR:PORT");
    add("proto", QT_TRANSLATE_NOOP("ctl", "tcp (default), udp, sctp or icmp"), "PROTO");
    add("in", QT_TRANSLATE_NOOP("ctl", "the interface by which it enters; by default where the source is"), "IFACE");
    add("mark", QT_TRANSLATE_NOOP("ctl", "the packet's mark"), "M");
    add("ctstate", QT_TRANSLATE_NOOP("ctl", "NEW (default), ESTABLISHED, RELATED, INVALID or UNTRACKED"), "STATE");
    add("format", QT_TRANSLATE_NOOP("ctl", "text (default) or json"), "FORMAT");
    add("lang", QT_TRANSLATE_NOOP("ctl", "en or zh"), "LANG");
    options.addOption({QStringLiteral("reply"), tr("also the answer of each branch")});
    options.addOption({QStringLiteral("across"), tr("from node to node through the whole incident file, and the answer back")});
    options.addOption({QStringLiteral("all-rules"), tr("also the rules that did not match")});
    options.addOption({QStringLiteral("help"), tr("this help")});
}

} // namespace

int runTrace(const QStringList& arguments)
{
    for (int i = 0; i < arguments.size(); ++i) { // before the first word is said
        QString code = arguments[i].startsWith(QLatin1String("--lang=")) ? arguments[i].mid(7) : QString();
        if (arguments[i] == QLatin1String("--lang"))
            code = arguments.value(i + 1);
        if (code == QLatin1String("zh") || code == QLatin1String("en"))
            setLanguage(code == QLatin1String("zh") ? Language::Chinese : Language::English);
        else if (!code.isEmpty())
            return complain(tr("--lang %1: expected en or zh").arg(code));
    }
    QCommandLineParser options;
    addOptions(options);
    options.addPositionalArgument(QStringLiteral("FILE.medic"), tr("an incident file"));
    if (!options.parse(QStringList {QStringLiteral("medicctl trace")} + arguments))
        return complain(options.errorText());
    if (options.isSet(QStringLiteral("help"))) {
        std::fputs(options.helpText().toUtf8().constData(), stdout);
        return NothingWrong;
    }
    const QString format = options.value(QStringLiteral("format"));
    if (!format.isEmpty() && format != QLatin1String("text") && format != QLatin1String("json"))
        return complain(tr("--format %1: expected text or json").arg(format));
    const QString dump = options.value(QStringLiteral("dump"));
    const QStringList files = options.positionalArguments();
    if (dump.isEmpty() == files.isEmpty() || files.size() > 1)
        return complain(tr("expected either FILE.medic --node NODE or --dump DIR"));
    QString mistake;
    const auto query = readQuery(options, mistake);
    if (!query)
        return complain(mistake);

    if (options.isSet(QStringLiteral("across"))) {
        if (files.isEmpty())
            return complain(tr("--across needs an incident file: a dump holds one node"));
        return runAcross(files.front(), options.value(QStringLiteral("node")), *query, format == QLatin1String("json"));
    }
    std::vector<kube::Service> services;
    const auto state = dump.isEmpty() ? loadIncident(files.front(), options.value(QStringLiteral("node")), services)
                                      : NodeState::fromDirectory(dump.toStdString());
    if (!state)
        return complain(words::sentence(state.error()));
    PacketTracer tracer(*state);
    tracer.setServices(services);
    const Trace trace = tracer.trace(*query);
    if (format == QLatin1String("json")) {
        std::fputs(traceJson(trace).c_str(), stdout);
        std::fputc('\n', stdout);
    } else {
        std::fputs(traceText(trace).toUtf8().constData(), stdout);
    }
    return exitStatus(trace);
}

} // namespace medic::ctl
