// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/palette_items.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/parse/kube_objects.h"

namespace medic {

namespace {

QString nameOf(const kube::Meta& meta) { return QString::fromStdString(meta.nameSpace + '/' + meta.name); }

QList<PaletteItem> read(const Snapshot& snapshot)
{
    QList<PaletteItem> items;
    const auto list = [&snapshot](std::string_view probe) {
        const ObservationPtr found = snapshot.cluster(probe);
        return found && found->state == ProbeState::Complete ? found : nullptr;
    };
    if (const ObservationPtr services = list(probe::apiServices))
        if (const auto parsed = kube::parseServices(services->out, "api/services"))
            for (const kube::Service& service : *parsed) {
                QStringList ports;
                for (const kube::ServicePort& port : service.ports)
                    ports << QString::number(port.port);
                const QString name = nameOf(service.meta), first = ports.isEmpty() ? QString() : u':' + ports.front();
                items.append({.icon = QStringLiteral("service"), .title = name, .detail = ports.join(QStringLiteral(", ")),
                              .place = {.view = QStringLiteral("path"), .key = QStringLiteral("-> svc %1%2").arg(name, first), .detail = {}}});
            }
    if (const ObservationPtr pods = list(probe::apiPods))
        if (const auto parsed = kube::parsePods(pods->out, "api/pods"))
            for (const kube::Pod& pod : *parsed)
                if (!pod.node.empty())
                    items.append({.icon = QStringLiteral("pod"), .title = nameOf(pod.meta), .detail = QString::fromStdString(pod.node),
                                  .place = {.view = QStringLiteral("nodes"), .key = QString::fromStdString(pod.node), .detail = {}}});
    return items;
}

} // namespace

QList<PaletteItem> clusterItems(const Snapshot& snapshot)
{
    return snapshot.remember<QList<PaletteItem>>("widgets/palette-items", [&snapshot] { return read(snapshot); });
}

QList<PaletteItem> pasteItems(const QList<PasteProposal>& proposals)
{
    QList<PaletteItem> items;
    for (const PasteProposal& one : proposals) {
        const bool guide = !one.playbook.isEmpty();
        items.append({.icon = guide ? QStringLiteral("guide") : QStringLiteral("knowledge"), .title = one.title, .detail = one.around,
                      .place = {.view = guide ? QStringLiteral("guide") : QStringLiteral("knowledge"), .key = guide ? one.playbook : one.finding, .detail = {}},
                      .litFrom = one.litFrom, .litLength = one.litLength});
    }
    return items;
}

} // namespace medic
