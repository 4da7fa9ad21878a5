#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A real Kubernetes 1.20 node on this machine, in its own network, mount, process and host-name namespaces, reached by a real
# sshd. As root. Everything lives below DIR; 'down' ends every process of it.
#   cluster.sh up DIR | down DIR | status DIR | exec DIR COMMAND… | incident DIR NAME on|off | workloads DIR
# The node is 172.30.0.1 (this machine's end: 172.30.0.254), ssh root@172.30.0.1 with DIR/ssh/id, kubeconfig DIR/admin.conf.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
action=${1:?up, down, status, exec, incident or workloads}
dir=$(realpath -m "${2:?DIR}")
shift 2
ns=medic-real
node=172.30.0.1

k() { "$dir/bin/kubectl" --kubeconfig "$dir/admin.conf" "$@"; }
inside() { nsenter --target "$(cat "$dir/init.pid")" --mount --uts --net --pid -- "$@"; }
wait_for() { # wait_for SECONDS WHAT COMMAND…
  local seconds=$1 what=$2; shift 2
  for _ in $(seq $((seconds * 2))); do "$@" >/dev/null 2>&1 && return 0; sleep 0.5; done
  echo "not within $seconds s: $what" >&2; return 1
}

pki() {
  mkdir -p "$dir/pki" && cd "$dir/pki"
  [ -f ca.crt ] && return
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 3650 -subj /CN=kubernetes 2>/dev/null
  openssl genrsa -out sa.key 2048 2>/dev/null; openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  cert() { # cert NAME SUBJECT [SAN]
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$1.crt" -days 365 \
      -extfile <(echo "keyUsage=critical,digitalSignature,keyEncipherment"; echo "extendedKeyUsage=serverAuth,clientAuth"; [ -n "${3:-}" ] && echo "subjectAltName=$3"; true) 2>/dev/null
    rm -f "$1.csr"
  }
  cert apiserver /CN=kube-apiserver "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,IP:$node"
  cert apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
  cert admin /O=system:masters/CN=kubernetes-admin
  cert controller-manager /CN=system:kube-controller-manager
  cert scheduler /CN=system:kube-scheduler
  cert proxy /CN=system:kube-proxy
  cert node /O=system:nodes/CN=system:node:node-1 "DNS:node-1,IP:$node"
}

kubeconfig() { # kubeconfig FILE CERTIFICATE SERVER
  cat > "$1" <<EOT
apiVersion: v1
kind: Config
clusters: [{name: real, cluster: {server: "$3", certificate-authority-data: $(base64 -w0 "$dir/pki/ca.crt")}}]
users: [{name: $2, user: {client-certificate-data: $(base64 -w0 "$dir/pki/$2.crt"), client-key-data: $(base64 -w0 "$dir/pki/$2.key")}}]
contexts: [{name: real, context: {cluster: real, user: $2}}]
current-context: real
EOT
  chmod 600 "$1"
}

