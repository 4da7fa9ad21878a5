// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/ipvs_model.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QGuiApplication>

#include <map>
#include <tuple>

namespace medic::packetpath {

namespace {

using ServerKey = std::tuple<std::uint8_t, IpAddress, std::uint16_t>;
using RealKey = std::tuple<std::uint8_t, IpAddress, std::uint16_t, IpAddress, std::uint16_t>;

/// Sets by what they hold, for quick answers: "ip,port" elements of kube-proxy's sets.
std::map<ServerKey, QStringList> setsByAddress(const netfilter::NodeState& state)
{
    std::map<ServerKey, QStringList> result;
    if (!state.sets)
        return result;
    for (const auto& [setName, set] : state.sets->all())
        for (const auto& element : set.elements) {
            if (element.parts.size() < 2 || element.parts[0].prefix.isNone())
                continue;
            QStringList& names = result[{element.parts[1].protocol, element.parts[0].prefix.address, element.parts[1].portFrom}];
            const QString name = QString::fromStdString(setName);
            if (!names.contains(name))
                names.append(name);
        }
    return result;
}

std::map<RealKey, std::pair<int, int>> connectionsOf(const netfilter::NodeState& state)
{
    std::map<RealKey, std::pair<int, int>> counts;
    if (state.ipvsConnections)
        for (const auto& one : *state.ipvsConnections) {
            if (one.state == "NONE")
                continue; // a template of persistence, not a connection
            auto& [active, inactive] = counts[{one.protocol, one.virtualAddress, one.virtualPort, one.realAddress, one.realPort}];
            ++(one.state == "ESTABLISHED" ? active : inactive);
        }
    return counts;
}

QString methodWord(char method)
{
    switch (method) {
    case 'g': return IpvsModel::tr("direct routing");
    case 'i': return IpvsModel::tr("tunnel");
    default: return IpvsModel::tr("masquerading");
    }
}

} // namespace

void IpvsModel::setNode(const LoadedNodePtr& node, const NamesPtr& names)
{
    beginResetModel();
    m_node = node;
    m_names = names;
    m_all.clear();
    if (known()) {
        std::map<IpAddress, QString> owners;
        std::map<std::pair<std::uint8_t, std::uint16_t>, QString> nodePorts;
        if (names)
            for (const auto& service : names->services)
                for (const auto& port : service.ports)
                    if (port.nodePort != 0)
                        nodePorts[{port.protocol == "UDP" ? proto::udp : port.protocol == "SCTP" ? proto::sctp : proto::tcp, port.nodePort}]
                            = tr("%1, nodePort").arg(lineSafe(service.meta.nameSpace + '/' + service.meta.name));
        if (names)
            for (const auto& service : names->services)
                for (const auto* list : {&service.clusterIps, &service.externalIps, &service.loadBalancerIps})
                    for (const auto& text : *list)
                        if (const auto address = IpAddress::parse(text))
                            owners[*address] = lineSafe(service.meta.nameSpace + '/' + service.meta.name);
        const auto sets = setsByAddress(node->state);
        const auto connections = connectionsOf(node->state);
        const bool counted = node->state.ipvsConnections != nullptr;
        const auto& servers = *node->state.ipvs;
        for (std::size_t i = 0; i < servers.size(); ++i) {
            const auto& one = servers[i];
            Shown shown {static_cast<int>(i), {}, {}, {}, {}};
            if (const auto owner = owners.find(one.address); owner != owners.end())
                shown.whose = owner->second;
            else if (const auto byPort = nodePorts.find({one.protocol, one.port}); byPort != nodePorts.end())
                shown.whose = byPort->second;
            if (const auto found = sets.find({one.protocol, one.address, one.port}); found != sets.end())
                shown.sets = found->second;
            for (const auto& real : one.realServers) {
                int active = real.active, inactive = real.inactive;
                if (active < 0 && counted) {
                    const auto found = connections.find({one.protocol, one.address, one.port, real.address, real.port});
                    active = found == connections.end() ? 0 : found->second.first;
                    inactive = found == connections.end() ? 0 : found->second.second;
                }
                shown.active.push_back(active);
                shown.inactive.push_back(inactive);
            }
            m_all.push_back(std::move(shown));
        }
    }
    select();
    endResetModel();
}

void IpvsModel::setWords(const QString& words)
{
    beginResetModel();
    m_words = words.trimmed();
    select();
    endResetModel();
}

void IpvsModel::select()
{
    m_rows.clear();
    for (std::size_t i = 0; i < m_all.size(); ++i) {
        const auto& one = (*m_node->state.ipvs)[static_cast<std::size_t>(m_all[i].server)];
        QString text = QString::fromStdString(one.name()) + u' ' + m_all[i].whose + u' ' + m_all[i].sets.join(u' ');
        for (const auto& real : one.realServers)
            text += u' ' + endpointText(real.address.text(), real.port);
        if (m_words.isEmpty() || text.contains(m_words, Qt::CaseInsensitive))
            m_rows.push_back(static_cast<int>(i));
    }
}

const ipvs::VirtualServer& IpvsModel::server(int row) const
{
    return (*m_node->state.ipvs)[static_cast<std::size_t>(m_all[static_cast<std::size_t>(m_rows[static_cast<std::size_t>(row)])].server)];
}

// internalId: 0 for a virtual server, its row + 1 for its real servers
QModelIndex IpvsModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : quintptr(0));
}

