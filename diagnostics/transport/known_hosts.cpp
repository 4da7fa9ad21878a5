// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/known_hosts.h"

#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_config_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace medic {

namespace {

std::string base64(std::string_view bytes)
{
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    if (text.empty() || text.size() % 4 != 0 || text.size() > 1'000'000)
        return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (length < 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && text[text.size() - 1 - padding] == '=')
        ++padding;
    out.resize(static_cast<std::size_t>(length) - padding);
    return out;
}

std::string hmacSha1(std::string_view key, std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned int length = 0;
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest.data(), &length);
    return std::string(reinterpret_cast<const char*>(digest.data()), length);
}

/// The next word of a line, which is shortened by it.
std::string_view nextWord(std::string_view& line)
{
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
        line.remove_prefix(1);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

/// The key type that the blob itself names: what the text in front of it says is only for people.
std::string blobType(std::string_view blob)
{
    if (blob.size() < 4)
        return {};
    std::size_t length = 0;
    for (int i = 0; i < 4; ++i)
        length = length << 8 | static_cast<unsigned char>(blob[static_cast<std::size_t>(i)]);
    return length > 64 || length > blob.size() - 4 ? std::string() : std::string(blob.substr(4, length));
}

} // namespace

std::string hostKeyFingerprint(const HostKey& key)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned int length = 0;
    EVP_Digest(key.blob.data(), key.blob.size(), digest.data(), &length, EVP_sha256(), nullptr);
    std::string text = base64({reinterpret_cast<const char*>(digest.data()), length});
    while (text.ends_with('='))
        text.pop_back();
    return "SHA256:" + text;
}

std::string hostKeyTypeWord(std::string_view type)
{
    if (type.starts_with("ssh-ed25519"))
        return "ED25519";
    if (type.starts_with("ecdsa-"))
        return "ECDSA";
    if (type.starts_with("sk-ssh-ed25519"))
        return "ED25519-SK";
    if (type.starts_with("sk-ecdsa"))
        return "ECDSA-SK";
    if (type == "ssh-rsa" || type.starts_with("rsa-"))
        return "RSA";
    if (type == "ssh-dss")
        return "DSA";
    return std::string(type);
}

std::string knownHostName(std::string_view host, std::uint16_t port)
{
    const std::string name = sshtext::lowered(host);
    return port == 22 || port == 0 ? name : '[' + name + "]:" + std::to_string(port);
}

KnownHosts KnownHosts::read(const std::vector<std::string>& files)
{
    KnownHosts hosts;
    for (const std::string& file : files) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(file, error))
            continue;
        std::ifstream in(file, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        if (!in)
            hosts.m_warnings.push_back(file + ": cannot be read");
        hosts.parse(text.str(), file);
    }
    return hosts;
}

void KnownHosts::parse(std::string_view text, const std::string& file)
{
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        parseLine(line, file, number);
    }
}

void KnownHosts::parseLine(std::string_view line, const std::string& file, int number)
{
    const auto warn = [&](const std::string& what) { m_warnings.push_back(file + ':' + std::to_string(number) + ": " + what); };
    std::string_view names = nextWord(line);
    if (names.empty() || names.front() == '#')
        return;
    Entry entry {.file = file, .line = number};
    if (names.front() == '@') {
        if (names == "@cert-authority")
            return warn("@cert-authority: host certificates are not followed");
        if (names != "@revoked")
            return warn("an unknown marker");
        entry.revoked = true;
        names = nextWord(line);
    }
    const std::string_view type = nextWord(line);
    const std::string_view data = nextWord(line);
    auto blob = fromBase64(data);
    if (names.empty() || type.empty() || !blob)
        return warn("not a known_hosts line");
    entry.key.blob = std::move(*blob);
    entry.key.type = blobType(entry.key.blob);
    if (entry.key.type != type)
        return warn("the key is not what its line says");
    if (names.starts_with("|1|")) {
        const auto bar = names.find('|', 3);
        const auto salt = bar == std::string_view::npos ? std::nullopt : fromBase64(names.substr(3, bar - 3));
        const auto hash = bar == std::string_view::npos ? std::nullopt : fromBase64(names.substr(bar + 1));
        if (!salt || !hash)
            return warn("a hashed name that cannot be read");
        entry.salt = *salt;
        entry.hash = *hash;
    } else {
        entry.patterns = sshtext::splitList(sshtext::lowered(names), ',');
        if (entry.patterns.empty())
            return warn("no host name");
    }
    m_entries.push_back(std::move(entry));
}

