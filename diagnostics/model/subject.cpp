// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/subject.h"

#include <array>
#include <utility>

namespace medic {

namespace {

constexpr std::array<std::pair<SubjectKind, std::string_view>, 9> kindNames {{
    {SubjectKind::Cluster, "cluster"},
    {SubjectKind::Node, "node"},
    {SubjectKind::Pod, "pod"},
    {SubjectKind::Service, "service"},
    {SubjectKind::Workload, "workload"},
    {SubjectKind::Namespace, "namespace"},
    {SubjectKind::Certificate, "certificate"},
    {SubjectKind::Component, "component"},
    {SubjectKind::LocalMachine, "local-machine"},
}};

} // namespace

std::string_view subjectKindName(SubjectKind kind)
{
    for (const auto& [value, name] : kindNames)
        if (value == kind)
            return name;
    return "cluster";
}

std::optional<SubjectKind> subjectKindFromName(std::string_view name)
{
    for (const auto& [value, known] : kindNames)
        if (known == name)
            return value;
    return std::nullopt;
}

std::string Subject::text() const
{
    std::string result(subjectKindName(kind));
    if (!name.empty()) {
        result += ' ';
        if (!nameSpace.empty())
            result += nameSpace + '/';
        result += name;
    }
    if (!node.empty() && node != name)
        result += " on " + node;
    return result;
}

} // namespace medic
