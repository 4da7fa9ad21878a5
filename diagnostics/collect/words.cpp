// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/words.h"

#include <QCoreApplication>

namespace medic::words {

namespace {

QString frame(ErrorCode code)
{
    const auto said = [](const char* text) { return QCoreApplication::translate("medic::words", text); };
    switch (code) {
    case ErrorCode::BadSyntax: return said(QT_TRANSLATE_NOOP("medic::words", "%1 cannot be read"));
    case ErrorCode::BadValue: return said(QT_TRANSLATE_NOOP("medic::words", "%1 has a value that is not possible"));
    case ErrorCode::MissingValue: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is missing"));
    case ErrorCode::NotUtf8: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is not UTF-8 text"));
    case ErrorCode::FileNotFound: return said(QT_TRANSLATE_NOOP("medic::words", "%1 does not exist"));
    case ErrorCode::FileNotReadable: return said(QT_TRANSLATE_NOOP("medic::words", "%1 cannot be read: no permission"));
    case ErrorCode::FileNotWritable: return said(QT_TRANSLATE_NOOP("medic::words", "%1 cannot be written"));
    case ErrorCode::DiskFull: return said(QT_TRANSLATE_NOOP("medic::words", "The disk is full: %1"));
    case ErrorCode::NotAnIncident: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is not an incident file"));
    case ErrorCode::DamagedIncident: return said(QT_TRANSLATE_NOOP("medic::words", "The incident file %1 is damaged; it was left untouched"));
    case ErrorCode::NewerIncident: return said(QT_TRANSLATE_NOOP("medic::words", "%1 was written by a newer version of the program"));
    case ErrorCode::IncidentInUse: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is open in another window"));
    case ErrorCode::HostNotFound: return said(QT_TRANSLATE_NOOP("medic::words", "The name %1 cannot be resolved"));
    case ErrorCode::ConnectionRefused: return said(QT_TRANSLATE_NOOP("medic::words", "%1 refuses the connection"));
    case ErrorCode::NetworkUnreachable: return said(QT_TRANSLATE_NOOP("medic::words", "There is no route to %1"));
    case ErrorCode::Timeout: return said(QT_TRANSLATE_NOOP("medic::words", "%1 did not answer in time"));
    case ErrorCode::Cancelled: return said(QT_TRANSLATE_NOOP("medic::words", "Cancelled: %1"));
    case ErrorCode::ConnectionLost: return said(QT_TRANSLATE_NOOP("medic::words", "The connection to %1 was lost"));
    case ErrorCode::OutputTooLarge: return said(QT_TRANSLATE_NOOP("medic::words", "The output of %1 is larger than its limit"));
    case ErrorCode::HostKeyUnknown: return said(QT_TRANSLATE_NOOP("medic::words", "The host key of %1 is not known"));
    case ErrorCode::HostKeyChanged: return said(QT_TRANSLATE_NOOP("medic::words", "The host key differs from the one on record: %1"));
    case ErrorCode::HostKeyRevoked: return said(QT_TRANSLATE_NOOP("medic::words", "The host key is revoked: %1"));
    case ErrorCode::AuthenticationFailed: return said(QT_TRANSLATE_NOOP("medic::words", "%1 accepts none of our keys and passwords"));
    case ErrorCode::PassphraseNeeded: return said(QT_TRANSLATE_NOOP("medic::words", "The key %1 needs its passphrase"));
    case ErrorCode::PasswordNeeded: return said(QT_TRANSLATE_NOOP("medic::words", "%1 needs a password"));
    case ErrorCode::SudoPasswordNeeded: return said(QT_TRANSLATE_NOOP("medic::words", "sudo on %1 needs a password"));
    case ErrorCode::SudoDenied: return said(QT_TRANSLATE_NOOP("medic::words", "sudo is refused on %1"));
    case ErrorCode::JumpFailed: return said(QT_TRANSLATE_NOOP("medic::words", "The jump host %1 does not let us through"));
    case ErrorCode::ProtocolError: return said(QT_TRANSLATE_NOOP("medic::words", "%1 does not speak the protocol that was expected"));
    case ErrorCode::TlsNotTrusted: return said(QT_TRANSLATE_NOOP("medic::words", "The certificate of %1 is not trusted"));
    case ErrorCode::TlsExpired: return said(QT_TRANSLATE_NOOP("medic::words", "The certificate of %1 has expired"));
    case ErrorCode::TlsNotYetValid: return said(QT_TRANSLATE_NOOP("medic::words", "The certificate of %1 is not valid yet"));
    case ErrorCode::TlsNameMismatch: return said(QT_TRANSLATE_NOOP("medic::words", "The certificate of %1 is for another name"));
    case ErrorCode::TlsFailed: return said(QT_TRANSLATE_NOOP("medic::words", "TLS with %1 failed"));
    case ErrorCode::Unauthorized: return said(QT_TRANSLATE_NOOP("medic::words", "%1 does not know who we are (401)"));
    case ErrorCode::Forbidden: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is forbidden for us (403)"));
    case ErrorCode::NotFound: return said(QT_TRANSLATE_NOOP("medic::words", "%1 does not exist there (404)"));
    case ErrorCode::Gone: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is gone (410)"));
    case ErrorCode::TooManyRequests: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is asked too often (429)"));
    case ErrorCode::ServerError: return said(QT_TRANSLATE_NOOP("medic::words", "%1 answers with an error of its own"));
    case ErrorCode::NotAnApiserver: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is not an apiserver"));
    case ErrorCode::CredentialPluginFailed: return said(QT_TRANSLATE_NOOP("medic::words", "The credential plugin %1 failed"));
    case ErrorCode::CommandFailed: return said(QT_TRANSLATE_NOOP("medic::words", "The command %1 failed"));
    case ErrorCode::ToolMissing: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is not installed there"));
    case ErrorCode::PermissionDenied: return said(QT_TRANSLATE_NOOP("medic::words", "No permission for %1"));
    case ErrorCode::NotSupported: return said(QT_TRANSLATE_NOOP("medic::words", "%1 is not possible here"));
    case ErrorCode::Internal: return said(QT_TRANSLATE_NOOP("medic::words", "A defect of this program: %1"));
    }
    return QStringLiteral("%1");
}

} // namespace

QString sentence(const Error& error)
{
    const QString where = error.where.empty() ? QCoreApplication::translate("medic::words", "this") : QString::fromStdString(error.where);
    const QString said = frame(error.code).arg(where);
    return error.detail.empty() ? said : QCoreApplication::translate("medic::words", "%1: %2").arg(said, QString::fromStdString(error.detail));
}

QString verdict(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Ok: return QCoreApplication::translate("medic::words", "ok");
    case Verdict::NotApplicable: return QCoreApplication::translate("medic::words", "not applicable");
    case Verdict::Unknown: return QCoreApplication::translate("medic::words", "unknown");
    case Verdict::Warning: return QCoreApplication::translate("medic::words", "warning");
    case Verdict::Failure: return QCoreApplication::translate("medic::words", "failure");
    }
    return {};
}

