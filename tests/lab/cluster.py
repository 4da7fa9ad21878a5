# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the lab up and down, and plants its faults. See the script 'lab'.

Networks: 172.31.0.0/24 between this machine (.254) and the jump host (.5); 172.31.1.0/24 behind it with the nodes (.11 …)
and the apiserver double on node-1:6443; 10.244.K.0/24 the Pods of node K. All in namespaces named medic-lab-*.
Several labs at a time: MEDIC_LAB_ID=1 … 99 makes the names medic-labID-* and the outer network 172.31.(100+ID).0/24.
"""
import datetime
import json
import os
import shutil
import subprocess
import sys

import ipvs
import kubeproxy
import model
import nodetools
from apiserver_case import ApiserverCase
from common import HOST_LINK, INNER, OUTER, PREFIX, UPSTREAM, pid_of, pids_in, run, run_python, wait_for
from notebook import Notebook
from pods import Pods
from service_case import ServiceCase


class Lab(Pods, Notebook, ServiceCase, ApiserverCase):
    def __init__(self, directory, top):
        self.dir = directory
        self.top = top
        self.here = os.path.dirname(os.path.realpath(__file__))

    # --- files --------------------------------------------------------------------------------------------------------
    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def put(self, path, text, mode=0o644):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as file:
            file.write(text)
        os.chmod(full, mode)

    def load(self):
        with open(self.path("state.json")) as file:
            return json.load(file)

    def save(self, state):
        self.put("state.json", json.dumps(state, indent=1))

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    # --- up -----------------------------------------------------------------------------------------------------------
    def up(self, count, mode="ipvs", control_planes=1):
        if os.path.exists(self.path("state.json")):
            self.down()
        os.makedirs(self.dir, exist_ok=True)
        state = model.cluster(count, mode, control_planes)
        state["faults"] = []
        self.keys([n["name"] for n in state["nodes"]])
        agent = self.path("agent")
        run("cc", "-O1", "-o", agent, os.path.join(self.here, "agent.c"))
        nodetools.write_tools(self.path("bin"), agent)
        self.pki(state)
        self.networks(state)
        for node in state["nodes"]:
            self.node_files(node, state)
        self.save(state)
        self.start_jump()
        self.name_server("jump", UPSTREAM, "answer")
        self.outside()
        for node in state["nodes"]:
            self.start_node(node)
            self.apply(node, state)
        self.publish(state)
        run_python("sw", "controller.py", self.dir, log=self.path("controller.out"))
        for name, port in [("jump", 22), *[(n["name"], 22) for n in state["nodes"]]]:
            wait_for(f"sshd of {name}", 20, lambda n=name, p=port: f":{p} " in run("ss", "-Hlnt", ns=n))
        wait_for("the apiserver", 20, lambda: ":6443" in run("ss", "-Hlnt", ns="node-1"))
        print(f"up: {count} nodes behind {HOST_LINK}\n  ssh -F {self.path('ssh_config')} node-1\n  kubeconfig {self.path('admin.conf')} (through node-1 or the jump host)")

    def keys(self, names):
        os.makedirs(self.path("keys"), exist_ok=True)
        for name in ["client", "jump", *names]:
            if not os.path.exists(self.path("keys", name)):
                run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.path("keys", name))

    def pki(self, state):
        if os.path.exists(self.path("pki", "ca.crt")):
            return
        os.makedirs(self.path("pki"), exist_ok=True)

        def p(name):
            return self.path("pki", name)

        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", p("ca.key"), "-out", p("ca.crt"), "-days", "3650", "-subj", "/CN=kubernetes")
        addresses = ",".join(f"IP:{n['ip']}" for n in state["nodes"])
        for name, subject, names in (("apiserver", "/CN=kube-apiserver", f"DNS:kubernetes,DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,{addresses}"),
                                     ("admin", "/O=system:masters/CN=kubernetes-admin", "DNS:admin")):
            run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", p(f"{name}.key"), "-out", p(f"{name}.csr"), "-subj", subject)
            self.put(f"pki/{name}.ext", f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n")
            run("openssl", "x509", "-req", "-in", p(f"{name}.csr"), "-CA", p("ca.crt"), "-CAkey", p("ca.key"), "-CAcreateserial", "-out", p(f"{name}.crt"), "-days", "365", "-extfile", p(f"{name}.ext"))

    def networks(self, state):
        for name in ["sw", "jump", *[n["name"] for n in state["nodes"]]]:
            run("ip", "netns", "add", PREFIX + name)
            run("ip", "link", "set", "lo", "up", ns=name)
        run("ip", "link", "add", HOST_LINK, "type", "veth", "peer", "name", "eth0", "netns", PREFIX + "jump")
        run("ip", "addr", "add", f"{OUTER}.254/24", "dev", HOST_LINK)
        run("ip", "link", "set", HOST_LINK, "up")
        # Only the jump host sees the nodes: wherever this machine's default route leads, it must not lead there.
        run("ip", "route", "replace", "unreachable", INNER)
        run("ip", "addr", "add", f"{OUTER}.5/24", "dev", "eth0", ns="jump")
        run("ip", "link", "set", "eth0", "up", ns="jump")
        run("ip", "link", "add", "br0", "type", "bridge", ns="sw")
        run("ip", "link", "set", "br0", "up", ns="sw")

        def plug(name, device):
            run("ip", "link", "add", device, "type", "veth", "peer", "name", f"p-{name}"[:15], "netns", PREFIX + "sw", ns=name)
            run("ip", "link", "set", f"p-{name}"[:15], "master", "br0", "up", ns="sw")
            run("ip", "link", "set", device, "up", ns=name)

        plug("jump", "eth1")
        run("ip", "addr", "add", "172.31.1.5/24", "dev", "eth1", ns="jump")
        for node in state["nodes"]:
            name = node["name"]
            plug(name, "eth0")
            run("ip", "addr", "add", node["ip"] + "/24", "dev", "eth0", ns=name)
            run("ip", "-6", "addr", "add", node["ip6"] + "/64", "dev", "eth0", "nodad", ns=name)
            run("ip", "route", "add", "default", "via", "172.31.1.5", ns=name)
            run("ip", "link", "add", "cni0", "type", "bridge", ns=name)
            gateway = node["podCIDR"].replace(".0/24", ".1/24")
            run("ip", "addr", "add", gateway, "dev", "cni0", ns=name)
            run("ip", "link", "set", "cni0", "up", ns=name)
            # A bridge stands for the dummy device: what matters is an interface that is down and holds the addresses.
            if node["mode"] == "ipvs":
                run("ip", "link", "add", "kube-ipvs0", "type", "bridge", ns=name)
            run("ip", "route", "add", node["podCIDR"], "via", node["ip"], ns="jump")
            run("sysctl", "-qw", "net.ipv4.ip_forward=1", ns=name)
            for key in ("net.bridge.bridge-nf-call-iptables=1", "net.ipv4.conf.cni0.route_localnet=1"):
                run("sysctl", "-qw", key, ns=name, check=False)
        for node in state["nodes"]:
            for other in state["nodes"]:
                if other is not node:
                    run("ip", "route", "add", other["podCIDR"], "via", other["ip"], ns=node["name"])

    def node_files(self, node, state):
        name = node["name"]
        base = f"nodes/{name}"
        self.put(f"{base}/hosts", "127.0.0.1 localhost\n" + "".join(f"{n['ip']} {n['name']}\n" for n in state["nodes"]))
        self.put(f"{base}/hostname", name + "\n")
        self.put(f"{base}/resolv.conf", f"nameserver {UPSTREAM}\noptions timeout:2 attempts:2\n")
        self.put(f"{base}/os-release", 'PRETTY_NAME="Ubuntu 20.04.6 LTS"\nNAME="Ubuntu"\nVERSION_ID="20.04"\nID=ubuntu\nID_LIKE=debian\n')
        self.put(f"{base}/sshd_config", self.sshd_config(name, node["ip"]))
        self.put(f"{base}/etc-cni/net.d/10-cbr0.conflist", json.dumps({"cniVersion": "0.3.1", "name": "cbr0", "plugins": [
            {"type": "bridge", "bridge": "cni0", "isGateway": True, "hairpinMode": True, "ipam": {"type": "host-local", "subnet": node["podCIDR"]}},
            {"type": "portmap", "capabilities": {"portMappings": True}}, {"type": "bandwidth", "capabilities": {"bandwidth": True}}]}, indent=1))
        self.put(f"{base}/kubelet/config.yaml", nodetools.kubelet_config("10.96.0.10"))
        # The plugins answer their "about" line as the real ones do: 0.7 says no release, 0.8 and later do.
        for plugin in ("bridge", "portmap", "host-local", "loopback", "bandwidth"):
            self.put(f"{base}/opt-cni/bin/{plugin}", "#!/bin/sh\necho \"CNI %s plugin $(cat /run/lab/cni-version)\" >&2\n" % plugin, 0o755)
        os.makedirs(self.path(base, "run"), exist_ok=True)
        nodetools.put(self.path(base, "run", "cni-version"), "v0.8.6\n")
        # How busy this machine is is not how busy the node is.
        calm = "avg10=0.00 avg60=0.12 avg300=0.08 total=123456789"
        self.put(f"{base}/proc/loadavg", "0.21 0.18 0.15 1/412 9876\n")
        self.put(f"{base}/proc/pressure/cpu", f"some {calm}\nfull {calm}\n")
        for kind in ("io", "memory"):
            self.put(f"{base}/proc/pressure/{kind}", f"some {calm}\nfull {calm}\n")
        if node["controlPlane"]:
            self.put(f"{base}/etc-kubernetes/manifests/kube-apiserver.yaml", nodetools.APISERVER_MANIFEST.replace("ADDRESS", node["ip"]))
            double = os.path.join(self.top, "tests", "fakes", "apiserver_double.py")
            self.put(f"{base}/apiserver", f"exec python3 {double} --listen 0.0.0.0:6443 --objects {self.path('api')} --ca {self.path('pki/ca.crt')} "
                     f"--cert {self.path('pki/apiserver.crt')} --key {self.path('pki/apiserver.key')}\n")
            os.makedirs(self.path(base, "etc-kubernetes", "pki"), exist_ok=True)
            for file in ("ca.crt", "apiserver.crt"):
                shutil.copy(self.path("pki", file), self.path(base, "etc-kubernetes", "pki", file))
        # What kube-proxy does when it has come up: it writes what the API says.
        self.put(f"{base}/run/on-start/kube-proxy", f"#!/bin/sh\nexec /usr/local/sbin/kubectl kube-proxy-started {name}\n", 0o755)
        nodetools.write_answers(self.path(base, "run"), node, state)

    def sshd_config(self, name, address):
        return (f"Port 22\nListenAddress {address}\nHostKey {self.path('keys', name)}\nAuthorizedKeysFile {self.path('keys/client.pub')}\nStrictModes no\n"
                "PermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\nMaxStartups 200\nAllowTcpForwarding yes\nPidFile none\n"
                "SetEnv PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin\nPrintMotd no\n")

    def start(self, name, command):
        subprocess.Popen(["setsid", "nsenter", f"--net=/run/netns/{PREFIX}{name}", "unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", *command],
                         stdin=subprocess.DEVNULL, stdout=open(self.path(f"{name}.out"), "w"), stderr=subprocess.STDOUT)
        wait_for(f"the first process of {name}", 20, lambda: pid_of(name))

    def start_jump(self):
        self.put("jump_sshd_config", self.sshd_config("jump", "0.0.0.0"))
        script = (f"mount --make-rprivate /; mount -t proc proc /proc; mount -t tmpfs tmpfs /run; mkdir -p /run/sshd; hostname jump; "
                  f"/usr/sbin/sshd -D -e -f {self.path('jump_sshd_config')} & exec -a {PREFIX}jump sleep infinity")
        self.start("jump", ["bash", "-c", script])
        hosts = [("jump", f"{OUTER}.5"), *[(n["name"], n["ip"]) for n in self.load()["nodes"]]]
        with open(self.path("known_hosts"), "w") as file:
            for name, address in hosts:
                with open(self.path("keys", name + ".pub")) as key:
                    file.write(f"{address} {' '.join(key.read().split()[:2])}\n")
        lines = ["Host jump", f"  HostName {OUTER}.5", ""]
        for name, address in hosts[1:]:
            lines += [f"Host {name} {address}", f"  HostName {address}", "  ProxyJump jump", ""]
        lines += ["Host *", "  User root", f"  IdentityFile {self.path('keys/client')}", "  IdentitiesOnly yes", f"  UserKnownHostsFile {self.path('known_hosts')}",
                  "  StrictHostKeyChecking yes", ""]
        self.put("ssh_config", "\n".join(lines))
        import base64

        def data(file):
            with open(self.path("pki", file), "rb") as source:
                return base64.b64encode(source.read()).decode()

        address = hosts[1][1]
        self.put("admin.conf", f"apiVersion: v1\nkind: Config\ncurrent-context: lab\nclusters:\n- name: lab\n  cluster:\n    server: https://{address}:6443\n    certificate-authority-data: {data('ca.crt')}\n"
                 f"users:\n- name: admin\n  user:\n    client-certificate-data: {data('admin.crt')}\n    client-key-data: {data('admin.key')}\ncontexts:\n- name: lab\n  context: {{cluster: lab, user: admin}}\n", 0o600)

    def start_node(self, node):
        self.start(node["name"], [os.path.join(self.here, "node-init.sh"), self.dir, node["name"], PREFIX])

    # --- what the node carries ----------------------------------------------------------------------------------------
    def inside(self, name, *words, text=None, check=True):
        command = ["nsenter", "--target", pid_of(name), "--mount", "--uts", "--net", "--pid", "--", *words]
        done = subprocess.run(command, input=text, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise SystemExit(f"lab: {name}: {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, node, state):
        """Pods, addresses, rules and sets of a node, as its kubelet, CNI and kube-proxy would have made them."""
        name = node["name"]
        pods = [p for p in state["pods"] if p["node"] == name and not p["hostNetwork"]]
        for pod in pods:
            self.plug_pod(node, pod)
        services = [] if node.get("noServiceRules") else node.get("staleServices") or state["services"]
        run("ip", "addr", "flush", "dev", "kube-ipvs0", ns=name, check=False)
        if node["mode"] == "ipvs":
            for address in dict.fromkeys(s["clusterIP"] for s in services):
                run("ip", "addr", "add", address + "/32", "dev", "kube-ipvs0", ns=name)
            nodetools.put(self.path("nodes", name, "run", "ipvsadm-Sn"), kubeproxy.ipvsadm_text(services, [node["ip"]]))
        run("nft", "-f", "-", text=ipvs.ruleset(services, [node["ip"]]) if node["mode"] == "ipvs" else ipvs.nothing(), ns=name)
        sets = kubeproxy.ipset_text(services, node["podCIDR"].rsplit(".", 1)[0] + ".")
        run("iptables-legacy", "-t", "nat", "-F", ns=name)
        run("iptables-legacy", "-t", "nat", "-X", ns=name)
        run("ipset", "destroy", ns=name, check=False)
        if node["mode"] == "ipvs":
            run("ipset", "restore", text=sets, ns=name)
        mapped = [p for p in pods if not p.get("phase")] if not node.get("flushed") else []
        nat = kubeproxy.nat_table(services, mapped, node["mode"], model.CLUSTER_CIDR, node["podCIDR"], node["portmapFirst"])
        run("iptables-legacy-restore", text=kubeproxy.without_proxy(nat) if node.get("noServiceRules") else nat, ns=name)
        run("iptables-legacy-restore", text=kubeproxy.filter_table(), ns=name)
        if node.get("staleTarget"):
            self.stale_rule(node)

    def name_server(self, namespace, address, mode):
        """Ends the name server at that address and starts another; None: none."""
        for pid, words in pids_in(namespace).items():
            if any(word.endswith("dns.py") for word in words) and address in words and "forward" not in words:
                os.kill(pid, 9)
        wait_for(f"{address}:53 to be free", 5, lambda: f"{address}:53" not in run("ss", "-Hlnu", ns=namespace))
        if mode:
            run_python(namespace, "dns.py", mode, address)
            wait_for(f"the name server at {address}", 10, lambda: f"{address}:53" in run("ss", "-Hlnu", ns=namespace))

    def publish(self, state):
        """The API objects, where the double reads them on each request."""
        for path, document in model.api_objects(state, self.now()).items():
            self.put("api" + path + ".json", json.dumps(document))

    def renew_leases(self):
        path = "api/apis/coordination.k8s.io/v1/leases.json"
        documents = model.api_objects(self.load(), self.now())
        self.put(path + ".new", json.dumps(documents["/apis/coordination.k8s.io/v1/leases"]))
        os.rename(self.path(path + ".new"), self.path(path))

    # --- faults -------------------------------------------------------------------------------------------------------
    def incident(self, name, on):
        state = self.load()
        plant = getattr(self, "plant_" + name.replace("-", "_"), None)
        if plant is None:
            known = sorted(f[6:].replace("_", "-") for f in dir(self) if f.startswith("plant_"))
            print("lab: incidents: " + ", ".join(known), file=sys.stderr)
            return 2
        plant(state, on)
        state["faults"] = sorted((set(state["faults"]) - {name}) | ({name} if on else set()))
        self.commit(state)
        return 0

    def commit(self, state):
        self.save(state)
        self.publish(state)

    def node(self, state, index):
        return state["nodes"][min(index, len(state["nodes"]) - 1)]

    def stop_unit(self, node, unit, on):
        marker = self.path("nodes", node["name"], "run", unit + ".stop")
        if on:
            nodetools.put(marker, "")
            self.inside(node["name"], "pkill", "-x", unit, check=False)
        elif os.path.exists(marker):
            os.remove(marker)

    def plant_disk_full(self, state, on):
        """The images' file system of node-3, a small one, filled."""
        name = self.node(state, 2)["name"]
        self.small_disk(name, on)
        if on:
            self.inside(name, "sh", "-c", "dd if=/dev/zero of=/var/lib/docker/overlay2-layers bs=64k 2>/dev/null; rm -rf /var/lib/docker/lost+found", check=False)

    def small_disk(self, name, on):
        path, image = "/var/lib/docker", self.path("nodes", name, "imagefs.img")
        self.inside(name, "umount", path, check=False)
        if not on:
            return
        with open(image, "wb") as file:
            file.truncate(48 << 20)
        run("mkfs.ext4", "-q", "-m", "0", image)
        if "df" not in self.inside(name, "sh", "-c", f"mount -o loop {image} {path} && echo df", check=False):
            # Where no loop device can be had: a file system in memory under a disk's name.
            self.inside(name, "mount", "-t", "tmpfs", "-o", "size=40m", "/dev/sdb1", path)

    def plant_kube_proxy_dead(self, state, on):
        self.stop_unit(self.node(state, 1), "kube-proxy", on)

    def plant_kube_proxy_stale(self, state, on):
        """kube-proxy stopped, then a Pod of web moved: the rules of node-2 still hold the old endpoint."""
        node = self.node(state, 1)
        self.stop_unit(node, "kube-proxy", on)
        if on:
            node["staleServices"] = [dict(s) for s in state["services"]]
            node["mode"] = "iptables"
            self.apply(node, state)
            for pod in state["pods"]:
                if pod["name"] == "web-0":
                    pod["ip"] = pod["ip"].replace(".10", ".77")
            model.resolve(state)
        else:
            node.pop("staleServices", None)
            node["mode"] = "ipvs"
        for other in state["nodes"]:
            self.apply(other, state)

    def plant_apiserver_down(self, state, on):
        marker = self.path("nodes", "node-1", "run", "kube-apiserver.stop")
        if on:
            nodetools.put(marker, "")
            self.inside("node-1", "pkill", "-f", "apiserver_double.py", check=False)
            wait_for("the apiserver to end", 10, lambda: ":6443" not in run("ss", "-Hlnt", ns="node-1"))
        elif os.path.exists(marker):
            os.remove(marker)
            wait_for("the apiserver", 20, lambda: ":6443" in run("ss", "-Hlnt", ns="node-1"))

    def plant_apiserver_image_gone(self, state, on):
        """The notebook's case 1.3 on node-1: the images' disk ran full, the kubelet's garbage collection removed the
        apiserver's image, and it cannot be pulled again: the registry's unit has failed and the name server is silent."""
        node = state["nodes"][0]
        name = node["name"]
        self.small_disk(name, on)
        if on:
            self.inside(name, "sh", "-c", "head -c 38m /dev/zero > /var/lib/docker/overlay2-layers; rm -rf /var/lib/docker/lost+found", check=False)
        node["apiserverImageGone"] = on
        self.name_server(name, node["ip"], "silent" if on else None)
        self.put(f"nodes/{name}/resolv.conf", f"nameserver {node['ip'] if on else UPSTREAM}\noptions timeout:2 attempts:2\n")
        nodetools.write_answers(self.path("nodes", name, "run"), node, state)
        self.plant_apiserver_down(state, on)

    def plant_node_hung(self, state, on):
        self.inside(self.node(state, 2)["name"], "pkill", "-STOP" if on else "-CONT", "-x", "sshd", check=False)

    def plant_clock_unsynced(self, state, on):
        node = self.node(state, 2)
        nodetools.put(self.path("nodes", node["name"], "run", "timedatectl"),
                      f"Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP={'no' if on else 'yes'}\nNTPSynchronized={'no' if on else 'yes'}\n")

    # --- down, status, exec -------------------------------------------------------------------------------------------
    def down(self):
        mine = [name for name in (os.listdir("/run/netns") if os.path.isdir("/run/netns") else []) if name.startswith(PREFIX)]
        for name in mine:
            for word in subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True).stdout.split():
                subprocess.run(["kill", "-9", word], capture_output=True)
        subprocess.run(["ip", "link", "del", HOST_LINK], capture_output=True)
        for name in mine:
            subprocess.run(["ip", "netns", "del", name])
        if not any(link.startswith("medic-lab") for link in os.listdir("/sys/class/net")):
            subprocess.run(["ip", "route", "del", "unreachable", INNER], capture_output=True)
        for name in ("nodes", "api", "own-machine"):
            shutil.rmtree(self.path(name), ignore_errors=True)
        if os.path.exists(self.path("state.json")):
            os.remove(self.path("state.json"))

    def status(self):
        if not os.path.exists(self.path("state.json")):
            print("down")
            return
        state = self.load()
        for node in state["nodes"]:
            print(f"{node['name']}  {node['ip']}  {node['mode']}  {'up' if pid_of(node['name']) else 'DOWN'}")
        print("faults: " + (", ".join(state["faults"]) or "none"))

    def execute(self, name, words):
        return subprocess.call(["nsenter", "--target", pid_of(name), "--mount", "--uts", "--net", "--pid", "--", *words])
