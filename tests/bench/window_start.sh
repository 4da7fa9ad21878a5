#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From the program's start to the window's first picture, with twenty clusters configured of which none answers (addresses of
# TEST-NET-1): offscreen, cold settings, median and worst of ROUNDS; beside it what the same program needs to say --version,
# which is the loader's and Qt's own share. Fails when the median is not below a second.
#   usage: tests/bench/window_start.sh [--rounds 15] [--program build/release/bin/cluster-medic] [--json FILE]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
rounds=15 program= json=
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2 ;;
    --program) program=$2 ;;
    --json) json=$2 ;;
    *) sed -n '3,6s/^# *//p' "$0"; exit 2 ;;
  esac
  shift 2
done
if [ -z "$program" ]; then
  program=$top/build/release/bin/cluster-medic
  cmake --preset release -S "$top" >/dev/null
  cmake --build "$top/build/release" --target cluster-medic >/dev/null
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"
mkdir -p "$home/config/cluster-medic/profiles"
for i in $(seq 1 20); do
  printf '{"name": "cluster-%s", "kubeconfig": "%s/nowhere", "production": true, "nodes": [{"name": "node-1", "host": "192.0.2.%s"}, {"name": "node-2", "host": "192.0.2.%s"}]}\n' \
    "$i" "$home" "$i" "$((i + 100))" >"$home/config/cluster-medic/profiles/cluster-$i.json"
done
python3 - "$program" "$home" "$rounds" "$json" <<'PY'
import json, os, re, signal, statistics, subprocess, sys, time
program, home, rounds, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
environment = dict(os.environ, HOME=home, XDG_CONFIG_HOME=home + "/config", XDG_DATA_HOME=home + "/data", XDG_CACHE_HOME=home + "/cache",
                   XDG_RUNTIME_DIR=home + "/run", QT_QPA_PLATFORM="offscreen")

def first_paint():
    began = time.monotonic()
    child = subprocess.Popen([program, "--measure-start"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        for line in child.stderr:
            found = re.match(r"first-paint-ms (\d+)", line)
            if found:
                return int(found.group(1)), (time.monotonic() - began) * 1000
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    sys.exit("the program ended before its window was painted")

def version():
    began = time.monotonic()
    subprocess.run([program, "--version"], env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.monotonic() - began) * 1000

first_paint()  # files come into memory
paints, floors = [], []
for _ in range(rounds):
    paints.append(first_paint())
    floors.append(version())
inside, whole, floor = [p[0] for p in paints], [p[1] for p in paints], statistics.median(floors)
result = {"rounds": rounds, "first_paint_ms": statistics.median(inside), "first_paint_worst_ms": max(inside), "with_process_start_ms": round(statistics.median(whole), 1),
          "version_ms": round(floor, 1), "ratio_to_version": round(statistics.median(whole) / floor, 2)}
print(f"first picture, 20 unreachable clusters configured: {result['first_paint_ms']:.0f} ms after main() (worst {result['first_paint_worst_ms']} ms), "
      f"{result['with_process_start_ms']:.0f} ms with the process's own start; --version alone: {floor:.0f} ms ({result['ratio_to_version']:.1f} times that)")
if out:
    json.dump(result, open(out, "w"), indent=2)
sys.exit(0 if result["first_paint_ms"] < 1000 else 1)
PY
