// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_keys.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include <libssh/callbacks.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace medic::ssh {

namespace {

/// What libssh asks for while it reads a key: whether it asked is how we know that the key is encrypted.
struct PassphraseAnswer {
    const std::string* passphrase = nullptr;
    bool asked = false;
};

int answerPassphrase(const char*, char* buffer, std::size_t length, int, int, void* user)
{
    auto* answer = static_cast<PassphraseAnswer*>(user);
    answer->asked = true;
    if (answer->passphrase == nullptr || answer->passphrase->size() + 1 > length)
        return -1;
    std::memcpy(buffer, answer->passphrase->c_str(), answer->passphrase->size() + 1);
    return 0;
}

struct CachedKey {
    Key key;
    std::string passphraseDigest; ///< by which it was opened; empty: it is not encrypted
    std::string refusedDigest; ///< by which it could not be
    struct timespec modified {};
    off_t size = 0;
    ino_t inode = 0;
};

std::string digestOf(const std::optional<std::string>& passphrase)
{
    if (!passphrase)
        return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned int length = 0;
    EVP_Digest(passphrase->data(), passphrase->size(), digest.data(), &length, EVP_sha256(), nullptr);
    return std::string(reinterpret_cast<const char*>(digest.data()), length);
}

std::mutex& cacheMutex()
{
    static std::mutex mutex;
    return mutex;
}
std::map<std::string, CachedKey>& cache()
{
    static std::map<std::string, CachedKey> keys;
    return keys;
}

/// A big-endian length and as many bytes (RFC 4251 5, "string"), taken off the front.
std::optional<std::string_view> takeString(std::string_view& data)
{
    if (data.size() < 4)
        return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length = length << 8 | static_cast<unsigned char>(data[i]);
    if (length > data.size() - 4)
        return std::nullopt;
    const auto value = data.substr(4, length);
    data.remove_prefix(4 + length);
    return value;
}

/// openssh-portable PROTOCOL.key: magic, cipher, kdf, kdf options, number of keys, then the public key.
Key publicKeyInside(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::string line, base64;
    if (!std::getline(in, line) || !line.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----"))
        return {};
    while (std::getline(in, line) && !line.starts_with("-----") && base64.size() < 1'000'000) {
        line.erase(std::remove_if(line.begin(), line.end(), [](char c) { return c == '\r' || c == ' '; }), line.end());
        base64 += line;
    }
    std::string raw(base64.size() / 4 * 3 + 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(raw.data()),
                                       reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
    constexpr std::string_view magic("openssh-key-v1\0", 15);
    if (length < 0 || !raw.starts_with(magic))
        return {};
    std::string_view data(raw.data() + magic.size(), static_cast<std::size_t>(length) - magic.size());
    if (!takeString(data) || !takeString(data) || !takeString(data) || data.size() < 4)
        return {};
    data.remove_prefix(4);
    const auto blob = takeString(data);
    if (!blob)
        return {};
    std::string_view inner = *blob;
    const auto type = takeString(inner);
    std::string encoded((blob->size() + 2) / 3 * 4 + 1, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), reinterpret_cast<const unsigned char*>(blob->data()),
                    static_cast<int>(blob->size()));
    ssh_key key = nullptr;
    if (!type || ssh_pki_import_pubkey_base64(encoded.c_str(), ssh_key_type_from_name(std::string(*type).c_str()), &key) != SSH_OK)
        return {};
    return Key(key);
}

} // namespace

Key publicKeyOf(const std::string& file)
{
    if (Key inside = publicKeyInside(file))
        return inside;
    ssh_key key = nullptr;
    const std::string pub = file + ".pub";
    if (access(pub.c_str(), R_OK) == 0 && ssh_pki_import_pubkey_file(pub.c_str(), &key) == SSH_OK)
        return Key(key);
    return {};
}

Result<Key> loadPrivateKey(const std::string& file, const std::optional<std::string>& passphrase)
{
    struct stat info {};
    if (stat(file.c_str(), &info) != 0)
        return failure(errno == ENOENT ? ErrorCode::FileNotFound : ErrorCode::FileNotReadable, file, std::strerror(errno), errno);
    if (access(file.c_str(), R_OK) != 0)
        return failure(ErrorCode::FileNotReadable, file, std::strerror(errno), errno);
    if (info.st_uid == getuid() && (info.st_mode & 077) != 0) {
        std::ostringstream mode;
        mode << std::oct << (info.st_mode & 0777);
        return failure(ErrorCode::PermissionDenied, file, "permissions 0" + mode.str() + " are too open for a private key");
    }
    const std::string digest = digestOf(passphrase);
    const std::scoped_lock lock(cacheMutex()); // held while decrypting: 64 workers shall not do it 64 times
    CachedKey& cached = cache()[file];
    const bool fresh = cached.size == info.st_size && cached.inode == info.st_ino
        && cached.modified.tv_sec == info.st_mtim.tv_sec && cached.modified.tv_nsec == info.st_mtim.tv_nsec;
    const Error refused {ErrorCode::PassphraseNeeded, file, passphrase ? "the passphrase is wrong" : ""};
    if (fresh && passphrase && cached.refusedDigest == digest)
        return tl::unexpected(refused);
    if (!fresh || !cached.key || (!cached.passphraseDigest.empty() && cached.passphraseDigest != digest)) {
        PassphraseAnswer answer {.passphrase = passphrase ? &*passphrase : nullptr};
        ssh_key key = nullptr;
        const int code = ssh_pki_import_privkey_file(file.c_str(), nullptr, answerPassphrase, &answer, &key);
        if (code != SSH_OK) {
            if (answer.asked) {
                cached = CachedKey {.key = {}, .passphraseDigest = {}, .refusedDigest = digest, .modified = info.st_mtim, .size = info.st_size, .inode = info.st_ino};
                return tl::unexpected(refused);
            }
            return failure(ErrorCode::BadSyntax, file, "not a private key that can be read");
        }
        cached = CachedKey {.key = Key(key), .passphraseDigest = answer.asked ? digest : std::string(), .refusedDigest = {}, .modified = info.st_mtim,
                            .size = info.st_size, .inode = info.st_ino};
    }
    Key copy(ssh_key_dup(cached.key.get()));
    if (!copy)
        return failure(ErrorCode::Internal, file, "ssh_key_dup");
    return copy;
}

std::string publicBlob(ssh_key key)
{
    char* text = nullptr;
    if (ssh_pki_export_pubkey_base64(key, &text) != SSH_OK)
        return {};
    const std::string base64(text);
    ssh_string_free_char(text);
    std::string blob(base64.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(blob.data()),
                                       reinterpret_cast<const unsigned char*>(base64.data()), static_cast<int>(base64.size()));
    if (length < 0)
        return {};
    blob.resize(static_cast<std::size_t>(length) - (base64.ends_with("==") ? 2 : base64.ends_with('=') ? 1 : 0));
    return blob;
}

} // namespace medic::ssh
