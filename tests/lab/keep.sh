#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A unit's process of a lab node: again when it ends, unless /run/lab/UNIT.stop is there. usage: keep.sh UNIT COMMAND…
unit=$1; shift
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
while true; do
  [ -e "/run/lab/$unit.stop" ] || "$@" >>"/var/log/$unit.out" 2>&1
  sleep 0.3
done
