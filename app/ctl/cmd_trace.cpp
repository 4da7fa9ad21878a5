// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/trace_text.h"
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/netfilter/cluster_trace.h"
#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/netfilter/trace_json.h"
#include "diagnostics/parse/kube_objects.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
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
        if (!rest.isEmpty() && (!rest.startsWith(QLatin1Char(':')) || rest.size() == 1))
            return false;
        number = rest.mid(1);
    } else if (text.count(QLatin1Char(':')) == 1) {
        host = text.section(QLatin1Char(':'), 0, 0);
        number = text.section(QLatin1Char(':'), 1);
        if (number.isEmpty())
            return false;
    }
    const auto parsed = IpAddress::parse(host.toStdString());
    if (!parsed || (parsed->isV4() && parsed->text() != host.toStdString())) // 010.0.0.1 is 8.0.0.1 to some
        return false;
    address = *parsed;
    if (number.isEmpty())
        return true;
    bool ok = false;
    const unsigned value = number.toUInt(&ok);
    if (!ok || value == 0 || value > 65535 || !number.front().isDigit())
        return false;
    port = static_cast<std::uint16_t>(value);
    return true;
}

std::optional<Conntrack::State> readState(const QString& text)
{
    const QString name = text.toUpper();
    if (name == QLatin1String("NEW"))
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
std::optional<PacketQuery> readQuery(const Arguments& given, QString& mistake)
{
    PacketQuery query;
    const auto value = [&](const char* name) { return given.value(name); };
    const auto wrong = [&](const char* option, const char* expected) {
        mistake = tr("%1 %2: expected %3").arg(QLatin1String(option), value(option), tr(expected));
        return std::nullopt;
    };
    if (value("--to").isEmpty()) {
        mistake = tr("--to is missing: expected ADDR:PORT");
        return std::nullopt;
    }
    std::uint16_t from = query.sport;
    if (given.has("--from") && !readEndpoint(value("--from"), query.src, from))
        return wrong("--from", QT_TRANSLATE_NOOP("ctl", "an address, or address:port"));
    query.sport = from;
    if (!readEndpoint(value("--to"), query.dst, query.dport))
        return wrong("--to", QT_TRANSLATE_NOOP("ctl", "an address, or address:port"));
    if (!query.src.isNone() && query.src.family != query.dst.family) {
        mistake = tr("--from and --to are not of the same address family");
        return std::nullopt;
    }
    const std::string protocol = given.has("--proto") ? value("--proto").toLower().toStdString() : std::string("tcp");
    const auto number = protocolNumber(protocol);
    constexpr std::array<std::uint8_t, 5> known {proto::tcp, proto::udp, proto::sctp, proto::icmp, proto::icmp6};
    if (!number || std::find(known.begin(), known.end(), *number) == known.end() || (*number == proto::icmp6 && query.dst.isV4()))
        return wrong("--proto", QT_TRANSLATE_NOOP("ctl", "tcp, udp, sctp or icmp"));
    query.protocol = *number == proto::icmp && query.dst.isV6() ? proto::icmp6 : *number;
    const bool ports = query.protocol == proto::tcp || query.protocol == proto::udp || query.protocol == proto::sctp;
    if (ports && query.dport == 0) {
        mistake = tr("--to %1: expected %2").arg(value("--to"), tr("a port as well, as in 10.96.0.1:443"));
        return std::nullopt;
    }
    query.in = value("--in").toStdString();
    if (given.has("--in") && query.in.empty())
        return wrong("--in", QT_TRANSLATE_NOOP("ctl", "the name of an interface"));
    if (given.has("--mark")) {
        bool ok = false;
        query.mark = value("--mark").toUInt(&ok, 0);
        if (!ok || !value("--mark").front().isDigit())
            return wrong("--mark", QT_TRANSLATE_NOOP("ctl", "a number, as in 0x4000"));
    }
    const auto state = readState(given.has("--ctstate") ? value("--ctstate") : QStringLiteral("NEW"));
    if (!state)
        return wrong("--ctstate", QT_TRANSLATE_NOOP("ctl", "NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED"));
    query.state = *state;
    query.reply = given.has("--reply");
    query.passedOver = given.has("--all-rules");
    query.matches = value("--format") == QLatin1String("json");
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
        return failure(node.isEmpty() ? ErrorCode::MissingValue : ErrorCode::BadValue, node.isEmpty() ? "--node" : "--node " + node.toStdString(),
                       node.isEmpty() ? names : QCoreApplication::translate("ctl", "%1 holds no such node").arg(file).toStdString() + " (" + names + ')');
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
        return fail(incident.error());
    const auto snapshot = incident->snapshot();
    if (!snapshot)
        return fail(snapshot.error());
    const PathNames names = PathNames::fromSnapshot(*snapshot);
    ClusterTracer tracer(names);
    for (const auto& one : names.collected)
        tracer.add(one, std::make_shared<const NodeState>(NodeState::fromSnapshot(*snapshot, one)));
    const ClusterTrace trace = tracer.trace(node.isEmpty() ? tracer.startOf(query.src, query.dst) : node.toStdString(), query);
    print(json ? clusterTraceJson(trace) + '\n' : clusterTraceText(trace).toStdString());
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

} // namespace

std::vector<OptionSpec> traceOptions()
{
    return {
        {"--dump", "DIR", QT_TRANSLATE_NOOP("ctl", "a folder with one node's raw outputs")},
        {"--node", "NODE", QT_TRANSLATE_NOOP("ctl", "the node, in an incident file")},
        {"--from", "ADDR[:PORT]", QT_TRANSLATE_NOOP("ctl", "the source; without it the node itself")},
        {"--to", "ADDR:PORT", QT_TRANSLATE_NOOP("ctl", "the destination")},
        {"--proto", "PROTO", QT_TRANSLATE_NOOP("ctl", "tcp (default), udp, sctp or icmp")},
        {"--in", "IFACE", QT_TRANSLATE_NOOP("ctl", "the interface by which it enters; by default where the source is")},
        {"--mark", "M", QT_TRANSLATE_NOOP("ctl", "the packet's mark")},
        {"--ctstate", "STATE", QT_TRANSLATE_NOOP("ctl", "NEW (default), ESTABLISHED, RELATED, INVALID or UNTRACKED")},
        {"--format", "FORMAT", QT_TRANSLATE_NOOP("ctl", "text (default) or json")},
        {"--reply", nullptr, QT_TRANSLATE_NOOP("ctl", "also the answer of each branch")},
        {"--across", nullptr, QT_TRANSLATE_NOOP("ctl", "from node to node through the whole incident file, and the answer back")},
        {"--all-rules", nullptr, QT_TRANSLATE_NOOP("ctl", "also the rules that did not match")},
    };
}

int runTrace(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, traceOptions());
    if (!arguments)
        return UsageError;
    const QString format = arguments->has("--format") ? arguments->value("--format") : QStringLiteral("text");
    if (format != QLatin1String("text") && format != QLatin1String("json"))
        return usageError(tr("--format %1: expected text or json").arg(format));
    const bool json = format == QLatin1String("json");
    const QString dump = arguments->value("--dump"), node = arguments->value("--node");
    const QStringList files = arguments->files();
    if (dump.isEmpty() == files.isEmpty() || files.size() > 1)
        return usageError(tr("expected either FILE.medic --node NODE or --dump DIR"));
    QString mistake;
    const auto query = readQuery(*arguments, mistake);
    if (!query)
        return usageError(mistake);

    if (arguments->has("--across")) {
        if (files.isEmpty())
            return usageError(tr("--across needs an incident file: a dump holds one node"));
        return runAcross(files.front(), node, *query, json);
    }
    std::vector<kube::Service> services;
    auto state = dump.isEmpty() ? loadIncident(files.front(), node, services) : NodeState::fromDirectory(dump.toStdString());
    if (!state)
        return fail(state.error());
    if (!dump.isEmpty())
        state->node = node.toStdString();
    PacketTracer tracer(*state);
    tracer.setServices(services);
    const Trace trace = tracer.trace(*query);
    print(json ? traceJson(trace) + '\n' : traceText(trace).toStdString());
    return exitStatus(trace);
}

} // namespace medic::ctl
