// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_proxy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cctype>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include <arpa/inet.h>
#include <curl/curl.h>

namespace medic::http {

namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

struct IpAddress {
    int family = 0;
    std::array<unsigned char, 16> bytes {};
};

std::optional<IpAddress> ipAddress(const std::string& text)
{
    IpAddress ip;
    for (const int family : {AF_INET, AF_INET6})
        if (inet_pton(family, text.c_str(), ip.bytes.data()) == 1) {
            ip.family = family;
            return ip;
        }
    return std::nullopt;
}

bool samePrefix(const IpAddress& a, const IpAddress& b, int bits)
{
    if (a.family != b.family || bits < 0 || bits > (a.family == AF_INET ? 32 : 128))
        return false;
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (std::memcmp(a.bytes.data(), b.bytes.data(), whole) != 0)
        return false;
    const int rest = bits % 8;
    const auto mask = static_cast<unsigned char>(0xff << (8 - rest));
    return rest == 0 || (a.bytes[whole] & mask) == (b.bytes[whole] & mask);
}

bool isLoopback(const std::string& host)
{
    const auto ip = ipAddress(host);
    return lower(host) == "localhost" || (ip && ip->family == AF_INET && ip->bytes[0] == 127)
        || (ip && ip->family == AF_INET6 && samePrefix(*ip, *ipAddress("::1"), 128));
}

/// "host:port", "[v6]:port" → the host; the port goes to `port`. A bare IPv6 address has no port.
std::string splitPort(const std::string& entry, std::string& port)
{
    const auto colon = entry.rfind(':');
    if (entry.starts_with('[')) {
        const auto bracket = entry.find(']');
        if (bracket == std::string::npos)
            return entry;
        if (colon == bracket + 1)
            port = entry.substr(colon + 1);
        return entry.substr(1, bracket - 1);
    }
    if (colon == std::string::npos || entry.find(':') != colon)
        return entry;
    port = entry.substr(colon + 1);
    return entry.substr(0, colon);
}

bool entryExcludes(const std::string& host, std::uint16_t port, const std::string& entry)
{
    if (entry == "*")
        return true;
    const auto ip = ipAddress(host);
    if (const auto slash = entry.find('/'); slash != std::string::npos) {
        const auto net = ipAddress(entry.substr(0, slash));
        int bits = -1;
        const char* end = entry.data() + entry.size();
        const auto read = std::from_chars(entry.data() + slash + 1, end, bits);
        return ip && net && read.ptr == end && samePrefix(*ip, *net, bits);
    }
    std::string entryPort;
    std::string name = splitPort(entry, entryPort);
    if (!entryPort.empty() && entryPort != std::to_string(port))
        return false;
    if (const auto other = ipAddress(name))
        return ip && samePrefix(*ip, *other, other->family == AF_INET ? 32 : 128);
    if (name.starts_with("*."))
        name.erase(0, 1);
    if (name.empty() || ip)
        return false;
    if (name.starts_with('.'))
        return host.size() > name.size() && host.ends_with(name);
    return host == name || host.ends_with("." + name);
}

} // namespace

std::string Address::hostPort() const
{
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

Result<Address> parseServer(const std::string& url)
{
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), &curl_url_cleanup);
    const auto bad = [&] { return failure(ErrorCode::BadValue, withoutSecrets(url), "expected https://host:port"); };
    if (curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
        return bad();
    const auto part = [&](CURLUPart which, unsigned flags = 0) {
        char* text = nullptr;
        std::string value = curl_url_get(parts.get(), which, &text, flags) == CURLUE_OK && text != nullptr ? text : "";
        curl_free(text);
        return value;
    };
    Address address {.scheme = part(CURLUPART_SCHEME), .host = part(CURLUPART_HOST), .path = part(CURLUPART_PATH)};
    const std::string port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::from_chars(port.data(), port.data() + port.size(), address.port);
    if ((address.scheme != "https" && address.scheme != "http") || address.host.empty() || address.port == 0
        || !part(CURLUPART_USER).empty() || !part(CURLUPART_QUERY).empty())
        return bad();
    if (address.host.starts_with('['))
        address.host = address.host.substr(1, address.host.size() - 2);
    while (address.path.ends_with('/'))
        address.path.pop_back();
    return address;
}

bool excludedFromProxy(const std::string& host, std::uint16_t port, const std::string& noProxy)
{
    const std::string wanted = lower(host);
    for (std::size_t begin = 0; begin <= noProxy.size();) {
        const std::size_t end = std::min(noProxy.find(',', begin), noProxy.size());
        std::string entry = lower(noProxy.substr(begin, end - begin));
        entry.erase(0, entry.find_first_not_of(" \t"));
        entry.erase(entry.find_last_not_of(" \t") + 1);
        if (!entry.empty() && entryExcludes(wanted, port, entry))
            return true;
        begin = end + 1;
    }
    return false;
}

std::string chooseProxy(const Address& server, const std::string& proxyUrl, const Environment& environment)
{
    const auto either = [&](const char* upper, const char* lowerCase) { // Go asks for the upper-case name first
        const std::string value = environment(upper);
        return value.empty() ? environment(lowerCase) : value;
    };
    std::string proxy = proxyUrl;
    if (proxy.empty()) {
        proxy = server.secure() ? either("HTTPS_PROXY", "https_proxy") : either("HTTP_PROXY", "http_proxy");
        if (proxy.empty() || isLoopback(server.host) || excludedFromProxy(server.host, server.port, either("NO_PROXY", "no_proxy")))
            return {};
    }
    if (proxy.find("://") == std::string::npos)
        proxy.insert(0, "http://");
    if (proxy.starts_with("socks5://")) // Go lets the proxy look the name up; libcurl calls that socks5h
        proxy.insert(std::strlen("socks5"), "h");
    return proxy;
}

std::string withoutSecrets(const std::string& url)
{
    std::string shown = url.substr(0, url.find_first_of("?#"));
    const auto scheme = shown.find("://");
    const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = shown.substr(0, std::min(shown.find('/', begin), shown.size())).rfind('@');
    if (at != std::string::npos && at >= begin)
        shown.erase(begin, at + 1 - begin);
    return shown;
}

} // namespace medic::http
