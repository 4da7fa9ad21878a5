// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.4 as tables: what happened when, which call to the runtime is slow, how long it took to answer us.
#include "diagnostics/checks/pleg.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace medic::checks {

using parse::contains;

namespace {

constexpr std::size_t mostRows = 200;

std::vector<std::string> nodesOf(const Snapshot& snapshot, const std::string& node)
{
    return node.empty() ? snapshot.nodes() : std::vector<std::string> {node};
}

TableCell plain(std::string text) { return {std::move(text), {}, {}}; }

/// "11-23 15:30:50", as the log itself has it (klog knows no year).
std::string stamp(double clock)
{
    const auto seconds = static_cast<std::int64_t>(clock);
    const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
    const std::chrono::year_month_day date(day);
    const std::int64_t rest = seconds - std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count();
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%02u-%02u %02d:%02d:%02d", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(rest / 3600),
                  static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
    return text.data();
}

/// The same of RFC 3339 ("2026-11-23T15:30:12Z") and of systemd ("Mon 2026-11-23 15:34:00 UTC"); empty when it is neither.
std::string stamp(std::string_view text)
{
    if (text.size() >= 4 && text[3] == ' ')
        text.remove_prefix(4);
    if (text.size() < 19 || text[4] != '-' || text[7] != '-')
        return {};
    return std::string(text.substr(5, 5)) + ' ' + std::string(text.substr(11, 8));
}

class Timeline {
public:
    Timeline(Table& table, const Snapshot& snapshot, std::string node) : m_table(table), m_snapshot(snapshot), m_node(std::move(node)) { }

    void fill()
    {
        kubelet();
        condition();
        runtime();
        kernel();
    }

private:
    void add(std::string when, const char* source, std::string what, std::optional<Verdict> verdict, std::optional<double> seconds, Evidence evidence)
    {
        if (when.empty() || evidence.observation == nullptr || m_table.rows.size() >= mostRows)
            return;
        m_table.rows.push_back({{plain(std::move(when)), plain(m_node), plain(source), {std::move(what), verdict, {}},
                                 {seconds ? spell(std::chrono::seconds(static_cast<std::int64_t>(*seconds))) : "", {}, seconds}},
                                std::move(evidence)});
    }

    void kubelet()
    {
        const auto& all = log(m_snapshot, m_node, probe::kubeletLog);
        const auto end = all ? parse::newest(*all) : std::nullopt;
        if (!end)
            return;
        for (const PlegEpisode& one : plegEpisodes(*all))
            add(stamp(one.from), "kubelet", std::string(one.lastText), *end - one.to <= 20 ? Verdict::Failure : Verdict::Warning, one.to - one.from,
                all.at({one.firstLine, one.lastLine}));
        for (const parse::LogLine& line : *all) {
            if (!line.clock)
                continue;
            if (contains(line.message, "GenericPLEG: Unable to retrieve pods"))
                add(stamp(*line.clock), "kubelet", std::string(line.message), Verdict::Warning, {}, all.at({line.line}));
            else if (contains(line.message, "Starting kubelet main sync loop") || contains(line.message, "ode became not ready") || contains(line.message, "Recording NodeReady event"))
                add(stamp(*line.clock), "kubelet", std::string(line.message.substr(0, 300)), {}, {}, all.at({line.line}));
        }
    }

    void condition()
    {
        const kube::Node* const known = kubeNode(m_snapshot, m_node);
        const kube::Condition* const ready = known == nullptr ? nullptr : known->condition("Ready");
        if (ready == nullptr)
            return;
        const ObservationPtr& nodes = kubeNodes(m_snapshot).observation;
        add(stamp(ready->lastTransition), "apiserver", "Ready=" + ready->status + ' ' + ready->reason + ": " + ready->message,
            ready->status == "True" ? Verdict::Ok : Verdict::Failure, {}, kubeNodes(m_snapshot).at({lineOf(nodes, ready->lastTransition)}));
    }

    void runtime()
    {
        const auto& all = units(m_snapshot, m_node);
        if (!all)
            return;
        for (const char* const name : {"docker", "containerd", "crio", "kubelet"})
            if (const parse::Unit* const unit = parse::findUnit(*all, name); unit != nullptr && unit->exists() && unit->active())
                add(stamp(unit->activeEnter), "systemd", unit->id + ": " + unit->activeState + (unit->restarts > 0 ? ", NRestarts=" + std::to_string(unit->restarts) : std::string()), {}, {},
                    all.at({unit->line}));
    }

