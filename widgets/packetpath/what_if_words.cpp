// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/what_if_words.h"

#include "widgets/text/escape.h"

#include <QLocale>
#include <QStringList>

namespace medic::packetpath {

namespace {

constexpr std::size_t mostNamed = 4;

QString chainOf(const netfilter::RulePlace& place) { return lineSafe(place.table + ' ' + place.chain); }

template<typename... Ts>
struct Cases : Ts... {
    using Ts::operator()...;
};
template<typename... Ts>
Cases(Ts...) -> Cases<Ts...>;

} // namespace

QString WhatIfWords::change(const netfilter::Change& change)
{
    using namespace netfilter;
    return std::visit(Cases {
                          [](const DisableRule& one) { return tr("without %1, rule %2").arg(chainOf(one.place)).arg(one.place.rule); },
                          [](const MoveRule& one) { return tr("%1: rule %2 in place %3").arg(chainOf(one.place)).arg(one.place.rule).arg(one.to); },
                          [](const InsertRule& one) { return tr("%1: a new rule %2: %3").arg(chainOf(one.place)).arg(one.place.rule).arg(lineSafe(one.rule)); },
                          [](const EditRule& one) { return tr("%1: rule %2 is %3").arg(chainOf(one.place)).arg(one.place.rule).arg(lineSafe(one.rule)); },
                          [](const SetSysctl& one) { return QStringLiteral("%1 = %2").arg(lineSafe(one.name), lineSafe(one.value)); },
                          [](const AddHostPort& one) { return tr("a hostPort %1 %2 → %3").arg(lineSafe(one.protocol)).arg(one.port).arg(lineSafe(one.pod)); },
                          [](const RemoveHostPort& one) { return tr("without hostPort %1 %2").arg(lineSafe(one.protocol)).arg(one.port); },
                      },
                      change);
}

QString WhatIfWords::changes(const std::vector<netfilter::Change>& changes)
{
    QStringList all;
    for (const auto& one : changes)
        all.append(change(one));
    return all.join(tr(", "));
}

QString WhatIfWords::verdict(netfilter::AuditVerdict verdict)
{
    using netfilter::AuditVerdict;
    switch (verdict) {
    case AuditVerdict::Ok: return tr("ok");
    case AuditVerdict::Unknown: return tr("unknown");
    case AuditVerdict::WrongPolicy: return tr("wrong traffic policy");
    case AuditVerdict::WrongShare: return tr("wrong shares");
    case AuditVerdict::MissingEndpoint: return tr("endpoint missing");
    case AuditVerdict::StaleEndpoint: return tr("stale endpoint");
    case AuditVerdict::Extra: return tr("superfluous");
    case AuditVerdict::Unreachable: return tr("unreachable");
    case AuditVerdict::Missing: return tr("missing");
    case AuditVerdict::Stolen: return tr("taken away");
    }
    return {};
}

QString WhatIfWords::difference(const AuditDifference& difference)
{
    const QString name = difference.port.empty() ? tr("Service %1").arg(lineSafe(difference.service))
                                                 : tr("Service %1, port %2").arg(lineSafe(difference.service), lineSafe(difference.port));
    return QStringLiteral("%1: %2 → %3").arg(name, verdict(difference.before), verdict(difference.after));
}

QString WhatIfWords::audit(const ThoughtAudit& audit)
{
    if (!audit.possible)
        return tr("The Services could not be audited: the apiserver's lists were not collected.");
    if (audit.differences.empty())
        return tr("All %1 ports of the Services do as before.").arg(QLocale().toString(qulonglong(audit.ports)));
    QStringList named;
    for (std::size_t i = 0; i < audit.differences.size() && i < mostNamed; ++i)
        named.append(difference(audit.differences[i]));
    if (audit.differences.size() > mostNamed)
        named.append(tr("and %n more", nullptr, static_cast<int>(audit.differences.size() - mostNamed)));
    return tr("Of %1 ports of the Services these do otherwise: %2.").arg(QLocale().toString(qulonglong(audit.ports)), named.join(QStringLiteral(" · ")));
}

} // namespace medic::packetpath
