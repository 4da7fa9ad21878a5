// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"
#include "diagnostics/model/snapshot.h"

#include <QList>
#include <QString>

#include <vector>

namespace medic {

/// A thing that a node cannot do without.
struct ComponentFact {
    enum class Kind { Kubelet, Runtime, KubeProxy, Cni, Dns, Time };
    Kind kind = Kind::Kubelet;
    Verdict verdict = Verdict::Unknown;
    QString detail; ///< evidence in a few words: a version, a unit's state; hostile
    Evidence evidence; ///< observation may be null: nothing was collected
};

/// One bar of a chart, in percent of what there is.
struct Bar {
    QString label; ///< mount point, resource …; hostile
    double percent = 0;
    double warnFrom = 100, failFrom = 100; ///< thresholds in percent; > 100: none
    QString value; ///< "41 of 50 GB"
    ObservationPtr observation;
    [[nodiscard]] Verdict verdict() const
    {
        return percent >= failFrom ? Verdict::Failure : percent >= warnFrom ? Verdict::Warning : Verdict::Ok;
    }
};

/// What was collected of a node, as its panel shows it. Made anew from a snapshot; pure.
struct NodeFacts {
    QStringList identity; ///< OS, kernel, versions, addresses, uptime; hostile
    QList<ComponentFact> components; ///< one of each kind, in order
    QList<Bar> disks, memory, pressure, limits;
};

[[nodiscard]] NodeFacts nodeFacts(const Snapshot& snapshot, const std::string& node, const std::vector<Finding>& findings);

} // namespace medic
