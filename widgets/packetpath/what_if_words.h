// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"

#include <QCoreApplication>
#include <QString>

namespace medic::packetpath {

/// Changes that are only thought, in words. In the current language.
class WhatIfWords final
{
    Q_DECLARE_TR_FUNCTIONS(medic::packetpath::WhatIfWords)

public:
    [[nodiscard]] static QString change(const netfilter::Change& change); ///< "without nat CNI-HOSTPORT-DNAT, rule 2"
    [[nodiscard]] static QString changes(const std::vector<netfilter::Change>& changes);
    [[nodiscard]] static QString verdict(netfilter::AuditVerdict verdict); ///< "endpoint missing"
    [[nodiscard]] static QString difference(const AuditDifference& difference); ///< "svc default/api, port http: stolen → ok"
    /// Of the whole audit, in one sentence with the first differences.
    [[nodiscard]] static QString audit(const ThoughtAudit& audit);
};

} // namespace medic::packetpath
