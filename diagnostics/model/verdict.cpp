// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/verdict.h"

#include <array>
#include <utility>

namespace medic {

namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 5> verdictNames {{{Verdict::Ok, "ok"},
                                                                            {Verdict::NotApplicable, "not-applicable"},
                                                                            {Verdict::Unknown, "unknown"},
                                                                            {Verdict::Warning, "warning"},
                                                                            {Verdict::Failure, "failure"}}};
constexpr std::array<std::pair<Confidence, std::string_view>, 3> confidenceNames {
    {{Confidence::Possible, "possible"}, {Confidence::Likely, "likely"}, {Confidence::Confirmed, "confirmed"}}};

} // namespace

std::string_view verdictName(Verdict verdict)
{
    for (const auto& [value, name] : verdictNames)
        if (value == verdict)
            return name;
    return "unknown";
}

std::optional<Verdict> verdictFromName(std::string_view name)
{
    for (const auto& [value, known] : verdictNames)
        if (known == name)
            return value;
    return std::nullopt;
}

std::string_view confidenceName(Confidence confidence)
{
    for (const auto& [value, name] : confidenceNames)
        if (value == confidence)
            return name;
    return "possible";
}

std::optional<Confidence> confidenceFromName(std::string_view name)
{
    for (const auto& [value, known] : confidenceNames)
        if (known == name)
            return value;
    return std::nullopt;
}

int severity(Verdict verdict)
{
    switch (verdict) {
    case Verdict::NotApplicable: return 0;
    case Verdict::Ok: return 1;
    case Verdict::Unknown: return 2;
    case Verdict::Warning: return 3;
    case Verdict::Failure: return 4;
    }
    return 2;
}

} // namespace medic
