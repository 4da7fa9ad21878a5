// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <string>
#include <vector>

/// OpenSSL's side of the apiserver client: certificates are checked before they are used, and what a handshake failed on is
/// put into words. Any thread; no state.
namespace medic::tls {

/// At least one certificate in PEM form. BadValue at `where` otherwise.
[[nodiscard]] Result<void> checkAuthority(const std::string& pem, const std::string& where);

/// A PEM certificate (chain) and the unencrypted key (RSA, EC, Ed25519) that belongs to it.
/// BadValue at the certificate's or the key's `where`. The detail never holds anything of the key.
[[nodiscard]] Result<void> checkPair(const std::string& certificatePem, const std::string& keyPem, const std::string& certificateWhere,
                                     const std::string& keyWhere);

/// "client certificate CN = x expired on 2024-01-01T00:00:00Z" (or "is not valid before …"); empty when it is in its time.
[[nodiscard]] std::string outOfDate(const std::string& certificatePem);

/// What the verification saw, filled in while the handshake runs.
struct PeerReport {
    int verifyError = 0; ///< X509_V_ERR_…; 0: none
    int depth = 0; ///< of the certificate with the error; 0 is the server's own
    std::string failing; ///< subject, issuer and dates of the certificate with the error
    std::string leaf; ///< the same for the server's own
    std::string names; ///< "DNS:kubernetes, IP Address:10.96.0.1": what the server's certificate is for
};

/// Makes an SSL_CTX (as libcurl hands it out) fill in the report. The report must outlive the handshakes.
void watchVerification(void* sslContext, PeerReport* report, bool verify);

/// The error of a failed handshake, from the report, libcurl's own words and whether libcurl blames the peer's certificate.
[[nodiscard]] Error handshakeError(const PeerReport& report, const std::string& where, const std::string& curlWords, bool certificateRefused);

/// Standard base64 with padding; white space is passed over.
[[nodiscard]] Result<std::string> fromBase64(const std::string& text, const std::string& where);
[[nodiscard]] std::string toBase64(const std::string& bytes);

} // namespace medic::tls
