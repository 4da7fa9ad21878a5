#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of a lab Pod, in the node's process namespace and the Pod's network: what a sandbox's pause is.
# usage: pod-init.sh DIR NAME (DIR holds resolv.conf and hostname)
mount --make-rprivate /
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/hostname" /etc/hostname
hostname "$2"
exec -a /pause sleep infinity
