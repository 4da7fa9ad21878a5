// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Random nftables rulesets in the shape of what nodes hold: kube-proxy's tables in three of its layouts, and a firewall of
/// every kind of match and statement. The same seed gives the same ruleset.
namespace nftrandom {

/// Text for `nft -f`, line by line; lines that are rules can be left out when a difference is shrunk.
struct Ruleset {
    std::vector<std::pair<std::string, bool>> lines;
    void fixed(const std::string& line) { lines.emplace_back(line, false); }
    void rule(const std::string& line) { lines.emplace_back(line, true); }
    [[nodiscard]] std::string text() const
    {
        std::string all;
        for (const auto& [line, isRule] : lines)
            all += line + '\n';
        return all;
    }
};

class Generator {
public:
    Generator(std::uint64_t seed, bool v6) : m_random(seed), m_v6(v6) { }

    Ruleset make()
    {
        if (below(4) != 0)
            kubeProxy(static_cast<int>(below(3)));
        firewall();
        if (below(3) == 0)
            moreNat();
        if (below(3) == 0)
            bridge();
        return std::move(m_out);
    }

    std::size_t below(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(m_random); }
    template<typename T>
    const T& pick(const std::vector<T>& all)
    {
        return all[below(all.size())];
    }
    [[nodiscard]] std::string net(const std::string& host) const { return m_v6 ? "fd99:" + host : "10.99." + host; }
    /// "2.3" is a Pod's address in both families.
    [[nodiscard]] std::string at(const std::string& subnet, const std::string& host) const
    {
        return m_v6 ? "fd99:" + subnet + "::" + host : "10.99." + subnet + '.' + host;
    }
    [[nodiscard]] std::string vip(std::size_t number) const { return (m_v6 ? "fd96::" : "10.96.0.") + std::to_string(number); }
    std::string address()
    {
        const std::vector<std::string> all {at("1", "2"), at("1", "1"), at("2", "1"), at("2", "2"), at("2", "3"), at("3", "1"), at("3", "2"), vip(1), vip(2), vip(3)};
        return pick(all);
    }
    static const std::vector<int>& ports()
    {
        static const std::vector<int> all {53, 80, 443, 8080, 8081, 9999, 30001};
        return all;
    }
    static constexpr std::size_t services = 5; ///< vip(1) … vip(5)

private:
    std::string ip() const { return m_v6 ? "ip6" : "ip"; }
    std::string type() const { return m_v6 ? "ipv6_addr" : "ipv4_addr"; }
    std::string prefix()
    {
        if (m_v6)
            return pick(std::vector<std::string> {"fd99::/16", "fd99:2::/64", "fd99:1::/64", "fd96::/112", "fd99:3::/48"});
        return pick(std::vector<std::string> {"10.0.0.0/8", "10.99.2.0/24", "10.99.1.0/24", "10.96.0.0/16", "10.99.0.0/18"});
    }
    std::string addressRange() { return m_v6 ? "fd99:2::1-fd99:3::1" : "10.99.2.1-10.99.3.1"; }
    std::string port() { return std::to_string(pick(ports())); }
    std::string device() { return pick(std::vector<std::string> {"nc", "nx", "cni0", "lo"}); }
    std::string endpoint(bool spaced)
    {
        const auto [host, number] = pick(std::vector<std::pair<std::string, std::string>> {{at("2", "2"), "8080"}, {at("2", "3"), "8081"}, {at("3", "2"), "8080"}, {at("3", "2"), "9999"}});
        if (spaced)
            return host + " . " + number;
        return (m_v6 ? '[' + host + ']' : host) + ':' + number;
    }

