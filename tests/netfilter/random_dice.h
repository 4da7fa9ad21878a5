// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judge_lab.h"

#include <random>

namespace judge {

/// Chance, and the words of a ruleset that it picks: addresses of the lab, ports, marks. The same seed, the same picks.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_random(seed) { }

protected:
    std::size_t number(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(m_random); }
    bool chance(int percent) { return static_cast<int>(number(100)) < percent; }
    std::size_t weighted(std::initializer_list<double> weights)
    {
        return std::discrete_distribution<std::size_t>(weights)(m_random);
    }
    std::string pick(std::initializer_list<const char*> from) { return *(from.begin() + number(from.size())); }
    std::uint16_t nextPort()
    {
        m_port = m_port >= 29000 ? std::uint16_t(10001) : static_cast<std::uint16_t>(m_port + 1);
        return m_port;
    }

    /// IPv4 text as the same place's IPv6 address in an IPv6 case.
    std::string text(const std::string& four) const
    {
        if (!m_v6)
            return four;
        if (four.starts_with("127."))
            return "::1";
        const auto last = four.substr(four.rfind('.') + 1);
        const auto third = four.substr(6, four.rfind('.') - 6);
        if (four.starts_with("10.99."))
            return "fd99:" + third + "::" + last;
        if (four.starts_with("10.96."))
            return "fd96::" + last;
        if (four.starts_with("10.77."))
            return "fd77::" + last;
        return "fd00::" + last; // the world
    }
    IpAddress address(const std::string& four) const { return IpAddress::parse(text(four)).value(); }

    std::string host()
    {
        return pick({"10.99.1.2", "10.99.1.1", "10.99.2.1", "10.99.2.2", "10.99.2.3", "10.99.3.1", "10.99.3.2", "10.99.4.2",
                     "10.96.0.10", "10.96.0.11", "10.96.0.12", "127.0.0.1", "10.77.0.1", "198.51.100.7"});
    }
    std::uint16_t port()
    {
        constexpr std::array<std::uint16_t, 6> ports {80, 443, 8080, 53, 30080, 4789};
        return ports[weighted({34, 12, 20, 8, 20, 6})];
    }
    std::uint32_t mark()
    {
        constexpr std::array<std::uint32_t, 7> marks {0x4000, 0x1, 0x7, 0x10000, 0x20000, 0x2000, 0xf0f0};
        return marks[number(marks.size())];
    }
    static std::string hex(std::uint32_t value)
    {
        std::ostringstream out;
        out << "0x" << std::hex << value;
        return out.str();
    }
    std::string prefix()
    {
        if (m_v6)
            return chance(70) ? text(host()) + "/128" : pick({"fd99:1::/64", "fd99:2::/64", "fd99::/16", "fd96::/16", "fd99:3::/64"});
        if (chance(3))
            return "10.99.0.2/255.255.0.255";
        return chance(65) ? host() + "/32" : pick({"10.99.1.0/24", "10.99.2.0/24", "10.99.0.0/16", "10.96.0.0/16", "10.99.3.0/24", "127.0.0.0/8"});
    }
    std::string maybeNot(int percent = 18) { return chance(percent) ? " !" : ""; }

    std::mt19937_64 m_random;
    bool m_v6 = false;
    std::uint16_t m_port = 10000;
};

} // namespace judge
