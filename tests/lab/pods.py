# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods of the lab: a network namespace on the node's bridge, a first process that the node sees (its cgroup, resolv.conf and
environment are a Pod's), servers, and what the CNI plugins do when a Pod is made: by the real plugins where this machine
has them (Debian: containernetworking-plugins), else by the same commands."""
import json
import os
import shutil
import signal
import subprocess

import model
import nodetools
from common import HERE, PREFIX, UPSTREAM, pid_of, pids_in, run, run_python, wait_for

PLUGINS = "/usr/lib/cni"


class PluginFailed(Exception):
    """The CNI plugin's own message."""


class Pods:
    @staticmethod
    def veth(pod):
        return "veth" + f"{model.number(pod):08x}"[-8:]

    def plug_pod(self, node, pod):
        """The sandbox and its network, as runtime and bridge plugin make them."""
        name = f"{pod['node']}-{pod['name']}"
        if os.path.exists(f"/run/netns/{PREFIX}{name}") or pod.get("phase") == "Pending":
            return
        run("ip", "netns", "add", PREFIX + name)
        veth = self.veth(name)
        run("ip", "link", "add", veth, "type", "veth", "peer", "name", "eth0", "netns", PREFIX + name, ns=node["name"])
        run("ip", "link", "set", veth, "master", "cni0", "up", ns=node["name"])
        run("bridge", "link", "set", "dev", veth, "hairpin", "on", ns=node["name"])
        run("ip", "link", "set", "lo", "up", ns=name)
        run("ip", "addr", "add", pod["ip"] + "/24", "dev", "eth0", ns=name)
        run("ip", "link", "set", "eth0", "up", ns=name)
        run("ip", "route", "add", "default", "via", node["podCIDR"].replace(".0/24", ".1"), ns=name)
        run("ip", "neigh", "del", pod["ip"], "dev", "cni0", ns=node["name"], check=False)  # the bridge plugin announces a new Pod by ARP
        self.pause(node, pod)
        self.servers(pod)

    def pause(self, node, pod):
        name = f"{pod['node']}-{pod['name']}"
        folder = f"nodes/{pod['node']}/sandboxes/{pod['name']}"
        own = pod["name"].startswith("coredns")  # dnsPolicy: Default
        with open(self.path("nodes", pod["node"], "resolv.conf")) as file:
            resolv = file.read() if own else pod.get("resolv") or "nameserver 10.96.0.10\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n"
        self.put(f"{folder}/resolv.conf", resolv)
        self.put(f"{folder}/hostname", pod["name"] + "\n")
        self.put(f"{folder}/cgroup", f"0::/kubepods/besteffort/pod{model.pod_uid(pod)}/{model.sandbox(pod)}\n")
        script = ('env -i PATH="$PATH" KUBERNETES_SERVICE_HOST=10.96.0.1 KUBERNETES_SERVICE_PORT=443 setsid unshare --mount --uts "$0" "$1" "$2" </dev/null >/dev/null 2>&1 & '
                  'mount --bind "$1/cgroup" "/proc/$!/cgroup"')
        done = subprocess.run(["nsenter", "--target", pid_of(pod["node"]), "--mount", "--uts", "--pid", f"--net=/run/netns/{PREFIX}{name}", "--", "sh", "-c", script,
                               os.path.join(HERE, "pod-init.sh"), self.path(folder), pod["name"]], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"lab: {name}: {done.stderr.strip()}")

    def servers(self, pod):
        """What runs in the Pod's containers."""
        name = f"{pod['node']}-{pod['name']}"
        if pod["name"].startswith("coredns"):
            run_python(name, "dns.py", "forward", pod["ip"], pod.get("upstream", UPSTREAM), os.path.join(self.pod_log(pod), "coredns", "0.log"), *pod.get("dns", []))
        for port in pod["ports"]:
            if port["protocol"] == "TCP" and not pod["name"].startswith("coredns"):
                tls = [self.path("pki", pod["name"])] if port["name"] == "https" else []
                run_python(name, "answer.py", pod["ip"], str(port["containerPort"]), pod["name"], *tls)

    def unplug_pod(self, node, pod):
        """Container, sandbox and network away, as at a Pod's end."""
        name = f"{pod['node']}-{pod['name']}"
        if any(port.get("hostPort") for port in pod["ports"]):
            self.cni(node, pod, "portmap", "DEL", check=False)
        if pod["annotations"]:
            self.cni(node, pod, "bandwidth", "DEL", check=False)
            run("ip", "link", "del", self.ifb(pod), ns=node["name"], check=False)
        for pid in pids_in(name):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.pod_log(pod), ignore_errors=True)
        run("ip", "link", "del", self.veth(name), ns=node["name"], check=False)
        run("ip", "netns", "del", PREFIX + name, check=False)

    def pod_log(self, pod):
        return self.path("nodes", pod["node"], "log", "pods", f"{pod['namespace']}_{pod['name']}_{model.pod_uid(pod)}")

    # --- CNI plugins --------------------------------------------------------------------------------------------------
    @staticmethod
    def ifb(pod):
        return "bwp" + pod["name"].replace("-", "")[:10]

    def cni(self, node, pod, plugin, command, config=None, check=True):
        """Runs the real plugin as a runtime does. False: this machine has none."""
        program = os.path.join(PLUGINS, plugin)
        if not os.access(program, os.X_OK):
            return False
        name = f"{pod['node']}-{pod['name']}"
        # The node's rules are in the legacy backend: the plugin's iptables is that one.
        tools = self.path("cni-tools")
        if not os.path.isdir(tools):
            os.makedirs(tools)
            for tool in ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"):
                os.symlink("/usr/sbin/xtables-legacy-multi", os.path.join(tools, tool))
        space = f"/run/netns/{PREFIX}{name}"
        request = {"cniVersion": "0.4.0", "name": "cbr0", "type": plugin, **(config or {}),
                   "prevResult": {"cniVersion": "0.4.0", "interfaces": [{"name": self.veth(name)}, {"name": "eth0", "sandbox": space}],
                                  "ips": [{"version": "4", "interface": 1, "address": pod["ip"] + "/24", "gateway": node["podCIDR"].replace(".0/24", ".1")}]}}
        if plugin == "portmap" and "runtimeConfig" not in request:
            request["runtimeConfig"] = {"portMappings": [{"hostPort": p["hostPort"], "containerPort": p["containerPort"], "protocol": p["protocol"].lower()}
                                                         for p in pod["ports"] if p.get("hostPort")]}
        environment = {"CNI_COMMAND": command, "CNI_CONTAINERID": model.sandbox(pod), "CNI_NETNS": space, "CNI_IFNAME": "eth0", "CNI_PATH": PLUGINS,
                       "PATH": f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin"}
        done = subprocess.run(["nsenter", f"--net=/run/netns/{PREFIX}{node['name']}", "--", program], input=json.dumps(request), capture_output=True, text=True, env=environment)
        if done.returncode != 0 and check:
            try:
                raise PluginFailed(json.loads(done.stdout)["msg"])
            except (ValueError, KeyError):
                raise PluginFailed((done.stdout + done.stderr).strip()) from None
        return True

    def shape(self, node, pod, ingress, egress, burst):
        """The bandwidth plugin on a new Pod, with the rates (bit/s) that the runtime hands it. PluginFailed with its words."""
        limits = {}
        if ingress:
            limits |= {"ingressRate": ingress, "ingressBurst": burst}
        if egress:
            limits |= {"egressRate": egress, "egressBurst": burst}
        if self.cni(node, pod, "bandwidth", "ADD", {"runtimeConfig": {"bandwidth": limits}}):
            return
        if burst == 0:
            raise PluginFailed("if rate is set, burst must also be set")
        # What the plugin does: tbf on the host's end for what the Pod receives; for what it sends an ifb, to which the
        # packets that come in from the Pod are redirected.
        veth, ifb = self.veth(f"{pod['node']}-{pod['name']}"), self.ifb(pod)

        def tbf(device, rate):
            run("tc", "qdisc", "add", "dev", device, "root", "handle", "1:", "tbf", "rate", f"{rate}bit", "burst", str(burst // 8), "latency", "25ms", ns=node["name"])

        if ingress:
            tbf(veth, ingress)
        if egress:
            run("ip", "link", "add", ifb, "type", "ifb", ns=node["name"])
            run("ip", "link", "set", ifb, "up", ns=node["name"])
            run("tc", "qdisc", "add", "dev", veth, "handle", "ffff:", "ingress", ns=node["name"])
            run("tc", "filter", "add", "dev", veth, "parent", "ffff:", "protocol", "all", "u32", "match", "u32", "0", "0",
                "action", "mirred", "egress", "redirect", "dev", ifb, ns=node["name"])
            tbf(ifb, egress)

    # --- a Pod's life -------------------------------------------------------------------------------------------------
    def find_pod(self, state, namespace, name):
        return next((p for p in state["pods"] if p["namespace"] == namespace and p["name"] == name), None)

    def node_of(self, state, pod):
        return next(n for n in state["nodes"] if n["name"] == pod["node"])

    def start_pod(self, state, pod):
        """What kubelet and runtime do with a Pod that is bound to their node: the sandbox, the plugins, the containers."""
        node = self.node_of(state, pod)
        pod.pop("phase", None)
        self.plug_pod(node, pod)
        version = tuple(int(part) for part in node.get("version", model.VERSION)[1:].split("."))
        try:
            rates = [model.bits(pod["annotations"].get(f"kubernetes.io/{direction}-bandwidth", "0")) for direction in ("ingress", "egress")]
            if any(rates):
                # dockershim until 1.12 sent no burst, until 1.14 a thousandth of the rate, and MaxInt32 as burst ever since.
                if version < (1, 15, 0):
                    rates = [rate // 1000 for rate in rates]
                self.shape(node, pod, rates[0], rates[1], 0 if version < (1, 13, 0) else 2**31 - 1)
            if any(port.get("hostPort") for port in pod["ports"]) and node.pop("flushed", False) and not self.cni(node, pod, "portmap", "ADD"):
                self.apply(node, state)
        except PluginFailed as failed:
            self.unplug_pod(node, pod)
            pod["phase"] = "Pending"
            state.setdefault("events", []).append(model.event(pod, "FailedCreatePodSandBox", self.now(),
                f'Failed create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container "{model.sandbox(pod)}" network for pod "{pod["name"]}": '
                f'NetworkPlugin cni failed to set up pod "{pod["name"]}_{pod["namespace"]}" network: {failed}'))

    def remake_pod(self, state, pod):
        """Deleted, and made anew by its controller: another UID, another address."""
        node = self.node_of(state, pod)
        self.unplug_pod(node, pod)
        pod["made"] = pod.get("made", 0) + 1
        head, last = pod["ip"].rsplit(".", 1)
        pod["ip"] = f"{head}.{(int(last) + 100) % 250 + 2}"
        pod["created"] = self.now()
        for planted in ("dns", "resolv", "unready"):
            pod.pop(planted, None)
        if pod["name"].startswith("coredns"):
            forward = state.get("forward", UPSTREAM)
            pod["upstream"] = self.inherited_upstream(node) if forward.startswith("/") else forward.split()[0]
        state["events"] = [e for e in state.get("events", []) if e["involvedObject"]["name"] != pod["name"]]
        self.start_pod(state, pod)
        model.resolve(state)
        nodetools.write_answers(self.path("nodes", node["name"], "run"), node, state)
        if any(pod["ip"] in service["endpoints"] for service in state["services"]):
            for other in state["nodes"]:
                self.apply(other, state)
        if pod["name"].startswith("coredns") and not pod.get("phase"):
            wait_for("CoreDNS to answer", 10, lambda: f"{pod['ip']}:53" in run("ss", "-Hlnu", ns=f"{node['name']}-{pod['name']}") or pod.get("unready"))

    def inherited_upstream(self, node):
        """The servers that the kubelet hands on to CoreDNS: of its resolvConf, else of /etc/resolv.conf."""
        chosen = self.path("nodes", node["name"], "resolv.conf")
        with open(self.path("nodes", node["name"], "kubelet", "config.yaml")) as file:
            for line in file:
                if line.startswith("resolvConf: /run/systemd/resolve/resolv.conf"):
                    chosen = self.path("nodes", node["name"], "run", "real-resolv.conf")
        with open(chosen) as file:
            for line in file:
                if line.startswith("nameserver "):
                    return line.split()[1]
        return UPSTREAM