    void kubeProxy(int layout)
    {
        const std::string family = ip();
        const bool newest = layout == 2;
        m_out.fixed("table " + family + " kube-proxy {");
        std::string serviceElements, nodePortElements, noneElements, clusterIps, hairpins, firewalls;
        struct Service {
            std::string name, protocol, port;
            std::vector<std::string> endpoints;
            bool affinity, sourceRange;
        };
        std::vector<Service> all;
        const auto add = [](std::string& list, const std::string& element) { list += (list.empty() ? "" : ", ") + element; };
        for (std::size_t i = 1; i <= services; ++i) {
            Service one {"ns/svc" + std::to_string(i) + "/p", pick(std::vector<std::string> {"udp", "udp", "tcp", "sctp"}), port(), {}, below(5) == 0, below(4) == 0};
            add(clusterIps, vip(i));
            for (std::size_t n = below(4); n > 0; --n)
                one.endpoints.push_back(endpoint(newest && !one.affinity));
            if (one.endpoints.empty()) {
                add(noneElements, vip(i) + " . " + one.protocol + " . " + one.port + " : " + (below(2) == 0 ? "drop" : "goto reject-chain"));
                continue;
            }
            if (one.sourceRange)
                add(firewalls, vip(i) + " . " + one.protocol + " . " + one.port + " : goto firewall-" + one.name);
            add(serviceElements, vip(i) + " . " + one.protocol + " . " + one.port + " : goto service-" + one.name);
            if (below(2) == 0)
                add(nodePortElements, one.protocol + " . 3000" + std::to_string(i) + " : goto external-" + one.name);
            all.push_back(one);
        }
        const auto elements = [](const std::string& list) { return list.empty() ? std::string() : "elements = { " + list + " }; "; };
        m_out.fixed("set cluster-ips { type " + type() + "; " + elements(clusterIps) + "}");
        m_out.fixed("set nodeport-ips { type " + type() + "; elements = { " + at("1", "1") + ", " + at("3", "1") + " }; }");
        m_out.fixed("set hairpin-connections { type " + type() + " . " + type() + " . inet_proto . inet_service; elements = { " + at("2", "2") + " . " + at("2", "2") + " . udp . 8080 }; }");
        m_out.fixed("map service-ips { type " + type() + " . inet_proto . inet_service : verdict; " + elements(serviceElements) + "}");
        m_out.fixed("map service-nodeports { type inet_proto . inet_service : verdict; " + elements(nodePortElements) + "}");
        m_out.fixed("map no-endpoint-services { type " + type() + " . inet_proto . inet_service : verdict; " + elements(noneElements) + "}");
        m_out.fixed("map firewall-ips { type " + type() + " . inet_proto . inet_service : verdict; " + elements(firewalls) + "}");
        const auto chain = [&](const std::string& name, const std::vector<std::string>& rules, const std::string& head = {}) {
            m_out.fixed("chain " + name + " {");
            if (!head.empty())
                m_out.fixed(head);
            for (const std::string& rule : rules)
                m_out.rule(rule);
            m_out.fixed("}");
        };
        chain("reject-chain", {"reject"});
        chain("mark-for-masquerade", {"meta mark set meta mark | 0x4000"});
        if (newest)
            chain("masquerading", {"meta mark & 0x4000 != 0 meta mark set meta mark ^ 0x4000 masquerade",
                                   "ct status dnat " + family + " saddr . " + family + " daddr . meta l4proto . th dport @hairpin-connections masquerade"});
        else
            chain("masquerading", {"meta mark & 0x4000 == 0 return", "meta mark set meta mark ^ 0x4000", "masquerade"});
        const std::string mark = newest ? "meta mark set meta mark | 0x4000" : "jump mark-for-masquerade";
        const std::string pods = m_v6 ? "fd99:2::/64" : "10.99.2.0/24";
        for (const Service& one : all) {
            std::vector<std::string> rules;
            if (!newest)
                rules.push_back(family + " daddr " + vip(1) + ' ' + family + " saddr != " + pods + ' ' + mark);
            const bool chains = !newest || one.affinity;
            std::string map;
            for (std::size_t i = 0; i < one.endpoints.size(); ++i) {
                const std::string name = one.name + "__" + std::to_string(i);
                add(map, std::to_string(i) + " : " + (chains ? "goto endpoint-" + name : one.endpoints[i]));
                if (!chains)
                    continue;
                const std::string host = one.endpoints[i].substr(0, one.endpoints[i].rfind(':'));
                const std::string bare = host.front() == '[' ? host.substr(1, host.size() - 2) : host;
                chain("endpoint-" + name, {family + " saddr " + bare + ' ' + mark, "meta l4proto " + one.protocol + " dnat to " + one.endpoints[i]});
            }
            const std::string numgen = "numgen random mod " + std::to_string(one.endpoints.size());
            if (chains)
                rules.push_back(numgen + " vmap { " + map + " }");
            else
                rules.push_back("meta l4proto " + one.protocol + " dnat " + family + " addr . port to " + numgen + " map { " + map + " }");
            chain("service-" + one.name, rules);
            if (below(2) == 0)
                chain("external-" + one.name, {mark, "goto service-" + one.name});
            else
                chain("external-" + one.name, {family + " saddr " + pods + " goto service-" + one.name, "fib saddr type local " + mark,
                                               "fib saddr type local goto service-" + one.name});
            chain("firewall-" + one.name, {family + " saddr != { " + at("1", "2") + ", " + pods + " } drop"});
        }
        std::vector<std::string> rules;
        if (newest)
            rules.push_back(family + " daddr @cluster-ips " + family + " saddr != " + pods + ' ' + mark);
        rules.push_back(family + " daddr . meta l4proto . th dport vmap @service-ips");
        if (below(2) == 0)
            rules.push_back("fib daddr type local " + family + " daddr != " + (m_v6 ? "::1" : "127.0.0.0/8") + " meta l4proto . th dport vmap @service-nodeports");
        else
            rules.push_back(family + " daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports");
        chain("services", rules);
        chain("service-endpoints-check", {family + " daddr . meta l4proto . th dport vmap @no-endpoint-services"});
        chain("cluster-ips-check", {family + " daddr @cluster-ips reject", family + " daddr " + (m_v6 ? "fd96::/64" : "10.96.0.0/16") + " drop"});
        chain("firewall-check", {family + " daddr . meta l4proto . th dport vmap @firewall-ips"});
        const auto base = [&](const std::string& name, const std::string& kind, const std::string& hook, int priority, const std::vector<std::string>& of) {
            chain(name, of, "type " + kind + " hook " + hook + " priority " + std::to_string(priority) + "; policy accept;");
        };
        const int filter = layout == 0 ? -110 : 0;
        base("filter-prerouting", "filter", "prerouting", -110, {"ct state new jump firewall-check"});
        base("filter-input", "filter", "input", filter, {"ct state new jump service-endpoints-check"});
        base("filter-forward", "filter", "forward", filter, {"ct state new jump service-endpoints-check", "ct state new jump cluster-ips-check"});
        base("filter-output", "filter", "output", filter, {"ct state new jump service-endpoints-check", "ct state new jump firewall-check"});
        base("filter-output-post-dnat", "filter", "output", -90, {"ct state new jump cluster-ips-check"});
        base("nat-prerouting", "nat", "prerouting", -100, {"jump services"});
        base("nat-output", "nat", "output", -100, {"jump services"});
        base("nat-postrouting", "nat", "postrouting", 100, {"jump masquerading"});
        m_out.fixed("}");
    }

