// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/node_facts.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/parse/disk.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/processes.h"
#include "widgets/text/numbers.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <set>

namespace medic {

namespace {

class Reader {
    Q_DECLARE_TR_FUNCTIONS(medic::NodeFacts)

public:
    Reader(const Snapshot& snapshot, const std::string& node, const std::vector<Finding>& findings)
        : m_snapshot(snapshot), m_node(node), m_findings(findings)
    {
        if (const ObservationPtr units = usable(probe::units))
            m_units = parse::units(units->out);
        if (const ObservationPtr ps = usable(probe::ps))
            m_processes = parse::processes(ps->out);
    }

    NodeFacts read()
    {
        NodeFacts facts;
        identity(facts.identity);
        facts.components = {service(ComponentFact::Kind::Kubelet, {"kubelet"}, probe::kubeletHealthz),
                            service(ComponentFact::Kind::Runtime, {"containerd", "docker", "dockerd", "crio", "cri-dockerd"}, {}),
                            service(ComponentFact::Kind::KubeProxy, {"kube-proxy"}, probe::kubeProxyHealthz),
                            cni(), dns(), time()};
        for (ComponentFact& fact : facts.components)
            overrule(fact);
        disks(facts.disks);
        memory(facts.memory);
        pressure(facts.pressure);
        limits(facts.limits);
        return facts;
    }

private:
    /// Ran, with something to read (exit status aside: several tools tell much and still exit 1).
    [[nodiscard]] ObservationPtr usable(std::string_view id) const
    {
        ObservationPtr one = m_snapshot.find(m_node, id);
        return one && one->state == ProbeState::Complete && !one->out.empty() ? one : nullptr;
    }

    [[nodiscard]] const kube::Node* kubeNode() const
    {
        const auto& nodes = m_snapshot.remember<std::vector<kube::Node>>("widgets/nodes", [this] {
            const ObservationPtr list = m_snapshot.cluster(probe::apiNodes);
            auto parsed = list && list->state == ProbeState::Complete ? kube::parseNodes(list->out) : Result<std::vector<kube::Node>>(std::vector<kube::Node>());
            return parsed ? std::move(*parsed) : std::vector<kube::Node>();
        });
        const auto found = std::find_if(nodes.begin(), nodes.end(), [this](const kube::Node& node) { return node.meta.name == m_node; });
        return found == nodes.end() ? nullptr : &*found;
    }

    void identity(QStringList& parts) const
    {
        const kube::Node* api = kubeNode();
        const auto add = [&parts](const std::string& text) {
            if (!text.empty())
                parts << QString::fromStdString(text);
        };
        if (const ObservationPtr os = usable(probe::osRelease)) {
            auto values = parse::osRelease(os->out);
            add(values["PRETTY_NAME"]);
        } else if (api) {
            add(api->osImage);
        }
        if (const ObservationPtr kernel = usable(probe::uname))
            add("Linux " + parse::kernelRelease(kernel->out));
        else if (api)
            add(api->kernelVersion);
        if (api) {
            add("kubelet " + api->kubeletVersion);
            add(api->runtimeVersion);
            for (const auto& [type, address] : api->addresses)
                if (type == "InternalIP")
                    add(address);
            if (api->unschedulable)
                parts << tr("cordoned");
        }
        if (const ObservationPtr up = usable(probe::uptime))
            if (const auto seconds = parse::uptime(up->out))
                parts << tr("up %1").arg(durationWords(std::chrono::milliseconds(qint64(*seconds * 1000))));
    }

    [[nodiscard]] Evidence evidenceOf(std::string_view id) const { return Evidence {.observation = m_snapshot.find(m_node, id), .lines = {}}; }

