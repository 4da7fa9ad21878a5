// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/site.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/model/pod_probe_ids.h"
#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/podnet.h"
#include "diagnostics/parse/search_engine.h"

#include <algorithm>
#include <array>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

const parse::Section* section(const std::vector<parse::Section>& all, std::string_view name)
{
    const auto found
        = std::find_if(all.begin(), all.end(), [&](const parse::Section& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

int statusOf(const std::vector<parse::Section>& all, std::string_view name, std::string* body = nullptr)
{
    const parse::Section* const one = section(all, name);
    const auto answer = one == nullptr ? std::nullopt : parse::httpAnswer(one->text());
    if (answer && body != nullptr)
        *body = answer->body;
    return answer ? answer->status : 0;
}

/// "gcr.io/google-containers/kube-apiserver:v1.14.1" → "gcr.io" and "google-containers/kube-apiserver".
std::pair<std::string, std::string> splitImage(const std::string& image)
{
    const std::string_view host = parse::before(image, "/");
    const bool named
        = host.size() < image.size() && (contains(host, ".") || contains(host, ":") || host == "localhost");
    std::string_view path = named ? parse::after(image, "/") : std::string_view(image);
    path = parse::before(path, "@");
    if (const std::size_t colon = path.rfind(':'); colon != std::string_view::npos)
        path = path.substr(0, colon);
    return { named ? std::string(parse::before(host, ":")) : "docker.io", std::string(path) };
}

constexpr std::array registryUnits { "secureregistryserver", "docker-registry", "registry", "harbor" };

/// A package that was installed and whose unit nobody has started since the boot: no registry of this site.
bool neverStarted(const Snapshot& snapshot, const std::string& node)
{
    const auto& all = units(snapshot, node);
    if (!all)
        return false;
    bool idle = false;
    for (const char* const name : registryUnits)
        if (const parse::Unit* const unit = parse::findUnit(*all, name); unit != nullptr) {
            if (unit->activeState != "inactive" || !unit->activeEnter.empty())
                return false;
            idle = true;
        }
    return idle;
}

} // namespace

void checkSiteUnits(Sink& sink, const std::string& node)
{
    const auto& all = units(sink.snapshot(), node);
    if (!all)
        return;
    const auto report = [&](const char* id, const parse::Unit& unit) {
        sink.add(id, Verdict::Failure, Confidence::Confirmed, { SubjectKind::Component, {}, unit.id, node },
            { { "node", node }, { "unit", unit.id }, { "state", unit.activeState } },
            { all.at({ unit.line }) });
    };
    for (const char* const name :
        { registryUnits[0], registryUnits[1], registryUnits[2], registryUnits[3], "docker-infra", "mynginx" })
        if (const parse::Unit* const unit = parse::findUnit(*all, name);
            unit != nullptr && unit->activeState == "failed")
            report("site.registry-down", *unit);
    // The unit is bind9 on old Debian and Ubuntu, named on newer ones and on RHEL; one may be an alias of the
    // other.
    std::set<std::string> said;
    for (const char* const name : { "named", "bind9", "dnsmasq" })
        if (const parse::Unit* const unit = parse::findUnit(*all, name);
            unit != nullptr && unit->activeState == "failed" && said.insert(unit->id).second)
            report("site.dns-server-down", *unit);
}

void checkSiteRegistry(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::registry);
    if (!usable(seen, Need::Answer))
        return;
    const auto all = parse::sections(seen->out);
    const parse::Section* const files = section(all, "files");
    const int plain = statusOf(all, "http://127.0.0.1:5000/v2/_catalog"),
              tls = statusOf(all, "https://127.0.0.1/v2/");
    const auto alive = [](int status) { return status == 200 || status == 401 || status == 403; };
    // 443 may be anybody's (an ingress): only where a registry is installed its silence is a fault.
    if (files != nullptr && !alive(plain) && !alive(tls) && !neverStarted(sink.snapshot(), node))
        sink.node("site.registry-silent", Verdict::Failure, Confidence::Likely, node,
            { { "plain", plain == 0 ? "–" : std::to_string(plain) },
                { "tls", tls == 0 ? "–" : std::to_string(tls) } },
            { { seen, { files->headingLine }, false } });
    else if (files != nullptr && alive(plain) && tls == 0)
        sink.node("site.registry-front-silent", Verdict::Failure, Confidence::Likely, node, {},
            { { seen, { files->headingLine }, false } });
    if (files == nullptr)
        return;
    for (const parse::Certificate& one : parse::certificates(seen->out)) {
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(*one.notAfter - seen->start);
        const Subject subject { SubjectKind::Certificate, {}, "registry :443", node };
        const Parameters parameters { { "node", node }, { "certificate", "registry :443" },
            { "subject", one.subject }, { "ago", spell(-left) }, { "left", spell(left) } };
        if (left.count() <= 0)
            sink.add("cert.expired", Verdict::Failure, Confidence::Confirmed, subject, parameters,
                { { seen, { one.line }, false } }, one.notAfter);
        else if (left < std::chrono::hours(24 * 30))
            sink.add("cert.expiring", left < std::chrono::hours(24 * 7) ? Verdict::Failure : Verdict::Warning,
                Confidence::Confirmed, subject, parameters, { { seen, { one.line }, false } });
    }
}

void checkSiteNameServer(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::dnsServer);
    if (!usable(seen, Need::Answer))
        return;
    const auto all = parse::sections(seen->out);
    const parse::Section* const zones = section(all, "zones");
    std::set<std::string> own;
    if (zones != nullptr)
        for (const parse::Line& line : zones->lines)
            if (const std::string_view zone = parse::trim(line.text); !zone.empty())
                own.insert(std::string(zone));
    if (own.empty())
        return; // no zones of its own: a caching resolver, systemd-resolved, NodeLocal …
    if (const parse::Section* const check = section(all, "named-checkconf -z"))
        for (const parse::Line& line : check->lines)
            if (contains(line.text, "not loaded due to errors") || contains(line.text, "unknown option")
                || contains(line.text, "file not found")
                || contains(line.text, ": loading from master file")) {
                sink.node("site.zone-broken", Verdict::Failure, Confidence::Confirmed, node,
                    { { "line", std::string(line.text.substr(0, 300)) } },
                    { { seen, { line.number }, false } });
                break;
            }
    const parse::Section* const listen = section(all, "listen");
    const bool named = listen != nullptr
        && std::any_of(listen->lines.begin(), listen->lines.end(), [](const parse::Line& line) {
               return contains(line.text, "named") || contains(line.text, "dnsmasq")
                   || (!contains(line.text, "users:") && contains(line.text, ":53 ")
                       && !contains(line.text, "127.0.0.53"));
           });
    if (!named) {
        sink.node("site.dns-not-listening", Verdict::Failure, Confidence::Likely, node,
            { { "zones", join({ own.begin(), own.end() }) } },
            { { seen, { listen != nullptr ? listen->headingLine : 1 }, false } });
        return;
    }
    for (const parse::Section& answer : all) {
        const auto heading = parse::words(answer.name);
        if (heading.size() != 3 || heading[0] != "answer" || !own.contains(std::string(heading[2])))
            continue;
        const std::string text = answer.text(), zone(heading[2]);
        if (contains(text, "timed out") || contains(text, "no servers could be reached")) {
            // It took the question and said nothing: hung, stopped, or busy with forwarders. Nobody listening
            // would be "refused".
            sink.node("site.dns-silent", Verdict::Failure, Confidence::Confirmed, node, { { "zone", zone } },
                { { seen, { answer.headingLine }, false } });
            return;
        }
        for (const parse::Line& line : answer.lines) {
            const auto parts = parse::words(line.text);
            const bool record = parts.size() >= 5 && parts[2] == "IN" && parts[3] == "A";
            if (record && !parse::privateAddress(parts[4])) {
                sink.add("site.zone-not-used", Verdict::Failure, Confidence::Likely,
                    { SubjectKind::Component, {}, "zone " + zone, node },
                    { { "node", node }, { "zone", zone }, { "address", std::string(parts[4]) } },
                    { { seen, { line.number }, false } });
                break;
            }
        }
    }
}