    std::string match()
    {
        const std::string side = below(2) == 0 ? " saddr " : " daddr ", portSide = below(3) == 0 ? "sport" : "dport";
        const std::string no = below(4) == 0 ? "!= " : "";
        const bool icmp = m_l4 == "icmp";
        const std::string transport = icmp ? "th" : m_l4, numbered = icmp ? (m_v6 ? "ipv6-icmp" : "icmp") : m_l4;
        if (below(9) == 0)
            return seldom(side);
        std::size_t which = below(34);
        if (icmp && ((which >= 5 && which <= 8) || which == 10 || (which >= 23 && which <= 25)))
            which = 26; // has no ports
        if ((which == 27 || which == 28) && m_l4 != "tcp")
            which = 9;
        if (which == 26 && !icmp)
            which = 6;
        switch (which) {
        case 0: return ip() + side + no + address();
        case 1: return ip() + side + no + prefix();
        case 2: return ip() + side + no + addressRange();
        case 3: return ip() + side + no + "{ " + address() + ", " + prefix() + " }";
        case 4: return ip() + side + no + "@nets";
        case 5: return transport + ' ' + portSide + ' ' + no + port();
        case 6: return transport + " dport " + no + "{ 53, " + port() + ", 8000-8100 }";
        case 7: return transport + " sport " + pick(std::vector<std::string> {">= ", "< ", "> ", "<= "}) + std::to_string(41000 + below(200));
        case 8: return transport + " dport @ports";
        case 9: return "meta l4proto " + (no.empty() ? numbered : no + "igmp");
        case 10: return "meta l4proto . th dport { udp . " + port() + ", " + transport + " . 8000-8090 }";
        case 11: return "iifname " + no + '"' + device() + '"';
        case 12: return "oifname " + no + '"' + device() + '"';
        case 13: return "iifname " + no + '"' + pick(std::vector<std::string> {"n*", "c*", "l*"}) + '"';
        case 14: return "oifname { \"" + device() + "\", \"cni*\" }";
        case 15: return "meta mark & " + pick(std::vector<std::string> {"0x1", "0x4000", "0xf0"}) + (below(2) == 0 ? " == 0" : " != 0");
        case 16: return "meta mark " + no + pick(std::vector<std::string> {"0x0", "0x1", "{ 0x1, 0x4000 }", "0x1-0x10", "@marks"});
        case 17: return "ct state " + pick(std::vector<std::string> {"new", "established,related", "{ new, untracked }", "!= new", "! established", "invalid", "untracked"});
        case 18: return "ct status " + pick(std::vector<std::string> {"dnat", "snat", "dnat,snat", "& (dnat | snat) == 0", "confirmed", "seen-reply", "! dnat"});
        case 19: return "ct direction original";
        case 20: return "ct mark " + no + pick(std::vector<std::string> {"0x0", "0x1", "0x5"});
        case 21: return "ct original " + ip() + " daddr " + no + vip(1 + below(services));
        case 22: return std::string("fib ") + (below(2) == 0 ? "saddr" : "daddr") + " type " + no + pick(std::vector<std::string> {"local", "unicast", "{ local, broadcast }"});
        case 23: return ip() + " daddr . " + transport + " dport @pairs";
        case 24: return ip() + " saddr . " + ip() + " daddr . meta l4proto . th dport { " + address() + " . " + address() + " . " + transport + " . " + port() + " }";
        case 25: return ip() + " daddr . " + transport + " dport { " + prefix() + " . 8000-8081, " + address() + " . 9999 }";
        case 26: return std::string(m_v6 ? "icmpv6" : "icmp") + " type { echo-request, " + (m_v6 ? "nd-router-advert" : "echo-reply") + " }";
        case 27: return "tcp flags & (fin | syn | rst | ack) == syn";
        case 28: return "tcp flags syn";
        case 29: return "meta nfproto ipv" + std::string(m_v6 ? "6" : "4");
        case 30: return m_v6 ? "ip6 nexthdr " + numbered : "ip protocol " + numbered;
        case 31: return "numgen random mod 4 < " + std::to_string(1 + below(3));
        case 32: return m_v6 ? "ip6 dscp cs0" : "ip frag-off & 0x1fff == 0";
        default: return "iifname . oifname { \"nc\" . \"nx\", \"cni0\" . \"nx\", \"nc\" . \"cni0\" }";
        }
    }

