// SPDX-License-Identifier: GPL-3.0-or-later
// The redacted copy of an incident and its key file.
#include "diagnostics/incident/redaction.h"

#include "diagnostics/incident/plain_text.h"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

namespace medic {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::string_view keyHead = "# Cluster Medic redaction key: keep it to yourself. It tells which stand-in is whose.";

struct Key {
    std::string bytes; ///< hexadecimal
    std::map<std::string, std::string> known; ///< of earlier copies
};

Result<Key> readKey(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return failure(ErrorCode::FileNotReadable, file.string(), std::strerror(errno), errno);
    const std::string text {std::istreambuf_iterator<char>(stream), {}};
    Key key;
    int number = 0;
    for (const std::string_view line : linesOf(text)) {
        ++number;
        if (line.empty() || line.front() == '#')
            continue;
        const std::size_t tab = line.find('\t');
        if (key.bytes.empty() && line.starts_with("key ")) {
            key.bytes = line.substr(4);
            if (key.bytes.size() < 32 || key.bytes.find_first_not_of("0123456789abcdef") != std::string::npos)
                return failure(ErrorCode::BadValue, file.string() + ":" + std::to_string(number), "expected at least 32 hexadecimal digits");
        } else if (!key.bytes.empty() && tab != std::string_view::npos) {
            key.known.emplace(line.substr(0, tab), line.substr(tab + 1));
        } else {
            return failure(ErrorCode::BadSyntax, file.string() + ":" + std::to_string(number), "expected \"key\" and hexadecimal digits");
        }
    }
    if (key.bytes.empty())
        return failure(ErrorCode::MissingValue, file.string(), "no line \"key …\"");
    return key;
}

Result<Key> newKey()
{
    unsigned char raw[32];
    if (RAND_bytes(raw, sizeof raw) != 1)
        return failure(ErrorCode::Internal, "RAND_bytes", "no random numbers");
    Key key;
    for (const unsigned char byte : raw) {
        key.bytes += "0123456789abcdef"[byte >> 4];
        key.bytes += "0123456789abcdef"[byte & 15];
    }
    return key;
}

/// Replaced as a whole, readable by its owner alone from the first byte.
Result<void> writeKey(const fs::path& file, const Key& key)
{
    std::string text = std::string(keyHead) + "\nkey " + key.bytes + "\n";
    for (const auto& [original, standIn] : key.known)
        text += visibleLine(original) + "\t" + standIn + "\n";
    const std::string fresh = file.string() + ".new-" + std::to_string(getpid());
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failure(ErrorCode::FileNotWritable, file.string(), std::strerror(errno), errno);
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = ::write(descriptor, text.data() + written, text.size() - written);
        if (count <= 0)
            break;
        written += static_cast<std::size_t>(count);
    }
    const bool good = written == text.size() && fsync(descriptor) == 0;
    const int problem = errno;
    ::close(descriptor);
    std::error_code failed;
    if (good)
        fs::rename(fresh, file, failed);
    if (good && !failed)
        return {};
    fs::remove(fresh, failed);
    return failure(problem == ENOSPC ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, file.string(), std::strerror(problem), problem);
}

/// Names in our own documents (the profile, a wizard's state).
void learnDocument(Redactor& redactor, const json& value, const std::string& key = {})
{
    if (value.is_object())
        for (const auto& [name, member] : value.items())
            learnDocument(redactor, member, name);
    else if (value.is_array())
        for (const json& item : value)
            learnDocument(redactor, item, key);
    else if (value.is_string() && key == "user")
        redactor.addUserName(value.get<std::string>());
    else if (value.is_string() && (key == "host" || key == "node" || key == "nodes"))
        redactor.addHostName(value.get<std::string>());
}

class Copier {
public:
    Copier(const IncidentFile& from, IncidentFile& to, Redactor& redactor) : m_from(from), m_to(to), m_redactor(redactor) { }

    Result<void> copy()
    {
        const auto sweeps = m_from.sweeps();
        if (!sweeps)
            return tl::unexpected(sweeps.error());
        for (const SweepInfo& sweep : *sweeps)
            if (const auto done = copySweep(sweep); !done)
                return done;
        if (const auto done = copyJournal(); !done)
            return done;
        const auto names = m_from.documentNames();
        if (!names)
            return tl::unexpected(names.error());
        for (const std::string& name : *names) {
            const auto document = m_from.document(name);
            if (!document)
                return tl::unexpected(document.error());
            if (const auto set = m_to.setDocument(m_redactor.redact(name), m_redactor.redact(document->value_or("{}"))); !set)
                return set;
        }
        return {};
    }

    std::size_t count() const { return m_ids.size(); }

private:
    Result<void> copySweep(const SweepInfo& sweep)
    {
        const auto number = m_to.beginSweep(m_redactor.redact(sweep.label), sweep.started);
        const auto index = number ? m_from.index(sweep.id) : tl::unexpected(number.error());
        if (!index)
            return tl::unexpected(index.error());
        std::vector<Observation> batch;
        std::vector<std::uint64_t> ids;
        const auto flush = [&]() -> Result<void> {
            const auto recorded = m_to.record(*number, batch);
            if (!recorded)
                return tl::unexpected(recorded.error());
            for (std::size_t i = 0; i < ids.size(); ++i)
                m_ids[ids[i]] = recorded->at(i)->id;
            batch.clear();
            ids.clear();
            return {};
        };
        for (const ObservationHead& item : *index) {
            const auto original = m_from.observation(item.head.id);
            if (!original)
                return tl::unexpected(original.error());
            Observation copy = **original;
            copy.node = m_redactor.hostName(copy.node);
            for (std::string* text : {&copy.command, &copy.out, &copy.err})
                *text = m_redactor.redact(*text);
            ids.push_back(item.head.id);
            batch.push_back(std::move(copy));
            if (batch.size() == 100)
                if (const auto done = flush(); !done)
                    return done;
        }
        if (const auto done = flush(); !done)
            return done;
        if (const auto done = sweep.checked ? copyFindings(sweep.id, *number) : Result<void>(); !done)
            return done;
        return sweep.finished ? m_to.finishSweep(*number, *sweep.finished) : Result<void>();
    }

