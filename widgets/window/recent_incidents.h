// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/error.h"
#include "diagnostics/model/finding.h"

#include <QList>
#include <QString>

#include <vector>

class QSettings;

namespace medic {

/// What a list of incidents says of one without opening its window.
struct IncidentSummary {
    QString path, title, cluster;
    QString worstEn, worstZh; ///< what is worst in it, as a sentence; empty: nothing, or not known
    qint64 opened = 0; ///< ms since 1970; 0: not known
    int failures = 0, warnings = 0, unknowns = 0;
    bool looked = false; ///< findings were made at all
    [[nodiscard]] Verdict worst() const;
    [[nodiscard]] QString words() const; ///< "2 failures, 1 warning"
    [[nodiscard]] QString headline() const; ///< what is worst, in the current language; else the title or the cluster
    bool operator==(const IncidentSummary&) const = default;
};

/// `catalogue`: for the words of the worst; without it there are none.
void countFindings(IncidentSummary& summary, const std::vector<Finding>& findings, const Catalogue* catalogue = nullptr);

/// Reads title and verdicts out of an incident file, read-only.
[[nodiscard]] Result<IncidentSummary> summariseIncident(const QString& path);

/// The incidents that were open last, newest first, at most twelve; files that are gone are left out.
[[nodiscard]] QList<IncidentSummary> recentIncidents(QSettings& settings);
void rememberIncident(QSettings& settings, const IncidentSummary& summary);
void forgetIncident(QSettings& settings, const QString& path);

} // namespace medic
