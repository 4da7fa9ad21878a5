# SPDX-License-Identifier: GPL-3.0-or-later
"""The node tools that cannot run in a lab node, answering from files below /run/lab, in the real tools' formats."""
import datetime
import json
import os
import stat

import model

TOOLS = {
    "systemctl": r'''#!/bin/sh
# systemctl of a lab node: units are files below /run/lab/units (KEY=value lines).
verb=; units=
for word in "$@"; do case $word in
  -*) ;; show|is-active|status|restart|start|stop|reload|cat) [ -z "$verb" ] && verb=$word || units="$units $word" ;;
  *=*|Id,*|Id) ;; *) units="$units $word" ;; esac; done
state_of() { f=/run/lab/units/${1%.service}.service
  [ -e "$f" ] || { printf 'Id=%s\nNames=%s\nActiveState=inactive\nSubState=dead\nLoadState=not-found\nUnitFileState=\nNRestarts=0\nMainPID=0\n' "${1%.service}.service" "${1%.service}.service"; return; }
  if [ -e "/run/lab/$(basename "$f" .service).stop" ]; then sed -e 's/^ActiveState=.*/ActiveState=failed/; s/^SubState=.*/SubState=failed/; s/^MainPID=.*/MainPID=0/' "$f"; else cat "$f"; fi; }
case $verb in
  show) first=1; for u in $units; do [ $first = 1 ] || echo; first=0; state_of "$u"; done ;;
  is-active) r=3; for u in $units; do s=$(state_of "$u" | sed -n 's/^ActiveState=//p'); echo "$s"; [ "$s" = active ] && r=0; done; exit $r ;;
  cat) for u in $units; do f=/run/lab/units/${u%.service}.service; [ -e "$f" ] || { echo "No files found for ${u%.service}.service." >&2; exit 1; }; cat "$f"; done ;;
  status) for u in $units; do state_of "$u"; done ;;
  restart|start) for u in $units; do n=${u%.service}; [ -e "/run/lab/units/$n.service" ] || { echo "Failed to $verb $u: Unit $u not found." >&2; exit 5; }
      # What is stopped (SIGSTOP) takes its TERM when it goes on; systemd would send KILL in the end.
      if [ "$verb" = restart ]; then for p in $(cat "/run/lab/units/$n.kill" 2>/dev/null || echo "$n"); do pkill -x "$p"; pkill -CONT -x "$p"; done; fi
      rm -f "/run/lab/$n.stop"; [ ! -x "/run/lab/on-start/$n" ] || "/run/lab/on-start/$n"; done; sleep 1.2; for h in /run/lab/after-start/*; do [ -x "$h" ] && "$h"; done; exit 0 ;;
  stop) for u in $units; do n=${u%.service}; touch "/run/lab/$n.stop"; pkill -x "$n"; done ;;
  *) echo "systemctl: verb '$verb' is not answered by the lab" >&2; exit 1 ;;
esac
''',
    "journalctl": r'''#!/bin/sh
# journalctl of a lab node: /run/lab/journal/UNIT (short-iso lines).
units=; kernel=; quiet=
case "$*" in *--vacuum*) echo "Vacuuming done, freed 0B of archived journals from /var/log/journal."; exit 0 ;; *--disk-usage*) echo "Archived and active journals take up 16.0M in the file system."; exit 0 ;; esac
while [ $# -gt 0 ]; do case $1 in -u) units="$units $2"; shift ;; --unit=*) units="$units ${1#*=}" ;; -u*) units="$units ${1#-u}" ;; -k|--dmesg) kernel=1 ;; -q|--quiet) quiet=1 ;; esac; shift; done
[ -n "$kernel" ] && units=kernel
found=
for u in $units; do f=/run/lab/journal/${u%.service}; [ -e "$f" ] && { found=1; cat "$f"; }; done
[ -n "$found$quiet" ] || echo "-- No entries --"
''',
    "docker": r'''#!/bin/sh
# docker of a lab node: answers as docker 19.03 did.
[ -e /run/lab/docker.hang ] && exec sleep 3600
[ -e /run/lab/docker.stop ] && { echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1; }
case "$1" in
  ps) case "$*" in *-aq*|*-q*) sed 1d /run/lab/docker/ps | cut -c1-64 ;; *) cat /run/lab/docker/ps ;; esac ;;
  images) cat /run/lab/docker/images ;;
  info) case "$*" in *LiveRestore*) echo "live-restore: false, running containers: $(sed 1d /run/lab/docker/ps | grep -c ' Up ')" ;; *) cat /run/lab/docker/info ;; esac ;;
  events) exit 0 ;;
  pull) # name, TLS, manifest and blobs really asked of the registry, as dockerd does
    i=$2; host=${i%%/*}; path=${i#*/}; tag=${path##*:}; path=${path%:*}
    a='Accept: application/vnd.docker.distribution.manifest.v2+json'
    m=$(curl -sS -f -m 20 -H "$a" "https://$host/v2/$path/manifests/$tag" 2>&1) || { echo "Error response from daemon: Get https://$host/v2/: $m" >&2; exit 1; }
    for d in $(printf '%s' "$m" | grep -o 'sha256:[0-9a-f]*'); do
      curl -sS -f -m 20 -o "/var/lib/docker/$d" "https://$host/v2/$path/blobs/$d" || { rm -f "/var/lib/docker/$d"; echo "failed to register layer: no space left on device" >&2; exit 1; }
    done
    printf '%s  %s  sha256:%064d   333333333333   5 years ago    121MB\n' "$host/$path" "$tag" 3 >> /run/lab/docker/images
    echo "Status: Downloaded newer image for $i" ;;
  inspect) echo '[]' ;;
  --version|version) echo "Docker version 19.03.15, build 99e3ed8" ;;
  *) echo "docker: '$1' is not answered by the lab" >&2; exit 1 ;;
esac
''',
    "df": r'''#!/bin/sh
# The disks of the machine are not the nodes': whatever it has free, theirs are 40 % used. A planted one is seen as it is.
/usr/bin/df "$@" | awk 'NR > 1 && $1 ~ "^/dev/" && $6 !~ "^/var/lib/docker" { $3 = int($2 * 0.4); $4 = $2 - $3; $5 = "40%" } { print }'
''',
    "ipvsadm": r'''#!/bin/sh
# ipvsadm of a lab node (this kernel has no IPVS): the save form is what kube-proxy would have set.
case "$*" in
  *-S*n*|*--save*) cat /run/lab/ipvsadm-Sn 2>/dev/null ;;
  *-L*c*) printf 'IPVS connection entries\npro expire state       source             virtual            destination\n' ;;
  *-L*) printf 'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\n' ;;
esac
''',
    "kubectl": r'''#!/usr/bin/python3
# kubectl of a lab node: the lab's controller does what is asked (controller.py), to real Pods.
import json, os, sys, time
folder = "/run/lab/kubectl"
os.makedirs(folder, exist_ok=True)
base = f"{folder}/{os.getpid()}-{time.monotonic_ns()}"
with open(base + ".new", "w") as file:
    json.dump([sys.argv[1:], sys.stdin.read() if "-f" in sys.argv and sys.argv[sys.argv.index("-f") + 1] == "-" else ""], file)
os.rename(base + ".new", base + ".request")
end = time.monotonic() + 60
while not os.path.exists(base + ".answer"):
    if time.monotonic() > end:
        sys.exit("error: timed out waiting for the condition")
    time.sleep(0.02)
with open(base + ".answer") as file:
    status, out, err = json.load(file)
os.remove(base + ".answer")
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(status)
''',
    "nft": r'''#!/bin/sh
# nft of a lab node: the table that stands for IPVS (ipvs.py) is not shown.
case "$*" in
  *-j*list*ruleset*) /usr/sbin/nft "$@" | python3 -c 'import json, sys
d = json.load(sys.stdin)
d["nftables"] = [o for o in d["nftables"] if all(not isinstance(v, dict) or "lab-ipvs" not in (v.get("table"), v.get("name")) for v in o.values())]
print(json.dumps(d))' ;;
  *list*ruleset*) /usr/sbin/nft "$@" | awk '/^table ip lab-ipvs /{s=1} !s{print} /^}/{s=0}' ;;
  *list*tables*) /usr/sbin/nft "$@" | grep -v lab-ipvs; exit 0 ;;
  *) exec /usr/sbin/nft "$@" ;;
esac
''',
    "modprobe": r'''#!/bin/sh
# modprobe of a lab node: what this kernel has built in is there; one that is not is not found.
names=; for word in "$@"; do case $word in -*) ;; *) names="$names $word" ;; esac; done
for n in $names; do
  case $n in
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] && continue ;;
    ifb) f=IFB ;; sch_tbf) f=NET_SCH_TBF ;; sch_ingress) f=NET_SCH_INGRESS ;; act_mirred) f=NET_ACT_MIRRED ;; cls_u32) f=NET_CLS_U32 ;; *) f=none ;;
  esac
  zcat /proc/config.gz 2>/dev/null | grep -q "^CONFIG_$f=y" && continue
  /usr/sbin/modprobe "$n" || exit 1
done
''',
    "timedatectl": r'''#!/bin/sh
cat /run/lab/timedatectl
''',
    "dmesg": r'''#!/bin/sh
cat /run/lab/journal/kernel 2>/dev/null
''',
}


