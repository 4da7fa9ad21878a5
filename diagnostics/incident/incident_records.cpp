// SPDX-License-Identifier: GPL-3.0-or-later
// The observations of an IncidentFile.
#include "diagnostics/incident/content.h"
#include "diagnostics/incident/incident_private.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace medic {

using incident::Transaction;

namespace {
/// zlib takes and clears a quarter of a megabyte each time: not for one line.
constexpr std::size_t leastCompressed = 160;
}

PackedObservation pack(Observation observation)
{
    const auto text = [](const std::string& content) {
        if (content.empty())
            return PackedObservation::Text {};
        return PackedObservation::Text {.hash = incident::contentHash(content),
                                        .small = content.size() < leastCompressed ? std::string() : incident::compressed(content)};
    };
    PackedObservation packed {std::make_shared<Observation>(std::move(observation)), {}, {}};
    packed.out = text(packed.observation->out);
    packed.err = text(packed.observation->err);
    return packed;
}

Result<void> IncidentFile::Private::writable() const
{
    if (readOnly)
        return failure(ErrorCode::FileNotWritable, path.string(), std::strerror(EROFS), EROFS);
    return {};
}

/// The three statements of recording, prepared once for a batch: parsing SQL would cost more than running it.
class IncidentFile::Private::Writer {
public:
    static Result<Writer> make(const incident::Database& database)
    {
        auto known = database.prepare("SELECT id FROM blobs WHERE hash = ?");
        auto blob = database.prepare("INSERT INTO blobs(hash, size, compressed, data) VALUES(?, ?, ?, ?)");
        auto row = database.prepare(
            "INSERT INTO observations(sweep, node, probe, command, out, err, exit_status, state, start_ns, duration_ms, truncated)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (const auto* statement : {&known, &blob, &row})
            if (!*statement)
                return tl::unexpected(statement->error());
        return Writer(database, std::move(*known), std::move(*blob), std::move(*row));
    }

    Result<std::uint64_t> store(std::uint64_t sweep, const PackedObservation& packed)
    {
        const Observation& observation = *packed.observation;
        const auto out = content(observation.out, packed.out);
        const auto err = content(observation.err, packed.err);
        if (!out || !err)
            return tl::unexpected(!out ? out.error() : err.error());
        m_row.integer(static_cast<std::int64_t>(sweep)).text(observation.node).text(observation.probe).text(observation.command);
        for (const std::int64_t blob : {*out, *err})
            blob == 0 ? m_row.null() : m_row.integer(blob);
        m_row.integer(observation.exitStatus).text(probeStateName(observation.state));
        m_row.integer(incident::nanoseconds(observation.start)).integer(observation.duration.count());
        if (const auto done = m_row.integer(observation.truncated ? 1 : 0).run(); !done)
            return tl::unexpected(done.error());
        return static_cast<std::uint64_t>(m_database->lastInsertId());
    }

private:
    Writer(const incident::Database& database, incident::Statement known, incident::Statement blob, incident::Statement row)
        : m_database(&database), m_known(std::move(known)), m_blob(std::move(blob)), m_row(std::move(row))
    {
    }

    /// The number of that content, stored when it is new; 0: there is none.
    Result<std::int64_t> content(const std::string& text, const PackedObservation::Text& packed)
    {
        if (text.empty())
            return 0;
        const auto found = m_known.blob(packed.hash).step();
        if (!found)
            return tl::unexpected(found.error());
        if (*found) {
            const std::int64_t id = m_known.integerAt(0);
            if (const auto done = m_known.run(); !done)
                return tl::unexpected(done.error());
            return id;
        }
        m_blob.blob(packed.hash).integer(static_cast<std::int64_t>(text.size())).integer(packed.small.empty() ? 0 : 1);
        if (const auto done = m_blob.blob(packed.small.empty() ? text : packed.small).run(); !done)
            return tl::unexpected(done.error());
        return m_database->lastInsertId();
    }

    const incident::Database* m_database;
    incident::Statement m_known, m_blob, m_row;
};

Result<std::uint64_t> IncidentFile::Private::storeObservation(std::uint64_t sweep, const PackedObservation& packed)
{
    auto writer = Writer::make(database);
    if (!writer)
        return tl::unexpected(writer.error());
    return writer->store(sweep, packed);
}

Result<std::optional<std::string>> IncidentFile::Private::content(std::int64_t blob) const
{
    auto statement = database.prepare("SELECT size, compressed, data, hash FROM blobs WHERE id = ?");
    if (!statement)
        return tl::unexpected(statement.error());
    const auto row = statement->integer(blob).step();
    if (!row)
        return tl::unexpected(row.error());
    if (!*row)
        return failure(ErrorCode::DamagedIncident, path.string(), "blob " + std::to_string(blob) + " is missing");
    std::optional<std::string> text = statement->textAt(2);
    if (statement->integerAt(1) != 0)
        text = incident::decompressed(*text, static_cast<std::size_t>(std::max<std::int64_t>(0, statement->integerAt(0))));
    if (!text || incident::contentHash(*text) != statement->textAt(3))
        return failure(ErrorCode::DamagedIncident, path.string(), "blob " + std::to_string(blob) + " is not what was stored");
    return text;
}

Observation IncidentFile::Private::headAt(const incident::Statement& row)
{
    Observation observation;
    observation.id = static_cast<std::uint64_t>(row.integerAt(0));
    observation.sweep = static_cast<std::uint64_t>(row.integerAt(1));
    observation.node = row.textAt(2);
    observation.probe = row.textAt(3);
    observation.command = row.textAt(4);
    observation.exitStatus = static_cast<int>(row.integerAt(7));
    observation.state = probeStateFromName(row.textAt(8)).value_or(ProbeState::Failed);
    observation.start = incident::timeOf(row.integerAt(9));
    observation.duration = std::chrono::milliseconds(row.integerAt(10));
    observation.truncated = row.integerAt(11) != 0;
    return observation;
}

Result<std::vector<ObservationPtr>> IncidentFile::Private::read(const std::string& sql,
                                                                 const std::vector<std::int64_t>& values) const
{
    auto statement = database.prepare(sql);
    if (!statement)
        return tl::unexpected(statement.error());
    for (const std::int64_t value : values)
        statement->integer(value);
    std::vector<ObservationPtr> result;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return result;
        const auto id = static_cast<std::uint64_t>(statement->integerAt(0));
        if (auto known = alive[id].lock()) {
            result.push_back(std::move(known));
            continue;
        }
        auto observation = std::make_shared<Observation>(headAt(*statement));
        std::string* texts[2] = {&observation->out, &observation->err};
        for (int i = 0; i < 2; ++i) {
            if (statement->isNull(5 + i))
                continue;
            auto text = content(statement->integerAt(5 + i));
            if (!text)
                return tl::unexpected(text.error());
            *texts[i] = std::move(**text);
        }
        alive[id] = observation;
        result.push_back(std::move(observation));
    }
}

