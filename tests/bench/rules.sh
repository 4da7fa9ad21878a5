#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reading, tracing and auditing the rules of a node of a big cluster (10,000 Services of 5 endpoints: 170,000 rules, 25 MB)
# against the C parser of iptables-legacy-restore --test on the same file, in the same run, alternating. CPU is user +
# system time of the whole process; best of ROUNDS.
#   usage: tests/bench/rules.sh [--services 10000] [--endpoints 5] [--rounds 3] [--json FILE] [--program build/bench/bin/bench_rules]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
services=10000 endpoints=5 rounds=3 json= program=
while [ $# -gt 0 ]; do
  case $1 in
    --services) services=$2 ;;
    --endpoints) endpoints=$2 ;;
    --rounds) rounds=$2 ;;
    --json) json=$2 ;;
    --program) program=$2 ;;
    *) sed -n '3,6s/^# *//p' "$0"; exit 2 ;;
  esac
  shift 2
done
[ -x /usr/bin/python3 ] || { echo "skipped: no python3 on this machine"; exit 0; }
if [ -z "$program" ]; then
  program=$top/build/bench/bin/bench_rules
  cmake --preset release -B "$top/build/bench" -S "$top" -DMEDIC_TESTS=ON -DMEDIC_GUI=OFF >/dev/null
  cmake --build "$top/build/bench" --target bench_rules >/dev/null
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$program" generate "$folder/node" "$services" "$endpoints"
exec_peer=
if [ "$(id -u)" = 0 ] && command -v iptables-legacy-restore >/dev/null && unshare -n true 2>/dev/null; then exec_peer=yes; fi
python3 - "$program" "$folder/node" "$rounds" "${exec_peer:-no}" "$json" <<'PY'
import json, os, resource, subprocess, sys, time
program, folder, rounds, peer, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "yes", sys.argv[5]
rules = os.path.join(folder, "iptables-save.txt")

def restore():
    """iptables-legacy-restore --test in a network namespace of its own: nothing of this machine is touched."""
    with open(rules) as stream:
        start = time.monotonic()
        child = subprocess.Popen(["unshare", "-n", "iptables-legacy-restore", "--test"], stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        return None, errors.decode(errors="replace").strip()
    return {"wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "peak_kib": usage.ru_maxrss}, ""

def ours(what):
    return json.loads(subprocess.run([program, what, folder], check=True, capture_output=True, text=True).stdout)

reads, peers, why = [], [], ""
for _ in range(rounds):
    reads.append(ours("read"))
    if peer:
        one, why = restore()
        if one:
            peers.append(one)
best = lambda all, key: min(one[key] for one in all)
read = {key: best(reads, key) for key in ("wall", "cpu", "peak_kib")}
print(f"{reads[0]['rules']} rules, {os.path.getsize(rules) / 1e6:.1f} MB; best of {rounds}")
print(f"{'':34}{'wall s':>9}{'CPU s':>9}{'memory MB':>11}")
print(f"{'our reader':34}{read['wall']:9.3f}{read['cpu']:9.3f}{read['peak_kib'] / 1024:11.0f}")
result = {"rules": reads[0]["rules"], "bytes": os.path.getsize(rules), "read": read}
if peers:
    p = {key: best(peers, key) for key in ("wall", "cpu", "peak_kib")}
    result["iptables-legacy-restore"] = p
    result["ratio"] = {key: read[key] / p[key] for key in p}
    print(f"{'iptables-legacy-restore --test':34}{p['wall']:9.3f}{p['cpu']:9.3f}{p['peak_kib'] / 1024:11.0f}")
    print(f"{'ratio (ours / peer)':34}{read['wall'] / p['wall']:9.2f}{read['cpu'] / p['cpu']:9.2f}{read['peak_kib'] / p['peak_kib']:11.2f}")
else:
    print("iptables-legacy-restore: not measured" + (f" ({why})" if why else " (needs root, a network namespace and the program)"))
trace = ours("trace")
audits = [ours("audit") for _ in range(rounds)]
audit = {key: best(audits, key) for key in ("wall", "cpu", "peak_kib")}
result["trace_ms"], result["audit"] = trace["milliseconds_each"], {**audit, "ports": audits[0]["ports"], "ok": audits[0]["ok"]}
print(f"one packet's path: {trace['milliseconds_each']:.3f} ms (mean of {trace['traces']}, {trace['branches'] // trace['traces']} branches each)")
print(f"audit of {audits[0]['ports']} Service ports ({audits[0]['ok']} ok): {audit['wall']:.2f} s wall, {audit['cpu']:.2f} s CPU, {audit['peak_kib'] / 1024:.0f} MB")
if out:
    with open(out, "w") as stream:
        json.dump(result, stream, indent=1)
PY
