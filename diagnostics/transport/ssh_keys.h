// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/ssh_link.h"

#include <optional>
#include <string>

namespace medic::ssh {

/// The public half of a private key file, without its passphrase: from FILE.pub, or from the file itself where its format
/// carries it in the clear (OpenSSH's). Null: cannot be told.
[[nodiscard]] Key publicKeyOf(const std::string& file);

/// A private key: RSA, ECDSA or Ed25519 in OpenSSH's format or PEM. Decrypting costs 100 ms and more of CPU by design, so
/// that a decrypted key is kept in memory for the other 199 nodes until its file changes. Any thread.
/// Errors: FileNotFound, FileNotReadable, PermissionDenied (others may read the file: as ssh, we do not use such a key),
/// PassphraseNeeded (none given, or a wrong one: `detail` says), BadSyntax.
[[nodiscard]] Result<Key> loadPrivateKey(const std::string& file, const std::optional<std::string>& passphrase);

/// The blob of a public key (RFC 4253 6.6) and its fingerprint's base64.
[[nodiscard]] std::string publicBlob(ssh_key key);

} // namespace medic::ssh
