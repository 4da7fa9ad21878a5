# SPDX-License-Identifier: GPL-3.0-or-later
"""Case 1.2 in the lab: Services that a node's Pods do not reach, a node's way to a system outside, the engineer's own machine.
All of it on node-2, the others stay healthy. (What CoreDNS does wrong is planted by notebook.py.)
"""
import shutil

import model
from common import run, run_python, wait_for

# "msp.example.com": an outside system on the jump host; the site's name server answers this address for every name.
OUTSIDE, OUTSIDE_PORT = "192.0.2.80", "80"


class ServiceCase:
    """Mixed into the lab."""

    # --- the outside --------------------------------------------------------------------------------------------------
    def outside(self):
        run("ip", "addr", "replace", OUTSIDE + "/32", "dev", "lo", ns="jump")
        run_python("jump", "answer.py", OUTSIDE, OUTSIDE_PORT, "msp")

    # --- faults -------------------------------------------------------------------------------------------------------
    def plant_service_rules_removed(self, state, on):
        """kube-proxy of node-2 has not run since the boot: its chains were never written; no ClusterIP works there."""
        node = self.node(state, 1)
        self.stop_unit(node, "kube-proxy", on)
        node["noServiceRules"] = on
        self.apply(node, state)

    def plant_service_rules_stale(self, state, on):
        """kube-proxy of node-2 died, then both CoreDNS Pods were replaced: node-2 asks addresses that nobody has."""
        node = self.node(state, 1)
        self.stop_unit(node, "kube-proxy", on)
        if on:
            node["staleServices"] = [dict(s) for s in state["services"]]
        else:
            node.pop("staleServices", None)
        for pod in self.coredns(state):
            home = self.node_of(state, pod)
            self.unplug_pod(home, pod)
            pod["ip"] = pod["ip"].rsplit(".", 1)[0] + (".102" if on else ".2")
            self.plug_pod(home, pod)
        model.resolve(state)
        for other in state["nodes"]:
            self.apply(other, state)
        for pod in self.coredns(state):
            wait_for("CoreDNS to answer", 10, lambda p=pod: f"{p['ip']}:53" in run("ss", "-Hlnu", ns=f"{p['node']}-{p['name']}"))

    def plant_way_out_route(self, state, on):
        """A route of node-2 that leads the outside system's network nowhere, as a VPN or a daemon that died leaves it."""
        name = self.node(state, 1)["name"]
        run("ip", "route", "del", "unreachable", "192.0.2.0/24", check=False, ns=name)
        if on:
            run("ip", "route", "add", "unreachable", "192.0.2.0/24", ns=name)

    def plant_way_out_arp(self, state, on):
        """node-2 holds a fixed hardware address of its gateway, of a card that was replaced."""
        name = self.node(state, 1)["name"]
        run("ip", "route", "del", OUTSIDE + "/32", check=False, ns=name)
        run("ip", "addr", "del", "172.31.1.6/24", "dev", "eth1", check=False, ns="jump")
        run("ip", "neigh", "del", "172.31.1.6", "dev", "eth0", check=False, ns=name)
        if on:  # a gateway of its own, so that SSH through the jump host goes on
            run("ip", "addr", "add", "172.31.1.6/24", "dev", "eth1", ns="jump")
            run("ip", "route", "add", OUTSIDE + "/32", "via", "172.31.1.6", ns=name)
            run("ip", "neigh", "replace", "172.31.1.6", "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent", ns=name)

    def plant_way_out_firewall(self, state, on):
        name = self.node(state, 1)["name"]
        rule = ["OUTPUT", "-d", "192.0.2.0/24", "-p", "tcp", "-m", "comment", "--comment", "hardening 2026-08", "-j", "DROP"]
        run("iptables-legacy", "-D", *rule, check=False, ns=name)
        if on:
            run("iptables-legacy", "-A", *rule, ns=name)

    def plant_way_out_syn_loss(self, state, on):
        """Every second SYN is lost on the way: connections take a second, now and then."""
        rule = ["PREROUTING", "-d", OUTSIDE, "-p", "tcp", "--syn", "-m", "statistic", "--mode", "nth", "--every", "2", "--packet", "0", "-j", "DROP"]
        run("iptables-legacy", "-t", "raw", "-D", *rule, check=False, ns="jump")
        if on:
            run("iptables-legacy", "-t", "raw", "-A", *rule, ns="jump")

    def plant_own_machine_short(self, state, on):
        """What the engineer's own machine says when its memory has run out, for a namespace of its own: own-machine/ in the
        lab's folder holds meminfo, loadavg and pressure."""
        folder = self.path("own-machine")
        shutil.rmtree(folder, ignore_errors=True)
        if not on:
            return
        self.put("own-machine/meminfo", "MemTotal:        8048576 kB\nMemFree:           61204 kB\nMemAvailable:     181204 kB\nBuffers:            2100 kB\n"
                 "Cached:           143000 kB\nSwapCached:       412000 kB\nSwapTotal:       2097148 kB\nSwapFree:           1020 kB\n")
        self.put("own-machine/loadavg", "1.21 1.18 1.15 3/412 9876\n")
        self.put("own-machine/pressure/memory", "some avg10=63.10 avg60=48.22 avg300=21.00 total=912345678\nfull avg10=22.40 avg60=15.02 avg300=7.10 total=312345678\n")
        for kind in ("cpu", "io"):
            self.put(f"own-machine/pressure/{kind}", "some avg10=0.00 avg60=0.12 avg300=0.08 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
