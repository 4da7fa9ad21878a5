// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/error.h"

namespace medic {

std::string_view errorName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::BadSyntax: return "bad-syntax";
    case ErrorCode::BadValue: return "bad-value";
    case ErrorCode::MissingValue: return "missing-value";
    case ErrorCode::NotUtf8: return "not-utf8";
    case ErrorCode::FileNotFound: return "file-not-found";
    case ErrorCode::FileNotReadable: return "file-not-readable";
    case ErrorCode::FileNotWritable: return "file-not-writable";
    case ErrorCode::DiskFull: return "disk-full";
    case ErrorCode::NotAnIncident: return "not-an-incident";
    case ErrorCode::DamagedIncident: return "damaged-incident";
    case ErrorCode::NewerIncident: return "newer-incident";
    case ErrorCode::IncidentInUse: return "incident-in-use";
    case ErrorCode::HostNotFound: return "host-not-found";
    case ErrorCode::ConnectionRefused: return "connection-refused";
    case ErrorCode::NetworkUnreachable: return "network-unreachable";
    case ErrorCode::Timeout: return "timeout";
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::ConnectionLost: return "connection-lost";
    case ErrorCode::OutputTooLarge: return "output-too-large";
    case ErrorCode::HostKeyUnknown: return "host-key-unknown";
    case ErrorCode::HostKeyChanged: return "host-key-changed";
    case ErrorCode::HostKeyRevoked: return "host-key-revoked";
    case ErrorCode::AuthenticationFailed: return "authentication-failed";
    case ErrorCode::PassphraseNeeded: return "passphrase-needed";
    case ErrorCode::PasswordNeeded: return "password-needed";
    case ErrorCode::SudoPasswordNeeded: return "sudo-password-needed";
    case ErrorCode::SudoDenied: return "sudo-denied";
    case ErrorCode::JumpFailed: return "jump-failed";
    case ErrorCode::ProtocolError: return "protocol-error";
    case ErrorCode::TlsNotTrusted: return "tls-not-trusted";
    case ErrorCode::TlsExpired: return "tls-expired";
    case ErrorCode::TlsNotYetValid: return "tls-not-yet-valid";
    case ErrorCode::TlsNameMismatch: return "tls-name-mismatch";
    case ErrorCode::TlsFailed: return "tls-failed";
    case ErrorCode::Unauthorized: return "unauthorized";
    case ErrorCode::Forbidden: return "forbidden";
    case ErrorCode::NotFound: return "not-found";
    case ErrorCode::Gone: return "gone";
    case ErrorCode::TooManyRequests: return "too-many-requests";
    case ErrorCode::ServerError: return "server-error";
    case ErrorCode::NotAnApiserver: return "not-an-apiserver";
    case ErrorCode::CredentialPluginFailed: return "credential-plugin-failed";
    case ErrorCode::CommandFailed: return "command-failed";
    case ErrorCode::ToolMissing: return "tool-missing";
    case ErrorCode::PermissionDenied: return "permission-denied";
    case ErrorCode::NotSupported: return "not-supported";
    case ErrorCode::Internal: return "internal";
    }
    return "internal";
}

} // namespace medic
