// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random_rules.h"

namespace judge {

/// Rulesets as kube-proxy, kubelet, portmap and Calico write them.
class KubeMaker : public RuleMaker {
public:
    using RuleMaker::RuleMaker;

protected:
    /// nat as kube-proxy writes it in iptables mode, with portmap's and a CNI's chains around it now and then.
    void kubeNat(std::vector<std::string>& out)
    {
        const std::string pods = m_v6 ? "fd99:2::/64" : "10.99.2.0/24", bits = m_v6 ? "/128" : "/32";
        std::vector<std::string> chains {"KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-MARK-MASQ", "KUBE-POSTROUTING"}, rules;
        const auto rule = [&](const std::string& text_) { rules.push_back("-A " + text_); };
        const bool portmap = chance(30), first = chance(30);
        const std::string hostPort = " -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT";
        for (const char* hook : {"PREROUTING", "OUTPUT"}) {
            if (portmap && first)
                rule(hook + hostPort);
            rule(std::string(hook) + " -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES");
            if (portmap && !first)
                rule(hook + hostPort);
        }
        if (portmap)
            rule("POSTROUTING -m comment --comment \"CNI portfwd requiring masquerade\" -j CNI-HOSTPORT-MASQ");
        rule("POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING");
        if (chance(25)) {
            rule("POSTROUTING -s " + pods + " -d " + pods + " -j RETURN");
            rule("POSTROUTING -s " + pods + (m_v6 ? " ! -d ff00::/8" : " ! -d 224.0.0.0/4") + " -j MASQUERADE" + pick({"", " --random-fully"}));
        }
        const int services = 1 + static_cast<int>(number(3));
        for (int s = 0; s < services; ++s) {
            const std::string vip = text(s == 0 ? "10.96.0.10" : s == 1 ? "10.96.0.11" : "10.96.0.12"), proto_ = pick({"tcp", "udp", "udp", "sctp"});
            const std::string name = "KUBE-SVC-" + std::to_string(s), ext = "KUBE-EXT-" + std::to_string(s), svl = "KUBE-SVL-" + std::to_string(s);
            const std::string on = " -p " + proto_ + " -m comment --comment \"default/web" + std::to_string(s) + ":http\" -m " + proto_ + " --dport ";
            chains.push_back(name);
            const bool old = chance(30), local = chance(25), nodePort = chance(55);
            if (old)
                rule("KUBE-SERVICES ! -s " + pods + " -d " + vip + bits + on + "80 -j KUBE-MARK-MASQ");
            rule("KUBE-SERVICES -d " + vip + bits + on + "80 -j " + name);
            if (!old)
                rule(name + " ! -s " + pods + " -d " + vip + bits + on + "80 -j KUBE-MARK-MASQ");
            if (nodePort) {
                chains.push_back(ext);
                rule("KUBE-NODEPORTS" + on + std::to_string(30080 + s) + " -j " + ext);
                if (chance(40))
                    rule("KUBE-SERVICES -d " + text("10.99.3.9") + bits + on + "80 -j " + ext);
                if (!local) {
                    rule(ext + " -m comment --comment \"masquerade traffic\" -j KUBE-MARK-MASQ");
                    rule(ext + " -j " + name);
                } else {
                    chains.push_back(svl);
                    rule(ext + " -s " + pods + " -j " + name);
                    rule(ext + " -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
                    rule(ext + " -m addrtype --src-type LOCAL -j " + name);
                    rule(ext + " -j " + svl);
                }
            }
            const std::vector<std::string> all {"10.99.2.2", "10.99.2.3", "10.99.3.2", "10.99.1.1", "10.99.4.2", "10.99.2.1"};
            const std::size_t endpoints = number(4);
            for (std::size_t e = 0; e < endpoints; ++e) {
                const std::string where = text(all[(number(3) + 2 * e) % all.size()]), sep = "KUBE-SEP-" + std::to_string(s) + std::to_string(e);
                chains.push_back(sep);
                const std::string share = e + 1 == endpoints ? "" : " -m statistic --mode random --probability " + (endpoints - e == 2 ? std::string("0.50000000000") : "0.33333333349");
                rule(name + share + " -j " + sep);
                if (nodePort && local && e == 0)
                    rule(svl + " -j " + sep);
                rule(sep + " -s " + where + bits + " -j KUBE-MARK-MASQ");
                rule(sep + " -p " + proto_ + " -m " + proto_ + " -j DNAT --to-destination " + (m_v6 ? '[' + where + ']' : where) + ":8080");
            }
        }
        rule("KUBE-SERVICES -m addrtype --dst-type LOCAL" + (!m_v6 && chance(30) ? std::string(" ! -d 127.0.0.0/8") : "") + " -j KUBE-NODEPORTS");
        rule("KUBE-MARK-MASQ -j MARK --or-mark 0x4000");
        if (chance(75)) {
            rule("KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN");
            rule("KUBE-POSTROUTING -j MARK --xor-mark 0x4000");
            rule("KUBE-POSTROUTING -j MASQUERADE" + pick({"", " --random-fully"}));
        } else {
            rule("KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE");
        }
        if (portmap) {
            for (const char* one : {"CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ", "CNI-DN-1"})
                chains.emplace_back(one);
            const std::string proto_ = pick({"tcp", "udp"}), pod = text("10.99.2.2");
            rule("CNI-HOSTPORT-DNAT -p " + proto_ + " -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"a1\\\"\" -m multiport --dports " + pick({"80", "30080", "53,80"}) + " -j CNI-DN-1");
            rule("CNI-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000");
            rule("CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE");
            rule("CNI-DN-1 -s " + pods + " -p " + proto_ + " -j CNI-HOSTPORT-SETMARK");
            if (!m_v6)
                rule("CNI-DN-1 -s 127.0.0.1/32 -p " + proto_ + " -j CNI-HOSTPORT-SETMARK");
            rule("CNI-DN-1 -p " + proto_ + " -j DNAT --to-destination " + (m_v6 ? '[' + pod + ']' : pod) + ":8080");
        }
        out.emplace_back("*nat");
        for (const char* hook : {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"})
            out.push_back(':' + std::string(hook) + " ACCEPT [0:0]");
        for (const auto& chain : chains)
            out.push_back(':' + chain + " - [0:0]");
        out.insert(out.end(), rules.begin(), rules.end());
        out.emplace_back("COMMIT");
    }

    /// filter as kube-proxy, kubelet and Calico write it.
    void kubeFilter(std::vector<std::string>& out)
    {
        const std::string pods = m_v6 ? "fd99:2::/64" : "10.99.2.0/24", bits = m_v6 ? "/128" : "/32";
        const bool calico = chance(50);
        for (const char* line : {"*filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ":KUBE-FORWARD - [0:0]", ":KUBE-SERVICES - [0:0]", ":KUBE-FIREWALL - [0:0]"})
            out.emplace_back(line);
        if (chance(20))
            out[out.size() - 5] = ":FORWARD DROP [0:0]";
        if (calico)
            for (const char* line : {":cali-FORWARD - [0:0]", ":cali-from-wl-dispatch - [0:0]", ":cali-to-wl-dispatch - [0:0]", ":cali-fw-1 - [0:0]", ":cali-tw-1 - [0:0]", ":cali-pi-1 - [0:0]",
                                     "-A FORWARD -j cali-FORWARD"})
                out.emplace_back(line);
        const auto rule = [&](const std::string& text_) { out.push_back("-A " + text_); };
        rule("FORWARD -j KUBE-FORWARD");
        rule("FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES");
        rule("OUTPUT -j KUBE-FIREWALL");
        rule("INPUT -j KUBE-FIREWALL");
        rule("OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES");
        if (!m_v6)
            rule("KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP");
        rule("KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP");
        rule("KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP");
        rule("KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT");
        rule("KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
        rule("KUBE-SERVICES -d " + text("10.96.0.11") + bits + " -p " + pick({"tcp", "udp"}) + " -m comment --comment \"has no endpoints\" -j REJECT");
        if (calico) {
            rule("cali-FORWARD -j MARK --set-xmark 0x0/0xe0000");
            rule("cali-FORWARD -m mark --mark 0x0/0x10000 -j cali-from-wl-dispatch");
            rule("cali-FORWARD -j cali-to-wl-dispatch");
            rule("cali-FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT");
            rule("cali-from-wl-dispatch -i cali1 -g cali-fw-1");
            rule("cali-from-wl-dispatch -i cali+ -j DROP");
            rule("cali-to-wl-dispatch -o cali1 -g cali-tw-1");
            rule("cali-fw-1 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
            rule("cali-fw-1 -m conntrack --ctstate INVALID -j DROP");
            rule("cali-fw-1 -j MARK --set-xmark 0x0/0x10000");
            rule("cali-fw-1 -p udp -m multiport --dports 4789 -j DROP");
            rule("cali-fw-1 -j MARK --set-xmark 0x10000/0x10000");
            rule("cali-tw-1 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
            rule("cali-tw-1 -j MARK --set-xmark 0x0/0x30000");
            rule("cali-tw-1 -m mark --mark 0x0/0x20000 -j cali-pi-1");
            rule("cali-tw-1 -m mark --mark 0x10000/0x10000 -j RETURN");
            rule("cali-tw-1 -j " + pick({"DROP", "REJECT"}));
            rule("cali-pi-1" + setMatch() + " -j MARK --set-xmark 0x10000/0x10000");
            rule("cali-pi-1 -m mark --mark 0x10000/0x10000 -j RETURN");
        }
        out.emplace_back("COMMIT");
    }

    std::vector<std::string> tables(int percent)
    {
        std::vector<std::string> out;
        const bool kube = chance(45);
        if (chance(25 * percent / 100))
            randomTable(out, "raw");
        if (chance(55 * percent / 100))
            randomTable(out, "mangle");
        if (kube)
            kubeNat(out);
        else if (chance(75 * percent / 100))
            randomTable(out, "nat");
        if (kube && chance(60))
            kubeFilter(out);
        else if (chance(75 * percent / 100) || out.empty())
            randomTable(out, "filter");
        if (chance(6 * percent / 100))
            randomTable(out, "security");
        return out;
    }
};

} // namespace judge
