#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Two hundred simulated nodes with every probe of a sweep, 20 % of them faulty: how long the healthy ones take, how soon a
# cancel is obeyed, how long the screen's thread is ever busy without a look at its events.
#   usage: tests/bench/many_nodes.sh [--program build/bench/tests/collect_tst_many_nodes]
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
program=
[ "${1:-}" != --program ] || program=$2
if [ -z "$program" ]; then
  program=$top/build/bench/tests/collect_tst_many_nodes
  cmake --preset release -B "$top/build/bench" -S "$top" -DMEDIC_TESTS=ON -DMEDIC_GUI=OFF >/dev/null
  cmake --build "$top/build/bench" --target collect_tst_many_nodes >/dev/null
fi
said=$(mktemp)
trap 'rm -f "$said"' EXIT
MEDIC_FULL=1 LC_ALL=C.UTF-8 "$program" >"$said" 2>&1 || { cat "$said"; exit 1; }
sed -n 's/.*many-nodes: //p' "$said"