    /// What few rules have, and what no dump can decide: both ways must then be ours.
    std::string seldom(const std::string& side)
    {
        const std::string family = ip(), no = below(3) == 0 ? "!= " : "";
        const std::vector<std::string> all {
            "fib saddr . iif oif missing", "fib saddr . iif oif exists", "fib daddr . iif type " + no + "local", "fib daddr type " + std::string(m_v6 ? "{ local, multicast }" : "{ local, broadcast, multicast }"),
            "fib saddr oifname " + no + '"' + device() + '"', "limit rate 1/minute burst 1 packets", "meta length < 400", "meta pkttype " + no + "unicast",
            "ct direction reply", "ct zone 0", "ct l3proto ipv4", family + side + " & " + (m_v6 ? "ffff:ffff:: == fd99:2::" : "255.255.255.0 == 10.99.2.0"),
            m_v6 ? "ip6 hoplimit > 10" : "ip ttl > 10", "jhash " + family + " saddr mod 2 == 0", "symhash mod 2 == 0", "numgen inc mod 2 == 0", "meta cpu 0",
            "ct original " + family + " saddr " + no + address(), "ct reply " + family + " saddr " + no + address(), "meta iifkind \"bridge\"", "meta oifkind \"veth\"",
            "iifname . " + family + side + " { \"nc\" . " + address() + ", \"cni0\" . " + prefix() + " }", "meta skuid 0", "ct mark & 0xf0 == 0", "ct bytes > 0",
            "meta protocol " + family, "meta nfproto . meta l4proto { " + std::string(m_v6 ? "ipv6" : "ipv4") + " . udp }"};
        return pick(all);
    }

    std::string matches(std::size_t most = 3)
    {
        std::string all;
        m_l4 = pick(std::vector<std::string> {"udp", "udp", "udp", "tcp", "sctp", "icmp"}); // one protocol for all of a rule
        for (std::size_t i = below(most + 1); i > 0; --i)
            all += match() + ' ';
        return all;
    }

