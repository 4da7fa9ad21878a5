# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that kube-proxy, the kubelet and the portmap plugin write, in their exact shapes (Kubernetes 1.20).

Everything is returned as iptables-restore / ipset-restore / ipvsadm -Sn text; the lab loads it into a real kernel.
"""
import base64
import hashlib

import model

MASQ = "0x4000/0x4000"


def chain_hash(text):
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:16]


def service_chain(prefix, service, port):
    name = f"{service['namespace']}/{service['name']}" + (f":{port['name']}" if port.get("name") else "")
    return prefix + chain_hash(name + port["protocol"].lower()), name


def endpoint_chain(service, port, endpoint):
    _, name = service_chain("", service, port)
    return "KUBE-SEP-" + chain_hash(name + port["protocol"].lower() + endpoint)


def endpoints_of(service, port):
    return [f"{address}:{port['targetPort']}" for address in service.get("endpoints", [])]


def kubelet_chains():
    nat = [
        ":KUBE-MARK-DROP - [0:0]", ":KUBE-MARK-MASQ - [0:0]", ":KUBE-POSTROUTING - [0:0]", ":KUBE-KUBELET-CANARY - [0:0]"]
    rules = ["-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000",
             "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000"]
    return nat, rules


def postrouting(ipvs):
    rules = []
    if ipvs:
        rules.append('-A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" '
                     "-m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE")
    rules += ["-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
              "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
              '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully']
    return rules


def filter_table():
    return """*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
