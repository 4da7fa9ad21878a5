#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Records the sample incidents of resources/samples anew: from the lab, and with REAL_DIR from a real node (see real/cluster.sh;
# eight minutes). As root. usage: make_samples.sh MEDICCTL OUT_DIR [REAL_DIR]
# Everything runs below /opt/medic-lab, so that process lists hold nobody's paths.
set -euo pipefail
medicctl=$(realpath "$1"); out=$(realpath -m "$2"); real=${3:-}
top=$(realpath "$(dirname "$0")/../..")
work=/opt/medic-lab
only=${ONLY:-}
mkdir -p "$out" "$work/captured"
rm -rf "$work/src"; mkdir -p "$work/src/tests"; cp -r "$top/tests/lab" "$top/tests/fakes" "$work/src/tests/"
export MEDIC_CALM=1 MEDIC_LAB_DIR=$work/state PYTHONDONTWRITEBYTECODE=1
lab=$work/src/tests/lab/lab

wanted() { [ -z "$only" ] || [[ " $only " == *" $1 "* ]]; }

# With CAPTURE_ONLY=1 only the captures are made, into /opt/medic-lab/captured; with SHARE_ONLY=1 these are redacted.
share() { # share NAME: the redacted copy, without what a writer leaves beside it
  [ -z "${CAPTURE_ONLY:-}" ] || { "$medicctl" check "$work/captured/$1.medic" | grep -E '^[^ ]' || true; return 0; }
  rm -f "$out/$1.medic" "$work/key"
  "$medicctl" redact "$work/captured/$1.medic" -o "$out/$1.medic" --key "$work/key" --keep node-1 --keep node-2 --keep node-3 --keep jump >/dev/null
  python3 - "$out/$1.medic" <<'PY'
import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
base.execute("PRAGMA journal_mode = DELETE")
base.execute("VACUUM")
base.close()
PY
  "$medicctl" check "$out/$1.medic" | grep -E '^[^ ]' || true
  ls -la "$out/$1.medic"
}

capture() { # capture NAME OPTIONS…: from a machine that has nothing else to do
  rm -f "$work/captured/$1.medic"
  echo "0.31 0.28 0.25 2/412 9876" > "$work/loadavg"
  printf '%s avg10=0.00 avg60=0.12 avg300=0.08 total=123456789\n' some full > "$work/pressure"
  unshare --mount sh -c 'mount --bind "$0/loadavg" /proc/loadavg
    for f in cpu io memory; do [ -e /proc/pressure/$f ] && mount --bind "$0/pressure" /proc/pressure/$f; done
    exec "$@"' "$work" "$medicctl" capture -o "$work/captured/$1.medic" --ssh-config "$2" --nodes "$work/hosts" --kubeconfig "$work/lab.conf" 2>/dev/null || [ $? = 3 ]
}

from_lab() { # from_lab NAME INCIDENT
  wanted "$1" || return 0
  "$lab" down
  "$lab" up --nodes 2 >/dev/null
  printf 'node-1\nnode-2\n' > "$work/hosts"
  cp "$work/state/admin.conf" "$work/lab.conf"
  "$lab" incident "$2"
  capture "$1" "$work/state/ssh_config"
  "$lab" down
  share "$1"
}

if [ -n "${SHARE_ONLY:-}" ]; then
  for file in "$work"/captured/*.medic; do name=$(basename "$file" .medic); wanted "$name" && share "$name"; done
  exit 0
fi
from_lab hostport-theft hostport-theft
from_lab bandwidth-divided bandwidth-divided
from_lab dns-upstream-silent dns-upstream-silent
from_lab apiserver-image-gone apiserver-image-gone
[ -n "$real" ] || exit 0

cluster=$work/src/tests/lab/real/cluster.sh
mkdir -p "$work/node"; mount --bind "$real" "$work/node"
trap '"$cluster" down "$work/node"; umount -l "$work/node"' EXIT
echo node-1 > "$work/hosts"
from_node() { # from_node NAME
  cp "$work/node/admin.conf" "$work/lab.conf"
  capture "$1" "$work/node/ssh/config"
  share "$1"
}
"$cluster" up "$work/node"; "$cluster" workloads "$work/node"
"$work/node/bin/kubectl" --kubeconfig "$work/node/admin.conf" delete service empty # one that selects nothing: another story
sleep 20
if wanted stale-rules; then
  "$cluster" incident "$work/node" kube-proxy-dead on; sleep 2; from_node stale-rules
  "$cluster" incident "$work/node" kube-proxy-dead off; sleep 10
fi
if wanted pleg; then
  "$cluster" incident "$work/node" runtime-hung on; sleep 240; from_node pleg
  "$cluster" incident "$work/node" runtime-hung off; sleep 20
fi
if wanted apiserver-down; then
  "$cluster" incident "$work/node" apiserver-down on
  for _ in $(seq 90); do "$cluster" exec "$work/node" pgrep -x kube-apiserver >/dev/null || break; sleep 1; done
  sleep 15; from_node apiserver-down
fi