    void kernel()
    {
        const auto& all = log(m_snapshot, m_node, probe::kernelLog);
        if (!all)
            return;
        for (const parse::LogLine& line : *all)
            if (line.clock && *line.clock > 1e9 && (contains(line.text, "blocked for more than") || contains(line.text, "soft lockup"))) // else it counts from the boot
                add(stamp(*line.clock), "kernel", std::string(line.message.substr(0, 300)), Verdict::Failure, {}, all.at({line.line}));
    }

    Table& m_table;
    const Snapshot& m_snapshot;
    const std::string m_node;
};

std::optional<Verdict> judged(std::optional<double> seconds)
{
    if (!seconds)
        return {};
    return *seconds > 10 ? std::optional(Verdict::Failure) : *seconds > 1 ? std::optional(Verdict::Warning) : *seconds < 0.2 ? std::optional(Verdict::Ok) : std::nullopt;
}

TableCell seconds(std::optional<double> value)
{
    return {value ? decimal(*value, *value < 10 ? 3 : 0) : "", judged(value), value};
}

/// A histogram's or summary's sum and count, of one operation or of all.
struct Total {
    double sum = 0, count = 0;
    int line = 0;
};

std::optional<Total> total(const parse::Metrics& metrics, const std::string& name, const std::string& operation)
{
    const std::string_view label = operation.empty() ? "" : "operation_type";
    const parse::Sample* const sum = metrics.find(name + "_sum", label, operation);
    const parse::Sample* const count = metrics.find(name + "_count", label, operation);
    if (sum == nullptr || count == nullptr || count->value <= 0)
        return std::nullopt;
    return Total {sum->value, count->value, sum->line};
}

} // namespace

std::vector<PlegEpisode> plegEpisodes(const std::vector<parse::LogLine>& log)
{
    std::vector<PlegEpisode> result;
    for (const parse::LogLine& line : log) {
        // "has yet to be successful" is what a kubelet says in its first seconds.
        if (!contains(line.text, "PLEG is not healthy") || contains(line.text, "has yet to be successful") || !line.clock)
            continue;
        if (result.empty() || *line.clock - result.back().to > 60 || *line.clock < result.back().to)
            result.push_back({*line.clock, *line.clock, line.line, line.line, line.message});
        result.back().to = *line.clock;
        result.back().lastLine = line.line;
        result.back().lastText = line.message;
    }
    return result;
}

Table plegTimeline(const Snapshot& snapshot, const std::string& node)
{
    Table table {"pleg-timeline",
                 {"PLEG: what happened when", "PLEG：事件时间线"},
                 {{"Time", "时间"}, {"Node", "节点"}, {"Source", "来源"}, {"What", "事件"}, {"Lasted", "持续"}},
                 {},
                 {"Times as each source wrote them. Look at what came just before the first line.", "时间为各来源自身的记录。重点看第一次出现之前发生了什么。"}, 4};
    for (const std::string& name : nodesOf(snapshot, node))
        Timeline(table, snapshot, name).fill();
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) { return a.cells[0].text < b.cells[0].text; });
    return table;
}