-A INPUT -j KUBE-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack pod source rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack pod destination rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
"""


def iptables_mode(services, cluster_cidr):
    """nat rules of kube-proxy in iptables mode; returns (chains, rules in KUBE-* chains)."""
    chains = [":KUBE-SERVICES - [0:0]", ":KUBE-NODEPORTS - [0:0]", ":KUBE-PROXY-CANARY - [0:0]"]
    rules = []
    for service in services:
        for port in service["ports"]:
            chain, name = service_chain("KUBE-SVC-", service, port)
            proto = port["protocol"].lower()
            ends = endpoints_of(service, port)
            if not ends:
                continue
            chains.append(f":{chain} - [0:0]")
            head = f'-d {service["clusterIP"]}/32 -p {proto} -m comment --comment "{name} cluster IP" -m {proto} --dport {port["port"]}'
            rules.append(f"-A KUBE-SERVICES ! -s {cluster_cidr} {head} -j KUBE-MARK-MASQ")
            rules.append(f"-A KUBE-SERVICES {head} -j {chain}")
            if port.get("nodePort"):
                np = f'-p {proto} -m comment --comment "{name}" -m {proto} --dport {port["nodePort"]}'
                rules.append(f"-A KUBE-NODEPORTS {np} -j KUBE-MARK-MASQ")
                rules.append(f"-A KUBE-NODEPORTS {np} -j {chain}")
            for index, endpoint in enumerate(ends):
                sep = endpoint_chain(service, port, endpoint)
                chains.append(f":{sep} - [0:0]")
                left = len(ends) - index
                share = "" if left == 1 else f" -m statistic --mode random --probability {1 / left:.11f}"
                rules.append(f'-A {chain} -m comment --comment "{name}"{share} -j {sep}')
                rules.append(f'-A {sep} -s {endpoint.rsplit(":", 1)[0]}/32 -m comment --comment "{name}" -j KUBE-MARK-MASQ')
                rules.append(f'-A {sep} -p {proto} -m comment --comment "{name}" -m {proto} -j DNAT --to-destination {endpoint}')
    rules.append('-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" '
                 "-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS")
    return chains, rules


def ipvs_mode(cluster_cidr):
    chains = [":KUBE-SERVICES - [0:0]", ":KUBE-NODE-PORT - [0:0]", ":KUBE-LOAD-BALANCER - [0:0]", ":KUBE-FIREWALL - [0:0]"]
    rules = [
        f'-A KUBE-SERVICES ! -s {cluster_cidr} -m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" '
        "-m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ",
        "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT",
        "-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT",
        '-A KUBE-NODE-PORT -p tcp -m comment --comment "Kubernetes nodeport TCP port for masquerade purpose" '
        "-m set --match-set KUBE-NODE-PORT-TCP dst -j KUBE-MARK-MASQ",
        "-A KUBE-FIREWALL -j KUBE-MARK-DROP",
        "-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ",
    ]
    return chains, rules


def ipset_text(services, local_pod_prefix):
    lines = ["create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536",
             "create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536",
             "create KUBE-NODE-PORT-TCP bitmap:port range 0-65535"]
    for service in services:
        for port in service["ports"]:
            proto = port["protocol"].lower()
            lines.append(f"add KUBE-CLUSTER-IP {service['clusterIP']},{proto}:{port['port']}")
            if port.get("nodePort"):
                lines.append(f"add KUBE-NODE-PORT-TCP {port['nodePort']}")
            for endpoint in service.get("endpoints", []):
                if endpoint.startswith(local_pod_prefix):
                    lines.append(f"add KUBE-LOOP-BACK {endpoint},{proto}:{port['targetPort']},{endpoint}")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def ipvsadm_text(services, node_addresses):
    lines = []
    for service in services:
        for port in service["ports"]:
            flag = {"TCP": "-t", "UDP": "-u", "SCTP": "--sctp-service"}[port["protocol"]]
            virtuals = [f"{service['clusterIP']}:{port['port']}"]
            if port.get("nodePort"):
                virtuals += [f"{address}:{port['nodePort']}" for address in node_addresses]
            for virtual in virtuals:
                lines.append(f"-A {flag} {virtual} -s rr")
                lines += [f"-a {flag} {virtual} -r {endpoint} -m -w 1" for endpoint in endpoints_of(service, port)]
    return "\n".join(lines) + "\n"


def portmap(pods, subnet):
    """portmap 0.7/0.8's chains for the Pods of a node that have hostPorts."""
    chains, rules, entry = [], [], []
    mapped = [pod for pod in pods if any(p.get("hostPort") for p in pod["ports"])]
    if not mapped:
        return chains, rules, entry
    chains += [":CNI-HOSTPORT-DNAT - [0:0]", ":CNI-HOSTPORT-MASQ - [0:0]", ":CNI-HOSTPORT-SETMARK - [0:0]"]
    rules += ['-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE',
              '-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000']
    for pod in mapped:
        sandbox = model.sandbox(pod)
        chain = ("CNI-DN-" + hashlib.sha512(("cbr0" + sandbox).encode()).hexdigest())[:28]
        chains.append(f":{chain} - [0:0]")
        for port in (p for p in pod["ports"] if p.get("hostPort")):
            proto = port["protocol"].lower()
            rules.append(f'-A CNI-HOSTPORT-DNAT -p {proto} -m comment --comment "dnat name: \\"cbr0\\" id: \\"{sandbox}\\"" '
                         f'-m multiport --dports {port["hostPort"]} -j {chain}')
            rules.append(f"-A {chain} -s {subnet} -p {proto} -m {proto} --dport {port['hostPort']} -j CNI-HOSTPORT-SETMARK")
            rules.append(f"-A {chain} -s 127.0.0.1/32 -p {proto} -m {proto} --dport {port['hostPort']} -j CNI-HOSTPORT-SETMARK")
            rules.append(f"-A {chain} -p {proto} -m {proto} --dport {port['hostPort']} -j DNAT --to-destination {pod['ip']}:{port['containerPort']}")
    entry.append("-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT")
    return chains, rules, entry


def nat_table(services, pods, mode, cluster_cidr, subnet, portmap_first):
    chains, kubelet_rules = kubelet_chains()
    proxy_chains, proxy_rules = ipvs_mode(cluster_cidr) if mode == "ipvs" else iptables_mode(services, cluster_cidr)
    map_chains, map_rules, entry = portmap(pods, subnet)
    jump = '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES'
    order = entry + [jump] if portmap_first else [jump] + entry
    lines = ["*nat", ":PREROUTING ACCEPT [0:0]", ":INPUT ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ":POSTROUTING ACCEPT [0:0]"]
    lines += chains + proxy_chains + map_chains
    for hook in ("PREROUTING", "OUTPUT"):
        lines += [f"-A {hook} {rule}" for rule in order]
    if map_chains:
        lines.append('-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ')
    lines.append('-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING')
    lines += kubelet_rules + postrouting(mode == "ipvs") + proxy_rules + map_rules + ["COMMIT", ""]
    return "\n".join(lines)


def without_proxy(nat):
    """The same node before any kube-proxy ran there: its own chains are missing, the kubelet's are there."""
    own = ("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-PROXY-CANARY", "KUBE-SVC-", "KUBE-SEP-")
    return "\n".join(line for line in nat.split("\n") if not any(word.lstrip(":").startswith(own) for word in line.split()))