    /// Its health endpoint decides; without an answer there its unit, then its process.
    [[nodiscard]] ComponentFact service(ComponentFact::Kind kind, const std::vector<std::string>& names, std::string_view healthz) const
    {
        ComponentFact fact {.kind = kind, .verdict = Verdict::Unknown, .detail = {}, .evidence = {}};
        if (!healthz.empty()) {
            if (const ObservationPtr health = usable(healthz)) {
                fact.evidence.observation = health;
                const std::string status = lastStatus(health->out);
                if (!status.empty() && status != "000") {
                    fact.verdict = status == "200" ? Verdict::Ok : Verdict::Failure;
                    fact.detail = status == "200" ? tr("healthy") : QStringLiteral("HTTP %1").arg(QString::fromStdString(status));
                    return fact;
                }
            }
        }
        for (const std::string& name : names)
            if (const parse::Unit* unit = parse::findUnit(m_units, name)) {
                fact.evidence = evidenceOf(probe::units);
                fact.evidence.lines = {unit->line};
                fact.verdict = unit->active() ? Verdict::Ok : Verdict::Failure;
                fact.detail = QString::fromStdString(unit->activeState + " (" + unit->subState + ")");
                return fact;
            }
        for (const std::string& name : names)
            if (const parse::Process* process = parse::findProgram(m_processes, name)) {
                fact.evidence = evidenceOf(probe::ps);
                fact.evidence.lines = {process->line};
                // Stopped or stuck in the kernel is not running; more than that only its checks can say.
                const bool runs = !process->stopped() && !process->uninterruptible() && !process->zombie();
                fact.verdict = runs ? Verdict::Ok : Verdict::Failure;
                fact.detail = runs ? QString::fromStdString(name) : tr("%1 in state %2").arg(QString::fromStdString(name), QString::fromStdString(process->state));
                return fact;
            }
        if (!m_processes.empty()) {
            // The process list is there and it is not in it.
            fact.evidence = evidenceOf(probe::ps);
            fact.verdict = kind == ComponentFact::Kind::KubeProxy ? Verdict::Unknown : Verdict::Failure;
            fact.detail = tr("no process");
        }
        return fact;
    }

    [[nodiscard]] static std::string lastStatus(const std::string& out)
    {
        const auto all = parse::lines(out);
        for (auto line = all.rbegin(); line != all.rend(); ++line) {
            const auto parts = parse::words(line->text);
            if (!parts.empty())
                return parts[0].size() == 3 && std::isdigit(static_cast<unsigned char>(parts[0][0])) ? std::string(parts[0]) : std::string();
        }
        return {};
    }

    [[nodiscard]] ComponentFact cni() const
    {
        ComponentFact fact {.kind = ComponentFact::Kind::Cni, .verdict = Verdict::Unknown, .detail = {}, .evidence = {}};
        const ObservationPtr config = m_snapshot.find(m_node, probe::cniConfig);
        if (!config)
            return fact;
        fact.evidence.observation = config;
        if (config->state == ProbeState::NotApplicable || (config->good() && config->out.find("\"type\"") == std::string::npos && config->out.find("cniVersion") == std::string::npos)) {
            fact.verdict = Verdict::Failure;
            fact.detail = tr("no configuration");
            return fact;
        }
        const std::size_t type = config->out.find("\"type\"");
        if (config->state != ProbeState::Complete || type == std::string::npos)
            return fact;
        fact.verdict = Verdict::Ok;
        QStringList plugins;
        for (std::size_t at = type; at != std::string::npos && plugins.size() < 4; at = config->out.find("\"type\"", at + 1)) {
            const std::size_t open = config->out.find('"', config->out.find(':', at));
            const std::size_t close = open == std::string::npos ? open : config->out.find('"', open + 1);
            if (close == std::string::npos)
                break;
            const QString name = QString::fromStdString(config->out.substr(open + 1, close - open - 1));
            if (name != QLatin1String("host-local"))
                plugins << name;
        }
        fact.detail = plugins.join(QStringLiteral(", "));
        return fact;
    }

    [[nodiscard]] ComponentFact dns() const
    {
        ComponentFact fact {.kind = ComponentFact::Kind::Dns, .verdict = Verdict::Unknown, .detail = {}, .evidence = evidenceOf(probe::resolvConf)};
        const ObservationPtr config = usable(probe::resolvConf);
        if (!config)
            return fact;
        const parse::ResolvConf read = parse::resolvConf(config->out);
        fact.evidence.lines = read.nameserverLines;
        // A configured resolver is no proof that it answers: that is the checks' business.
        fact.verdict = read.nameservers.empty() ? Verdict::Failure : Verdict::Ok;
        fact.detail = read.nameservers.empty() ? tr("no nameserver") : QString::fromStdString(read.nameservers.front());
        return fact;
    }

