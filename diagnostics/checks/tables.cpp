// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/tables.h"

#include "diagnostics/checks/bandwidth.h"
#include "diagnostics/checks/dns_matrix.h"
#include "diagnostics/checks/pleg.h"
#include "diagnostics/parse/search_engine.h"

#include <algorithm>

namespace medic::checks {

namespace {

std::vector<std::string> nodesOf(const Snapshot& snapshot, const std::string& node)
{
    return node.empty() ? snapshot.nodes() : std::vector<std::string> { node };
}

TableCell plain(std::string text) { return { std::move(text), {}, {} }; }

Table bandwidthTable(const Snapshot& snapshot, const std::string& node)
{
    Table table { "bandwidth",
        { "Bandwidth: annotation against traffic control", "带宽：注解与 tc 实际限速对照" },
        { { "Pod", "Pod" }, { "Node", "节点" }, { "Direction", "方向" }, { "Annotation", "注解" },
            { "Limit in tc", "tc 实际限速" }, { "Ratio", "倍数" }, { "Burst", "突发额度" },
            { "Interface", "接口" } },
        {},
        { "Ingress is a tbf on the Pod's interface on the node, egress one on its ifb. A ratio of 1000 is "
          "the kubelet's defect before 1.15; a large burst is by design.",
            "入方向限速是节点侧接口上的 tbf，出方向在对应的 ifb 上。倍数为 1000 是 1.15 之前 kubelet "
            "的缺陷；突发额度大属于既定行为。" }, 4 };
    for (const std::string& name : nodesOf(snapshot, node))
        for (const BandwidthRow& row : bandwidthRows(snapshot, name)) {
            const double ratio = row.ratio();
            const bool right = ratio >= 0.95 && ratio <= 1.05;
            const ObservationPtr shaped = snapshot.find(name, probe::tcQdisc);
            const bool known = usable(shaped, Need::Success);
            const Verdict verdict = !row.usable()       ? Verdict::Failure
                : !known || row.pod->phase != "Running" ? Verdict::Unknown
                : right                                 ? Verdict::Ok
                                                        : Verdict::Failure;
            TableRow line;
            line.cells = { plain(row.pod->meta.nameSpace + '/' + row.pod->meta.name), plain(name),
                plain(row.direction),
                { row.annotated, row.usable() ? std::nullopt : std::optional(Verdict::Failure), row.wanted },
                { row.actual    ? rateText(*row.actual)
                        : known ? "–"
                                : "?",
                    verdict, row.actual },
                { row.actual ? decimal(ratio, 2) : "", {}, row.actual ? std::optional(ratio) : std::nullopt },
                { row.burst > 0 ? bytesOfKib(static_cast<std::uint64_t>(row.burst / 1024)) : "", {},
                    row.burst },
                plain(row.device + (row.certain || row.device.empty() ? "" : " ?")) };
            line.evidence = { shaped ? shaped : kubePods(snapshot).observation, {}, false };
            if (row.line > 0)
                line.evidence.lines.push_back(row.line);
            table.rows.push_back(std::move(line));
        }
    return table;
}

Table dnsTable(const Snapshot& snapshot, const std::string& node)
{
    Table table { "dns-matrix",
        { "DNS: who asks whom, and what comes back", "DNS 矩阵：从哪里问、问谁、结果如何" },
        { { "Node", "节点" }, { "From", "来源" }, { "Server", "服务器" }, { "Kind", "类型" },
            { "Protocol", "协议" }, { "Name", "域名" }, { "Answer", "结果" }, { "ms", "毫秒" } },
        {},
        { "VIP fails and the DNS Pods answer: the node's data plane. Both fail: the way to CoreDNS, or "
          "CoreDNS. Only outside names fail: the upstream.",
            "VIP 不通而 DNS Pod 正常：本节点的 Service 转发有问题；都不通：到 CoreDNS 的网络或 CoreDNS "
            "本身；仅外部域名失败：上游。" }, 7 };
    for (const std::string& name : nodesOf(snapshot, node)) {
        const auto& answers = dnsAnswers(snapshot, name);
        if (!answers)
            continue;
        for (const parse::DnsAnswer& one : *answers) {
            // An outside name that does not exist is an answer as well; silence is not.
            const Verdict verdict = one.resolved() ? Verdict::Ok
                : one.replied() && !one.internal   ? Verdict::Warning
                                                   : Verdict::Failure;
            TableRow line;
            line.cells = { plain(name), plain(one.from.empty() ? name : podByUid(snapshot, one.from)),
                plain(one.server),
                plain(one.kind == "server"        ? "CoreDNS Pod"
                        : one.kind == "vip"       ? "VIP"
                        : one.kind == "nodelocal" ? "NodeLocal"
                                                  : one.kind),
                plain(one.protocol == "udp" ? "UDP" : "TCP"), plain(one.name), { one.code, verdict, {} },
                { one.milliseconds ? std::to_string(*one.milliseconds) : "",
                    one.milliseconds && *one.milliseconds >= 1000 ? std::optional(Verdict::Warning)
                                                                  : std::nullopt,
                    one.milliseconds ? std::optional<double>(*one.milliseconds) : std::nullopt } };
            line.evidence = answers.at({ one.line });
            table.rows.push_back(std::move(line));
        }
    }
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) {
        for (std::size_t i = 0; i < 6; ++i)
            if (a.cells[i].text != b.cells[i].text)
                return a.cells[i].text < b.cells[i].text;
        return false;
    });
    return table;
}