QModelIndex IpvsModel::parent(const QModelIndex& child) const
{
    if (!child.isValid() || child.internalId() == 0)
        return {};
    return createIndex(int(child.internalId()) - 1, 0, quintptr(0));
}

int IpvsModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_rows.size());
    if (parent.internalId() != 0 || parent.column() != 0)
        return 0;
    return static_cast<int>(server(parent.row()).realServers.size());
}

QVariant IpvsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const bool real = index.internalId() != 0;
    const int row = real ? int(index.internalId()) - 1 : index.row();
    const Shown& shown = m_all[static_cast<std::size_t>(m_rows[static_cast<std::size_t>(row)])];
    const ipvs::VirtualServer& one = server(row);
    const bool right = index.column() == Weight || index.column() == Active || index.column() == Inactive;
    const bool deserted = !real && one.realServers.empty();
    if (role == Qt::TextAlignmentRole && right)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() == Name)
        return theme::monospaceFont();
    if (role == Qt::ForegroundRole && (deserted || (real && one.realServers[static_cast<std::size_t>(index.row())].weight == 0)) && index.column() <= Weight)
        return theme::Colours::of(QGuiApplication::palette()).failure;
    if (role == Qt::ToolTipRole)
        return toolTipSafe(lineSafe(real ? one.realServers[static_cast<std::size_t>(index.row())].text : one.text));
    if (role != Qt::DisplayRole)
        return {};
    if (real) {
        const auto at = static_cast<std::size_t>(index.row());
        const auto& server = one.realServers[at];
        switch (index.column()) {
        case Name: return endpointText(server.address.text(), server.port);
        case Whose: return m_names ? lineSafe(m_names->whose(server.address)) : QString();
        case Method: return server.weight == 0 ? tr("%1, no new connections").arg(methodWord(server.method)) : methodWord(server.method);
        case Weight: return server.weight;
        case Active: return shown.active[at] >= 0 ? QVariant(shown.active[at]) : QVariant();
        case Inactive: return shown.inactive[at] >= 0 ? QVariant(shown.inactive[at]) : QVariant();
        default: return {};
        }
    }
    const auto sum = [](const std::vector<int>& all) -> QVariant {
        int total = 0;
        for (const int some : all) {
            if (some < 0)
                return {};
            total += some;
        }
        return all.empty() ? QVariant() : QVariant(total);
    };
    switch (index.column()) {
    case Name: return lineSafe(one.name());
    case Whose: return shown.whose;
    case Method:
        if (deserted)
            return tr("%1 · no real server").arg(lineSafe(one.scheduler));
        return one.persistence ? tr("%1 · sticky for %2 s").arg(lineSafe(one.scheduler)).arg(*one.persistence) : lineSafe(one.scheduler);
    case Active: return sum(shown.active);
    case Inactive: return sum(shown.inactive);
    case Selected: return lineSafe(shown.sets.join(QStringLiteral(", ")));
    default: return {};
    }
}

QVariant IpvsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && (section == Weight || section == Active || section == Inactive))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Virtual and real servers");
    case Whose: return tr("Whose");
    case Method: return tr("Scheduler, method");
    case Weight: return tr("Weight");
    case Active: return tr("Active");
    case Inactive: return tr("Inactive");
    case Selected: return tr("In these ipsets");
    default: return {};
    }
}

void IpvsModel::retranslate()
{
    beginResetModel();
    endResetModel();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

} // namespace medic::packetpath
