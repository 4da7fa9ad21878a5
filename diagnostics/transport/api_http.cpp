// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_http.h"

#include "diagnostics/transport/shell_fd.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <curl/curl.h>
#include <sys/socket.h>

namespace medic::http {

namespace {

void initialiseOnce()
{
    static const CURLcode once = [] {
        ignoreBrokenPipes();
        return curl_global_init(CURL_GLOBAL_DEFAULT);
    }();
    static_cast<void>(once);
}

curl_blob blobOf(const std::string& text)
{
    return {.data = const_cast<char*>(text.data()), .len = text.size(), .flags = CURL_BLOB_COPY};
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

void append(List& list, const std::string& text)
{
    if (curl_slist* longer = curl_slist_append(list.get(), text.c_str()); longer != nullptr) {
        static_cast<void>(list.release());
        list.reset(longer);
    }
}

} // namespace

/// One request while it runs: what libcurl's callbacks write into.
struct Connection::Transfer {
    const Request& request;
    CURL* easy;
    Answer answer;
    std::string arrived; ///< for request.chunk, which is called between libcurl's turns
    std::size_t total = 0;
    bool tooLarge = false, ended = false;
    List headers, connectTo;
    std::array<char, CURL_ERROR_SIZE> words {};

    static std::size_t onBody(char* data, std::size_t one, std::size_t count, void* self)
    {
        auto& t = *static_cast<Transfer*>(self);
        const std::size_t size = one * count;
        t.total += size;
        long status = 0;
        curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
        const bool stream = t.request.chunk && status >= 200 && status < 300;
        if (!stream && t.total > t.request.bodyLimit) {
            t.tooLarge = true;
            return 0;
        }
        (stream ? t.arrived : t.answer.body).append(data, size);
        return size;
    }

    /// Hands out what arrived; true when its reader has had enough.
    bool deliver()
    {
        if (arrived.empty() || ended)
            return ended;
        const std::string part = std::move(arrived);
        arrived.clear();
        ended = !request.chunk(part);
        return ended;
    }
};

Connection::Connection(Settings settings) : m_settings(std::move(settings))
{
    initialiseOnce();
    m_easy = curl_easy_init();
    m_multi = curl_multi_init();
    if (m_settings.through)
        m_listener = std::make_unique<TunnelListener>();
}

Connection::~Connection()
{
    curl_easy_cleanup(m_easy);
    curl_multi_cleanup(m_multi); // closes the socket, which ends the tunnel's thread
}

void Connection::setClientCertificate(const std::string& certificatePem, const std::string& keyPem)
{
    if (m_settings.clientCertificatePem == certificatePem && m_settings.clientKeyPem == keyPem)
        return;
    m_settings.clientCertificatePem = certificatePem;
    m_settings.clientKeyPem = keyPem;
    m_fresh = true;
}

/// Dials where the request goes to. Called by libcurl, in run(), when it needs a new connection.
bool Connection::openStream()
{
    auto stream = m_settings.through(m_settings.server.host, m_settings.server.port, m_stop);
    if (!stream) {
        m_dialError = stream.error();
        return false;
    }
    m_tunnel.reset(); // one that there was has lost its connection
    m_tunnel = std::make_unique<Tunnel>(std::move(*stream), *m_listener);
    return true;
}

void Connection::prepareTls()
{
    CURL* easy = m_easy;
    const bool verify = !m_settings.insecureSkipTlsVerify;
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, verify ? 2L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L); // a resumed session would not be verified again
    if (!m_settings.caPem.empty()) { // this authority, and none of the system's
        curl_blob authority = blobOf(m_settings.caPem);
        curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &authority);
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
        curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO_BLOB, &authority); // as Go's transport: one set of roots for both
        curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
    }
    if (!m_settings.clientCertificatePem.empty()) {
        curl_blob certificate = blobOf(m_settings.clientCertificatePem), key = blobOf(m_settings.clientKeyPem);
        curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
        curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
        curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
        curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, ""); // OpenSSL would ask on the terminal
    }
    const curl_ssl_ctx_callback watch = [](CURL*, void* context, void* self) {
        auto& c = *static_cast<Connection*>(self);
        tls::watchVerification(context, &c.m_peer, !c.m_settings.insecureSkipTlsVerify);
        return CURLE_OK;
    };
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, watch);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

