// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/observation.h"
#include "diagnostics/model/subject.h"
#include "diagnostics/model/verdict.h"

#include <map>
#include <string>
#include <vector>

namespace medic {

/// The lines of an observation that a finding rests on. Lines count from 1 in Observation::out
/// (or err when `inErr`); no lines: the observation as a whole.
struct Evidence {
    ObservationPtr observation; ///< never null
    std::vector<int> lines;
    bool inErr = false;
};

using Parameters = std::map<std::string, std::string>;

/// An id from the catalogue (resources/knowledge), a subject, a verdict and what it rests on.
/// Without evidence it cannot be made. A value: copy it freely.
class Finding {
public:
    struct Fields {
        std::string id; ///< e.g. "hostport.steals-service"; must be in the catalogue
        std::string suite; ///< the suite that found it
        Subject subject;
        Verdict verdict = Verdict::Unknown;
        Confidence confidence = Confidence::Possible;
        Parameters parameters; ///< fill the {placeholders} of the catalogue's texts; hostile input
        std::vector<Evidence> evidence; ///< at least one; a null observation is dropped
        std::optional<TimePoint> since;
    };

    /// Fails with MissingValue when no evidence (or no id) is given.
    [[nodiscard]] static Result<Finding> make(Fields fields);

    [[nodiscard]] const std::string& id() const { return m_fields.id; }
    [[nodiscard]] const std::string& suite() const { return m_fields.suite; }
    [[nodiscard]] const Subject& subject() const { return m_fields.subject; }
    [[nodiscard]] Verdict verdict() const { return m_fields.verdict; }
    [[nodiscard]] Confidence confidence() const { return m_fields.confidence; }
    [[nodiscard]] const Parameters& parameters() const { return m_fields.parameters; }
    [[nodiscard]] const std::vector<Evidence>& evidence() const { return m_fields.evidence; }
    [[nodiscard]] std::optional<TimePoint> since() const { return m_fields.since; }

    /// Identity over re-scans: id and subject. A suite that makes several findings of one id about one subject
    /// tells them apart in the subject's name.
    [[nodiscard]] std::string key() const;

private:
    explicit Finding(Fields fields) : m_fields(std::move(fields)) { }
    Fields m_fields;
};

/// Order for lists: most severe first, then confidence, id, subject.
[[nodiscard]] bool moreUrgent(const Finding& a, const Finding& b);

} // namespace medic