    [[nodiscard]] ComponentFact time() const
    {
        ComponentFact fact {.kind = ComponentFact::Kind::Time, .verdict = Verdict::Unknown, .detail = {}, .evidence = evidenceOf(probe::clock)};
        const ObservationPtr clock = usable(probe::clock);
        if (!clock)
            return fact;
        const auto node = parse::real(parse::trim(parse::before(clock->out, "\n")));
        if (!node)
            return fact;
        const double ours = double(std::chrono::duration_cast<std::chrono::milliseconds>(clock->start.time_since_epoch()).count()) / 1000;
        const double least = *node - ours - double(clock->duration.count()) / 1000;
        const double offset = *node - ours;
        // Between the two ends of the round trip the node looked at its clock: only what lies outside counts.
        const double certain = least > 0 ? least : offset < 0 ? -offset : 0;
        fact.verdict = certain > 30 ? Verdict::Failure : certain > 2 ? Verdict::Warning : Verdict::Ok;
        fact.detail = certain > 2 ? tr("%1 s off").arg(certain, 0, 'f', 0) : tr("in step");
        return fact;
    }

    /// What the checks found counts more than a glance at one output.
    void overrule(ComponentFact& fact) const
    {
        static const std::array<std::vector<std::string_view>, 6> marks {{{"kubelet"},
            {"runtime", "docker", "containerd", "pleg"}, {"kube-proxy", "proxy"}, {"cni"}, {"dns", "resolv"}, {"clock", ".time-", "ntp"}}};
        for (const Finding& finding : m_findings) {
            const Subject& subject = finding.subject();
            if (subject.node != m_node && !(subject.kind == SubjectKind::Node && subject.name == m_node))
                continue;
            const bool named = std::any_of(marks[std::size_t(fact.kind)].begin(), marks[std::size_t(fact.kind)].end(), [&](std::string_view mark) {
                return parse::contains(finding.id(), mark) || (subject.kind == SubjectKind::Component && parse::contains(subject.name, mark));
            });
            if (named && severity(finding.verdict()) > severity(fact.verdict) && finding.verdict() != Verdict::Unknown) {
                fact.verdict = finding.verdict();
                fact.evidence = finding.evidence().front();
                if (const auto name = finding.parameters().find("runtime"); name != finding.parameters().end())
                    fact.detail = QString::fromStdString(name->second);
                else if (fact.detail == tr("healthy")) // so its own health check says; the findings say otherwise
                    fact.detail = tr("answers, with faults");
            }
        }
    }

    void disks(QList<Bar>& bars) const
    {
        const ObservationPtr space = usable(probe::df);
        if (!space)
            return;
        std::set<std::string> sources;
        for (const parse::Filesystem& one : parse::df(space->out)) {
            if (one.pseudo() || one.size == 0 || !sources.insert(one.source).second)
                continue;
            bars.append({.label = QString::fromStdString(one.mount), .percent = double(one.percent()), .warnFrom = 85, .failFrom = 95,
                         .value = tr("%1 of %2").arg(byteWords(qint64(one.used * 1024)), byteWords(qint64(one.size * 1024))), .observation = space});
        }
        std::stable_sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.percent > b.percent; });
        if (bars.size() > 5)
            bars.resize(5);
    }

