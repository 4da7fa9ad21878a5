# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's controllers, as far as a wizard's kubectl needs them: what a node's kubectl is asked (a file below its
/run/lab/kubectl) is done to the lab's Pods, really, and published. Runs until the lab goes down.

usage: controller.py LABDIR (with the lab's MEDIC_LAB_ID)"""
import glob
import json
import os
import re
import sys
import time
import traceback

import cluster
import model
from common import HERE, run

OWNERS = {"coredns": "ReplicaSet/coredns-74ff55c5b"}


def options(words):
    """(namespace, words without options, the options)."""
    namespace, plain, given = "default", [], {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-n", "--namespace"):
            namespace = rest.pop(0)
        elif word in ("-o", "--output"):
            given["output"] = rest.pop(0)
        elif word in ("-f", "--filename"):
            given["filename"] = rest.pop(0)
        elif word in ("-l", "--selector"):
            given["selector"] = rest.pop(0)
        elif word.startswith("--"):
            key, _, value = word[2:].partition("=")
            given[key] = value
        else:
            plain.append(word)
    return namespace, plain, given


def config_map(state):
    """As kubectl get -o yaml shows it."""
    corefile = next(m for m in model.api_objects(state, "")["/api/v1/configmaps"]["items"] if m["metadata"]["name"] == "coredns")["data"]["Corefile"]
    return ("apiVersion: v1\ndata:\n  Corefile: |\n" + "".join(f"    {line}\n" for line in corefile.splitlines())
            + "kind: ConfigMap\nmetadata:\n  name: coredns\n  namespace: kube-system\n  resourceVersion: \"1000\"\n")


def answer(lab, words, text):
    """(exit status, stdout, stderr) of kubectl."""
    state = lab.load()
    address = state["nodes"][0]["ip"]
    if ":6443" not in run("ss", "-Hlnt", ns="node-1"):
        return 1, "", f"The connection to the server {address}:6443 was refused - did you specify the right host or port?\n"
    if words[0] == "kube-proxy-started":
        node = next(n for n in state["nodes"] if n["name"] == words[1])
        for planted in ("staleServices", "noServiceRules"):
            node.pop(planted, None)
        lab.apply(node, state)
        lab.commit(state)
        return 0, "", ""
    namespace, plain, given = options(words)
    verb, kind, name = (plain + ["", "", ""])[:3]
    if "/" in kind:
        kind, name = kind.split("/", 1)
    if verb == "get" and kind in ("configmap", "cm") and name == "coredns":
        return 0, config_map(state), ""
    if verb == "replace" and "ConfigMap" in text:
        found = re.search(r"^ *forward \. (.*)$", text, re.M)
        state["forward"] = found.group(1).strip() if found else state.get("forward")
        lab.commit(state)
        return 0, "configmap/coredns replaced\n", ""
    if verb == "rollout":
        return rollout(lab, state, namespace, plain[1:])
    if verb == "wait":
        kind, name = (plain[1].split("/", 1) + [""])[:2]
    pod = lab.find_pod(state, namespace, name) if kind in ("pod", "pods") else None
    if kind in ("pod", "pods") and pod is None:
        return 1, "", f'Error from server (NotFound): pods "{name}" not found\n'
    if verb == "get" and pod is not None:
        if "ownerReferences" in given.get("output", ""):
            return 0, OWNERS.get(name.split("-")[0], "StatefulSet/" + name.rsplit("-", 1)[0]), ""
        return 0, f"NAME   READY   STATUS    RESTARTS   AGE\n{name}   1/1   {pod.get('phase', 'Running')}   0   3d\n", ""
    if verb == "wait" and pod is not None:
        if pod.get("phase") or pod.get("unready"):
            return 1, "", f"error: timed out waiting for the condition on pods/{name}\n"
        return 0, f"pod/{name} condition met\n", ""
    if verb == "get" and kind in ("deployment", "deploy") and given.get("output") == "name":
        return 0, "deployment.apps/coredns\n" if given.get("selector") == "k8s-app=kube-dns" else "", ""
    if verb == "get" and kind in ("deployment", "deploy"):
        return 0, "NAME      READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES                     SELECTOR\n" \
                  "coredns   2/2     2            2           3d    coredns      k8s.gcr.io/coredns:1.7.0   k8s-app=kube-dns\n", ""
    if verb == "delete" and pod is not None:
        if "dry-run" in given:
            return 0, f'pod "{name}" deleted (dry run)\n', ""
        lab.remake_pod(state, pod)
        lab.commit(state)
        return 0, f'pod "{name}" deleted\n', ""
    if verb == "annotate" and pod is not None:
        if "dry-run" in given:
            return 0, f"pod/{name} annotated (dry run)\n", ""
        for word in plain[3:]:
            if word.endswith("-"):
                pod["annotations"].pop(word[:-1], None)
            else:
                key, _, value = word.partition("=")
                pod["annotations"][key] = value
        if pod.get("phase") == "Pending":  # the kubelet tries again and again
            lab.start_pod(state, pod)
        lab.commit(state)
        return 0, f"pod/{name} annotated\n", ""
    return 1, "", f"kubectl: {' '.join(words)}: not answered by the lab\n"


def rollout(lab, state, namespace, plain):
    verb, kind, name = (plain + ["", "", ""])[:3]
    if "/" in kind:
        kind, name = kind.split("/", 1)
    if verb == "status":
        return 0, f'deployment "{name}" successfully rolled out\n', ""
    mine = [p for p in state["pods"] if p["namespace"] == namespace and p["name"].startswith(name)]
    if not mine:
        return 1, "", f'Error from server (NotFound): {kind} "{name}" not found\n'
    for pod in mine:
        lab.remake_pod(state, pod)
    lab.commit(state)
    return 0, f"{kind}.apps/{name} {'restarted' if verb == 'restart' else 'rolled back'}\n", ""


def main():
    lab = cluster.Lab(sys.argv[1], os.path.realpath(os.path.join(HERE, "..", "..")))
    renewed = time.monotonic()
    while True:
        if time.monotonic() - renewed > 20:  # kubelets renew their leases
            renewed = time.monotonic()
            lab.renew_leases()
        for request in sorted(glob.glob(os.path.join(sys.argv[1], "nodes", "*", "run", "kubectl", "*.request"))):
            with open(request) as file:
                words, text = json.load(file)
            os.remove(request)
            try:
                status, out, err = answer(lab, words, text)
            except (Exception, SystemExit) as error:  # the lab's own mistake: said where it is seen
                traceback.print_exc()
                status, out, err = 1, "", f"kubectl of the lab: {error}\n"
            done = request[:-len(".request")] + ".answer"
            with open(done + ".new", "w") as file:
                json.dump([status, out, err], file)
            os.rename(done + ".new", done)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