up() {
  [ -f "$dir/init.pid" ] && kill -0 "$(cat "$dir/init.pid")" 2>/dev/null && { echo "already up"; return; }
  "$here/build.sh" "$dir"
  pki
  for c in admin controller-manager scheduler proxy node; do kubeconfig "$dir/$c.conf" "$c" "https://$node:6443"; done
  mkdir -p "$dir"/{ssh,log,images,state}
  rm -rf "$dir"/state/*
  [ -f "$dir/ssh/id" ] || ssh-keygen -q -t ed25519 -N '' -f "$dir/ssh/id"
  [ -f "$dir/ssh/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$dir/ssh/host"
  echo "$node $(cut -d' ' -f1,2 "$dir/ssh/host.pub")" > "$dir/ssh/known_hosts"
  printf 'Host node-1 %s\n  HostName %s\n  User root\n  IdentityFile %s\n  IdentitiesOnly yes\n  UserKnownHostsFile %s\n' \
    "$node" "$node" "$dir/ssh/id" "$dir/ssh/known_hosts" > "$dir/ssh/config"
  if [ ! -x "$dir/images/pause" ]; then
    printf '#include <signal.h>\n#include <unistd.h>\n#include <stdlib.h>\nstatic void end(int s){(void)s;_exit(0);}\nint main(void){signal(SIGTERM,end);signal(SIGINT,end);for(;;)pause();}\n' > "$dir/images/pause.c"
    gcc -static -Os -o "$dir/images/pause" "$dir/images/pause.c"
  fi
  ip netns add $ns 2>/dev/null || true
  ip link del medic-real0 2>/dev/null || true
  ip link add medic-real0 type veth peer name eth0 netns $ns
  ip addr add 172.30.0.254/24 dev medic-real0; ip link set medic-real0 up
  ip -n $ns link set lo up; ip -n $ns addr add $node/24 dev eth0; ip -n $ns link set eth0 up
  ip -n $ns route add default via 172.30.0.254
  rm -f "$dir/init.pid"
  setsid nsenter --net=/run/netns/$ns unshare --mount --uts --pid --fork --kill-child "$here/node-init.sh" "$dir" >"$dir/log/init.log" 2>&1 </dev/null &
  # The first process in there, by the name that it gives itself once everything is mounted.
  wait_for 30 "the node's first process" pgrep -f '^medic-real-init infinity'
  pgrep -f '^medic-real-init infinity' | head -1 > "$dir/init.pid"
  wait_for 90 "the apiserver" k get --raw /readyz
  k create clusterrolebinding kube-proxy --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null 2>&1 || true
  wait_for 120 "a Ready node" sh -c "'$dir/bin/kubectl' --kubeconfig '$dir/admin.conf' get node node-1 | grep -q ' Ready'"
  echo "up: ssh -F $dir/ssh/config node-1 · kubeconfig $dir/admin.conf"
}

down() {
  [ -f "$dir/init.pid" ] && kill -9 "$(cat "$dir/init.pid")" 2>/dev/null || true
  rm -f "$dir/init.pid"
  ip link del medic-real0 2>/dev/null || true
  ip netns del $ns 2>/dev/null || true
  # cgroups that the containers left
  find /sys/fs/cgroup -depth -type d -path '*kubepods*' -exec rmdir {} + 2>/dev/null || true
}

workloads() {
  # The controller manager makes it a moment after the apiserver is there; without it no Pod is admitted.
  wait_for 30 "the default service account" k get serviceaccount default
  k apply -f "$here/workloads.yaml" >/dev/null
  wait_for 120 "the Pods of web" sh -c "[ \"\$('$dir/bin/kubectl' --kubeconfig '$dir/admin.conf' get deploy web -o jsonpath='{.status.readyReplicas}')\" = 3 ]"
}

incident() {
  local name=$1 state=$2
  case "$name:$state" in
    runtime-hung:on) inside pkill -STOP -x dockerd ;;
    runtime-hung:off) inside pkill -CONT -x dockerd ;;
    kube-proxy-dead:on) inside touch /run/medic/kube-proxy.stop; inside pkill -x kube-proxy || true
      k delete pod -l app=web --field-selector "metadata.name=$(k get pod -l app=web -o jsonpath='{.items[0].metadata.name}')" --wait=false >/dev/null
      wait_for 60 "the replaced Pod" sh -c "[ \"\$('$dir/bin/kubectl' --kubeconfig '$dir/admin.conf' get deploy web -o jsonpath='{.status.readyReplicas}')\" = 3 ]" ;;
    kube-proxy-dead:off) inside rm -f /run/medic/kube-proxy.stop ;;
    # As after a reload of the host's firewall while kube-proxy is dead: the kubernetes Service has no rule any more.
    service-lost:on) inside touch /run/medic/kube-proxy.stop; inside pkill -x kube-proxy || true
      inside sh -c "iptables-save -t nat | sed -n '/^-A KUBE-SERVICES .*-d 10.96.0.1\\/32 /s/^-A/-D/p' | while read -r rule; do eval iptables -t nat \"\$rule\"; done" ;;
    service-lost:off) inside rm -f /run/medic/kube-proxy.stop ;;
    apiserver-down:on) inside touch /run/medic/kube-apiserver.stop; inside pkill -KILL -x kube-apiserver || true ;; # by TERM it takes a minute to end
    apiserver-down:off) inside rm -f /run/medic/kube-apiserver.stop ;;
    *) echo "incidents: runtime-hung, kube-proxy-dead, service-lost, apiserver-down; on or off" >&2; exit 2 ;;
  esac
}

case "$action" in
  up) up ;;
  down) down ;;
  status) k get nodes -o wide; k get pods -A -o wide ;;
  exec) inside "$@" ;;
  incident) incident "${1:?name}" "${2:-on}" ;;
  workloads) workloads ;;
  *) echo "up, down, status, exec, incident or workloads" >&2; exit 2 ;;
esac
