// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/kernel_trace.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace medic::netfilter {

namespace {

constexpr int mostLines = 2000;

std::string numbered(std::string_view id)
{
    std::string result;
    for (const char c : id.substr(0, 12))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            result += c;
    return result;
}

/// As one word of /bin/sh.
std::string inQuotes(std::string_view text)
{
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + '\'';
}

bool hasPorts(std::uint8_t protocol) { return protocol == proto::tcp || protocol == proto::udp || protocol == proto::sctp; }

std::string nftRule(const PacketQuery& packet)
{
    const std::string ip = packet.dst.isV6() ? "ip6" : "ip";
    std::string rule;
    if (!packet.src.isNone())
        rule += ip + " saddr " + packet.src.text() + ' ';
    rule += ip + " daddr " + packet.dst.text() + ' ';
    if (hasPorts(packet.protocol) && packet.dport != 0)
        rule += protocolName(packet.protocol) + " dport " + std::to_string(packet.dport) + ' ';
    else
        rule += "meta l4proto " + std::to_string(packet.protocol) + ' ';
    if (packet.protocol == proto::tcp)
        rule += "tcp flags & (syn | ack) == syn ";
    return rule + "limit rate 5/second burst 5 packets counter meta nftrace set 1";
}

std::string legacyRule(const PacketQuery& packet, const std::string& name)
{
    std::string rule = "-p " + (hasPorts(packet.protocol) ? protocolName(packet.protocol) : std::to_string(packet.protocol));
    if (!packet.src.isNone())
        rule += " -s " + packet.src.text();
    rule += " -d " + packet.dst.text();
    if (hasPorts(packet.protocol) && packet.dport != 0)
        rule += " --dport " + std::to_string(packet.dport);
    if (packet.protocol == proto::tcp)
        rule += " --syn";
    return rule + " -m limit --limit 5/second --limit-burst 5 -m comment --comment " + name + " -j TRACE";
}

/// For each rule that a trace names by its handle: which of its chain's it is. The dump on our side may be older.
constexpr std::string_view numberRules = R"awk({ print }
$1 == "trace" && $2 == "id" && $7 == "rule" {
    for (i = 8; i < NF; i++)
        if ($i == "#" && $(i + 1) == "handle")
            wanted[$4 " " $5 " " $6 " " $(i + 2)] = 1
    chains[$4 " " $5 " " $6] = 1
}
END {
    for (chain in chains) {
        if (chain ~ /[^A-Za-z0-9 _.\/@:-]/)
            continue
        n = 0
        command = "nft -a list chain " chain " 2>/dev/null"
        while ((command | getline line) > 0) {
            if (line !~ /^\t\t/ || line !~ /# handle [0-9]+$/)
                continue
            n++
            handle = line
            sub(/^.*# handle /, "", handle)
            if ((chain " " handle) in wanted)
                print "number " chain " " handle " " n
        }
        close(command)
    }
})awk";

std::uint64_t numberIn(std::string_view text)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// "trace id 8bac010a ip nat KUBE-SERVICES rule … # handle 5 (verdict accept)"
bool readNft(std::string_view line, KernelStep& step)
{
    const auto words = parse::words(line);
    if (words.size() < 7 || words[0] != "trace" || words[1] != "id" || (words[6] != "rule" && words[6] != "policy"))
        return false;
    step.packet = words[2];
    step.family = words[3];
    step.table = words[4];
    step.chain = words[5];
    step.text = line;
    if (words[6] == "policy") {
        step.verdict = words.size() > 7 ? std::string(words[7]) : std::string();
        return true;
    }
    if (const auto at = line.rfind("# handle "); at != std::string_view::npos)
        step.handle = numberIn(line.substr(at + 9));
    if (const auto at = line.rfind("(verdict "); at != std::string_view::npos)
        step.verdict = line.substr(at + 9, line.rfind(')') - at - 9);
    return true;
}

/// "… TRACE: nat:KUBE-SERVICES:rule:3 IN=cni0 OUT= …"
bool readLegacy(std::string_view line, KernelStep& step, std::string& packet)
{
    const auto at = line.find("TRACE: ");
    if (at == std::string_view::npos)
        return false;
    const auto place = parse::words(line.substr(at + 7));
    if (place.empty())
        return false;
    // A chain's name may hold colons: table from the left, kind and number from the right.
    const std::string_view name = place[0];
    const auto first = name.find(':'), last = name.rfind(':');
    const auto kind = last == std::string_view::npos || last == 0 ? std::string_view::npos : name.rfind(':', last - 1);
    if (first == std::string_view::npos || kind == std::string_view::npos || kind <= first)
        return false;
    step.legacy = true;
    step.table = name.substr(0, first);
    step.chain = name.substr(first + 1, kind - first - 1);
    const std::string_view what = name.substr(kind + 1, last - kind - 1);
    step.rule = what == "rule" ? static_cast<int>(numberIn(name.substr(last + 1))) : 0;
    step.verdict = what == "rule" ? std::string() : std::string(what);
    step.text = line;
    packet.clear();
    for (const std::string_view key : {"ID=", "SPT="})
        for (const auto word : place)
            if (word.starts_with(key))
                packet += word;
    return true;
}

/// One name for a rule, as the kernel and as our steps tell it.
std::string keyOf(const KernelStep& step)
{
    if (step.legacy)
        return "legacy " + step.table + ' ' + step.chain + ' ' + std::to_string(step.rule);
    return step.family + ' ' + step.table + ' ' + step.chain + ' ' + std::to_string(step.rule);
}

/// Empty: nothing that the kernel's trace tells.
std::string keyOf(const TraceStep& step, bool v6)
{
    if (step.rule <= 0 || step.matched == Tri::No)
        return {};
    const std::string rest = step.table + ' ' + step.chain + ' ' + std::to_string(step.rule);
    if (step.backend == "legacy")
        return "legacy " + rest;
    if (step.backend == "nft-compat")
        return (v6 ? "ip6 " : "ip ") + rest;
    return step.backend == "nft" ? rest : std::string();
}

bool isV6(const Trace& trace) { return trace.packet.dst.find(':') != std::string::npos; }

} // namespace

Result<KernelTracePlan> planKernelTrace(const KernelTraceRequest& request, const NodeState& state)
{
    const PacketQuery& packet = request.packet;
    const std::string id = numbered(request.id);
    if (packet.dst.isNone() || id.empty() || packet.protocol == 0)
        return failure(ErrorCode::BadValue, "kernel trace", "a destination address, a protocol");
    const bool v6 = packet.dst.isV6();
    const auto filled = [](const Part<iptables::IptablesSave>& save) { return save && !save->empty(); };
    const bool legacy = filled(v6 ? state.legacy6 : state.legacy4);
    const bool nft = filled(v6 ? state.nft6 : state.nft4) || (state.ruleset && !state.ruleset->tables.empty());
    if (!legacy && !nft)
        return failure(ErrorCode::MissingValue, "kernel trace", "iptables or nftables rules");
    KernelTracePlan plan;
    plan.seconds = std::clamp(request.seconds, 1, 120);
    const std::string name = "medic_trace_" + id, seconds = std::to_string(plan.seconds);
    const std::string tool = v6 ? "ip6tables" : "iptables";
    const std::string binary = "$(command -v " + tool + "-legacy || command -v " + tool + ')';
    std::string script, put, clean, listen;
    if (nft) {
        const std::string rule = nftRule(packet);
        put += "command -v nft >/dev/null || { echo 'nft is not there' >&2; exit 97; }\n"
               "nft -f - <<'END' || exit 1\n"
               "table inet " + name + " {\n"
               "  chain prerouting { type filter hook prerouting priority -350; " + rule + "; }\n"
               "  chain output { type filter hook output priority -350; " + rule + "; }\n"
               "}\nEND\n";
        plan.puts.push_back("table inet " + name + ": prerouting, output: " + rule);
        plan.takesBack.push_back("nft delete table inet " + name);
        // In the background: a shell minds a signal while it waits, not while something runs in front.
        listen += "{ timeout " + seconds + " nft -a monitor trace | head -n " + std::to_string(mostLines) + " | awk " + inQuotes(numberRules) + "; } &\nwait $!\n";
    }
    if (legacy) {
        const std::string rule = legacyRule(packet, name);
        put += "i=" + binary + "\n[ -n \"$i\" ] || { echo 'iptables is not there' >&2; exit 97; }\n"
               "[ \"$(cat /proc/sys/net/netfilter/nf_log/" + std::string(v6 ? "10" : "2") + " 2>/dev/null)\" != NONE ] || modprobe " + (v6 ? "nf_log_ipv6" : "nf_log_ipv4")
            + " 2>/dev/null || modprobe nf_log_syslog 2>/dev/null\n"
              "echo '" + name + " begins' > /dev/kmsg\n"
              "$i -w 5 -t raw -I PREROUTING 1 " + rule + " || exit 1\n"
              "$i -w 5 -t raw -I OUTPUT 1 " + rule + " || exit 1\n";
        for (const char* chain : {"PREROUTING", "OUTPUT"}) {
            plan.puts.push_back(tool + "-legacy -t raw -I " + chain + " 1 " + rule);
            plan.takesBack.push_back(binary + " -w 5 -t raw -D " + chain + ' ' + rule);
        }
        // With nftables' listening the time is over already.
        listen += (nft ? std::string() : "sleep " + seconds + " & wait $!\n");
        listen += "case $(cat /proc/sys/net/netfilter/nf_log/" + std::string(v6 ? "10" : "2") + " 2>/dev/null) in NONE) echo 'no logger';; esac\n"
                  "dmesg | awk '/" + name + " begins/ { seen = 1 } seen && /TRACE: /' | head -n " + std::to_string(mostLines) + '\n';
    }
    for (const auto& one : plan.takesBack)
        clean += one + " 2>/dev/null; ";
    const std::string guard = "trap '' HUP INT PIPE; trap '" + clean + "exit' TERM; sleep " + std::to_string(plan.seconds + std::max(1, request.guardSeconds)) + " & wait $!; " + clean;
    const auto quoted = inQuotes(guard);
    // The guard first: from here on nothing stays behind, whatever happens to this shell or its connection.
    script += "$(command -v setsid) sh -c " + quoted + " </dev/null >/dev/null 2>&1 &\nguard=$!\n";
    script += "trap '" + clean + "kill $guard 2>/dev/null' EXIT\ntrap 'exit 143' HUP INT TERM PIPE\n";
    script += put + listen + "exit 0\n";
    plan.command = std::move(script);
    return plan;
}

KernelTrace readKernelTrace(std::string_view output)
{
    KernelTrace result;
    std::map<std::string, int> numbers; // "ip nat CHAIN HANDLE" → its number
    std::set<std::string> packets;
    for (const parse::Line& line : parse::lines(output)) {
        const auto text = parse::trim(line.text);
        if (text == "no logger")
            result.noLogger = true;
        if (text.starts_with("number ")) {
            if (const auto words = parse::words(text); words.size() == 6)
                numbers[std::string(words[1]) + ' ' + std::string(words[2]) + ' ' + std::string(words[3]) + ' ' + std::string(words[4])]
                    = static_cast<int>(numberIn(words[5]));
            continue;
        }
        KernelStep step;
        if (readNft(text, step)) {
            packets.insert(step.packet);
            if (!step.table.starts_with("medic_trace_"))
                result.steps.push_back(std::move(step));
            continue;
        }
        std::string packet;
        if (!readLegacy(text, step, packet))
            continue;
        packets.insert(packet);
        // Our own rule stands first in raw while it listens.
        if (step.table == "raw" && (step.chain == "PREROUTING" || step.chain == "OUTPUT") && step.rule > 0 && --step.rule == 0)
            continue;
        step.packet = packet;
        result.steps.push_back(std::move(step));
    }
    for (KernelStep& step : result.steps)
        if (step.handle != 0)
            if (const auto known = numbers.find(step.family + ' ' + step.table + ' ' + step.chain + ' ' + std::to_string(step.handle)); known != numbers.end())
                step.rule = known->second;
    result.packets = static_cast<int>(packets.size());
    return result;
}

bool took(const KernelTrace& kernel, const TraceStep& step)
{
    const bool v6 = (step.before && step.before->dst.find(':') != std::string::npos);
    for (const bool six : {v6, !v6})
        if (const std::string key = keyOf(step, six); !key.empty()
            && std::any_of(kernel.steps.begin(), kernel.steps.end(), [&](const KernelStep& one) { return one.rule > 0 && keyOf(one) == key; }))
            return true;
    return false;
}

KernelOverlay overlay(const Trace& prediction, const KernelTrace& kernel)
{
    KernelOverlay result;
    result.packets = kernel.packets;
    if (kernel.steps.empty())
        return result;
    const bool v6 = isV6(prediction);
    std::set<std::string> seen, predicted;
    for (const KernelStep& step : kernel.steps)
        if (step.rule > 0)
            seen.insert(keyOf(step));
    std::size_t best = 0;
    int fewest = -1, nearest = -1;
    for (std::size_t i = 0; i < prediction.branches.size(); ++i) {
        int missing = 0, common = 0;
        for (const TraceStep& step : prediction.branches[i].steps)
            if (const std::string key = keyOf(step, v6); !key.empty()) {
                predicted.insert(key);
                ++(seen.count(key) > 0 ? common : missing);
            }
        // The way with most in common; of those the one that lacks least.
        const int score = common * 1000 - missing;
        if (nearest < 0 || score > fewest) {
            nearest = static_cast<int>(i);
            fewest = score;
            best = i;
        }
    }
    std::set<std::string> told;
    for (const KernelStep& step : kernel.steps)
        if (step.rule > 0 && predicted.count(keyOf(step)) == 0 && told.insert(keyOf(step)).second)
            result.unpredicted.push_back(step);
    if (nearest < 0)
        return result;
    for (const TraceStep& step : prediction.branches[best].steps)
        if (const std::string key = keyOf(step, v6); !key.empty() && seen.count(key) == 0)
            result.missing.push_back(step);
    result.branch = nearest;
    return result;
}

} // namespace medic::netfilter