void checkSearchEngine(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::elasticsearch);
    if (!usable(seen, Need::Answer))
        return;
    const auto engine = parse::searchEngine(seen->out);
    if (!engine)
        return;
    if (!engine->readOnly.empty())
        sink.node("site.search-read-only", Verdict::Failure, Confidence::Confirmed, node,
            { { "count", std::to_string(engine->readOnly.size()) }, { "indices", join(engine->readOnly) },
                { "version", engine->version } },
            { { seen, { engine->readOnlyLine }, false } });
    const double low = parse::SearchEngine::percent(engine->low).value_or(85),
                 high = parse::SearchEngine::percent(engine->high).value_or(90);
    for (const parse::SearchDisk& disk : engine->disks) {
        if (disk.percent < low)
            continue;
        sink.add("site.search-watermark", disk.percent >= high ? Verdict::Failure : Verdict::Warning,
            Confidence::Confirmed, { SubjectKind::Component, {}, "Elasticsearch " + disk.node, node },
            { { "node", node }, { "member", disk.node }, { "percent", decimal(disk.percent) },
                { "low", engine->low }, { "high", engine->high }, { "flood", engine->flood } },
            { { seen, { disk.line }, false } });
    }
}

void checkImageSource(Sink& sink, const std::string& node, const std::string& image)
{
    const auto [host, path] = splitImage(image);
    const auto& all = fact<std::vector<parse::RegistryAnswer>>(
        sink.snapshot(), node, probe::imageRegistry, Need::Answer, parse::registryAnswers);
    if (!all)
        return;
    for (const parse::RegistryAnswer& one : *all) {
        if (one.host != host)
            continue;
        const Parameters parameters { { "host", host }, { "image", image },
            { "address", one.addresses.empty() ? "–" : join(one.addresses) },
            { "message", one.error.empty() ? "–" : one.error.substr(0, 300) },
            { "status", std::to_string(one.status) } };
        const std::vector<Evidence> evidence { all.at(
            one.httpLine > 0 ? std::vector<int> { one.line, one.httpLine } : std::vector<int> { one.line }) };
        if (!one.resolved) {
            // getent's time tells silence from a quick no; it goes through nsswitch, so the server is not
            // known from it.
            Parameters named = parameters;
            named.insert({ { "server", "resolv.conf" },
                { "how", one.milliseconds >= 900 ? "i/o timeout" : "no such host" } });
            sink.node("apiserver.registry-name-fails", Verdict::Failure, Confidence::Confirmed, node, named,
                evidence);
        } else if (one.alive()) {
            sink.node(
                "apiserver.registry-answers", Verdict::Ok, Confidence::Confirmed, node, parameters, evidence);
        } else if (one.notTrusted()) {
            sink.node("apiserver.registry-not-trusted", Verdict::Failure, Confidence::Confirmed, node,
                parameters, evidence);
        } else {
            sink.node("apiserver.registry-unreachable", Verdict::Failure, Confidence::Confirmed, node,
                parameters, evidence);
        }
        return;
    }
}

void checkBackOff(Sink& sink, const std::string& node)
{
    const auto& all = log(sink.snapshot(), node, probe::kubeletLog);
    const auto end = all ? parse::newest(*all) : std::nullopt;
    if (!end)
        return;
    for (auto line = all->rbegin(); line != all->rend() && (!line->clock || *end - *line->clock < 600);
         ++line) {
        const bool ours = contains(line->text, "kube-apiserver") || contains(line->text, "etcd");
        const std::string_view restart = parse::after(line->text, "back-off ");
        const std::string_view delay = parse::before(restart, " ");
        const bool pull = contains(line->text, "Back-off pulling image");
        if (!ours
            || (!pull && !(contains(restart, "restarting failed container") && parse::goDuration(delay))))
            continue;
        sink.node("apiserver.back-off", Verdict::Warning, Confidence::Confirmed, node,
            { { "delay", pull ? std::string("≤ 5m0s") : std::string(delay) },
                { "age",
                    spell(
                        std::chrono::seconds(static_cast<std::int64_t>(*end - line->clock.value_or(*end)))) },
                { "last", std::string(line->message.substr(0, 300)) } },
            { all.at({ line->line }) });
        return;
    }
}

} // namespace medic::checks
