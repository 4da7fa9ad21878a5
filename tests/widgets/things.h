// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"
#include "diagnostics/model/snapshot.h"

#include <QString>

/// For tests: observations and findings by a word or two, and names that try to be markup, commands or invisible.
namespace medic::things {

inline ObservationPtr observation(const std::string& node, const std::string& probe, const std::string& out, ProbeState state = ProbeState::Complete)
{
    auto made = std::make_shared<Observation>();
    made->node = node;
    made->probe = probe;
    made->command = "cat /proc/" + probe;
    made->out = out;
    made->exitStatus = 0;
    made->state = state;
    made->start = TimePoint(std::chrono::seconds(1795422648));
    made->duration = std::chrono::milliseconds(12);
    return made;
}

inline Finding finding(const std::string& id, const std::string& node, Verdict verdict = Verdict::Failure, Parameters parameters = {},
                       Confidence confidence = Confidence::Likely)
{
    parameters.emplace("node", node);
    auto made = Finding::make({.id = id, .suite = "test", .subject = {SubjectKind::Node, "", node, node}, .verdict = verdict, .confidence = confidence,
                               .parameters = std::move(parameters), .evidence = {{observation(node, "df", "one\ntwo\nthree\n"), {2}, false}}, .since = {}});
    return *made;
}

/// Markup, a control character, a bidirectional override and a line break.
inline std::string hostile() { return "<img src=x onerror=alert(1)>\x1b[31m\u202egnp.exe\nsecond line<b>"; }

} // namespace medic::things
