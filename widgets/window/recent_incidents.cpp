// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/recent_incidents.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/incident/incident_file.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSettings>

#include <algorithm>

namespace medic {

namespace {

constexpr int most = 12;

void store(QSettings& settings, const QList<IncidentSummary>& all)
{
    settings.beginWriteArray(QStringLiteral("recent"), int(all.size()));
    for (int i = 0; i < int(all.size()); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("path"), all[i].path);
        settings.setValue(QStringLiteral("title"), all[i].title);
        settings.setValue(QStringLiteral("cluster"), all[i].cluster);
        settings.setValue(QStringLiteral("worstEn"), all[i].worstEn);
        settings.setValue(QStringLiteral("worstZh"), all[i].worstZh);
        settings.setValue(QStringLiteral("opened"), all[i].opened);
        settings.setValue(QStringLiteral("failures"), all[i].failures);
        settings.setValue(QStringLiteral("warnings"), all[i].warnings);
        settings.setValue(QStringLiteral("unknowns"), all[i].unknowns);
        settings.setValue(QStringLiteral("looked"), all[i].looked);
    }
    settings.endArray();
}

QString count(const char* text, int n) { return QCoreApplication::translate("medic::IncidentSummary", text, nullptr, n); }

} // namespace

Verdict IncidentSummary::worst() const
{
    if (failures > 0)
        return Verdict::Failure;
    if (warnings > 0)
        return Verdict::Warning;
    return unknowns > 0 || !looked ? Verdict::Unknown : Verdict::Ok;
}

QString IncidentSummary::words() const
{
    QStringList parts;
    if (failures > 0)
        parts << count(QT_TRANSLATE_N_NOOP("medic::IncidentSummary", "%n failure(s)"), failures);
    if (warnings > 0)
        parts << count(QT_TRANSLATE_N_NOOP("medic::IncidentSummary", "%n warning(s)"), warnings);
    if (unknowns > 0)
        parts << count(QT_TRANSLATE_N_NOOP("medic::IncidentSummary", "%n unknown(s)"), unknowns);
    if (parts.isEmpty())
        return looked ? QCoreApplication::translate("medic::IncidentSummary", "nothing found")
                      : QCoreApplication::translate("medic::IncidentSummary", "not looked at yet");
    return parts.join(QCoreApplication::translate("medic::IncidentSummary", ", "));
}

QString IncidentSummary::headline() const
{
    const QString& worstWords = currentLanguage() == Language::Chinese ? worstZh : worstEn;
    return !worstWords.isEmpty() ? worstWords : !title.isEmpty() ? title : cluster;
}

void countFindings(IncidentSummary& summary, const std::vector<Finding>& findings, const Catalogue* catalogue)
{
    const auto worst = std::max_element(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
        return severity(a.verdict()) < severity(b.verdict()) || (a.verdict() == b.verdict() && a.confidence() < b.confidence());
    });
    if (catalogue && worst != findings.end() && severity(worst->verdict()) > severity(Verdict::Ok)) {
        summary.worstEn = QString::fromStdString(catalogue->title(*worst, Language::English));
        summary.worstZh = QString::fromStdString(catalogue->title(*worst, Language::Chinese));
    }
    summary.failures = summary.warnings = summary.unknowns = 0;
    summary.looked = true;
    for (const Finding& finding : findings) {
        summary.failures += finding.verdict() == Verdict::Failure;
        summary.warnings += finding.verdict() == Verdict::Warning;
        summary.unknowns += finding.verdict() == Verdict::Unknown;
    }
}

Result<IncidentSummary> summariseIncident(const QString& path)
{
    auto file = IncidentFile::open(path.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!file)
        return tl::unexpected(file.error());
    const auto info = file->info();
    if (!info)
        return tl::unexpected(info.error());
    IncidentSummary summary {.path = path, .title = QString::fromStdString(info->title), .cluster = QString::fromStdString(info->cluster)};
    summary.opened = std::chrono::duration_cast<std::chrono::milliseconds>(info->opened.time_since_epoch()).count();
    const auto sweeps = file->sweeps();
    if (sweeps && !sweeps->empty())
        if (const auto findings = file->findings(sweeps->back().id))
            countFindings(summary, *findings);
    return summary;
}

QList<IncidentSummary> recentIncidents(QSettings& settings)
{
    QList<IncidentSummary> all;
    const int size = settings.beginReadArray(QStringLiteral("recent"));
    for (int i = 0; i < size; ++i) {
        settings.setArrayIndex(i);
        IncidentSummary one {.path = settings.value(QStringLiteral("path")).toString(), .title = settings.value(QStringLiteral("title")).toString(),
                             .cluster = settings.value(QStringLiteral("cluster")).toString()};
        one.worstEn = settings.value(QStringLiteral("worstEn")).toString();
        one.worstZh = settings.value(QStringLiteral("worstZh")).toString();
        one.opened = settings.value(QStringLiteral("opened")).toLongLong();
        one.failures = settings.value(QStringLiteral("failures")).toInt();
        one.warnings = settings.value(QStringLiteral("warnings")).toInt();
        one.unknowns = settings.value(QStringLiteral("unknowns")).toInt();
        one.looked = settings.value(QStringLiteral("looked")).toBool();
        if (QFileInfo::exists(one.path))
            all.append(one);
    }
    settings.endArray();
    return all;
}

void rememberIncident(QSettings& settings, const IncidentSummary& summary)
{
    QList<IncidentSummary> all = recentIncidents(settings);
    all.removeIf([&](const IncidentSummary& one) { return one.path == summary.path; });
    all.prepend(summary);
    if (all.size() > most)
        all.resize(most);
    store(settings, all);
}

void forgetIncident(QSettings& settings, const QString& path)
{
    QList<IncidentSummary> all = recentIncidents(settings);
    all.removeIf([&](const IncidentSummary& one) { return one.path == path; });
    store(settings, all);
}

} // namespace medic