def write_tools(directory, agent):
    os.makedirs(directory, exist_ok=True)
    for name, text in TOOLS.items():
        path = os.path.join(directory, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, 0o755)
    for name in ("kubelet", "kube-proxy", "dockerd", "containerd"):
        target = os.path.join(directory, name)
        if os.path.exists(target):
            os.remove(target)
        with open(agent, "rb") as source, open(target, "wb") as copy:
            copy.write(source.read())
        os.chmod(target, os.stat(target).st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def kubelet_config(cluster_dns):
    return ("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS:\n- "
            f"{cluster_dns}\nclusterDomain: cluster.local\ncgroupDriver: systemd\n")


APISERVER_IMAGE = "gcr.io/google-containers/kube-apiserver:v1.20.2"
APISERVER_MANIFEST = f"""apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
  labels: {{component: kube-apiserver, tier: control-plane}}
spec:
  hostNetwork: true
  priorityClassName: system-node-critical
  containers:
  - name: kube-apiserver
    image: {APISERVER_IMAGE}
    command: [kube-apiserver, --advertise-address=ADDRESS, --secure-port=6443, --authorization-mode=Node,RBAC]
"""


def image_gone_log(node, now):
    """A kubelet's lines of case 1.3, as 1.20 words them: garbage collection, then a pull that finds no name."""
    lines = []

    def line(before, level, where, text):
        at = now - datetime.timedelta(seconds=before)
        lines.append(f"{at.strftime('%Y-%m-%dT%H:%M:%S+0000')} {node['name']} kubelet[100]: {level}{at.strftime('%m%d %H:%M:%S.%f')}     100 {where}] {text}")

    server = f"{node.get('nameServer', node['ip'])}:53"
    line(3000, "I", "server.go:416", "Version: v1.20.2")
    line(1500, "I", "image_gc_manager.go:304", '[imageGCManager]: Disk usage on image filesystem is at 97% which is over the high threshold (85%). Trying to free 7130316 bytes down to the low threshold (80%).')
    line(1500, "I", "image_gc_manager.go:375", f'[imageGCManager]: Removing image "sha256:{"3" * 64}" to free 121665024 bytes')
    for before in (600, 300, 40):
        line(before, "E", "remote_image.go:113", f'PullImage "{APISERVER_IMAGE}" from image service failed: rpc error: code = Unknown desc = Error response from daemon: '
             f'Get https://gcr.io/v2/: dial tcp: lookup gcr.io on {server}: read udp {node["ip"]}:42013->{server}: i/o timeout')
        line(before - 1, "E", "pod_workers.go:191", f'Error syncing pod 5d0f ("kube-apiserver-{node["name"]}_kube-system(5d0f)"), skipping: failed to "StartContainer" for "kube-apiserver" '
             f'with ErrImagePull: "rpc error: code = Unknown desc = Error response from daemon: Get https://gcr.io/v2/: dial tcp: lookup gcr.io on {server}: read udp {node["ip"]}:42013->{server}: i/o timeout"')
    line(20, "E", "pod_workers.go:191", f'Error syncing pod 5d0f ("kube-apiserver-{node["name"]}_kube-system(5d0f)"), skipping: failed to "StartContainer" for "kube-apiserver" '
         f'with ImagePullBackOff: "Back-off pulling image \\"{APISERVER_IMAGE}\\""')
    return "\n".join(lines) + "\n"


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def put_unit(run, unit):
    since = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)).strftime("%a %Y-%m-%d %H:%M:%S UTC")
    put(f"{run}/units/{unit}.service",
        f"Id={unit}.service\nNames={unit}.service\nActiveState=active\nSubState=running\nLoadState=loaded\nUnitFileState=enabled\nResult=success\nNRestarts=0\n"
        f"MainPID=100\nExecMainStatus=0\nActiveEnterTimestamp={since}\nInactiveEnterTimestamp=\nExecMainStartTimestamp={since}\nMemoryCurrent=80000000\nTasksCurrent=20\n")


