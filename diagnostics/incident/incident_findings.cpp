// SPDX-License-Identifier: GPL-3.0-or-later
// The findings and the journal of an IncidentFile.
#include "diagnostics/incident/incident_private.h"

#include <nlohmann/json.hpp>

namespace medic {

using incident::Transaction;
using nlohmann::json;

namespace {

std::string numbersJson(const auto& numbers) { return json(numbers).dump(); }

/// A list of numbers as we wrote it; anything else in a hostile file reads as an empty list.
template<typename Number>
std::vector<Number> numbersFrom(const std::string& text)
{
    std::vector<Number> numbers;
    const json parsed = json::parse(text, nullptr, false);
    if (parsed.is_array())
        for (const json& item : parsed)
            if (item.is_number_integer())
                numbers.push_back(item.get<Number>());
    return numbers;
}

std::string parametersJson(const Parameters& parameters)
{
    return json(parameters).dump(-1, ' ', false, json::error_handler_t::replace);
}

Parameters parametersFrom(const std::string& text)
{
    Parameters parameters;
    const json parsed = json::parse(text, nullptr, false);
    if (parsed.is_object())
        for (const auto& [key, value] : parsed.items())
            if (value.is_string())
                parameters[key] = value.get<std::string>();
    return parameters;
}

} // namespace

Result<void> IncidentFile::recordFindings(std::uint64_t sweep, const std::vector<Finding>& findings)
{
    if (const auto may = d->writable(); !may)
        return may;
    auto transaction = Transaction::begin(d->database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    auto clear = d->database.prepare("DELETE FROM findings WHERE sweep = ?");
    auto checked = d->database.prepare("UPDATE sweeps SET checked = 1 WHERE id = ?");
    auto insert = d->database.prepare(
        "INSERT INTO findings(sweep, position, finding, suite, subject_kind, subject_namespace, subject_name,"
        " subject_node, verdict, confidence, parameters, since_ns) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    auto proof = d->database.prepare(
        "INSERT INTO evidence(finding, position, observation, in_err, lines) VALUES(?, ?, ?, ?, ?)");
    for (const auto* statement : {&clear, &checked, &insert, &proof})
        if (!*statement)
            return tl::unexpected(statement->error());
    const auto number = static_cast<std::int64_t>(sweep);
    if (const auto done = clear->integer(number).run(); !done)
        return done;
    if (const auto done = checked->integer(number).run(); !done)
        return done;
    int position = 0;
    for (const Finding& finding : findings) {
        const Subject& subject = finding.subject();
        insert->integer(number).integer(position++).text(finding.id()).text(finding.suite());
        insert->text(subjectKindName(subject.kind)).text(subject.nameSpace).text(subject.name).text(subject.node);
        insert->text(verdictName(finding.verdict())).text(confidenceName(finding.confidence()));
        insert->text(parametersJson(finding.parameters()));
        finding.since() ? insert->integer(incident::nanoseconds(*finding.since())) : insert->null();
        if (const auto done = insert->run(); !done)
            return done;
        const std::int64_t row = d->database.lastInsertId();
        int place = 0;
        for (const Evidence& evidence : finding.evidence()) {
            std::uint64_t id = evidence.observation->id;
            if (id == 0) { // it could not be recorded when it came (a full disk): now or never
                const auto stored = d->storeObservation(sweep, pack(*evidence.observation));
                if (!stored)
                    return tl::unexpected(stored.error());
                id = *stored;
            }
            proof->integer(row).integer(place++).integer(static_cast<std::int64_t>(id));
            if (const auto done = proof->integer(evidence.inErr ? 1 : 0).text(numbersJson(evidence.lines)).run(); !done)
                return done;
        }
    }
    return transaction->commit();
}

Result<std::vector<Finding>> IncidentFile::findings(std::uint64_t sweep) const
{
    auto statement = d->database.prepare(
        "SELECT id, finding, suite, subject_kind, subject_namespace, subject_name, subject_node, verdict, confidence,"
        " parameters, since_ns FROM findings WHERE sweep = CASE ?1 WHEN 0 THEN"
        " (SELECT max(id) FROM sweeps WHERE checked = 1) ELSE ?1 END ORDER BY position");
    auto proof = d->database.prepare(
        "SELECT observation, in_err, lines FROM evidence WHERE finding = ? ORDER BY position");
    if (!statement || !proof)
        return tl::unexpected(statement ? proof.error() : statement.error());
    statement->integer(static_cast<std::int64_t>(sweep));
    std::vector<Finding> result;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return result;
        Finding::Fields fields {
            .id = statement->textAt(1),
            .suite = statement->textAt(2),
            .subject = {.kind = subjectKindFromName(statement->textAt(3)).value_or(SubjectKind::Cluster),
                        .nameSpace = statement->textAt(4),
                        .name = statement->textAt(5),
                        .node = statement->textAt(6)},
            .verdict = verdictFromName(statement->textAt(7)).value_or(Verdict::Unknown),
            .confidence = confidenceFromName(statement->textAt(8)).value_or(Confidence::Possible),
            .parameters = parametersFrom(statement->textAt(9)),
            .evidence = {},
            .since = std::nullopt,
        };
        if (!statement->isNull(10))
            fields.since = incident::timeOf(statement->integerAt(10));
        proof->integer(statement->integerAt(0));
        while (true) {
            const auto one = proof->step();
            if (!one)
                return tl::unexpected(one.error());
            if (!*one)
                break;
            auto source = observation(static_cast<std::uint64_t>(proof->integerAt(0)));
            if (!source)
                return tl::unexpected(source.error());
            fields.evidence.push_back({.observation = *source,
                                       .lines = numbersFrom<int>(proof->textAt(2)),
                                       .inErr = proof->integerAt(1) != 0});
        }
        auto finding = Finding::make(std::move(fields));
        if (!finding)
            return failure(ErrorCode::DamagedIncident, d->path.string(), finding.error().where + ": " + finding.error().detail);
        result.push_back(std::move(*finding));
    }
}

Result<std::uint64_t> IncidentFile::append(const JournalEntry& entry)
{
    if (const auto may = d->writable(); !may)
        return tl::unexpected(may.error());
    auto insert = d->database.prepare(
        "INSERT INTO journal(at_ns, kind, playbook, step, who, text, data, observations) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    if (!insert)
        return tl::unexpected(insert.error());
    insert->integer(incident::nanoseconds(entry.at)).text(journalKindName(entry.kind)).text(entry.playbook);
    insert->text(entry.step).text(entry.who).text(entry.text).text(entry.data).text(numbersJson(entry.observations));
    if (const auto done = insert->run(); !done)
        return tl::unexpected(done.error());
    return static_cast<std::uint64_t>(d->database.lastInsertId());
}

Result<std::vector<JournalEntry>> IncidentFile::journal() const
{
    auto statement = d->database.prepare(
        "SELECT id, at_ns, kind, playbook, step, who, text, data, observations FROM journal ORDER BY id");
    if (!statement)
        return tl::unexpected(statement.error());
    std::vector<JournalEntry> result;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return result;
        result.push_back({.id = static_cast<std::uint64_t>(statement->integerAt(0)),
                          .at = incident::timeOf(statement->integerAt(1)),
                          .kind = journalKindFromName(statement->textAt(2)).value_or(JournalEntry::Kind::Note),
                          .playbook = statement->textAt(3),
                          .step = statement->textAt(4),
                          .who = statement->textAt(5),
                          .text = statement->textAt(6),
                          .data = statement->textAt(7),
                          .observations = numbersFrom<std::uint64_t>(statement->textAt(8))});
    }
}

} // namespace medic
