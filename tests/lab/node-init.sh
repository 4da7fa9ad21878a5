#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of a lab node's namespaces. usage: node-init.sh LABDIR NODE PREFIX
set -u
lab=$1 name=$2 prefix=$3
here=$(dirname "$(readlink -f "$0")")
state=$lab/nodes/$name
hostname "$name"
mount --make-rprivate /
# What this machine has mounted for itself is not the node's: away with all but the system and where the lab lives.
tac /proc/mounts | while read -r _ at _; do
  case $at in
    /|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*|/usr|/usr/*|/var|/etc|/opt|/tmp|/home|/root|/boot|/lib*) ;;
    *) case $lab/$here/ in "$at"/*|*"/$at/"*) ;; *) umount -l "$at" 2>/dev/null ;; esac ;;
  esac
done
mount -t proc proc /proc
mount -t sysfs sysfs /sys 2>/dev/null
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd /run/lab /run/netns /run/systemd/system /run/lock
over() { mkdir -p "$1" "$state/$2"; mount --bind "$state/$2" "$1"; }
over /etc/cni etc-cni; over /opt/cni opt-cni; over /etc/kubernetes etc-kubernetes; over /var/lib/kubelet kubelet; over /var/log log
over /var/lib/docker docker; over /etc/modules-load.d modules-load.d; over /etc/sysctl.d sysctl.d
# What this machine has installed is not installed on the node.
for d in /etc/docker /etc/bind /etc/nginx; do [ -d "$d" ] && mount -t tmpfs tmpfs "$d"; done
mount --bind "$state/hosts" /etc/hosts; mount --bind "$state/hostname" /etc/hostname; mount --bind "$state/resolv.conf" /etc/resolv.conf
mount --bind "$state/os-release" /etc/os-release
for f in loadavg pressure/cpu pressure/io pressure/memory; do [ -e "/proc/$f" ] && mount --bind "$state/proc/$f" "/proc/$f"; done
mount --bind "$state/run" /run/lab
# The node's ipvsadm answers as kube-proxy would have set it; the probes ask it where the module is loaded.
if [ -d /sys/module ]; then
  names=$(ls /sys/module); mount -t tmpfs tmpfs /sys/module; (cd /sys/module && mkdir -p ip_vs $names)
fi
mkdir -p /usr/local/sbin; mount --bind "$lab/bin" /usr/local/sbin
[ -d "$state/imagefs" ] && mount -t tmpfs -o "size=$(cat "$state/imagefs/size")" tmpfs /var/lib/docker
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
ulimit -n 4096

keep() { # keep NAME COMMAND…: again when it ends, unless /run/lab/NAME.stop is there
  local unit=$1; shift
  ( while true; do
      [ -e "/run/lab/$unit.stop" ] || "$@" >>"/var/log/$unit.out" 2>&1
      sleep 0.5
    done ) &
}
keep sshd /usr/sbin/sshd -D -e -f "$state/sshd_config"
keep docker /usr/local/sbin/dockerd -H fd://
keep containerd /usr/local/sbin/containerd
keep kubelet /usr/local/sbin/kubelet --config=/var/lib/kubelet/config.yaml --kubeconfig=/etc/kubernetes/kubelet.conf --network-plugin=cni --hostname-override="$name"
keep kube-proxy /usr/local/sbin/kube-proxy --config=/var/lib/kube-proxy/config.conf --hostname-override="$name"
if [ -e "$state/apiserver" ]; then keep kube-apiserver sh "$state/apiserver"; fi
exec -a "$prefix$name" sleep infinity
