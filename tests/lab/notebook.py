# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the notebook's cases 1.1 (bandwidth), 1.5 (hostPort) and 1.6 (DNS), planted in real parts."""
import os
import shutil
import signal

import model
import nodetools
from common import PREFIX, UPSTREAM, pids_in, run, wait_for


class Notebook:
    def certificate(self, name, subject):
        """A server's own certificate, by which it is told from the apiserver."""
        base = self.path("pki", name)
        if not os.path.exists(base + ".crt"):
            run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", base + ".key", "-out", base + ".crt", "-days", "365", "-subj", subject)

    def drop_pod(self, state, name):
        for pod in [p for p in state["pods"] if p["name"] == name]:
            self.unplug_pod(self.node_of(state, pod), pod)
            state["pods"].remove(pod)
        state["events"] = [e for e in state.get("events", []) if e["involvedObject"]["name"] != name]

    # --- 1.1 ----------------------------------------------------------------------------------------------------------
    def limited_pod(self, state, on, version, ingress="10M", egress="5M"):
        """A Pod with bandwidth annotations on node-2, whose kubelet (with dockershim) is of that release."""
        node = self.node(state, 1)
        name = node["name"]
        self.drop_pod(state, "download")
        node["version"] = version if on else model.VERSION
        if on:
            pod = model.pod("download", name, node["podCIDR"].replace(".0/24", ".40"), labels={"app": "download"},
                            ports=[{"name": "http", "containerPort": 8080, "protocol": "TCP"}])
            pod["created"] = self.now()
            pod["annotations"] = {"kubernetes.io/ingress-bandwidth": ingress, "kubernetes.io/egress-bandwidth": egress}
            state["pods"].append(pod)
            self.start_pod(state, pod)
        nodetools.write_answers(self.path("nodes", name, "run"), node, state)
        for unit in ("kubelet", "kube-proxy"):  # their processes tell the version too
            self.inside(name, "pkill", "-x", unit, check=False)
        wait_for("kubelet and kube-proxy", 10, lambda: all(self.inside(name, "pgrep", "-x", u, check=False) for u in ("kubelet", "kube-proxy")))

    def plant_bandwidth_divided(self, state, on):
        """A kubelet of 1.14 with dockershim hands the plugin a thousandth of the annotated rate (B2)."""
        self.limited_pod(state, on, "v1.14.3")

    def plant_bandwidth_no_burst(self, state, on):
        """A kubelet of 1.12 hands the plugin a rate without a burst, which it refuses (B1): the Pod does not start."""
        self.limited_pod(state, on, "v1.12.7")

    def plant_bandwidth_right(self, state, on):
        """No fault: a kubelet of 1.20, where the annotation is what tc has."""
        self.limited_pod(state, on, model.VERSION)

    # --- 1.5 ----------------------------------------------------------------------------------------------------------
    def plant_hostport_theft(self, state, on):
        """A Pod with hostPort 443 on node-2, whose portmap plugin (0.7.4) puts its jump before kube-proxy's."""
        node = self.node(state, 1)
        self.certificate("edge-ingress", "/CN=ingress.local")
        self.drop_pod(state, "edge-ingress")
        node["portmapFirst"] = on
        nodetools.put(self.path("nodes", node["name"], "run", "cni-version"), "" if on else "v0.8.6\n")
        if on:
            pod = model.pod("edge-ingress", node["name"], node["podCIDR"].replace(".0/24", ".30"), labels={"app": "edge"},
                            ports=[{"name": "https", "containerPort": 8443, "hostPort": 443, "protocol": "TCP"}])
            state["pods"].append(pod)
        nodetools.write_answers(self.path("nodes", node["name"], "run"), node, state)
        self.apply(node, state)
        if on:
            wait_for("the ingress", 10, lambda: ":8443" in run("ss", "-Hlnt", ns=f"{node['name']}-edge-ingress"))

    def plant_hostport_flushed(self, state, on):
        """Somebody flushed the nat table of the node with the metrics gateway: kube-proxy's rules came back, portmap's did not."""
        pod = self.find_pod(state, "default", "metrics-gateway")
        node = self.node_of(state, pod)
        node["flushed"] = on
        self.apply(node, state)

    def plant_hostport_stale(self, state, on):
        """A sandbox of the metrics gateway that died without CNI DEL: its rule is still first, and leads to a dead address."""
        pod = self.find_pod(state, "default", "metrics-gateway")
        node = self.node_of(state, pod)
        node["staleTarget"] = node["podCIDR"].replace(".0/24", ".222:9100") if on else None
        self.apply(node, state)

    def stale_rule(self, node):
        """In nat, after the rules are there: the dead sandbox's chain, before the living one's."""
        name, chain = node["name"], "CNI-DN-" + "5ta1e" * 4
        run("iptables-legacy", "-t", "nat", "-N", chain, ns=name)
        run("iptables-legacy", "-t", "nat", "-A", chain, "-p", "tcp", "--dport", "19100", "-j", "DNAT", "--to-destination", node["staleTarget"], ns=name)
        run("iptables-legacy", "-t", "nat", "-I", "CNI-HOSTPORT-DNAT", "1", "-p", "tcp", "-m", "comment", "--comment", f'dnat name: "cbr0" id: "{"5ta1e" * 8}"',
            "-m", "multiport", "--dports", "19100", "-j", chain, ns=name)

    # --- 1.6 ----------------------------------------------------------------------------------------------------------
    def coredns(self, state):
        return [p for p in state["pods"] if p["name"].startswith("coredns")]

    def dns_fault(self, state, fault, which=None):
        """CoreDNS Pods (all, or those of these numbers) with that fault; None: without."""
        for number, pod in enumerate(self.coredns(state)):
            name = f"{pod['node']}-{pod['name']}"
            for pid, words in pids_in(name).items():
                if any(word.endswith("dns.py") for word in words):
                    os.kill(pid, signal.SIGKILL)
            wait_for(f"{name} to end", 5, lambda n=name, p=pod: f"{p['ip']}:53" not in run("ss", "-Hlnu", ns=n))
            shutil.rmtree(self.pod_log(pod), ignore_errors=True)  # another container's
            hit = fault is not None and (which is None or number in which)
            pod["dns"] = [fault] if hit else []
            self.servers(pod)
            if not (hit and fault == "closed") and not pod.get("upstream", UPSTREAM).startswith("127."):
                wait_for(f"{name} to answer", 10, lambda n=name, p=pod: f"{p['ip']}:53" in run("ss", "-Hlnu", ns=n))

    def plant_dns_silent(self, state, on):
        """CoreDNS hangs: it takes queries and answers none."""
        self.dns_fault(state, "silent" if on else None)

    def plant_dns_closed(self, state, on):
        """Nobody listens in the CoreDNS Pods."""
        self.dns_fault(state, "closed" if on else None)

    def plant_dns_refused(self, state, on):
        """CoreDNS answers everything with REFUSED."""
        self.dns_fault(state, "refuse" if on else None)

    def plant_dns_servfail(self, state, on):
        """CoreDNS answers everything with SERVFAIL."""
        self.dns_fault(state, "servfail" if on else None)

    def plant_dns_lie(self, state, on):
        """CoreDNS gives another address for the kubernetes Service."""
        self.dns_fault(state, "lie" if on else None)

    def plant_dns_unsynced(self, state, on):
        """CoreDNS does not reach the apiserver: cluster names are SERVFAIL, its log says why."""
        self.dns_fault(state, "unsynced" if on else None)

    def plant_dns_slow(self, state, on):
        """Every answer takes more than a second."""
        self.dns_fault(state, "slow" if on else None)

    def plant_dns_no_udp(self, state, on):
        """UDP queries are lost, TCP is answered."""
        self.dns_fault(state, "drop-udp" if on else None)

    def plant_dns_bad_replica(self, state, on):
        """One of the CoreDNS Pods hangs."""
        self.dns_fault(state, "silent" if on else None, {0})

    def plant_dns_no_endpoints(self, state, on):
        """No CoreDNS Pod is ready: the Service has no endpoint."""
        for pod in self.coredns(state):
            pod["unready"] = "CrashLoopBackOff" if on else None
        self.dns_fault(state, "closed" if on else None)
        model.resolve(state)
        for node in state["nodes"]:
            self.apply(node, state)

    def plant_dns_loop(self, state, on):
        """systemd-resolved's stub in the nodes' resolv.conf, which the kubelet hands on to CoreDNS: it asks itself, and ends."""
        for node in {p["node"]: self.node_of(state, p) for p in self.coredns(state)}.values():
            name = node["name"]
            self.put(f"nodes/{name}/run/real-resolv.conf", f"nameserver {UPSTREAM}\n")
            self.put(f"nodes/{name}/resolv.conf", "nameserver 127.0.0.53\noptions edns0 trust-ad\n" if on else f"nameserver {UPSTREAM}\noptions timeout:2 attempts:2\n")
            self.inside(name, "sh", "-c", "mkdir -p /run/systemd/resolve; ln -sf /run/lab/real-resolv.conf /run/systemd/resolve/resolv.conf" if on else "rm -rf /run/systemd/resolve")
        state["forward"] = "/etc/resolv.conf" if on else UPSTREAM
        for pod in self.coredns(state):
            if on:
                pod["unready"], pod["upstream"] = "CrashLoopBackOff", "127.0.0.53"
            else:
                pod.pop("unready", None)
                pod.pop("upstream", None)
        self.dns_fault(state, None)
        model.resolve(state)
        for node in state["nodes"]:
            self.apply(node, state)

    def plant_dns_wrong_server(self, state, on):
        """The kubelet of node-2 tells its Pods another address than the DNS Service has."""
        node = self.node(state, 1)
        address = "10.96.0.53" if on else "10.96.0.10"
        self.put(f"nodes/{node['name']}/kubelet/config.yaml", nodetools.kubelet_config(address))
        for pod in [p for p in state["pods"] if p["node"] == node["name"] and p["name"].startswith("web")]:
            self.unplug_pod(node, pod)
            pod["resolv"] = f"nameserver {address}\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n" if on else None
            self.plug_pod(node, pod)

    def plant_dns_long_search(self, state, on):
        """Pods of node-2 with a search list of seven domains and ndots:5."""
        node = self.node(state, 1)
        for pod in [p for p in state["pods"] if p["node"] == node["name"] and p["name"].startswith("web")]:
            self.unplug_pod(node, pod)
            pod["resolv"] = ("nameserver 10.96.0.10\nsearch default.svc.cluster.local svc.cluster.local cluster.local a.example b.example c.example d.example\noptions ndots:5\n"
                             if on else None)
            self.plug_pod(node, pod)

    def plant_dns_bridge(self, state, on):
        """Bridged packets pass by iptables on the nodes: answers of a CoreDNS on the same node come from its own address."""
        for node in state["nodes"]:
            run("sysctl", "-qw", f"net.bridge.bridge-nf-call-iptables={0 if on else 1}", ns=node["name"])

    def plant_dns_upstream_silent(self, state, on):
        """CoreDNS' upstream takes queries and does not answer; Pods ask for outside names. Another server, on 172.31.1.6, would."""
        self.name_server("jump", UPSTREAM, "silent" if on else "answer")
        run("ip", "addr", "replace" if on else "del", "172.31.1.6/24", "dev", "eth1", ns="jump", check=False)
        self.name_server("jump", "172.31.1.6", "answer" if on else None)
        state["forward"] = UPSTREAM
        for pod in self.coredns(state):
            pod.pop("upstream", None)
        self.dns_fault(state, None)
        if on:
            for pod in self.coredns(state):
                web = next(p for p in state["pods"] if p["node"] == pod["node"] and p["name"].startswith("web"))
                run("python3", os.path.join(self.here, "dns.py"), "ask", pod["ip"], "www.debian.org", "8", ns=f"{web['node']}-{web['name']}")