bool KnownHosts::Entry::matches(const std::string& name) const
{
    return patterns.empty() ? hmacSha1(salt, name) == hash : sshPatternListMatches(patterns, name);
}

KnownHosts::Answer KnownHosts::check(const std::string& name, const HostKey& key) const
{
    Answer answer;
    std::string others;
    for (const Entry& entry : m_entries) {
        // A revoked key is refused wherever it stands for this host, also behind a line that would accept it.
        if (!entry.matches(name))
            continue;
        const bool same = entry.key == key;
        if (entry.revoked) {
            if (same)
                return {State::Revoked, entry.where(), {}};
            continue;
        }
        if (same) {
            if (answer.state != State::Known)
                answer = {State::Known, entry.where(), {}};
        } else if (answer.state != State::Known) {
            const bool sameType = entry.key.type == key.type;
            if (sameType && answer.state != State::Changed)
                answer = {State::Changed, entry.where(), {}};
            else if (answer.state == State::Unknown)
                answer = {State::OtherType, entry.where(), {}};
            others += (others.empty() ? "" : ", ") + hostKeyFingerprint(entry.key) + " (" + hostKeyTypeWord(entry.key.type) + ')';
        }
    }
    if (answer.state != State::Known)
        answer.knownFingerprints = others;
    return answer;
}

std::vector<std::string> KnownHosts::algorithmsFor(const std::string& name) const
{
    std::vector<std::string> out;
    const auto add = [&out](const std::string& algorithm) {
        if (std::find(out.begin(), out.end(), algorithm) == out.end())
            out.push_back(algorithm);
    };
    for (const Entry& entry : m_entries) {
        if (entry.revoked || !entry.matches(name))
            continue;
        if (entry.key.type == "ssh-rsa") { // one key, three signatures (RFC 8332)
            add("rsa-sha2-512");
            add("rsa-sha2-256");
        }
        add(entry.key.type);
    }
    return out;
}

Result<void> appendKnownHost(const std::filesystem::path& file, const std::string& name, const HostKey& key, HostNameForm form)
{
    const auto failed = [&](int error) {
        return failure(error == ENOSPC ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, file.string(), std::strerror(error), error);
    };
    std::error_code ignored;
    if (file.has_parent_path() && !std::filesystem::exists(file.parent_path(), ignored)) {
        std::filesystem::create_directories(file.parent_path().parent_path(), ignored);
        if (mkdir(file.parent_path().c_str(), 0700) != 0 && errno != EEXIST)
            return failed(errno);
    }
    const int fd = open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(errno);
    struct Closer {
        int fd;
        ~Closer() { close(fd); } // and with it the lock
    } closer {fd};
    while (flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR)
            return failed(errno);
    }
    struct stat info {};
    if (fstat(fd, &info) != 0)
        return failed(errno);
    bool endsWithNewline = true;
    if (S_ISREG(info.st_mode) && info.st_size > 0) {
        const KnownHosts now = KnownHosts::read({file.string()});
        if (now.check(name, key).state == KnownHosts::State::Known)
            return {};
        char last = '\n';
        if (pread(fd, &last, 1, info.st_size - 1) == 1)
            endsWithNewline = last == '\n';
    }
    std::string host = name;
    if (form == HostNameForm::Hashed) {
        std::array<unsigned char, 20> salt {};
        if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1)
            return failure(ErrorCode::Internal, "RAND_bytes");
        const std::string_view saltText(reinterpret_cast<const char*>(salt.data()), salt.size());
        host = "|1|" + base64(saltText) + '|' + base64(hmacSha1(saltText, name));
    }
    const std::string line = (endsWithNewline ? "" : "\n") + host + ' ' + key.type + ' ' + base64(key.blob) + '\n';
    const ssize_t written = write(fd, line.data(), line.size());
    if (written == static_cast<ssize_t>(line.size()))
        return {};
    const int error = written < 0 ? errno : ENOSPC;
    if (S_ISREG(info.st_mode) && ftruncate(fd, info.st_size) != 0) // no half line stays behind
        return failed(errno);
    return failed(error);
}

} // namespace medic
