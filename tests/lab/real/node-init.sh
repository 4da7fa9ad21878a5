#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of the real node's namespaces (see cluster.sh): mounts, then each component in a small restart loop.
set -u
dir=$1
here=$(dirname "$(readlink -f "$0")")
node=172.30.0.1
hostname node-1
mount --make-rprivate /
# What this machine has mounted for itself is not the node's: away with all but the system and where the cluster lives.
tac /proc/mounts | while read -r _ at _; do
  case $at in
    /|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*|/usr|/usr/*|/var|/etc|/opt|/tmp|/home|/root|/boot|/lib*) ;;
    *) case $dir/$here/ in "$at"/*|*"/$at/"*) ;; *) umount -l "$at" 2>/dev/null ;; esac ;;
  esac
done
mount -t proc proc /proc
# sysfs of this network namespace, with the machine's cgroups in it.
mkdir -p "$dir/state/cgroup"; mount --rbind /sys/fs/cgroup "$dir/state/cgroup"
mount -t sysfs sysfs /sys; mount --rbind "$dir/state/cgroup" /sys/fs/cgroup
over() { mkdir -p "$1" "$dir/state/$2"; mount --bind "$dir/state/$2" "$1"; }
over /etc/cni etc-cni; over /opt/cni opt-cni; over /var/lib/kubelet kubelet; over /var/lib/docker docker
over /var/lib/cni var-cni; over /etc/kubernetes etc-kubernetes; over /var/log log; over /var/lib/containerd containerd
over /usr/local/bin usr-local-bin
for d in /etc/docker /etc/bind /usr/local/secureregistryserver; do [ ! -d $d ] || over $d "away$(echo $d | tr / -)"; done
mount -t tmpfs tmpfs /run; mkdir -p /run/medic/units /run/sshd /run/netns /run/lock /run/systemd/system
install -m 755 "$here/systemctl" /usr/local/bin/systemctl
[ ! -e /usr/bin/systemctl ] || mount --bind /usr/local/bin/systemctl /usr/bin/systemctl
mount --make-rshared /run
mount --make-rshared /var/lib/kubelet
cat > "$dir/state/hosts" <<EOT
127.0.0.1 localhost
$node node-1
EOT
mount --bind "$dir/state/hosts" /etc/hosts
echo "node-1" > "$dir/state/hostname"; mount --bind "$dir/state/hostname" /etc/hostname
# For recordings: how busy this machine is besides is not what the node suffers from.
if [ -n "${MEDIC_CALM:-}" ]; then
  echo "0.31 0.28 0.25 2/412 9876" > "$dir/state/loadavg"; mount --bind "$dir/state/loadavg" /proc/loadavg
  printf '%s avg10=0.00 avg60=0.12 avg300=0.08 total=123456789\n' some full > "$dir/state/pressure"
  for f in cpu io memory; do [ -e /proc/pressure/$f ] && mount --bind "$dir/state/pressure" /proc/pressure/$f; done
fi
echo "nameserver 127.0.0.1" > "$dir/state/resolv.conf"; mount --bind "$dir/state/resolv.conf" /etc/resolv.conf
mkdir -p /etc/kubernetes/pki /etc/kubernetes/manifests /etc/cni/net.d /opt/cni/bin
cp "$dir"/pki/*.crt "$dir"/pki/*.pub "$dir"/pki/*.key /etc/kubernetes/pki/; chmod 600 /etc/kubernetes/pki/*.key
cp "$dir/node.conf" /etc/kubernetes/kubelet.conf; cp "$dir/proxy.conf" /etc/kubernetes/kube-proxy.conf
cp "$dir/admin.conf" /etc/kubernetes/admin.conf
cp /usr/lib/cni/* /opt/cni/bin/
cat > /etc/cni/net.d/10-medic.conflist <<'EOT'
{"cniVersion": "0.3.1", "name": "medic", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}},
  {"type": "bandwidth", "capabilities": {"bandwidth": true}}]}
EOT
cat > /var/lib/kubelet/config.yaml <<EOT
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}
authorization: {mode: Webhook}
staticPodPath: /etc/kubernetes/manifests
cgroupDriver: cgroupfs
failSwapOn: false
oomScoreAdj: 0
EOT
cat > /var/lib/kubelet/kube-proxy.yaml <<'EOT'
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: /etc/kubernetes/kube-proxy.conf}
clusterCIDR: 10.244.0.0/16
mode: iptables
hostnameOverride: node-1
oomScoreAdj: 0
conntrack: {maxPerCore: 0}
EOT
# Without CAP_SYS_RESOURCE a negative oom_score_adj is refused: the wrapper sets it to 0.
cat > /run/medic/runc <<'EOT'
#!/bin/sh
previous=
for word in "$@"; do
  if [ "$previous" = --bundle ] && [ -f "$word/config.json" ]; then sed -i 's/"oomScoreAdj":-[0-9]*/"oomScoreAdj":0/' "$word/config.json"; fi
  previous=$word