QString confidence(Confidence confidence)
{
    switch (confidence) {
    case Confidence::Possible: return QCoreApplication::translate("medic::words", "possible");
    case Confidence::Likely: return QCoreApplication::translate("medic::words", "likely");
    case Confidence::Confirmed: return QCoreApplication::translate("medic::words", "confirmed");
    }
    return {};
}

QString probeState(ProbeState state)
{
    switch (state) {
    case ProbeState::Complete: return QCoreApplication::translate("medic::words", "complete");
    case ProbeState::ToolMissing: return QCoreApplication::translate("medic::words", "tool missing");
    case ProbeState::NoPermission: return QCoreApplication::translate("medic::words", "no permission");
    case ProbeState::TimedOut: return QCoreApplication::translate("medic::words", "timed out");
    case ProbeState::Cancelled: return QCoreApplication::translate("medic::words", "cancelled");
    case ProbeState::Unreachable: return QCoreApplication::translate("medic::words", "unreachable");
    case ProbeState::ConnectionLost: return QCoreApplication::translate("medic::words", "connection lost");
    case ProbeState::NotApplicable: return QCoreApplication::translate("medic::words", "not applicable");
    case ProbeState::Failed: return QCoreApplication::translate("medic::words", "failed");
    }
    return {};
}

} // namespace medic::words
