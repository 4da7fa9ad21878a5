// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "widgets/wizard/guide_view.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTimer>

#include <map>

namespace medic {

/// A scripted cluster for the guide: node-1 (control plane) and node-2, whose hostPort Pod takes a Service's traffic
/// until the repairing command has run on it. Everything answers by signals, from the event loop.
class FakeHost final : public WizardHost
{
public:
    FakeHost()
    {
        observe("node-1", "uname", "Linux node-1 6.1.0\n");
        observe("node-2", "uname", "Linux node-2 6.1.0\n");
        rules = observe("node-2", "iptables-save",
                        "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n"
                        "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
                        "-A CNI-DN-443ab -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.244.2.7:8443\nCOMMIT\n");
        observe("", "api/nodes",
                R"({"items":[{"metadata":{"name":"node-1","labels":{"node-role.kubernetes.io/control-plane":""}}},{"metadata":{"name":"node-2","labels":{}}}]})");
        observe("", "api/pods",
                R"({"items":[{"metadata":{"namespace":"ingress","name":"ingress-7d4f"},"spec":{"nodeName":"node-2"},"status":{"phase":"Running"}},
                {"metadata":{"namespace":"shop","name":"web-0"},"spec":{"nodeName":"node-2"},"status":{"phase":"Running"}}]})");
        steal("ingress/ingress-7d4f");
    }

    ObservationPtr observe(const char* node, const char* probe, const char* out)
    {
        auto observation = std::make_shared<Observation>();
        observation->id = ++m_ids;
        observation->node = node;
        observation->probe = probe;
        observation->command = probe == std::string("iptables-save") ? "iptables-save -c" : probe;
        observation->out = out;
        observation->exitStatus = 0;
        m_snapshot.add(observation);
        return observation;
    }

    void steal(const char* pod)
    {
        const std::string name = pod;
        auto finding = Finding::make({.id = "hostport.steals-service",
                                      .suite = "hostport",
                                      .subject = {SubjectKind::Pod, name.substr(0, name.find('/')), name.substr(name.find('/') + 1), "node-2"},
                                      .verdict = Verdict::Failure,
                                      .confidence = Confidence::Likely,
                                      .parameters = {{"node", "node-2"}, {"pod", name}, {"port", "443"}, {"protocol", "tcp"},
                                                     {"services", "default/kubernetes (10.96.0.1)"}, {"count", "1"}, {"address", "10.96.0.1"},
                                                     {"hooks", "PREROUTING, OUTPUT"}, {"target", "10.244.2.7:8443"}, {"backend", "nft"}},
                                      .evidence = {{rules, {3, 4}, false}}});
        found.clear();
        if (finding)
            found.push_back(*finding);
    }

    const Snapshot& snapshot() const override { return m_snapshot; }
    const std::vector<Finding>& findings() const override { return found; }
    bool live() const override { return isLive; }
    bool changesAllowed() const override { return isLive && changes; }
    bool production() const override { return isProduction; }
    std::string cluster() const override { return "shop-prod"; }
    QString progressWords() const override { return QStringLiteral("1 / 2"); }

    void sweep(const Sweep& sweep) override
    {
        sweeps.push_back(sweep);
        if (!holdSweep)
            QTimer::singleShot(0, this, [this] { Q_EMIT swept(false); });
    }
    void cancel() override { Q_EMIT swept(true); }
    void abandon() override { }

    quint64 runCommand(const std::string& node, const CommandRequest& request, const std::string&) override
    {
        commands.push_back(node + ": " + request.command);
        const quint64 id = ++m_ids;
        CommandResult result;
        result.exitStatus = 0;
        const bool moves = request.command.find(" -A ") != std::string::npos;
        if (moves && works)
            found = afterwards;
        result.out = moves ? "-A PREROUTING -j KUBE-SERVICES\n-A PREROUTING -j CNI-HOSTPORT-DNAT\n"
            : found.empty() ? "under the Service's address: CN = kube-apiserver\nthe hostPort's Pod: O = Acme Co, CN = ingress\nDIFFERENT-CERTIFICATES\n"
                            : "under the Service's address: O = Acme Co, CN = ingress\nthe hostPort's Pod: O = Acme Co, CN = ingress\nSAME-CERTIFICATE\n";
        if (!holdCommand)
            QTimer::singleShot(0, this, [this, id, result] { Q_EMIT commandFinished(id, result, nullptr); });
        return id;
    }

    void journal(const JournalEntry& entry) override { entries.push_back(entry); }
    bool keep(const std::string& name, const std::string& json) override
    {
        documents[name] = json;
        return writable;
    }
    std::optional<std::string> kept(const std::string& name) const override
    {
        const auto at = documents.find(name);
        return at == documents.end() ? std::nullopt : std::optional(at->second);
    }
    Result<QString> linkedIncident(const std::string& title) override { return QString::fromStdString("/tmp/" + title); }
    Result<void> openLinked(const QString& path) override
    {
        openedLinked = path;
        return {};
    }
    QString openedLinked;

    std::vector<Finding> found, afterwards; ///< now, and once the jump was moved
    std::vector<Sweep> sweeps;
    std::vector<std::string> commands;
    std::vector<JournalEntry> entries;
    std::map<std::string, std::string> documents;
    ObservationPtr rules;
    bool isLive = true, changes = true, isProduction = false, holdSweep = false, holdCommand = false, works = true, writable = true;

private:
    Snapshot m_snapshot;
    std::uint64_t m_ids = 0;
};

/// The view over a fake host, with the shipped playbooks.
struct GuideStage {
    collect::Session session;
    Catalogue catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    playbooks::Library library = playbooks::Library::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    FakeHost* host = nullptr; ///< the view's
    std::unique_ptr<GuideView> view;

    explicit GuideStage(std::map<std::string, std::string> documents = {}, const std::function<void(FakeHost&)>& prepare = {})
    {
        auto own = std::make_unique<FakeHost>();
        own->documents = std::move(documents);
        if (prepare)
            prepare(*own);
        host = own.get();
        view = std::make_unique<GuideView>(ViewContext {&session, &catalogue, &library}, std::move(own));
        view->resize(1180, 700); // what is left of 1280×800 for a page
        view->show();
    }
};

} // namespace medic
