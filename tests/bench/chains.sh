#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of a node of a big cluster (10,000 Services of 5 endpoints: 170,000 rules, 25 MB) in the chain view of the window:
# opening it (the goal: under a second), its longest chain, frames while scrolling (60 a second: 16.7 ms), a search. Release
# build, offscreen; best of ROUNDS.
#   usage: tests/bench/chains.sh [--services 10000] [--endpoints 5] [--rounds 3] [--json FILE] [--bin build/bench/bin]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
services=10000 endpoints=5 rounds=3 json= bin=
while [ $# -gt 0 ]; do
  case $1 in
    --services) services=$2 ;;
    --endpoints) endpoints=$2 ;;
    --rounds) rounds=$2 ;;
    --json) json=$2 ;;
    --bin) bin=$2 ;;
    *) sed -n '3,6s/^# *//p' "$0"; exit 2 ;;
  esac
  shift 2
done
[ -x /usr/bin/python3 ] || { echo "skipped: no python3 on this machine"; exit 0; }
if [ -z "$bin" ]; then
  bin=$top/build/bench-gui/bin
  cmake --preset release -B "$top/build/bench-gui" -S "$top" -DMEDIC_TESTS=ON -DMEDIC_GUI=ON >/dev/null
  cmake --build "$top/build/bench-gui" --target bench_rules bench_chains >/dev/null
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$bin/bench_rules" generate "$folder/node" "$services" "$endpoints"
for ((i = 0; i < rounds; i++)); do QT_QPA_PLATFORM=offscreen "$bin/bench_chains" "$folder/node"; done > "$folder/all"
python3 - "$folder/all" "$json" <<'PY'
import json, sys
runs = [json.loads(line) for line in open(sys.argv[1])]
best = {key: min(run[key] for run in runs) for key in runs[0]}
print(f"{best['rules']} rules in the chain view; best of {len(runs)}")
print(f"  read from text                     {best['read_ms']:8.0f} ms")
print(f"  opened and painted                 {best['open_ms']:8.0f} ms  ({best['open_ms'] / 1000:.2f} of the second that it may take)")
print(f"  a chain of {best['chain_rules']:6} rules, painted     {best['chain_ms']:8.1f} ms")
print(f"  a frame while scrolling, mean      {best['frame_ms']:8.2f} ms  (worst {best['worst_frame_ms']:.1f}; map {best['map_frame_ms']:.2f}, zooming {best['zoom_frame_ms']:.2f}; 16.7 are 60 a second)")
print(f"  a search that finds {best['found']:6}         {best['search_ms']:8.0f} ms")
if sys.argv[2]:
    json.dump(best, open(sys.argv[2], "w"), indent=1)
PY