    void memory(QList<Bar>& bars) const
    {
        const ObservationPtr info = usable(probe::meminfo);
        if (!info)
            return;
        const parse::MemInfo read = parse::memInfo(info->out);
        const auto total = read.value("MemTotal");
        const auto available = read.available();
        if (!total || *total == 0 || !available)
            return;
        const auto share = [&](std::uint64_t kib, std::uint64_t of) { return of == 0 ? 0.0 : 100.0 * double(kib) / double(of); };
        const auto ofTotal = [](std::uint64_t kib, std::uint64_t of) { return tr("%1 of %2").arg(byteWords(qint64(kib * 1024)), byteWords(qint64(of * 1024))); };
        const std::uint64_t used = *total - std::min(*available, *total);
        bars.append({.label = tr("used"), .percent = share(used, *total), .warnFrom = 90, .failFrom = 97, .value = ofTotal(used, *total), .observation = info});
        if (const auto cached = read.value("Cached"))
            bars.append({.label = tr("page cache"), .percent = share(*cached, *total), .warnFrom = 101, .failFrom = 101, .value = ofTotal(*cached, *total), .observation = info});
        const auto swap = read.value("SwapTotal");
        const auto swapFree = read.value("SwapFree");
        if (swap && swapFree && *swap > 0)
            bars.append({.label = tr("swap"), .percent = share(*swap - std::min(*swap, *swapFree), *swap), .warnFrom = 50, .failFrom = 101,
                         .value = ofTotal(*swap - std::min(*swap, *swapFree), *swap), .observation = info});
    }

    void pressure(QList<Bar>& bars) const
    {
        const ObservationPtr psi = usable(probe::pressure);
        if (!psi)
            return;
        const auto read = parse::pressure(psi->out);
        for (const char* resource : {"cpu", "memory", "io"})
            if (const parse::Pressure* some = parse::find(read, resource, false))
                bars.append({.label = QLatin1String(resource), .percent = some->avg60, .warnFrom = std::string_view(resource) == "cpu" ? 60.0 : 20.0,
                             .failFrom = 101, .value = QStringLiteral("%1 %").arg(some->avg60, 0, 'f', 1), .observation = psi});
    }

    void limits(QList<Bar>& bars) const
    {
        const auto add = [&bars](const QString& label, double used, double most, double warn, double fail, const ObservationPtr& from) {
            if (most > 0)
                bars.append({.label = label, .percent = 100 * used / most, .warnFrom = warn, .failFrom = fail,
                             .value = tr("%1 of %2").arg(used, 0, 'f', 0).arg(most, 0, 'f', 0), .observation = from});
        };
        if (const ObservationPtr track = usable(probe::conntrackCount)) {
            const auto values = parse::keyValues(track->out, "=");
            const auto value = [&](const char* name) {
                const auto found = values.find(name);
                return found == values.end() ? std::nullopt : parse::real(found->second.value);
            };
            const auto count = value("net.netfilter.nf_conntrack_count");
            const auto most = value("net.netfilter.nf_conntrack_max");
            if (count && most)
                add(tr("conntrack"), *count, *most, 75, 95, track);
        }
        if (const ObservationPtr files = usable(probe::fileNr))
            if (const auto read = parse::fileHandles(files->out))
                add(tr("open files"), double(read->allocated), double(read->maximum), 75, 95, files);
        if (const ObservationPtr pids = usable(probe::pidLimits)) {
            const auto values = parse::keyValues(pids->out, "=");
            const auto threads = values.find("threads");
            const auto most = values.find("kernel.pid_max");
            if (threads != values.end() && most != values.end())
                if (const auto used = parse::real(threads->second.value), limit = parse::real(most->second.value); used && limit)
                    add(tr("threads"), *used, *limit, 75, 95, pids);
        }
        if (const ObservationPtr inodes = usable(probe::dfInodes)) {
            const auto all = parse::df(inodes->out);
            const parse::Filesystem* fullest = nullptr;
            for (const parse::Filesystem& one : all)
                if (!one.pseudo() && one.size > 0 && (!fullest || one.percent() > fullest->percent()))
                    fullest = &one;
            if (fullest)
                add(tr("inodes %1").arg(QString::fromStdString(fullest->mount)), double(fullest->used), double(fullest->size), 85, 95, inodes);
        }
    }

    const Snapshot& m_snapshot;
    const std::string& m_node;
    const std::vector<Finding>& m_findings;
    std::vector<parse::Unit> m_units;
    std::vector<parse::Process> m_processes;
};

} // namespace

NodeFacts nodeFacts(const Snapshot& snapshot, const std::string& node, const std::vector<Finding>& findings)
{
    return Reader(snapshot, node, findings).read();
}

} // namespace medic
