# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the lab's namespaces, and how things are run in them."""
import os
import subprocess
import time

ID = os.environ.get("MEDIC_LAB_ID", "")
PREFIX = f"medic-lab{ID}-"
HOST_LINK = f"medic-lab{ID}h"
OUTER = f"172.31.{100 + int(ID) if ID else 0}"
INNER = "172.31.1.0/24"
UPSTREAM = "172.31.1.5"  # the site's name server, on the jump host
HERE = os.path.dirname(os.path.realpath(__file__))


def run(*words, check=True, text=None, ns=None, env=None):
    command = (["nsenter", f"--net=/run/netns/{PREFIX}{ns}", "--"] if ns else []) + list(words)
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=env)
    if check and done.returncode != 0:
        raise SystemExit(f"lab: {' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def wait_for(what, seconds, condition):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise SystemExit(f"lab: not within {seconds} s: {what}")


def pid_of(name):
    done = subprocess.run(["pgrep", "-f", f"^{PREFIX}{name} infinity"], capture_output=True, text=True)
    return done.stdout.split()[0] if done.stdout.split() else None


def run_python(namespace, script, *words, log=None):
    """One of the lab's own servers, in a namespace of its own, until that ends."""
    out = open(log, "a") if log else subprocess.DEVNULL
    return subprocess.Popen(["setsid", "nsenter", f"--net=/run/netns/{PREFIX}{namespace}", "python3", os.path.join(HERE, script), *words],
                            stdin=subprocess.DEVNULL, stdout=out, stderr=out if log else subprocess.DEVNULL)


def pids_in(namespace):
    """pid → words of its command line, of what runs in that network namespace."""
    result = {}
    for pid in run("ip", "netns", "pids", PREFIX + namespace, check=False).split():
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                result[int(pid)] = file.read().split("\0")
        except OSError:
            continue  # it has just ended
    return result