    std::string action(std::size_t depth, bool filter)
    {
        if (below(14) == 0) {
            const std::vector<std::string> few {filter ? "reject with icmpx admin-prohibited" : "counter", "ct mark set ct mark | 0x3", "meta mark set ct mark | 0x8",
                                                "log prefix \"x\" counter", "quota over 100000 bytes counter", "meta priority set 1:1", "limit rate over 1/hour burst 1 packets counter",
                                                m_l4 == "tcp" && filter ? "reject with tcp reset" : "counter", std::string(m_v6 ? "ip6 dscp" : "ip dscp") + " set cs1"};
            return pick(few);
        }
        switch (below(20)) {
        case 0:
        case 1: return "meta mark set meta mark " + pick(std::vector<std::string> {"| 0x1", "& 0xfffffffe", "^ 0x4000", "| 0xf0"});
        case 2: return "meta mark set " + std::to_string(below(20)) + (below(2) == 0 ? " accept" : " counter");
        case 3: return "ct mark set meta mark";
        case 4: return "ct mark set 0x5 meta mark set ct mark";
        case 5: return "return";
        case 6: return "accept";
        case 7: return below(3) == 0 ? "drop" : "counter";
        case 8: return filter && below(3) == 0 ? "reject" : "continue";
        case 9:
        case 10:
        case 11:
        case 12: return depth < 4 ? (below(3) == 0 ? "goto c" : "jump c") + std::to_string(depth + 1) : "counter";
        case 13: return depth < 4 && m_l4 == "udp" ? "udp dport vmap { 53 : jump c" + std::to_string(depth + 1) + ", 8000-8100 : continue, 80 : return }" : "counter";
        case 14: return "iifname vmap { \"nc\" : continue, \"lo\" : accept, \"c*\" : return }";
        case 15: return m_l4 != "udp" ? "counter" : "meta mark set udp dport map { 53 : 0x1, 80-90 : 0x2, 8080 : 0x4000 }";
        case 16: return m_l4 == "icmp" ? "counter" : "meta l4proto . th dport vmap { udp . 8080 : continue, tcp . 80-90 : return }";
        case 17: return "numgen random mod 3 vmap { 0 : continue, 1 : return }";
        case 18: return "ct state vmap { new : continue, established : accept, invalid : return }";
        default: return "counter";
        }
    }

    void matchAndAct(std::size_t depth, bool filter)
    {
        std::string text = matches(); // first: it settles the protocol
        text += action(depth, filter);
        m_out.rule(text);
    }

    void sets()
    {
        m_out.fixed("set nets { type " + type() + "; flags interval; elements = { " + prefix() + " }; }");
        m_out.fixed("set ports { type inet_service; flags interval; elements = { 53, 80-90, 8000-8079, 9999 }; }");
        m_out.fixed("set marks { type mark; elements = { 0x1, 0x5, 0x4000 }; }");
        m_out.fixed("set pairs { type " + type() + " . inet_service; flags interval; elements = { " + at("2", "2") + " . 8080, " + at("3", "2") + " . 8000-8100, " + vip(1) + " . 1-1000 }; }");
    }

    void firewall()
    {
        m_out.fixed("table inet fw {");
        sets();
        for (int depth = 4; depth >= 1; --depth) {
            m_out.fixed("chain c" + std::to_string(depth) + " {");
            for (std::size_t i = 1 + below(4); i > 0; --i)
                matchAndAct(static_cast<std::size_t>(depth), false);
            m_out.fixed("}");
        }
        const std::vector<std::string> hooks {"prerouting", "input", "forward", "output", "postrouting"};
        for (std::size_t i = 3 + below(5); i > 0; --i) {
            const std::string& hook = pick(hooks);
            const bool route = hook == "output" && below(2) == 0, filter = hook == "input" || hook == "forward" || hook == "output";
            const int priority = pick(std::vector<int> {-290, -160, -148, -89, -20, 10, 91, 150}) + static_cast<int>(i); // none twice, none of the others'
            m_out.fixed("chain b" + std::to_string(i) + " {");
            m_out.fixed("type " + std::string(route ? "route" : "filter") + " hook " + hook + " priority " + std::to_string(priority) + "; policy "
                        + (below(12) == 0 ? "drop" : "accept") + ";");
            if (priority < -200 && (hook == "prerouting" || hook == "output") && below(2) == 0)
            {
                m_l4 = "udp";
                m_out.rule(match() + (below(3) == 0 ? " ct zone set 5" : " notrack"));
            }
            for (std::size_t n = 1 + below(6); n > 0; --n)
                matchAndAct(0, filter);
            m_out.fixed("}");
        }
        m_out.fixed("}");
    }

