// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

/// First packets of flows, byte by byte: a UDP datagram, a TCP SYN, an echo request, an SCTP INIT, from any address.
namespace rawpacket {

inline void put16(std::string& bytes, std::size_t at, unsigned value)
{
    bytes[at] = static_cast<char>(value >> 8);
    bytes[at + 1] = static_cast<char>(value);
}

inline unsigned checksum(const std::string& bytes)
{
    unsigned long sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum += static_cast<unsigned char>(bytes[i]) * 256U + (i + 1 < bytes.size() ? static_cast<unsigned char>(bytes[i + 1]) : 0U);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~static_cast<unsigned>(sum) & 0xffff;
}

inline std::uint32_t crc32c(const std::string& bytes)
{
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    }
    return ~crc;
}

inline std::string addressBytes(const std::string& address)
{
    const bool v6 = address.find(':') != std::string::npos;
    std::string bytes(v6 ? 16 : 4, '\0');
    inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data());
    return bytes;
}

inline std::string transport(std::uint8_t protocol, const std::string& from, const std::string& to, std::uint16_t sport, std::uint16_t dport)
{
    using namespace medic;
    std::string bytes;
    std::size_t sumAt = 0;
    if (protocol == proto::udp) {
        bytes = std::string(8, '\0') + "xy";
        put16(bytes, 4, static_cast<unsigned>(bytes.size()));
        sumAt = 6;
    } else if (protocol == proto::tcp) {
        bytes = std::string(20, '\0');
        bytes[4] = 7; // a sequence number
        bytes[12] = 5 << 4;
        bytes[13] = 2;
        put16(bytes, 14, 1024);
        sumAt = 16;
    } else if (protocol == proto::sctp) {
        bytes = std::string(32, '\0');
        bytes[12] = 1; // INIT
        put16(bytes, 14, 20);
        put16(bytes, 18, 77);
        put16(bytes, 20, 1);
        put16(bytes, 24, 1);
        put16(bytes, 26, 1);
    } else {
        bytes = std::string(8, '\0') + "ping";
        bytes[0] = static_cast<char>(protocol == proto::icmp ? 8 : 128);
        put16(bytes, 4, sport);
        sumAt = 2;
    }
    if (protocol != proto::icmp && protocol != proto::icmp6) {
        put16(bytes, 0, sport);
        put16(bytes, 2, dport);
    }
    if (protocol == proto::sctp) {
        const std::uint32_t crc = crc32c(bytes);
        std::memcpy(bytes.data() + 8, &crc, 4);
        return bytes;
    }
    std::string pseudo;
    if (protocol != proto::icmp) {
        const auto size = static_cast<unsigned>(bytes.size());
        pseudo = addressBytes(from) + addressBytes(to) + std::string {'\0', '\0', static_cast<char>(size >> 8), static_cast<char>(size), '\0', '\0', '\0', static_cast<char>(protocol)};
    }
    unsigned sum = checksum(pseudo + bytes);
    put16(bytes, sumAt, sum == 0 && protocol == proto::udp ? 0xffff : sum);
    return bytes;
}

/// In the namespace of the calling thread. False when the kernel refuses.
inline bool send(std::uint8_t protocol, const std::string& from, const std::string& to, std::uint16_t sport, std::uint16_t dport)
{
    const bool v6 = to.find(':') != std::string::npos;
    const std::string body = transport(protocol, from, to, sport, dport);
    std::string header(v6 ? 40 : 20, '\0');
    header[0] = v6 ? 0x60 : 0x45;
    if (v6) {
        put16(header, 4, static_cast<unsigned>(body.size()));
        header[6] = static_cast<char>(protocol);
        header[7] = 64;
        header.replace(8, 32, addressBytes(from) + addressBytes(to));
    } else {
        put16(header, 2, static_cast<unsigned>(header.size() + body.size()));
        header[8] = 64;
        header[9] = static_cast<char>(protocol);
        header.replace(12, 8, addressBytes(from) + addressBytes(to));
    }
    const std::string packet = header + body;
    const int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0)
        return false;
    sockaddr_storage address {};
    if (v6) {
        auto* const six = reinterpret_cast<sockaddr_in6*>(&address);
        six->sin6_family = AF_INET6;
        inet_pton(AF_INET6, to.c_str(), &six->sin6_addr);
    } else {
        auto* const four = reinterpret_cast<sockaddr_in*>(&address);
        four->sin_family = AF_INET;
        inet_pton(AF_INET, to.c_str(), &four->sin_addr);
    }
    const bool sent = sendto(fd, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                             v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in))
        == static_cast<ssize_t>(packet.size());
    close(fd);
    return sent;
}

} // namespace rawpacket
