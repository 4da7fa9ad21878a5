// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/session.h"

namespace medic::collect {

struct Session::Private {
    ClusterProfile profile;
    Snapshot snapshot;
    std::vector<Finding> findings;
};

Session::Session(QObject* parent) : QObject(parent), d(std::make_unique<Private>()) { }
Session::~Session() = default;

Result<void> Session::openLive(const ClusterProfile&, std::shared_ptr<Secrets>, const QString&) { return failure(ErrorCode::NotSupported); }
Result<void> Session::openIncident(const QString&) { return failure(ErrorCode::NotSupported); }
void Session::close() { }
bool Session::isOpen() const { return false; }
bool Session::isLive() const { return false; }
const ClusterProfile& Session::profile() const { return d->profile; }
IncidentFile* Session::incident() { return nullptr; }
const Snapshot& Session::snapshot() const { return d->snapshot; }
const Snapshot* Session::earlierSnapshot() const { return nullptr; }
const std::vector<Finding>& Session::findings() const { return d->findings; }
std::vector<NodeProgress> Session::progress() const { return {}; }
bool Session::sweeping() const { return false; }
void Session::sweep(const SweepRequest&) { }
void Session::cancel() { }
quint64 Session::runCommand(const std::string&, const CommandRequest&, const std::string&) { return 0; }
quint64 Session::journal(JournalEntry) { return 0; }

} // namespace medic::collect