    Result<void> copyFindings(std::uint64_t from, std::uint64_t to)
    {
        const auto findings = m_from.findings(from);
        if (!findings)
            return tl::unexpected(findings.error());
        std::vector<Finding> copies;
        for (const Finding& finding : *findings) {
            Finding::Fields fields {.id = finding.id(),
                                    .suite = finding.suite(),
                                    .subject = finding.subject(),
                                    .verdict = finding.verdict(),
                                    .confidence = finding.confidence(),
                                    .parameters = {},
                                    .evidence = {},
                                    .since = finding.since()};
            fields.subject.name = m_redactor.redact(fields.subject.name);
            fields.subject.node = m_redactor.hostName(fields.subject.node);
            fields.subject.nameSpace = m_redactor.redact(fields.subject.nameSpace);
            for (const auto& [name, value] : finding.parameters())
                fields.parameters[name] = m_redactor.redact(value);
            for (const Evidence& evidence : finding.evidence()) {
                auto observation = std::make_shared<Observation>();
                observation->id = m_ids[evidence.observation->id];
                fields.evidence.push_back({.observation = std::move(observation), .lines = evidence.lines, .inErr = evidence.inErr});
            }
            if (auto copy = Finding::make(std::move(fields)))
                copies.push_back(std::move(*copy));
        }
        return m_to.recordFindings(to, copies);
    }

    Result<void> copyJournal()
    {
        const auto journal = m_from.journal();
        if (!journal)
            return tl::unexpected(journal.error());
        for (JournalEntry entry : *journal) {
            entry.text = m_redactor.redact(entry.text);
            entry.data = m_redactor.redact(entry.data);
            for (std::uint64_t& id : entry.observations)
                id = m_ids[id];
            if (const auto done = m_to.append(entry); !done)
                return tl::unexpected(done.error());
        }
        return {};
    }

    const IncidentFile& m_from;
    IncidentFile& m_to;
    Redactor& m_redactor;
    std::map<std::uint64_t, std::uint64_t> m_ids; ///< observations, original → copy
};

Result<void> learnAll(Redactor& redactor, const IncidentFile& incident)
{
    const auto index = incident.index();
    if (!index)
        return tl::unexpected(index.error());
    for (const ObservationHead& item : *index) {
        const auto observation = incident.observation(item.head.id);
        if (!observation)
            return tl::unexpected(observation.error());
        redactor.learn(**observation);
    }
    const auto names = incident.documentNames();
    if (!names)
        return tl::unexpected(names.error());
    for (const std::string& name : *names)
        if (const auto document = incident.document(name); document && *document)
            learnDocument(redactor, json::parse(**document, nullptr, false));
    return {};
}

} // namespace

Result<RedactionResult> redactIncident(const IncidentFile& incident, const fs::path& share, const RedactionOptions& options)
{
    RedactionResult result {.share = share, .keyFile = options.keyFile.empty() ? fs::path(share.string() + ".key") : options.keyFile};
    std::error_code failed;
    if (fs::exists(share, failed))
        return failure(ErrorCode::FileNotWritable, share.string(), std::strerror(EEXIST), EEXIST);
    const bool ownKey = !fs::exists(result.keyFile, failed); // made here: of no use without the copy
    auto key = ownKey ? newKey() : readKey(result.keyFile);
    if (!key)
        return tl::unexpected(key.error());
    Redactor redactor(key->bytes);
    for (const std::string& name : options.keep)
        redactor.keepHostName(name);
    for (const std::string& name : options.names)
        redactor.addHostName(name);
    for (const std::string& name : options.users)
        redactor.addUserName(name);
    auto info = incident.info();
    if (!info)
        return tl::unexpected(info.error());
    redactor.addHostName(info->cluster);
    if (const auto learnt = learnAll(redactor, incident); !learnt)
        return tl::unexpected(learnt.error());

    for (std::string* text : {&info->title, &info->cluster, &info->symptom, &info->linkedFrom})
        *text = redactor.redact(*text);
    info->redacted = true;
    // The key first: a copy whose key was lost is of less use than a key without a copy.
    if (const auto written = writeKey(result.keyFile, *key); !written)
        return tl::unexpected(written.error());
    Result<void> copied;
    {
        auto copy = IncidentFile::create(share, *info);
        if (!copy) {
            if (ownKey)
                fs::remove(result.keyFile, failed);
            return tl::unexpected(copy.error());
        }
        Copier copier(incident, *copy, redactor);
        copied = copier.copy();
        result.observations = copier.count();
    }
    const auto replacements = redactor.replacements();
    result.replaced = replacements.size();
    key->known.insert(replacements.begin(), replacements.end());
    if (copied)
        copied = writeKey(result.keyFile, *key);
    if (!copied) {
        fs::remove(share, failed); // half a copy is not to be shared
        fs::remove(share.string() + "-wal", failed);
        if (ownKey)
            fs::remove(result.keyFile, failed);
        return tl::unexpected(copied.error());
    }
    return result;
}

} // namespace medic
