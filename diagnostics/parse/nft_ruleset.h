// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A native nftables ruleset as `nft -j list ruleset` (0.9 to 1.1) gives it. What is not known is kept with its JSON and
/// costs nothing more than itself.
namespace medic::parse::nft {

/// One expression: a constant, a selector, or a computation over others.
struct Expression {
    enum class Kind {
        None,
        Number, ///< number; text: "exists" or "missing" for a truth value
        Symbol, ///< text: address, interface, "tcp", "new", "local" …
        Prefix, ///< text/number
        Range, ///< items: low, high
        Set, ///< items: elements (Pair where it is a map)
        Flags, ///< items: names of bits of one value ("established,related")
        Pair, ///< items: key, value
        Concat, ///< items
        SetReference, ///< text: name without '@'
        Verdict, ///< text: accept, drop, return, continue, jump, goto; field: target
        Meta, ///< text: key
        Payload, ///< text: protocol, field: field
        RawPayload, ///< text: base (ll, nh, th), offset and number: bits
        Ct, ///< text: key, field: direction (may be empty)
        Fib, ///< text: result (type, oif, oifname), field: flags joined by ','
        Rt, ///< text: key, field: family
        Socket, ///< text: key
        Numgen, ///< text: random or inc; number: mod; offset
        Hash, ///< text: jhash or symhash; number: mod; offset; items: of what
        Option, ///< text: "tcp option", "ip option", "exthdr" …; field: which
        And,
        Or,
        Xor,
        ShiftLeft,
        ShiftRight, ///< items: left, right
        Map, ///< items: key, data (Set or SetReference)
        Unknown, ///< text: its JSON
    };
    Kind kind = Kind::None;
    std::string text, field;
    std::int64_t number = 0, offset = 0;
    std::vector<Expression> items;
};

struct Statement {
    enum class Kind {
        Match, ///< text: ==, !=, <, >, <=, >=, in; left, right
        Verdict, ///< text: accept, drop, return, continue, jump, goto; field: target
        VerdictMap, ///< left: key; right: Set or SetReference of verdicts
        Mangle, ///< left: what is set; right: to what
        Nat, ///< text: snat, dnat, masquerade, redirect; left: address (or concat / map of both); right: port; field: flags
        Reject, ///< text: type, field: code
        Queue, ///< field: flags ("bypass")
        Tproxy, ///< left: address, right: port
        Takeover, ///< text: synproxy or fwd: the packet leaves the usual way
        Notrack,
        Limit, ///< field: rendered
        Quota,
        SetUpdate, ///< text: add, update, delete; left: element; right: SetReference; field: limit that it carries
        Counter, ///< packets, bytes
        Passive, ///< has no influence on the way: log, comment, helper, flow offload …; field: rendered
        Xt, ///< an iptables extension that JSON does not spell out; text: match or target, field: name
        Unknown, ///< field: its JSON
    };
    Kind kind = Kind::Unknown;
    std::string text, field, family; ///< family: of a translation in an inet table, ip or ip6
    Expression left, right;
    std::uint64_t packets = 0, bytes = 0;
};

struct Rule {
    std::int64_t handle = 0;
    int line = 0; ///< 1-based in the dump
    std::string comment;
    std::vector<Statement> statements;
    std::optional<std::uint64_t> packets, bytes; ///< of its first counter
    [[nodiscard]] std::string text() const; ///< as `nft list ruleset` would print it, nearly
};

struct Chain {
    std::string name;
    std::int64_t handle = 0;
    int line = 0; ///< 1-based in the dump
    bool base = false;
    std::string type, hook, device, policy; ///< type: filter, nat, route; policy: accept or drop
    int priority = 0;
    std::vector<Rule> rules;
};

/// A set or a map.
struct SetObject {
    std::string name;
    std::int64_t handle = 0;
    std::vector<std::string> types; ///< of the key's fields: ipv4_addr, inet_proto, inet_service …
    Expression typeOf; ///< where the dump says so by a selector instead
    std::string dataType; ///< of a map: "verdict", "ipv4_addr" …; empty: a set
    bool dynamic = false; ///< filled by packets (or with a timeout): what it holds may have changed since
    bool interval = false;
    std::vector<Expression> elements; ///< Pair where it is a map
};

struct Table {
    std::string family; ///< ip, ip6, inet, bridge, arp, netdev
    std::string name;
    std::int64_t handle = 0;
    bool dormant = false; ///< its base chains hang in no hook
    std::vector<Chain> chains;
    std::map<std::string, SetObject, std::less<>> sets;

    [[nodiscard]] const Chain* chain(std::string_view name) const;
    [[nodiscard]] std::string title() const { return family + ' ' + name; }
    /// Written by iptables-nft: JSON loses its matches (xt), so iptables-save must be read instead.
    [[nodiscard]] bool ofIptables() const;
};

struct Ruleset {
    std::string toolVersion; ///< of nft
    std::vector<Table> tables; ///< in the order of the dump
    std::vector<std::string> remarks; ///< what could not be read, one sentence each
};

/// Fails only when the text is no JSON of nft at all.
[[nodiscard]] Result<Ruleset> readNftJson(std::string_view text, std::string_view name = {});

[[nodiscard]] std::string render(const Expression& expression);
[[nodiscard]] std::string render(const Statement& statement);

} // namespace medic::parse::nft