void Connection::prepareRoute()
{
    CURL* easy = m_easy;
    curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); // the choice has been made; libcurl must not make its own
    curl_easy_setopt(easy, CURLOPT_PROXY, m_settings.through ? "" : m_settings.proxy.c_str());
    if (!m_settings.through)
        return;
    const curl_opensocket_callback open = [](void* self, curlsocktype, curl_sockaddr* address) -> curl_socket_t {
        if (!static_cast<Connection*>(self)->openStream())
            return CURL_SOCKET_BAD;
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    };
    curl_easy_setopt(easy, CURLOPT_ABSTRACT_UNIX_SOCKET, m_listener->name().c_str()); // also keeps it from looking the name up
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
}

void Connection::prepare(Transfer& transfer)
{
    CURL* easy = m_easy;
    const Request& request = transfer.request;
    const Address& server = m_settings.server;
    curl_easy_reset(easy);
    Address named = server; // whose name the certificate must bear
    if (!m_settings.tlsServerName.empty() && server.secure())
        named.host = m_settings.tlsServerName;
    curl_easy_setopt(easy, CURLOPT_URL, (named.scheme + "://" + named.hostPort() + named.path + request.path).c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 20L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // a stop does not wait for a name lookup that hangs
#endif
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min<std::int64_t>(request.limit.count(), 10000)));
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, request.chunk ? nullptr : "gzip");
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, m_fresh ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.words.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::onBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    append(transfer.headers, "User-Agent: cluster-medic");
    append(transfer.headers, "Expect:"); // no waiting for "100 Continue"
    if (named.host != server.host)
        append(transfer.headers, "Host: " + server.hostPort());
    for (const std::string& header : request.headers)
        append(transfer.headers, header);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE)); // a proxy gets none of them
    if (request.method != "GET") {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    if (!m_settings.through && named.host != server.host)
        append(transfer.connectTo, "::" + server.hostPort());
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer.connectTo.get());
    prepareRoute();
    if (server.secure() || m_settings.proxy.starts_with("https"))
        prepareTls();
}

Result<Answer> Connection::run(const Request& request, const std::stop_token& stop)
{
    const auto start = std::chrono::steady_clock::now();
    const auto cancelled = [&] { return failure(ErrorCode::Cancelled, m_settings.server.hostPort()); };
    if (stop.stop_requested())
        return cancelled();
    if (m_listener && m_listener->name().empty())
        return failure(ErrorCode::Internal, m_settings.server.hostPort(), "no Unix socket could be made");
    Transfer transfer {.request = request, .easy = m_easy};
    m_dialError.reset();
    m_stop = stop;
    prepare(transfer);
    m_fresh = false;
    curl_multi_add_handle(m_multi, m_easy);
    int code = CURLE_OK;
    {
        const std::stop_callback wake(stop, [this] { curl_multi_wakeup(m_multi); });
        int running = 1;
        while (!stop.stop_requested()) {
            if (curl_multi_perform(m_multi, &running) != CURLM_OK) {
                code = CURLE_FAILED_INIT;
                break;
            }
            if (transfer.deliver() || running == 0)
                break;
            curl_multi_poll(m_multi, nullptr, 0, 1000, nullptr);
        }
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(m_multi, &left))
            if (message->msg == CURLMSG_DONE)
                code = message->data.result;
    }
    std::optional<Error> error;
    if (code != CURLE_OK && !transfer.ended)
        error = errorOf(code, transfer);
    long status = 0;
    curl_off_t retryAfter = 0;
    char *type = nullptr, *redirect = nullptr;
    curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(m_easy, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(m_easy, CURLINFO_RETRY_AFTER, &retryAfter);
    curl_easy_getinfo(m_easy, CURLINFO_REDIRECT_URL, &redirect);
    transfer.answer.status = static_cast<int>(status);
    transfer.answer.contentType = type != nullptr ? type : "";
    transfer.answer.redirect = redirect != nullptr ? withoutSecrets(redirect) : "";
    transfer.answer.retryAfter = static_cast<long>(retryAfter);
    transfer.answer.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    curl_multi_remove_handle(m_multi, m_easy);
    curl_easy_reset(m_easy); // it must not keep pointers to what ends with this call
    m_stop = {};
    if (stop.stop_requested() && !transfer.ended)
        return cancelled();
    if (error)
        return tl::unexpected(*error);
    return std::move(transfer.answer);
}

