# SPDX-License-Identifier: GPL-3.0-or-later
"""Case 1.3 in the lab, out of real parts: bind9 with the site's zones, a docker registry behind nginx with TLS, a small full
file system, an Elasticsearch that keeps its indices there. 'site' sets them up, in order; the other incidents break them.

node-1 is the control-plane node with the small disk, node-2 the deploy node with name server and registry.
"""
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import time

import nodetools
from common import HERE, pid_of, run, wait_for

ZONES = ("gcr.io", "quay.io", "docker.io", "elastic.co")
SITE = "/opt/local/secureregistryserver"
IMAGEFS = "/var/lib/docker"
ELASTIC = IMAGEFS + "/volumes/elasticsearch/_data"
TOOLS = {"named": "bind9", "named-checkconf": "bind9", "rndc": "bind9", "docker-registry": "docker-registry", "nginx": "nginx", "dig": "bind9-dnsutils"}

NAMED_CONF = """options {
    directory "/var/cache/bind";
    listen-on { any; };
    listen-on-v6 { none; };
    recursion yes;
    allow-query { any; };
    forwarders { 172.31.1.5; };
    forward only;
    dnssec-validation no;
};
include "/etc/bind/named.conf.default-zones";
"""
NGINX_CONF = f"""user root;
worker_processes 1;
error_log {SITE}/nginx-error.log;
pid /run/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path {SITE}/tmp-body;
    proxy_temp_path {SITE}/tmp-proxy;
    fastcgi_temp_path {SITE}/tmp-fastcgi;
    uwsgi_temp_path {SITE}/tmp-uwsgi;
    scgi_temp_path {SITE}/tmp-scgi;
    server {{
        listen 443 ssl;
        ssl_certificate {SITE}/certs/registry.crt;
        ssl_certificate_key {SITE}/certs/registry.key;
        location /v2/ {{
            proxy_pass http://127.0.0.1:5000;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto https;
        }}
    }}
}}
"""
REGISTRY_CONF = f"""version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: {SITE}/data}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:5000"}}
"""
# The kubelet's part: it starts the apiserver when its image is there and no back-off holds it.
APISERVER_GATE = """grep -q '^gcr.io/google-containers/kube-apiserver ' /run/lab/docker/images || exit 1
[ ! -e /run/lab/kubelet.backoff ] || [ "$(date +%s)" -ge "$(cat /run/lab/kubelet.backoff)" ] || exit 1
"""


