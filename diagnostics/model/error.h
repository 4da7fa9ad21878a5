// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace medic {

/// Everything that can go wrong, as a closed set: the sentence for each code is made in
/// collect/words.cpp by a switch without default, so that a new code cannot ship without words.
enum class ErrorCode {
    // Bad input
    BadSyntax, ///< text that cannot be read; `where` is file:line[:column]
    BadValue, ///< a known key with an impossible value; `where` names the key
    MissingValue, ///< a key, file or argument that is needed is absent
    NotUtf8,
    // Files
    FileNotFound,
    FileNotReadable,
    FileNotWritable,
    DiskFull,
    NotAnIncident, ///< the file is something else
    DamagedIncident,
    NewerIncident, ///< written by a later version of the program
    IncidentInUse,
    // Reaching a host
    HostNotFound,
    ConnectionRefused,
    NetworkUnreachable,
    Timeout,
    Cancelled,
    ConnectionLost,
    OutputTooLarge,
    // SSH
    HostKeyUnknown, ///< detail: the fingerprint offered
    HostKeyChanged, ///< detail: both fingerprints
    HostKeyRevoked,
    AuthenticationFailed, ///< detail: the methods that were tried
    PassphraseNeeded, ///< where: the key file
    PasswordNeeded, ///< where: user@host
    SudoPasswordNeeded,
    SudoDenied,
    JumpFailed, ///< where: the jump host
    ProtocolError,
    // The apiserver
    TlsNotTrusted,
    TlsExpired,
    TlsNotYetValid,
    TlsNameMismatch,
    TlsFailed,
    Unauthorized, ///< 401
    Forbidden, ///< 403
    NotFound, ///< 404
    Gone, ///< 410
    TooManyRequests, ///< 429
    ServerError, ///< 5xx
    NotAnApiserver,
    CredentialPluginFailed,
    // Running
    CommandFailed,
    ToolMissing,
    PermissionDenied,
    NotSupported,
    Internal,
};

/// What went wrong, where, and the machine's own words for it. Never contains a secret.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string where; ///< file:line, key, host:port, command … ; may be empty
    std::string detail; ///< evidence, never translated; may be empty
    int systemError = 0; ///< errno, where there is one
    bool operator==(const Error&) const = default;
};

template<typename T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure: `return failure(ErrorCode::BadSyntax, "a.yaml:3", "…");`
[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, std::string where = {}, std::string detail = {},
                                                   int systemError = 0)
{
    return tl::unexpected<Error>(Error {code, std::move(where), std::move(detail), systemError});
}

/// The stable name of a code as used in JSON output and tests, e.g. "host-key-changed".
[[nodiscard]] std::string_view errorName(ErrorCode code);

} // namespace medic