Error Connection::connectError(const Transfer& transfer) const
{
    long number = 0;
    curl_easy_getinfo(m_easy, CURLINFO_OS_ERRNO, &number);
    const bool proxied = !m_settings.through && !m_settings.proxy.empty();
    const std::string where = proxied ? "proxy " + withoutSecrets(m_settings.proxy) : m_settings.server.hostPort();
    const auto made = [&](ErrorCode code) { return Error {code, where, transfer.words.data(), static_cast<int>(number)}; };
    switch (number) {
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
    case EACCES:
    case EPERM: return made(ErrorCode::NetworkUnreachable);
    case ETIMEDOUT: return made(ErrorCode::Timeout);
    case ECONNRESET: return made(ErrorCode::ConnectionLost);
    default: return made(ErrorCode::ConnectionRefused);
    }
}

Error Connection::errorOf(int code, const Transfer& transfer) const
{
    const std::string where = m_settings.server.hostPort();
    const std::string proxy = "proxy " + withoutSecrets(m_settings.proxy);
    const std::string words = transfer.words[0] != '\0' ? transfer.words.data() : curl_easy_strerror(static_cast<CURLcode>(code));
    if (m_dialError)
        return *m_dialError;
    if (transfer.tooLarge)
        return {ErrorCode::OutputTooLarge, where, "more than " + std::to_string(transfer.request.bodyLimit) + " bytes"};
    if (m_tunnel && code != CURLE_PEER_FAILED_VERIFICATION)
        if (const auto broken = m_tunnel->error())
            return *broken;
    long connectStatus = 0;
    curl_easy_getinfo(m_easy, CURLINFO_HTTP_CONNECTCODE, &connectStatus);
    if (connectStatus >= 300)
        return {connectStatus == 407 ? ErrorCode::AuthenticationFailed : ErrorCode::ProtocolError, proxy, words};
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return {ErrorCode::HostNotFound, where, words};
    case CURLE_COULDNT_RESOLVE_PROXY: return {ErrorCode::HostNotFound, proxy, words};
    case CURLE_COULDNT_CONNECT: return connectError(transfer);
    case CURLE_OPERATION_TIMEDOUT: return {ErrorCode::Timeout, where, words};
    case CURLE_PEER_FAILED_VERIFICATION: return tls::handshakeError(m_peer, where, words, true);
    case CURLE_SSL_CACERT_BADFILE: // without one of ours it is the system's list that is missing (no ca-certificates)
        return m_settings.caPem.empty() ? Error {ErrorCode::TlsNotTrusted, where, words} : Error {ErrorCode::BadValue, "certificate-authority", words};
    case CURLE_SSL_CERTPROBLEM: return {ErrorCode::BadValue, "client-certificate", words};
    case CURLE_SSL_CONNECT_ERROR:
        if (contains(words, "wrong version number") || contains(words, "packet length too long") || contains(words, "http request"))
            return {ErrorCode::NotAnApiserver, where, "no TLS is spoken there: " + words};
        if (contains(words, "SSL_ERROR_SYSCALL") || contains(words, "unexpected eof") || contains(words, "Connection reset"))
            return {ErrorCode::ConnectionLost, where, "during the TLS handshake: " + words};
        return tls::handshakeError(m_peer, where, words, false);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return {ErrorCode::NotAnApiserver, where, words};
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE: return {ErrorCode::ConnectionLost, where, words};
    case CURLE_PROXY: return {ErrorCode::ProtocolError, proxy, words};
    case CURLE_URL_MALFORMAT: return {ErrorCode::BadValue, where + transfer.request.path, words};
    default: return {ErrorCode::ProtocolError, where, words};
    }
}

} // namespace medic::http