Table indexTable(const Snapshot& snapshot, const std::string& node)
{
    Table table { "search-indices",
        { "Elasticsearch: indices by size and age", "Elasticsearch：索引的大小与时间" },
        { { "Node", "节点" }, { "Index", "索引" }, { "Size", "大小" }, { "Documents", "文档数" },
            { "Age (days)", "天数" }, { "Health", "健康" }, { "State", "状态" } },
        {},
        { "Delete whole indices, oldest first, by size and by age; the watermarks look at bytes. Archive by "
          "a snapshot repository first.",
            "按大小和时间整个删除索引，从最旧的开始；水位只看字节数。归档请先做快照仓库。" }, 2 };
    for (const std::string& name : nodesOf(snapshot, node)) {
        const ObservationPtr seen = snapshot.find(name, probe::elasticsearch);
        const auto engine = usable(seen, Need::Answer) ? parse::searchEngine(seen->out) : std::nullopt;
        if (!engine)
            continue;
        for (const parse::SearchIndex& one : engine->indices) {
            const bool blocked = std::find(engine->readOnly.begin(), engine->readOnly.end(), one.name)
                != engine->readOnly.end();
            const double age
                = one.created ? std::chrono::duration<double>(seen->start - *one.created).count() / 86400 : 0;
            TableRow line;
            line.cells = { plain(name), plain(one.name),
                { bytesOfKib(one.bytes / 1024), {}, static_cast<double>(one.bytes) },
                { std::to_string(one.documents), {}, static_cast<double>(one.documents) },
                { decimal(age, 0), {}, age },
                { one.health,
                    one.health == "red"         ? std::optional(Verdict::Failure)
                        : one.health == "green" ? std::optional(Verdict::Ok)
                                                : std::nullopt,
                    {} },
                { blocked ? "read_only_allow_delete" : one.status,
                    blocked ? std::optional(Verdict::Failure) : std::nullopt, {} } };
            line.evidence = { seen, { one.line }, false };
            table.rows.push_back(std::move(line));
        }
    }
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) {
        return a.cells[2].number.value_or(0) > b.cells[2].number.value_or(0);
    });
    return table;
}

} // namespace

const std::vector<std::string_view>& tableIds()
{
    static const std::vector<std::string_view> ids { "bandwidth", "dns-matrix", "search-indices", "pleg-timeline", "pleg-relist", "runtime-answers" };
    return ids;
}

std::optional<Table> table(const Snapshot& snapshot, std::string_view id, const std::string& node, const Snapshot* earlier)
{
    if (id == "bandwidth")
        return bandwidthTable(snapshot, node);
    if (id == "dns-matrix")
        return dnsTable(snapshot, node);
    if (id == "search-indices")
        return indexTable(snapshot, node);
    if (id == "pleg-timeline")
        return plegTimeline(snapshot, node);
    if (id == "pleg-relist")
        return relistTable(snapshot, node, earlier);
    if (id == "runtime-answers")
        return runtimeAnswers(snapshot, node);
    return std::nullopt;
}

} // namespace medic::checks
