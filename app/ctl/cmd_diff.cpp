// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/recorded.h"
#include "diagnostics/collect/language.h"
#include "diagnostics/incident/compare.h"
#include "diagnostics/incident/plain_text.h"

#include <nlohmann/json.hpp>

#include <QCoreApplication>

#include <algorithm>

namespace medic::ctl {

using json = nlohmann::ordered_json;
using Change = Difference::Change;

namespace {

/// The findings about one node, or the cluster as a whole.
std::vector<Finding> aboutNode(const std::vector<Finding>& findings, const std::string& node)
{
    std::vector<Finding> result;
    std::copy_if(findings.begin(), findings.end(), std::back_inserter(result), [&node](const Finding& finding) { return finding.subject().node == node; });
    return result;
}

QString areaName(const std::string& area)
{
    if (area == "finding")
        return QCoreApplication::translate("ctl", "Findings");
    if (area == "node")
        return QCoreApplication::translate("ctl", "Nodes");
    if (area == "component")
        return QCoreApplication::translate("ctl", "Components");
    if (area == "sysctl")
        return QCoreApplication::translate("ctl", "Sysctls");
    if (area == "iptables")
        return QCoreApplication::translate("ctl", "iptables rules");
    if (area == "ipset")
        return QCoreApplication::translate("ctl", "ipsets");
    if (area == "ipvs")
        return QCoreApplication::translate("ctl", "IPVS");
    if (area == "route")
        return QCoreApplication::translate("ctl", "Routes");
    if (area == "rule")
        return QCoreApplication::translate("ctl", "Routing rules");
    if (area == "address")
        return QCoreApplication::translate("ctl", "Addresses");
    if (area == "module")
        return QCoreApplication::translate("ctl", "Kernel modules");
    if (area == "file")
        return QCoreApplication::translate("ctl", "Files");
    return QString::fromStdString(area);
}

QString textOf(const std::vector<Difference>& differences)
{
    if (differences.empty())
        return QCoreApplication::translate("ctl", "No difference.") + u'\n';
    QString text;
    std::string area;
    for (const Difference& difference : differences) {
        if (difference.area != area) {
            area = difference.area;
            text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + coloured(areaName(area), Colour::Bold) + u'\n';
        }
        static constexpr const char* signs[] = {"+", "-", "~", "?"}; // in the order of Change
        static constexpr Colour colours[] = {Colour::Green, Colour::Red, Colour::Yellow, Colour::Violet};
        const int kind = static_cast<int>(difference.change);
        const QString head = QStringLiteral("  ") + QLatin1String(signs[kind]) + u' '
            + (difference.node.empty() || difference.node == difference.what ? QString() : safe(difference.node) + QStringLiteral("  ")) + safe(difference.what);
        const auto before = linesOf(difference.before), after = linesOf(difference.after);
        if (before.size() <= 1 && after.size() <= 1 && difference.area != "iptables") {
            QString values = safe(difference.before);
            if (!difference.after.empty())
                values += (values.isEmpty() ? QString() : QStringLiteral(" → ")) + safe(difference.after);
            text += coloured(head, colours[kind]) + (values.isEmpty() ? QString() : QStringLiteral(": ") + values) + u'\n';
            continue;
        }
        text += coloured(head, colours[kind]) + u'\n';
        for (const std::string_view line : before)
            text += coloured(QStringLiteral("      - ") + safe(line), Colour::Red) + u'\n';
        for (const std::string_view line : after)
            text += coloured(QStringLiteral("      + ") + safe(line), Colour::Green) + u'\n';
    }
    return text;
}

std::string jsonOf(const std::vector<Difference>& differences, const QStringList& sides)
{
    json list = json::array();
    for (const Difference& difference : differences)
        list.push_back({{"area", difference.area}, {"node", difference.node}, {"what", difference.what},
                        {"change", changeName(difference.change)}, {"before", difference.before}, {"after", difference.after}});
    const json whole {{"format", "cluster-medic-diff"},
                      {"version", 1},
                      {"before", sides.at(0).toStdString()},
                      {"after", sides.at(1).toStdString()},
                      {"differences", std::move(list)}};
    return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace

std::vector<OptionSpec> diffOptions()
{
    return {
        {"--node", "NAME", QT_TRANSLATE_NOOP("ctl", "with one file: the two nodes; with two: only this node"), nullptr, true},
        {"--format", "FORMAT", QT_TRANSLATE_NOOP("ctl", "text (default) or json")},
    };
}

int runDiff(const QStringList& given)
{
    const auto arguments = Arguments::parse(given, diffOptions());
    if (!arguments)
        return UsageError;
    const QString format = arguments->has("--format") ? arguments->value("--format") : QStringLiteral("text");
    if (format != QLatin1String("text") && format != QLatin1String("json"))
        return usageError(QCoreApplication::translate("ctl", "--format is text or json, not %1").arg(format));
    const QStringList files = arguments->files(), nodes = arguments->values("--node");
    const bool twoNodes = files.size() == 1 && nodes.size() == 2;
    if (!twoNodes && !(files.size() == 2 && nodes.size() <= 1))
        return usageError(QCoreApplication::translate("ctl", "diff needs A.medic and B.medic, or FILE.medic with --node N1 --node N2"));
    const auto first = openRecorded(files.first());
    if (!first)
        return fail(first.error());
    std::optional<Recorded> other;
    if (files.size() == 2) {
        auto opened = openRecorded(files.at(1));
        if (!opened)
            return fail(opened.error());
        other = std::move(*opened);
    }
    const Recorded& second = other ? *other : *first;
    const auto knows = [](const Recorded& recorded, const QString& node) {
        const auto names = recorded.snapshot.nodes();
        return std::find(names.begin(), names.end(), node.toStdString()) != names.end();
    };
    for (const QString& node : nodes)
        if (!knows(*first, node) && !knows(second, node))
            return usageError(QCoreApplication::translate("ctl", "%1 holds no node %2").arg(files.first(), node));

    const auto before = checkRecorded(*first, {}, {}).findings;
    const auto after = other ? checkRecorded(second, {}, {}).findings : before;
    std::vector<Difference> differences;
    QStringList sides = files;
    if (twoNodes) {
        const std::string left = nodes.at(0).toStdString(), right = nodes.at(1).toStdString();
        differences = compareFindings(aboutNode(before, left), aboutNode(after, right), true);
        const auto rest = compareNodes(first->snapshot, left, second.snapshot, right);
        differences.insert(differences.end(), rest.begin(), rest.end());
        sides = nodes;
    } else {
        const std::string only = nodes.isEmpty() ? std::string() : nodes.first().toStdString();
        differences = only.empty() ? compareFindings(before, after, false) : compareFindings(aboutNode(before, only), aboutNode(after, only), false);
        const auto rest = only.empty() ? compareMoments(first->snapshot, second.snapshot) : compareNodes(first->snapshot, only, second.snapshot, only);
        differences.insert(differences.end(), rest.begin(), rest.end());
    }
    static const std::vector<std::string> order {"finding", "node", "component", "sysctl", "iptables", "ipset", "ipvs", "route", "rule", "address", "module", "file"};
    const auto rank = [](const Difference& difference) { return std::find(order.begin(), order.end(), difference.area); };
    std::stable_sort(differences.begin(), differences.end(), [&](const Difference& a, const Difference& b) { return rank(a) < rank(b); });
    if (format == QLatin1String("json"))
        print(jsonOf(differences, sides));
    else
        print(textOf(differences));
    const bool differ = std::any_of(differences.begin(), differences.end(), [](const Difference& one) { return one.change != Change::Unknown; });
    return differ ? ProblemsFound : differences.empty() ? NothingWrong : SomethingUnknown;
}

} // namespace medic::ctl
