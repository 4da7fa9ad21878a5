// SPDX-License-Identifier: GPL-3.0-or-later
// P3: etcd slow, full or without a leader; by its own metrics, health and log.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/parse/lines.h"

#include <cmath>
#include <limits>
#include <map>

namespace medic::checks {

namespace {

/// Upper bound of the bucket that holds quantile q of what happened between two samples; nothing for less than twenty.
std::optional<double> quantileBetween(const parse::Metrics& now, const parse::Metrics& before, const std::string& name, double q)
{
    const auto buckets = [&](const parse::Metrics& metrics) {
        std::map<double, double> result; // by upper bound, over all label sets
        for (const parse::Sample& sample : metrics.samples(name + "_bucket"))
            if (const auto le = sample.labels.find("le"); le != sample.labels.end())
                if (const auto bound = le->second == "+Inf" ? std::optional(std::numeric_limits<double>::infinity()) : parse::real(le->second))
                    result[*bound] += sample.value;
        return result;
    };
    const auto after = buckets(now), old = buckets(before);
    if (after.empty() || old.empty())
        return std::nullopt;
    const auto grown = [&](const std::pair<const double, double>& bucket) {
        const auto then = old.find(bucket.first);
        return bucket.second - (then == old.end() ? 0 : then->second);
    };
    const double total = grown(*after.rbegin());
    if (total < 20) // restarted in between (negative), or too little to speak of
        return std::nullopt;
    for (const auto& bucket : after)
        if (grown(bucket) >= q * total)
            return bucket.first;
    return after.rbegin()->first;
}

void checkMetrics(Sink& sink, const std::string& node)
{
    const auto& numbers = metrics(sink.snapshot(), node, probe::etcdMetrics);
    if (!numbers) {
        if (numbers.observation) // not applicable where no etcd runs
            sink.needs(node, numbers);
        return;
    }
    const auto line = [&](const char* name) {
        const parse::Sample* const sample = numbers->find(name);
        return sample == nullptr ? 0 : sample->line;
    };
    if (const auto leader = numbers->sum("etcd_server_has_leader"); leader && *leader < 1)
        sink.node("etcd.no-leader-now", Verdict::Failure, Confidence::Confirmed, node, {}, {numbers.at({line("etcd_server_has_leader")})});

    // The documents' limits: fsync p99 < 10 ms, commit p99 < 25 ms. A life's histogram remembers one bad hour for ever, so
    // only what is far beyond is reported from it.
    struct Limit {
        const char *name, *id, *limit;
        double warn, fail; ///< of a life
        double warnNow, failNow; ///< between two samples: the documents' own limits, up to the buckets' width
    };
    const Fact<parse::Metrics>* const before = sink.input().earlier == nullptr ? nullptr : &metrics(*sink.input().earlier, node, probe::etcdMetrics);
    for (const Limit& limit : {Limit {"etcd_disk_wal_fsync_duration_seconds", "etcd.fsync-slow", "10 ms", 0.064, 0.256, 0.032, 0.128},
                               Limit {"etcd_disk_backend_commit_duration_seconds", "etcd.commit-slow", "25 ms", 0.128, 0.512, 0.064, 0.256}}) {
        const auto recent = before != nullptr && *before ? quantileBetween(*numbers, **before, limit.name, 0.99) : std::nullopt;
        const auto p99 = recent ? recent : numbers->quantile(limit.name, 0.99);
        const double warn = recent ? limit.warnNow : limit.warn, fail = recent ? limit.failNow : limit.fail;
        if (p99 && *p99 >= warn)
            sink.node(limit.id, *p99 >= fail ? Verdict::Failure : Verdict::Warning, recent ? Confidence::Confirmed : Confidence::Likely, node,
                      {{"p99", std::isinf(*p99) ? "> 8 s" : decimal(*p99 * 1000, 0) + " ms"}, {"limit", limit.limit}},
                      {numbers.at({line((std::string(limit.name) + "_count").c_str())})});
    }
    const auto size = numbers->sum("etcd_mvcc_db_total_size_in_bytes");
    const auto quota = numbers->sum("etcd_server_quota_backend_bytes");
    const double limit = quota && *quota > 0 ? *quota : 2147483648.0; // 2 GiB unless --quota-backend-bytes says otherwise
    if (size && *size > 0.8 * limit)
        sink.node("etcd.database-large", *size > 0.95 * limit ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node,
                  {{"size", bytesOfKib(static_cast<std::uint64_t>(*size / 1024))}, {"quota", bytesOfKib(static_cast<std::uint64_t>(limit / 1024))},
                   {"percent", decimal(*size * 100 / limit, 0)}},
                  {numbers.at({line("etcd_mvcc_db_total_size_in_bytes")})});
    const auto changes = numbers->sum("etcd_server_leader_changes_seen_total");
    if (changes && before != nullptr && *before)
        if (const auto old = (*before)->sum("etcd_server_leader_changes_seen_total"); old && *changes > *old)
            sink.node("etcd.leader-changes", Verdict::Warning, Confidence::Confirmed, node, {{"count", decimal(*changes - *old, 0)}},
                      {numbers.at({line("etcd_server_leader_changes_seen_total")})});
}

} // namespace

void runEtcd(const CheckInput& input, Findings& findings)
{
    Sink sink("etcd", input, findings);
    for (const std::string& node : sink.nodes()) {
        checkMetrics(sink, node);
        const auto& answer = health(input.snapshot, node, probe::etcdHealth);
        if (answer && answer->status >= 400)
            sink.node("etcd.unhealthy", Verdict::Failure, Confidence::Confirmed, node, {{"status", std::to_string(answer->status)}, {"body", answer->body.substr(0, 300)}},
                      {answer.at({answer->statusLine})});
        scanLogs(sink, node, {Signature::Family::Etcd});
    }
}

} // namespace medic::checks