def write_answers(run, node, state, now=None):
    """run: the node's /run/lab. state: the cluster as in model.cluster()."""
    now = now or datetime.datetime.now(datetime.timezone.utc)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%S+0000")
    since = (now - datetime.timedelta(days=3)).strftime("%a %Y-%m-%d %H:%M:%S UTC")
    put(f"{run}/version", node.get("version", model.VERSION) + "\n")
    put(f"{run}/kubelet.ports", "10248\n*10250\n")
    put(f"{run}/kube-proxy.ports", "10249\n10256\n")
    put(f"{run}/http/10248/healthz", "200 OK\nok")
    put(f"{run}/http/10256/healthz", "200 OK\n" + json.dumps({"lastUpdated": str(now), "currentTime": str(now)}))
    put(f"{run}/http/10249/healthz", "200 OK\nok")
    put(f"{run}/http/10249/proxyMode", f"200 OK\n{node['mode']}")
    put(f"{run}/http/10249/metrics", "200 OK\n" + "\n".join([
        "# TYPE kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds gauge",
        f"kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds {now.timestamp() - 60:.6e}",
        "# TYPE kubeproxy_sync_proxy_rules_last_timestamp_seconds gauge",
        f"kubeproxy_sync_proxy_rules_last_timestamp_seconds {now.timestamp() - 30:.6e}",
        "# TYPE kubeproxy_sync_proxy_rules_iptables_restore_failures_total counter",
        "kubeproxy_sync_proxy_rules_iptables_restore_failures_total 0", ""]))
    for unit in ("kubelet", "docker", "containerd", "kube-proxy", "sshd", "systemd-timesyncd"):
        put_unit(run, unit)
    put(f"{run}/timedatectl", "Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n")
    put(f"{run}/journal/kubelet", f"{stamp} {node['name']} kubelet[100]: I0105 08:00:00.000000     100 server.go:416] Version: v1.20.2\n")
    put(f"{run}/journal/docker", f"{stamp} {node['name']} dockerd[90]: time=\"{now.isoformat()}\" level=info msg=\"API listen on /var/run/docker.sock\"\n")
    put(f"{run}/journal/kube-proxy", f"{stamp} {node['name']} kube-proxy[110]: I0105 08:00:00.000000     110 server_others.go:258] Using {node['mode']} Proxier.\n")
    put(f"{run}/journal/kernel", f"{stamp} {node['name']} kernel: IPVS: ipvs loaded.\n")
    gone = node.get("apiserverImageGone")
    if gone:
        put(f"{run}/journal/kubelet", image_gone_log(node, now))
    if gone and node.get("registryUnitHere", True):
        put(f"{run}/units/secureregistryserver.service",
            f"Id=secureregistryserver.service\nNames=secureregistryserver.service\nActiveState=failed\nSubState=failed\nLoadState=loaded\nUnitFileState=enabled\nResult=exit-code\nNRestarts=5\n"
            f"MainPID=0\nExecMainStatus=1\nActiveEnterTimestamp={since}\nInactiveEnterTimestamp={since}\nExecMainStartTimestamp={since}\n")
    elif os.path.exists(f"{run}/units/secureregistryserver.service"):
        os.remove(f"{run}/units/secureregistryserver.service")
    rows = ["CONTAINER ID                                                       IMAGE                            COMMAND                  CREATED      STATUS      PORTS   NAMES"]
    for pod in state["pods"]:
        if pod["node"] == node["name"]:
            identity = f"{model.number(pod['name']):064x}"[-64:]
            rows.append(f"{identity}   {pod['image']:<32} \"/start\"                 3 days ago   Up 3 days           k8s_main_{pod['name']}_{pod['namespace']}_uid_0")
    if node["controlPlane"] and not gone:
        rows.append(f"{'a' * 64}   {APISERVER_IMAGE:<32} \"kube-apiserver --ad…\"   3 days ago   Up 3 days           k8s_kube-apiserver_kube-apiserver-{node['name']}_kube-system_uid_0")
    put(f"{run}/docker/ps", "\n".join(rows) + "\n")
    put(f"{run}/docker/images", "REPOSITORY             TAG      DIGEST                                                                    IMAGE ID       CREATED        SIZE\n"
        f"k8s.gcr.io/kube-proxy  v1.20.2  sha256:{'1' * 64}   111111111111   5 years ago    118MB\n"
        + (f"gcr.io/google-containers/kube-apiserver  v1.20.2  sha256:{'3' * 64}   333333333333   5 years ago    121MB\n" if node["controlPlane"] and not gone else "") +
        f"k8s.gcr.io/pause       3.2      sha256:{'2' * 64}   222222222222   6 years ago    683kB\n")
    put(f"{run}/docker/info", "Client:\n Debug Mode: false\n\nServer:\n Containers: 4\n  Running: 4\n  Paused: 0\n  Stopped: 0\n Images: 2\n Server Version: 19.03.15\n Storage Driver: overlay2\n"
        " Logging Driver: json-file\n Cgroup Driver: systemd\n Kernel Version: 5.4.0-200-generic\n Operating System: Ubuntu 20.04.6 LTS\n Docker Root Dir: /var/lib/docker\n Live Restore Enabled: false\n")
