// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/finding.h"

#include <algorithm>

namespace medic {

Result<Finding> Finding::make(Fields fields)
{
    std::erase_if(fields.evidence, [](const Evidence& evidence) { return evidence.observation == nullptr; });
    if (fields.id.empty())
        return failure(ErrorCode::MissingValue, "finding", "a finding needs an id");
    if (fields.evidence.empty())
        return failure(ErrorCode::MissingValue, fields.id, "a finding needs evidence");
    return Finding(std::move(fields));
}

std::string Finding::key() const
{
    std::string result = m_fields.id;
    for (const std::string_view part : {subjectKindName(m_fields.subject.kind), std::string_view(m_fields.subject.nameSpace),
                                        std::string_view(m_fields.subject.name), std::string_view(m_fields.subject.node)}) {
        result += '\x1f';
        result += part;
    }
    return result;
}

bool moreUrgent(const Finding& a, const Finding& b)
{
    if (severity(a.verdict()) != severity(b.verdict()))
        return severity(a.verdict()) > severity(b.verdict());
    if (a.confidence() != b.confidence())
        return a.confidence() > b.confidence();
    if (a.id() != b.id())
        return a.id() < b.id();
    return a.subject() < b.subject();
}

} // namespace medic