class ApiserverCase:
    """Mixed into the lab."""

    # --- the site's parts ---------------------------------------------------------------------------------------------
    def plant_site(self, state, on):
        missing = sorted({package for tool, package in TOOLS.items() if not shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin")})
        if missing:
            raise SystemExit("lab: needs the packages " + ", ".join(missing))
        node, deploy = state["nodes"][0], self.node(state, 1)
        if not on:
            for unit in ("named", "docker-registry", "nginx"):
                self.inside(deploy["name"], "pkill", "-9", "-x", unit, check=False)
            return
        self.small_disk(node["name"], True)
        self.site_pki(deploy)
        self.site_files(deploy)
        self.keep(deploy["name"], "named", "/usr/sbin/named", "-f", "-u", "bind")
        self.keep(deploy["name"], "secureregistryserver", "/usr/bin/docker-registry", "serve", f"{SITE}/registry.yml")
        self.keep(deploy["name"], "secureregistryserver", "/usr/sbin/nginx", "-c", f"{SITE}/nginx.conf", "-g", "daemon off;")
        self.unit(deploy, "named", kill="named")
        self.unit(deploy, "secureregistryserver", kill="docker-registry nginx")
        for other in state["nodes"]:
            self.put(f"nodes/{other['name']}/resolv.conf", f"nameserver {deploy['ip']}\noptions timeout:2 attempts:2\n")
            self.trust(other["name"])
        self.elastic_data(node["name"], old=2, recent=2)
        self.keep(node["name"], "elasticsearch", "python3", os.path.join(HERE, "search_engine.py"), ELASTIC)
        gate = f"nodes/{node['name']}/apiserver"
        with open(self.path(gate)) as file:
            start = file.read()
        if "kubelet.backoff" not in start:
            self.put(gate, APISERVER_GATE + start)
        # A kubelet that starts anew has forgotten its back-offs.
        self.put(f"nodes/{node['name']}/run/on-start/kubelet", "#!/bin/sh\nrm -f /run/lab/kubelet.backoff\n", 0o755)
        wait_for("bind9", 20, lambda: self.says(deploy["name"], "dig", "+short", "+time=1", "+tries=1", "@127.0.0.1", "gcr.io") == deploy["ip"])
        wait_for("the registry behind nginx", 20, lambda: self.says(deploy["name"], "curl", "-sk", "-m2", "-o/dev/null", "-w%{http_code}", "https://127.0.0.1/v2/") == "200")
        self.push_image(deploy["name"], "google-containers/kube-apiserver", "v1.20.2")
        wait_for("Elasticsearch", 20, lambda: self.says(node["name"], "curl", "-s", "-m2", "-o/dev/null", "-w%{http_code}", "http://127.0.0.1:9200/") == "200")

    def says(self, name, *words):
        return self.inside(name, *words, check=False).strip()

    def keep(self, name, unit, *command):
        """A unit's process on a node, started again when it ends, unless the unit is stopped."""
        subprocess.Popen(["setsid", "nsenter", "--target", pid_of(name), "--mount", "--uts", "--net", "--pid", "--",
                          os.path.join(HERE, "keep.sh"), unit, *command],
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def unit(self, node, name, kill):
        nodetools.put_unit(self.path("nodes", node["name"], "run"), name)
        nodetools.put(self.path("nodes", node["name"], "run", "units", name + ".kill"), kill + "\n")

    def site_pki(self, deploy):
        def p(name):
            return self.path("pki", name)

        names = ",".join(f"DNS:{zone},DNS:*.{zone}" for zone in ZONES) + f",IP:{deploy['ip']},IP:127.0.0.1"
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", p("registry.key"), "-out", p("registry.csr"), "-subj", "/CN=gcr.io")
        self.put("pki/registry.ext", f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        run("openssl", "x509", "-req", "-in", p("registry.csr"), "-CA", p("ca.crt"), "-CAkey", p("ca.key"), "-CAcreateserial", "-out", p("registry.crt"),
                     "-days", "365", "-extfile", p("registry.ext"))

    def zone(self, deploy, address=None, broken=False):
        head = f"$TTL 60\n@ IN SOA ns.site. root.site. (2019072901 3600 900 604800 60)\n@ IN NS ns.site.\n"
        return head + f"@ IN A {address or deploy['ip']}\n* IN A {address or deploy['ip']}\n" + ("k8s IN A deploy-node\n" if broken else "")

    def site_files(self, deploy):
        name, base = deploy["name"], f"nodes/{deploy['name']}/etc-bind"
        os.makedirs(self.path(base), exist_ok=True)
        for file in ("rndc.key", "bind.keys"):
            if os.path.exists("/etc/bind/" + file):
                shutil.copy("/etc/bind/" + file, self.path(base, file))
                shutil.chown(self.path(base, file), "bind", "bind")
        self.put(f"{base}/named.conf", NAMED_CONF)
        self.put(f"{base}/named.conf.default-zones", "".join(f'zone "{zone}" {{\n    type master;\n    file "/etc/bind/db.{zone}";\n}};\n' for zone in ZONES))
        for zone in ZONES:
            self.put(f"{base}/db.{zone}", self.zone(deploy))
        os.chmod(self.path(base), 0o755)
        os.makedirs("/opt/local", exist_ok=True)
        self.inside(name, "sh", "-c", f"mount --bind {self.path(base)} /etc/bind; mkdir -p /run/named; chown bind:bind /run/named; "
                    f"mount -t tmpfs tmpfs /var/cache/bind; chown bind:bind /var/cache/bind; mount -t tmpfs tmpfs /opt/local; mkdir -p {SITE}/certs {SITE}/data")
        for file, text in (("nginx.conf", NGINX_CONF), ("registry.yml", REGISTRY_CONF), ("docker-compose.yml", "# nginx and registry:2, as containers of this unit\n")):
            self.inside(name, "sh", "-c", f"cat > {SITE}/{file}", text=text)
        for file in ("registry.crt", "registry.key"):
            self.inside(name, "cp", self.path("pki", file), f"{SITE}/certs/{file}")

    def trust(self, name):
        """As update-ca-certificates does with a file below /usr/local/share/ca-certificates."""
        bundle = "/etc/ssl/certs/ca-certificates.crt"
        target = self.path("nodes", name, "ca-certificates.crt")
        with open(target, "w") as out:
            for source in (bundle, self.path("pki", "ca.crt")):
                if os.path.exists(source):
                    with open(source) as file:
                        out.write(file.read())
        if os.path.exists(bundle):
            self.inside(name, "mount", "--bind", target, bundle)

    def push_image(self, name, path, tag):
        """The smallest image that a registry takes: a configuration and one layer."""
        layer = hashlib.sha512(tag.encode()).digest() * 4096
        config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
        parts = []
        for blob in (config, layer):
            digest = "sha256:" + hashlib.sha256(blob).hexdigest()
            file = self.path("nodes", name, "blob")
            with open(file, "wb") as out:
                out.write(blob)
            self.inside(name, "sh", "-c", f"l=$(curl -sS -f -X POST -D - -o /dev/null http://127.0.0.1:5000/v2/{path}/blobs/uploads/ | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p'); "
                        f"curl -sS -f -X PUT -H 'Content-Type: application/octet-stream' --data-binary @{file} \"$l&digest={digest}\"")
            parts.append((digest, len(blob)))
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                    "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": parts[0][0], "size": parts[0][1]},
                    "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "digest": parts[1][0], "size": parts[1][1]}]}
        self.inside(name, "curl", "-sS", "-f", "-X", "PUT", "-H", "Content-Type: application/vnd.docker.distribution.manifest.v2+json", "--data-binary", json.dumps(manifest),
                    f"http://127.0.0.1:5000/v2/{path}/manifests/{tag}")

    def elastic_data(self, name, old, recent):
        """Indices as files: their size is their bytes on the disk, their name and age are theirs."""
        self.inside(name, "sh", "-c", f"rm -rf {ELASTIC}; mkdir -p {ELASTIC}", check=False)
        today = datetime.datetime.now(datetime.timezone.utc)
        days = [60 + i for i in range(old)] + list(range(recent))
        for day in days:
            at = today - datetime.timedelta(days=day)
            size = "4m" if day >= 60 else "512k"
            self.inside(name, "sh", "-c", f"f={ELASTIC}/logstash-{at.strftime('%Y.%m.%d')}; head -c {size} /dev/zero > $f; touch -d @{int(at.timestamp())} $f")
        self.inside(name, "sh", "-c", f"head -c 64k /dev/zero > {ELASTIC}/.kibana_1")

    # --- faults -------------------------------------------------------------------------------------------------------
    def plant_apiserver_chain(self, state, on):
        """The whole of case 1.3, on a lab with 'site': container logs and Elasticsearch fill the images' file system of node-1,
        the kubelet's garbage collection removes the apiserver's image, and it cannot be pulled again: the name server hangs
        and the registry's unit has failed. The kubelet has backed off."""
        node, deploy = state["nodes"][0], self.node(state, 1)
        name = node["name"]
        answers = self.path("nodes", name, "run")
        node["apiserverImageGone"] = on
        node["registryUnitHere"] = False
        node["nameServer"] = deploy["ip"]
        if on:
            self.elastic_data(name, old=6, recent=2)
            log = f"{IMAGEFS}/containers/{'b' * 64}"
            # A log that says 600 MB of itself and holds 5: sparse, so that a small disk can have it.
            self.inside(name, "sh", "-c", f"mkdir -p {log}; truncate -s 600M {log}/{'b' * 64}-json.log; head -c 5m /dev/urandom | dd of={log}/{'b' * 64}-json.log conv=notrunc 2>/dev/null; "
                        f"rm -rf {IMAGEFS}/lost+found; mkdir -p {IMAGEFS}/overlay2; cat /dev/zero > {IMAGEFS}/overlay2/layers 2>/dev/null", check=False)
            nodetools.put(f"{answers}/kubelet.backoff", str(int(time.time()) + 300) + "\n")
        else:
            self.inside(name, "sh", "-c", f"rm -rf {IMAGEFS}/containers {IMAGEFS}/overlay2", check=False)
            self.inside(name, "rm", "-f", "/run/lab/kubelet.backoff")
        nodetools.write_answers(answers, node, state)
        self.inside(name, "pkill", "-f", "apiserver_double.py", check=False)
        self.stop_unit(deploy, "secureregistryserver", on)
        for process in ("nginx", "docker-registry"):
            if on:
                self.inside(deploy["name"], "pkill", "-x", process, check=False)
        self.inside(deploy["name"], "pkill", "-STOP" if on else "-CONT", "-x", "named", check=False)
        if not on:
            wait_for("the apiserver", 30, lambda: ":6443" in run("ss", "-Hlnt", ns=name))

    def rewrite_zone(self, state, text):
        deploy = self.node(state, 1)
        self.put(f"nodes/{deploy['name']}/etc-bind/db.gcr.io", text)
        self.inside(deploy["name"], "pkill", "-x", "named", check=False)
        wait_for("bind9", 20, lambda: self.says(deploy["name"], "dig", "+short", "+time=1", "+tries=1", "@127.0.0.1", "quay.io") == deploy["ip"])

    def plant_site_zone_broken(self, state, on):
        """A zone file with an error: bind9 comes up without this zone."""
        self.rewrite_zone(state, self.zone(self.node(state, 1)) if not on else self.zone(self.node(state, 1)).replace(" IN A ", " IN A not-an-address-"))

    def plant_site_zone_public(self, state, on):
        """Somebody has put the public address into the site's zone: pulls leave the site and end nowhere."""
        self.rewrite_zone(state, self.zone(self.node(state, 1), "142.250.102.82" if on else None))