done
exec /usr/sbin/runc "$@"
EOT
chmod +x /run/medic/runc
mkdir -p /etc/ssh; printf '%s\n' "Port 22" "ListenAddress $node" "HostKey $dir/ssh/host" "AuthorizedKeysFile $dir/ssh/id.pub" \
  "StrictModes no" "PermitRootLogin prohibit-password" "UsePAM no" "PasswordAuthentication no" "MaxStartups 200" "AllowTcpForwarding yes" "PidFile none" > /run/medic/sshd_config
PATH=$dir/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
sysctl -qw net.ipv4.ip_forward=1 2>/dev/null
sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null

keep() { # keep NAME COMMAND…: runs it again when it ends, unless /run/medic/NAME.stop is there; systemctl looks at what it notes
  local name=$1 unit=/run/medic/units/$1; shift
  echo -1 > "$unit.restarts"; echo "$*" > "$unit.loop"
  ( while true; do
      if [ ! -e "/run/medic/$name.stop" ]; then
        echo $(($(cat "$unit.restarts") + 1)) > "$unit.restarts"; touch "$unit.started"
        "$@" >>"/var/log/$name.log" 2>&1 9>&- &
        echo $! > "$unit.pid"
        wait $!; echo $? > "$unit.status"
        rm -f "$unit.pid"
      fi
      sleep 1
    done ) &
}
keep sshd /usr/sbin/sshd -D -e -f /run/medic/sshd_config
mkdir -p /run/medic/etcd; mount -t tmpfs tmpfs /run/medic/etcd
keep etcd etcd --data-dir /run/medic/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-metrics-urls http://127.0.0.1:2381 --logger zap
P=/etc/kubernetes/pki
keep kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --service-cluster-ip-range=10.96.0.0/12 --advertise-address=$node \
  --secure-port=6443 --client-ca-file=$P/ca.crt --tls-cert-file=$P/apiserver.crt --tls-private-key-file=$P/apiserver.key \
  --kubelet-client-certificate=$P/apiserver-kubelet-client.crt --kubelet-client-key=$P/apiserver-kubelet-client.key \
  --service-account-key-file=$P/sa.pub --service-account-signing-key-file=$P/sa.key --service-account-issuer=https://kubernetes.default.svc \
  --authorization-mode=Node,RBAC --allow-privileged=true --kubelet-preferred-address-types=InternalIP
keep kube-controller-manager kube-controller-manager --kubeconfig="$dir/controller-manager.conf" --service-account-private-key-file=$P/sa.key \
  --root-ca-file=$P/ca.crt --use-service-account-credentials --allocate-node-cidrs --cluster-cidr=10.244.0.0/16 --service-cluster-ip-range=10.96.0.0/12 --leader-elect=false
keep kube-scheduler kube-scheduler --kubeconfig="$dir/scheduler.conf" --leader-elect=false
keep dockerd dockerd --iptables=false --ip-masq=false --bridge=none --exec-opt native.cgroupdriver=cgroupfs --add-runtime medic=/run/medic/runc --default-runtime medic
(
  until docker info >/dev/null 2>&1; do sleep 0.5; done
  t=$(mktemp -d); mkdir -p "$t/bin"; cp /bin/busybox "$t/bin/"; for a in sh ls cat sleep httpd nc wget nslookup ping ip hostname id true false; do ln -sf busybox "$t/bin/$a"; done
  mkdir -p "$t/tmp" "$t/etc" "$t/www"; echo "hello" > "$t/www/index.html"
  tar -C "$t" -c . | docker import --change 'CMD ["/bin/sh"]' - busybox:medic
  rm -rf "$t"; t=$(mktemp -d); cp "$dir/images/pause" "$t/"; tar -C "$t" -c . | docker import --change 'ENTRYPOINT ["/pause"]' - pause:medic
  touch /run/medic/images
) >>/var/log/images.log 2>&1 &
( until [ -e /run/medic/images ]; do sleep 0.5; done
  keep kubelet kubelet --config=/var/lib/kubelet/config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf --hostname-override=node-1 --node-ip=$node \
    --network-plugin=cni --pod-infra-container-image=pause:medic --v=2 --oom-score-adj=0
  keep kube-proxy kube-proxy --config=/var/lib/kubelet/kube-proxy.yaml --v=2
  wait ) &
exec -a medic-real-init sleep infinity
