// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

namespace medic::tls {

namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio reading(const std::string& text)
{
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free_all};
}

std::string written(BIO* bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 && data != nullptr ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

/// OpenSSL asks on the terminal by default; we never do.
int noPassphrase(char*, int, int, void* asked)
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

Certificate firstCertificate(const std::string& pem)
{
    const Bio bio = reading(pem);
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    ERR_clear_error();
    return certificate;
}

std::string nameText(const X509_NAME* name)
{
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free_all);
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    return written(bio.get());
}

std::string timeText(const ASN1_TIME* time)
{
    std::tm parts {};
    if (ASN1_TIME_to_tm(time, &parts) != 1)
        return "?";
    std::array<char, 32> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

std::string describe(X509* certificate)
{
    return "subject " + nameText(X509_get_subject_name(certificate)) + "; issuer " + nameText(X509_get_issuer_name(certificate))
        + "; valid from " + timeText(X509_get0_notBefore(certificate)) + " to " + timeText(X509_get0_notAfter(certificate));
}

std::string namesOf(X509* certificate)
{
    const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (at < 0)
        return nameText(X509_get_subject_name(certificate));
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free_all);
    X509V3_EXT_print(bio.get(), X509_get_ext(certificate, at), 0, 0);
    return written(bio.get());
}

int contextIndex()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int onVerify(int good, X509_STORE_CTX* store)
{
    const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* report = static_cast<PeerReport*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), contextIndex()));
    X509* leaf = X509_STORE_CTX_get0_cert(store);
    if (report == nullptr)
        return good;
    if (leaf != nullptr && report->leaf.empty()) {
        report->leaf = describe(leaf);
        report->names = namesOf(leaf);
    }
    if (good == 0 && report->verifyError == 0) {
        report->verifyError = X509_STORE_CTX_get_error(store);
        report->depth = X509_STORE_CTX_get_error_depth(store);
        X509* current = X509_STORE_CTX_get_current_cert(store);
        report->failing = current != nullptr ? describe(current) : report->leaf;
    }
    return good;
}

} // namespace

Result<void> checkAuthority(const std::string& pem, const std::string& where)
{
    if (firstCertificate(pem) == nullptr)
        return failure(ErrorCode::BadValue, where, "no certificate in PEM form");
    return {};
}

Result<void> checkPair(const std::string& certificatePem, const std::string& keyPem, const std::string& certificateWhere,
                       const std::string& keyWhere)
{
    const Certificate certificate = firstCertificate(certificatePem);
    if (certificate == nullptr)
        return failure(ErrorCode::BadValue, certificateWhere, "no certificate in PEM form");
    const Bio bio = reading(keyPem);
    bool asked = false;
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &noPassphrase, &asked), &EVP_PKEY_free);
    ERR_clear_error();
    if (asked)
        return failure(ErrorCode::BadValue, keyWhere, "the key is encrypted; kubeconfig keys must not be");
    if (key == nullptr)
        return failure(ErrorCode::BadValue, keyWhere, "no private key in PEM form");
    const bool belongs = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!belongs)
        return failure(ErrorCode::BadValue, keyWhere, "the key does not belong to the certificate (" + describe(certificate.get()) + ")");
    return {};
}

std::string outOfDate(const std::string& certificatePem)
{
    const Certificate certificate = firstCertificate(certificatePem);
    if (certificate == nullptr)
        return {};
    const std::string subject = "client certificate " + nameText(X509_get_subject_name(certificate.get()));
    if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0)
        return subject + " expired on " + timeText(X509_get0_notAfter(certificate.get()));
    if (X509_cmp_current_time(X509_get0_notBefore(certificate.get())) > 0)
        return subject + " is not valid before " + timeText(X509_get0_notBefore(certificate.get()));
    return {};
}

void watchVerification(void* sslContext, PeerReport* report, bool verify)
{
    auto* context = static_cast<SSL_CTX*>(sslContext);
    *report = {};
    SSL_CTX_set_ex_data(context, contextIndex(), report);
    if (verify)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &onVerify);
}

Error handshakeError(const PeerReport& report, const std::string& where, const std::string& curlWords, bool certificateRefused)
{
    const std::string authority = report.depth > 0 ? " (of an authority, not of the server itself)" : "";
    const auto made = [&](ErrorCode code) {
        return Error {code, where, X509_verify_cert_error_string(report.verifyError) + authority + ": " + report.failing};
    };
    switch (report.verifyError) {
    case X509_V_OK: break;
    case X509_V_ERR_CERT_HAS_EXPIRED: return made(ErrorCode::TlsExpired);
    case X509_V_ERR_CERT_NOT_YET_VALID: return made(ErrorCode::TlsNotYetValid);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return {ErrorCode::TlsNameMismatch, where, "the certificate is for " + report.names + "; " + report.leaf};
    default: return made(ErrorCode::TlsNotTrusted);
    }
    if (certificateRefused) // the chain is good, libcurl's own comparison of names was not
        return {ErrorCode::TlsNameMismatch, where, "the certificate is for " + report.names + "; " + report.leaf};
    return {ErrorCode::TlsFailed, where, curlWords};
}

Result<std::string> fromBase64(const std::string& text, const std::string& where)
{
    std::string digits;
    digits.reserve(text.size());
    for (const char c : text)
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            digits += c;
    const auto bad = [&] { return failure(ErrorCode::BadValue, where, "not base64"); };
    if (digits.size() % 4 != 0)
        return bad();
    const std::size_t padding = digits.ends_with("==") ? 2 : digits.ends_with('=') ? 1 : 0;
    if (digits.find('=') < digits.size() - padding || digits.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != std::string::npos)
        return bad();
    std::string bytes(digits.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(digits.data()),
                                     static_cast<int>(digits.size()));
    if (size < 0)
        return bad();
    bytes.resize(bytes.size() - padding);
    return bytes;
}

std::string toBase64(const std::string& bytes)
{
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

} // namespace medic::tls
