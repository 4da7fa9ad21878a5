# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the clients of ssh_peers.sh one after the other and prints what each cost, as ratios to ours."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

WORK = os.environ["BENCH_WORK"]
NODES = int(os.environ["BENCH_NODES"])
PARALLEL = os.environ["BENCH_PARALLEL"]
ROUNDS = int(os.environ["BENCH_ROUNDS"])
COMMAND = open(f"{WORK}/command").read().strip()
SSH_CONFIG = f"{WORK}/ssh_config"

# ansible keeps a master ssh running by default, whose CPU time nobody would see: without it everything is counted.
ANSIBLE = {
    "ANSIBLE_HOST_KEY_CHECKING": "True",
    "ANSIBLE_SSH_ARGS": f"-F {SSH_CONFIG} -o ControlMaster=no",
    "ANSIBLE_LOCAL_TEMP": f"{WORK}/ansible",
    "ANSIBLE_NOCOLOR": "1",
}
CLIENTS = {
    "cluster-medic": ([os.environ["BENCH_PROGRAM"], f"{WORK}/hosts", f"{WORK}/known_hosts", f"{WORK}/id", f"{WORK}/command", PARALLEL], {}),
    "clush": (["clush", "-o", f"-F {SSH_CONFIG}", "-f", PARALLEL, "-w", f"127.0.1.[1-{NODES}]", COMMAND], {}),
    "parallel-ssh": (["parallel-ssh", "-h", f"{WORK}/names", "-p", PARALLEL, "-t", "120", "-x", f"-F {SSH_CONFIG}", "-o", f"{WORK}/pssh", COMMAND], {}),
    "ansible -m raw": (["ansible", "all", "-i", f"{WORK}/inventory", "-f", PARALLEL, "-m", "raw", "-a", COMMAND], ANSIBLE),
}


def cost(arguments, extra):
    """CPU seconds of the process and of all that it waited for, wall seconds, and its output."""
    with open(f"{WORK}/out", "wb") as out, open(f"{WORK}/err", "wb") as err:
        begin = time.monotonic()
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **extra})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, wall, child.returncode


def answered(name):
    """How many nodes gave a whole answer: its last line is that of `id`."""
    if name == "parallel-ssh":
        files = [open(f"{WORK}/pssh/{entry}", errors="replace").read() for entry in os.listdir(f"{WORK}/pssh")]
        return sum("groups=" in text for text in files)
    text = open(f"{WORK}/out", errors="replace").read()
    if name == "cluster-medic":
        return int(text.split()[0]) if text.split() else 0
    return text.count("groups=")


def main():
    results, failed = {}, False
    for name, (arguments, extra) in CLIENTS.items():
        if shutil.which(arguments[0]) is None:
            print(f"{name}: not installed, left out")
            continue
        rounds = []
        for _ in range(ROUNDS if name == "cluster-medic" else 1):
            cpu, wall, code = cost(arguments, extra)
            got = answered(name)
            if code != 0 or got != NODES:
                print(f"{name}: {got} of {NODES} nodes answered, exit status {code}: {open(f'{WORK}/err', errors='replace').read()[-400:]}", file=sys.stderr)
                failed = True
                break
            rounds.append((cpu, wall))
        if rounds:
            results[name] = {"cpu_ms_per_node": 1000 * statistics.median(r[0] for r in rounds) / NODES,
                             "wall_ms_per_node": 1000 * statistics.median(r[1] for r in rounds) / NODES}
    ours = results.get("cluster-medic")
    if ours is None:
        return 1
    print(f"{NODES} nodes, {PARALLEL} at once, one real sshd on this machine")
    print(f"{'client':<16}{'CPU ms/node':>13}{'wall ms/node':>14}{'CPU ratio':>11}{'wall ratio':>12}")
    for name, result in results.items():
        result["cpu_ratio"] = result["cpu_ms_per_node"] / ours["cpu_ms_per_node"]
        result["wall_ratio"] = result["wall_ms_per_node"] / ours["wall_ms_per_node"]
        print(f"{name:<16}{result['cpu_ms_per_node']:>13.2f}{result['wall_ms_per_node']:>14.2f}{result['cpu_ratio']:>10.1f}x{result['wall_ratio']:>11.1f}x")
    if os.environ["BENCH_JSON"]:
        with open(os.environ["BENCH_JSON"], "w") as file:
            json.dump({"nodes": NODES, "parallel": int(PARALLEL), "clients": results}, file, indent=2)
    return 1 if failed else 0


sys.exit(main())
