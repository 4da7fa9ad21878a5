// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/ip_address.h"
#include "diagnostics/model/trace.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace medic::ipset {

/// One component of an element, or of the packet that is looked up.
struct Part {
    IpPrefix prefix; ///< ip, net
    IpAddress to; ///< end of a range; None otherwise
    std::uint16_t portFrom = 0, portTo = 0;
    std::uint8_t protocol = 0;
    std::uint32_t mark = 0;
    std::string name; ///< iface, mac, list:set member
    bool physdev = false;
};

struct Element {
    std::vector<Part> parts;
    bool wildcard = false; ///< of hash:net,iface: the device's name is only its beginning
    bool noMatch = false;
    std::uint32_t timeout = 0; ///< seconds left when dumped; 0 none
};

/// What an ipset is asked about: each dimension as the rule's src/dst flag chose it. An empty optional field means
/// that the packet does not have it (no port: ICMP uses type and code).
struct Query {
    struct Dimension {
        IpAddress address;
        std::uint16_t port = 0;
        std::string device;
    };
    std::vector<Dimension> dimensions;
    std::uint8_t protocol = 0;
    std::uint32_t mark = 0;
};

class Set {
public:
    std::string name, type; ///< "hash:ip,port"
    IpFamily family = IpFamily::V4; ///< None for sets without one (bitmap:port, list:set)
    std::vector<std::string> dimensions; ///< "ip", "port", "net", "iface", "mark", "mac", "set"
    std::vector<Element> elements;
    std::uint32_t line = 0;
    bool hasTimeouts = false;
    std::uint32_t unreadable = 0; ///< elements that were not understood: a "no" of this set is an unknown
    std::uint32_t markMask = 0xffffffff;
    std::uint8_t hashPrefix = 0; ///< "netmask N" of hash:ip
    /// Canonical texts of the elements of exact types (no net, no range): for a quick answer in big sets.
    std::unordered_set<std::string> exact;
};

/// What `ipset save` printed. Lookup follows the kernel's ip_set_test: see netfilter.md's rules on dimensions.
class Sets {
public:
    [[nodiscard]] static Result<std::shared_ptr<const Sets>> parse(std::string_view text, std::string_view file);
    [[nodiscard]] const Set* find(std::string_view name) const;
    [[nodiscard]] std::size_t count() const { return m_sets.size(); }
    [[nodiscard]] const std::map<std::string, Set, std::less<>>& all() const { return m_sets; }

    /// Is the packet in the set? Unknown for a type that is not understood. `given` is the number of src/dst flags.
    [[nodiscard]] Tri contains(const Set& set, const Query& query, IpFamily family, std::string& reason) const;

private:
    [[nodiscard]] Tri containsIn(const Set& set, const Query& query, IpFamily family, std::string& reason,
                                 int depth) const;
    std::map<std::string, Set, std::less<>> m_sets;
};

} // namespace medic::ipset