Result<std::vector<ObservationPtr>> IncidentFile::record(std::uint64_t sweep, const std::vector<Observation>& batch)
{
    std::vector<PackedObservation> packed;
    packed.reserve(batch.size());
    for (const Observation& observation : batch)
        packed.push_back(pack(observation));
    return recordPacked(sweep, packed);
}

Result<std::vector<ObservationPtr>> IncidentFile::recordPacked(std::uint64_t sweep, const std::vector<PackedObservation>& batch)
{
    if (const auto may = d->writable(); !may)
        return tl::unexpected(may.error());
    auto transaction = Transaction::begin(d->database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    auto writer = Private::Writer::make(d->database);
    if (!writer)
        return tl::unexpected(writer.error());
    std::vector<std::uint64_t> ids;
    for (const PackedObservation& given : batch) {
        const auto id = writer->store(sweep, given);
        if (!id)
            return tl::unexpected(id.error());
        ids.push_back(*id);
    }
    if (const auto done = transaction->commit(); !done)
        return tl::unexpected(done.error());
    std::vector<ObservationPtr> result;
    result.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i].observation->id = ids[i];
        batch[i].observation->sweep = sweep;
        d->alive[ids[i]] = batch[i].observation;
        result.push_back(batch[i].observation);
    }
    return result;
}

Result<Snapshot> IncidentFile::snapshot(std::uint64_t sweep) const
{
    const auto newest = d->read(std::string("SELECT ") + incident::observationColumns
                                    + " FROM observations WHERE id IN (SELECT max(id) FROM observations"
                                      " WHERE ?1 = 0 OR sweep <= ?1 GROUP BY node, probe) ORDER BY id",
                                {static_cast<std::int64_t>(sweep)});
    if (!newest)
        return tl::unexpected(newest.error());
    Snapshot snapshot;
    for (const ObservationPtr& observation : *newest)
        snapshot.add(observation);
    return snapshot;
}

Result<std::vector<ObservationPtr>> IncidentFile::observations(std::uint64_t sweep) const
{
    return d->read(std::string("SELECT ") + incident::observationColumns
                       + " FROM observations WHERE ?1 = 0 OR sweep = ?1 ORDER BY id",
                   {static_cast<std::int64_t>(sweep)});
}

Result<ObservationPtr> IncidentFile::observation(std::uint64_t id) const
{
    const auto found = d->read(std::string("SELECT ") + incident::observationColumns + " FROM observations WHERE id = ?",
                               {static_cast<std::int64_t>(id)});
    if (!found)
        return tl::unexpected(found.error());
    return found->empty() ? nullptr : found->front();
}

Result<std::vector<ObservationHead>> IncidentFile::index(std::uint64_t sweep) const
{
    auto statement = d->database.prepare(
        "SELECT o.id, o.sweep, o.node, o.probe, o.command, coalesce(a.size, 0), coalesce(b.size, 0), o.exit_status, o.state,"
        " o.start_ns, o.duration_ms, o.truncated FROM observations o LEFT JOIN blobs a ON a.id = o.out"
        " LEFT JOIN blobs b ON b.id = o.err WHERE ?1 = 0 OR o.sweep = ?1 ORDER BY o.id");
    if (!statement)
        return tl::unexpected(statement.error());
    statement->integer(static_cast<std::int64_t>(sweep));
    std::vector<ObservationHead> result;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return result;
        result.push_back({.head = d->headAt(*statement),
                          .outBytes = static_cast<std::size_t>(std::max<std::int64_t>(0, statement->integerAt(5))),
                          .errBytes = static_cast<std::size_t>(std::max<std::int64_t>(0, statement->integerAt(6)))});
    }
}

} // namespace medic