    /// Rules of the bridge itself: ports as devices, before and behind br_netfilter.
    void bridge()
    {
        m_out.fixed("table bridge fw {");
        m_out.fixed("chain b1 {");
        m_out.rule(ip() + " daddr " + prefix() + " counter");
        m_out.rule("udp dport 53 return");
        m_out.rule("meta mark set meta mark | 0x10");
        m_out.fixed("}");
        int number = 0;
        for (const char* const hook : {"prerouting", "input", "forward", "output", "postrouting"}) {
            if (below(3) == 0)
                continue;
            m_out.fixed("chain h" + std::to_string(++number) + " {");
            m_out.fixed("type filter hook " + std::string(hook) + " priority " + pick(std::vector<std::string> {"-300", "-200", "-7", "30", "200"}) + "; policy accept;");
            const bool early = std::string(hook) == "prerouting" || std::string(hook) == "forward";
            const bool in = early || std::string(hook) == "input", out = !in || std::string(hook) == "forward";
            for (std::size_t n = 1 + below(4); n > 0; --n) {
                m_l4 = "udp";
                const std::vector<std::string> matches {in ? "iifname \"" + pick(std::vector<std::string> {"va", "vb", "cni0", "v*"}) + "\" " : "iifname \"va\" ",
                                                        out ? "oifname \"" + pick(std::vector<std::string> {"va", "vb", "cni0"}) + "\" " : "oifname \"va\" ",
                                                        ip() + " saddr " + prefix() + ' ', ip() + " daddr " + address() + ' ', "udp dport " + port() + ' ',
                                                        "ether type " + ip() + ' ', "meta mark 0x0 ", ""};
                const std::vector<std::string> actions {"counter", "counter", early ? "meta mark set meta mark | 0x20" : "counter", early ? "jump b1" : "counter", "accept", "return"};
                m_out.rule(pick(matches) + pick(matches) + (below(9) == 0 ? ip() + " daddr " + address() + " udp dport " + port() + " drop" : pick(actions)));
            }
            m_out.fixed("}");
        }
        m_out.fixed("}");
    }

    void moreNat()
    {
        const std::string family = ip();
        m_out.fixed("table inet morenat {");
        sets();
        m_l4 = "udp";
        m_out.fixed("map targets { type inet_service : " + type() + "; elements = { 53 : " + at("2", "2") + ", 443 : " + at("3", "2") + " }; }");
        m_out.fixed("chain pre {");
        m_out.fixed("type nat hook prerouting priority -95; policy accept;");
        const std::vector<std::string> ways {"dnat " + family + " to " + at("2", "3"), "udp dport { 53, 443, 8080 } dnat " + family + " to udp dport map @targets",
                                             "meta l4proto udp redirect to :9999", "redirect", "meta l4proto udp dnat " + family + " to " + (m_v6 ? "[" + at("3", "2") + "]" : at("3", "2")) + ":8081",
                                             "dnat " + family + " to " + at("2", "2") + '-' + at("2", "3"), "meta l4proto udp redirect to :8000-8010",
                                             "meta l4proto udp dnat " + family + " to " + (m_v6 ? "[" + at("2", "2") + "]" : at("2", "2")) + ":8000-8080",
                                             "dnat " + family + " to " + (m_v6 ? std::string("fd99:2::2") : std::string("10.99.2.2")) + " persistent",
                                             "dnat " + family + " to numgen random mod 2 map { 0 : " + at("2", "2") + ", 1 : " + at("3", "2") + " }"};
        m_out.rule(match() + ' ' + match() + ' ' + pick(ways));
        m_out.rule(match() + ' ' + match() + ' ' + pick(ways));
        m_out.fixed("}");
        m_out.fixed("chain post {");
        m_out.fixed("type nat hook postrouting priority 105; policy accept;");
        m_out.rule(match() + ' ' + match() + ' ' + pick(std::vector<std::string> {"masquerade", "snat " + family + " to " + at("3", "1"), "meta l4proto udp masquerade to :2000-2000",
            "snat " + family + " to " + at("1", "1") + '-' + at("1", "4"), "meta l4proto udp snat " + family + " to " + (m_v6 ? "[" + at("3", "1") + "]" : at("3", "1")) + ":2000-3000",
            "masquerade random", "meta l4proto udp masquerade to :41000-42000"}));
        m_out.fixed("}");
        m_out.fixed("}");
    }

    std::mt19937_64 m_random;
    bool m_v6;
    std::string m_l4 = "udp"; ///< of the rule that is being made
    Ruleset m_out;
};

} // namespace nftrandom