Table relistTable(const Snapshot& snapshot, const std::string& node, const Snapshot* earlier)
{
    Table table {"pleg-relist",
                 {"The kubelet's calls to the runtime", "kubelet 调用运行时的耗时"},
                 {{"Node", "节点"}, {"Call", "调用"}, {"Count", "次数"}, {"Mean (s)", "平均（秒）"}, {"Mean since the sweep before (s)", "距上次采集的平均（秒）"}, {"Errors", "错误数"}},
                 {},
                 {"Below 0.2 s is normal, above 1 s slow; the relist's histogram ends at 10 s. A list that hangs counts only once it is over: look at the time since the last complete one.",
                  "低于 0.2 秒正常，高于 1 秒偏慢；relist 的直方图止于 10 秒。卡住的调用要到结束才计入，请看距上次完整列举的时间。"}, 3};
    for (const std::string& name : nodesOf(snapshot, node)) {
        const auto& now = metrics(snapshot, name, probe::apiKubeletMetrics);
        if (!now)
            continue;
        static const parse::Metrics none;
        const parse::Metrics* before = &none;
        if (earlier != nullptr)
            if (const auto& old = metrics(*earlier, name, probe::apiKubeletMetrics))
                before = &*old;
        if (const parse::Sample* const last = now->find("kubelet_pleg_last_seen_seconds"); last != nullptr && last->value > 0) {
            const double age = std::chrono::duration<double>(now.observation->start.time_since_epoch()).count() - last->value;
            const std::optional<Verdict> verdict = age > 180 ? Verdict::Failure : age > 60 ? Verdict::Warning : Verdict::Ok;
            table.rows.push_back({{plain(name), plain("kubelet_pleg_last_seen"), plain(""), {decimal(std::max(age, 0.0), 1), verdict, age}, plain(""), plain("")}, now.at({last->line})});
        }
        std::vector<TableRow> calls;
        const auto add = [&](const std::string& metric, const std::string& operation, const std::string& errors, const std::string& label) {
            const auto all = total(*now, metric, operation);
            if (!all)
                return;
            const auto old = total(*before, metric, operation);
            std::optional<double> recent;
            if (old && all->count > old->count)
                recent = (all->sum - old->sum) / (all->count - old->count);
            const parse::Sample* const failed = errors.empty() ? nullptr : now->find(errors, "operation_type", operation);
            calls.push_back({{plain(name), plain(label), {decimal(all->count, 0), {}, all->count}, seconds(all->sum / all->count), seconds(recent),
                              failed == nullptr ? plain("") : TableCell {decimal(failed->value, 0), failed->value > 0 ? std::optional(Verdict::Warning) : std::nullopt, failed->value}},
                             now.at({all->line})});
        };
        add("kubelet_pleg_relist_duration_seconds", {}, {}, "relist");
        for (const char* const family : {"kubelet_runtime_operations", "kubelet_docker_operations"})
            for (const parse::Sample& one : now->samples(std::string(family) + "_duration_seconds_sum"))
                if (const auto label = one.labels.find("operation_type"); label != one.labels.end())
                    add(std::string(family) + "_duration_seconds", label->second, std::string(family) + "_errors_total",
                        (std::string_view(family).find("docker") == std::string_view::npos ? "" : "docker ") + label->second);
        std::stable_sort(calls.begin(), calls.end(), [](const TableRow& a, const TableRow& b) { return a.cells[3].number.value_or(0) > b.cells[3].number.value_or(0); });
        table.rows.insert(table.rows.end(), calls.begin(), calls.end());
    }
    return table;
}

Table runtimeAnswers(const Snapshot& snapshot, const std::string& node)
{
    Table table {"runtime-answers",
                 {"How long the runtime took to answer", "容器运行时应答耗时"},
                 {{"Node", "节点"}, {"Question", "请求"}, {"Answer", "结果"}, {"ms", "毫秒"}},
                 {},
                 {"A list that does not come back is the daemon's fault; one inspect that does not, that container's.", "列举无应答是守护进程的问题；个别 inspect 无应答是该容器的问题。"}, 3};
    for (const std::string& name : nodesOf(snapshot, node))
        for (const std::string_view which : {probe::runtimeLatency, probe::runtimeInspect}) {
            const ObservationPtr seen = snapshot.find(name, which);
            if (!usable(seen, Need::Answer))
                continue;
            for (const parse::Line& line : parse::lines(seen->out)) {
                const auto parts = parse::words(line.text);
                const auto status = std::find_if(parts.begin(), parts.end(), [](std::string_view part) { return part.starts_with("rc="); });
                if (status == parts.end() || status == parts.begin() || status + 1 == parts.end() || !(status + 1)->starts_with("ms="))
                    continue;
                const auto code = parse::number<int>(status->substr(3));
                const auto took = parse::number<std::uint64_t>((status + 1)->substr(3));
                if (!code || !took)
                    continue;
                std::string question;
                for (auto part = parts.begin(); part != status; ++part)
                    question += (question.empty() ? "" : " ") + std::string(part->substr(0, 24));
                const Verdict verdict = *code == 124 ? Verdict::Failure : *code != 0 ? Verdict::Unknown : *took > 2000 ? Verdict::Warning : Verdict::Ok;
                table.rows.push_back({{plain(name), plain(question), {*code == 124 ? "timeout" : *code == 0 ? "ok" : "rc=" + std::to_string(*code), verdict, {}},
                                       {std::to_string(*took), {}, static_cast<double>(*took)}},
                                      {seen, {line.number}, false}});
            }
        }
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const TableRow& a, const TableRow& b) { return a.cells[3].number.value_or(0) > b.cells[3].number.value_or(0); });
    if (table.rows.size() > mostRows)
        table.rows.resize(mostRows);
    return table;
}

} // namespace medic::checks
