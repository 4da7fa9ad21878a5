# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's cluster consists of: nodes, Pods, Services, and the API objects that describe them."""
import copy
import hashlib

CLUSTER_CIDR = "10.244.0.0/16"
VERSION = "v1.20.2"
CREATED = "2026-01-05T08:00:00Z"


def number(*words):
    """A number that is the same in every run (hash() is not)."""
    return int(hashlib.sha256("/".join(str(w) for w in words).encode()).hexdigest(), 16)


def cluster(nodes, mode="ipvs", control_planes=1):
    """The healthy cluster, as plain data; incidents change a copy of it. A second control-plane node is the last one."""
    names = [f"node-{i + 1}" for i in range(nodes)]
    state = {"nodes": [], "pods": [], "services": []}
    for index, name in enumerate(names):
        state["nodes"].append({"name": name, "ip": f"172.31.1.{11 + index}", "ip6": f"fd00:31:1::{11 + index}",
                               "podCIDR": f"10.244.{index}.0/24", "controlPlane": index == 0 or index > nodes - control_planes,
                               "mode": mode, "portmapFirst": False, "ready": True})
        state["pods"].append(pod(f"web-{index}", name, f"10.244.{index}.10", labels={"app": "web"},
                                 ports=[{"name": "http", "containerPort": 8080, "protocol": "TCP"}]))
        state["pods"].append(pod(f"kube-proxy-{index}", name, f"172.31.1.{11 + index}", namespace="kube-system", host_network=True,
                                 labels={"k8s-app": "kube-proxy"}, image=f"k8s.gcr.io/kube-proxy:{VERSION}"))
    for index in range(min(2, nodes)):
        state["pods"].append(pod(f"coredns-{index}", names[index], f"10.244.{index}.2", namespace="kube-system", labels={"k8s-app": "kube-dns"},
                                 image="k8s.gcr.io/coredns:1.7.0",
                                 ports=[{"name": "dns", "containerPort": 53, "protocol": "UDP"}, {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"}]))
    # A hostPort that is nobody's Service port: healthy on every node that carries it.
    state["pods"].append(pod("metrics-gateway", names[-1], f"10.244.{nodes - 1}.20", labels={"app": "gateway"},
                             ports=[{"name": "metrics", "containerPort": 9100, "hostPort": 19100, "protocol": "TCP"}]))
    state["services"] = [
        service("default", "kubernetes", "10.96.0.1", [{"name": "https", "port": 443, "targetPort": 6443, "protocol": "TCP"}], None,
                endpoints=[n["ip"] for n in state["nodes"] if n["controlPlane"]]),
        service("kube-system", "kube-dns", "10.96.0.10",
                [{"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "targetPort": 53, "protocol": "TCP"}],
                {"k8s-app": "kube-dns"}),
        service("default", "web", "10.96.7.7", [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP", "nodePort": 30080}], {"app": "web"}),
        service("shop", "checkout", "10.96.9.9", [{"name": "https", "port": 443, "targetPort": 8080, "protocol": "TCP"}], {"app": "web"}, target_namespace="default"),
    ]
    resolve(state)
    return state


def pod(name, node, ip, namespace="default", labels=None, ports=(), host_network=False, image="registry.example/web:1"):
    return {"name": name, "namespace": namespace, "node": node, "ip": ip, "labels": labels or {}, "ports": list(ports),
            "hostNetwork": host_network, "image": image, "annotations": {}}


def service(namespace, name, cluster_ip, ports, selector, endpoints=None, target_namespace=None):
    return {"namespace": namespace, "name": name, "clusterIP": cluster_ip, "ports": ports, "selector": selector,
            "endpoints": endpoints or [], "targetNamespace": target_namespace or namespace}


def resolve(state):
    """Fills in each Service's endpoints from its selector."""
    for item in state["services"]:
        if item["selector"]:
            item["endpoints"] = [p["ip"] for p in state["pods"] if p["namespace"] == item["targetNamespace"] and not p.get("phase") and not p.get("unready")
                                 and all(p["labels"].get(k) == v for k, v in item["selector"].items())]


def uid(name, namespace=None):
    return f"00000000-0000-4000-8000-{number(name, namespace) % 10**12:012d}"


def pod_uid(pod):
    """A Pod that was made anew is another one."""
    return uid(pod["name"] + (f"#{pod['made']}" if pod.get("made") else ""), pod["namespace"])


def sandbox(pod):
    """The id of its sandbox container."""
    return hashlib.sha256(f"{pod['node']}/{pod['name']}#{pod.get('made', 0)}".encode()).hexdigest()


def bits(quantity):
    """Of an annotation like 10M."""
    factor = {"k": 10**3, "M": 10**6, "G": 10**9}.get(quantity[-1:], 1)
    return int(quantity.rstrip("kMG")) * factor


def event(pod, reason, now, message):
    return {"metadata": {"name": f"{pod['name']}.{number(pod['name'], message) % 10**12:x}", "namespace": pod["namespace"], "creationTimestamp": now},
            "involvedObject": {"kind": "Pod", "namespace": pod["namespace"], "name": pod["name"]}, "type": "Warning", "reason": reason, "message": message,
            "count": 3, "firstTimestamp": now, "lastTimestamp": now, "source": {"component": "kubelet", "host": pod["node"]}}


def meta(name, namespace=None, labels=None, annotations=None):
    result = {"name": name, "uid": uid(name, namespace), "resourceVersion": "1000", "creationTimestamp": CREATED}
    if namespace:
        result["namespace"] = namespace
    if labels:
        result["labels"] = labels
    if annotations:
        result["annotations"] = annotations
    return result


def api_objects(state, now):
    """path → list document, as the apiserver would give it."""
    nodes, pods, services, endpoints, slices, leases = [], [], [], [], [], []
    for n in state["nodes"]:
        roles = {"node-role.kubernetes.io/control-plane": "", "node-role.kubernetes.io/master": ""} if n["controlPlane"] else {}
        ready = n.get("ready", True)
        conditions = [
            {"type": kind, "status": "False", "reason": reason, "message": message, "lastHeartbeatTime": now, "lastTransitionTime": CREATED}
            for kind, reason, message in (
                ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"))]
        for condition in n.get("conditions", []):
            conditions = [c for c in conditions if c["type"] != condition["type"]] + [{**condition, "lastHeartbeatTime": now}]
        if not any(c["type"] == "Ready" for c in conditions):
            conditions.append({"type": "Ready", "status": "True" if ready else "False", "reason": "KubeletReady", "message": "kubelet is posting ready status",
                               "lastHeartbeatTime": now, "lastTransitionTime": CREATED})
        nodes.append({"metadata": meta(n["name"], labels={"kubernetes.io/hostname": n["name"], "kubernetes.io/os": "linux", **roles}),
                      "spec": {"podCIDR": n["podCIDR"], "podCIDRs": [n["podCIDR"]]},
                      "status": {"conditions": conditions,
                                 "addresses": [{"type": "InternalIP", "address": n["ip"]}, {"type": "Hostname", "address": n["name"]}],
                                 "capacity": {"pods": "110", "cpu": "2", "memory": "4039000Ki"},
                                 "nodeInfo": {"kubeletVersion": n.get("version", VERSION), "kubeProxyVersion": n.get("version", VERSION), "containerRuntimeVersion": "docker://19.3.15",
                                              "kernelVersion": n.get("kernel", "5.4.0-200-generic"), "osImage": "Ubuntu 20.04.6 LTS", "operatingSystem": "linux", "architecture": "amd64"}}})
        leases.append({"metadata": meta(n["name"], "kube-node-lease"), "spec": {"holderIdentity": n["name"], "leaseDurationSeconds": 40,
                                                                             "renewTime": now.replace("Z", ".000000Z")}})
    by_ip = {p["ip"]: p for p in state["pods"] if not p["hostNetwork"]}
    node_ip = {n["name"]: n["ip"] for n in state["nodes"]}
    for p in state["pods"]:
        # The apiserver's own defaulting: a hostNetwork Pod's containerPort appears as its hostPort too.
        ports = [dict(port, **({"hostPort": port["containerPort"]} if p["hostNetwork"] else {})) for port in p["ports"]]
        identity = {**meta(p["name"], p["namespace"], p["labels"], p["annotations"]), "uid": pod_uid(p), "creationTimestamp": p.get("created", CREATED)}
        ready, waiting = not p.get("unready") and not p.get("phase"), p.get("unready")
        status = {"phase": p.get("phase", "Running"), "hostIP": node_ip.get(p["node"], ""), "startTime": p.get("created", CREATED),
                  "conditions": [{"type": "Ready", "status": "True" if ready else "False", "lastTransitionTime": CREATED}]}
        if p.get("phase") == "Pending":
            state_of = {"waiting": {"reason": "ContainerCreating"}}
        else:
            status |= {"podIP": p["ip"], "podIPs": [{"ip": p["ip"]}]}
            state_of = {"waiting": {"reason": waiting, "message": "back-off 5m0s restarting failed container"}} if waiting else {"running": {"startedAt": p.get("created", CREATED)}}
        status["containerStatuses"] = [{"name": "main", "image": p["image"], "ready": ready, "restartCount": 7 if waiting else 0, "started": ready,
                                        "containerID": "docker://" + f"{number(p['name']):064x}"[-64:], "state": state_of}]
        pods.append({"metadata": identity,
                     "spec": {"nodeName": p["node"], "hostNetwork": p["hostNetwork"], "dnsPolicy": "Default" if p["name"].startswith("coredns") else "ClusterFirst",
                              "containers": [{"name": "main", "image": p["image"], "ports": ports}]},
                     "status": status})
    for s in state["services"]:
        ports = [{k: v for k, v in {"name": p["name"], "port": p["port"], "targetPort": p["targetPort"], "protocol": p["protocol"], "nodePort": p.get("nodePort")}.items() if v is not None}
                 for p in s["ports"]]
        services.append({"metadata": meta(s["name"], s["namespace"], {"component": "apiserver"} if s["name"] == "kubernetes" else {}),
                         "spec": {"clusterIP": s["clusterIP"], "clusterIPs": [s["clusterIP"]], "ports": ports, "sessionAffinity": "None",
                                  "type": "NodePort" if any("nodePort" in p for p in s["ports"]) else "ClusterIP", **({"selector": s["selector"]} if s["selector"] else {})},
                         "status": {"loadBalancer": {}}})
        ready = []
        for address in s["endpoints"]:
            entry = {"ip": address}
            if address in by_ip:
                target = by_ip[address]
                entry |= {"nodeName": target["node"], "targetRef": {"kind": "Pod", "namespace": target["namespace"], "name": target["name"]}}
            ready.append(entry)
        endpoint_ports = [{"name": p["name"], "port": p["targetPort"], "protocol": p["protocol"]} for p in s["ports"]]
        endpoints.append({"metadata": meta(s["name"], s["namespace"]), "subsets": [{"addresses": ready, "ports": endpoint_ports}] if ready else []})
        slices.append({"metadata": meta(s["name"] + "-abc12", s["namespace"], {"kubernetes.io/service-name": s["name"]}), "addressType": "IPv4", "ports": endpoint_ports,
                       "endpoints": [{"addresses": [e["ip"]], "conditions": {"ready": True}, **({"topology": {"kubernetes.io/hostname": e["nodeName"]}, "targetRef": e["targetRef"]} if "targetRef" in e else {})} for e in ready]})
    config = {"kind": "ConfigMap", "metadata": meta("kube-proxy", "kube-system"), "data": {"config.conf": "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: " + state["nodes"][0]["mode"] + "\nclusterCIDR: " + CLUSTER_CIDR + "\n"}}
    corefile = {"kind": "ConfigMap", "metadata": meta("coredns", "kube-system"),
                "data": {"Corefile": ".:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa {\n       pods insecure\n    }\n    prometheus :9153\n    forward . " + state.get("forward", "172.31.1.5") + "\n    cache 30\n    loop\n    reload\n}\n"}}
    namespaces = [{"metadata": meta(n), "status": {"phase": "Active"}} for n in ("default", "kube-system", "kube-node-lease", "shop")]
    daemonset = {"metadata": meta("kube-proxy", "kube-system", {"k8s-app": "kube-proxy"}),
                 "spec": {"template": {"spec": {"containers": [{"name": "kube-proxy", "image": f"k8s.gcr.io/kube-proxy:{VERSION}"}]}}},
                 "status": {"desiredNumberScheduled": len(nodes), "numberReady": len(nodes), "numberAvailable": len(nodes)}}

    def listing(kind, version, items):
        return {"kind": kind + "List", "apiVersion": version, "metadata": {"resourceVersion": "4242"}, "items": copy.deepcopy(items)}

    return {
        "/api/v1/nodes": listing("Node", "v1", nodes), "/api/v1/pods": listing("Pod", "v1", pods),
        "/api/v1/services": listing("Service", "v1", services), "/api/v1/endpoints": listing("Endpoints", "v1", endpoints),
        "/api/v1/namespaces": listing("Namespace", "v1", namespaces), "/api/v1/events": listing("Event", "v1", state.get("events", [])),
        "/api/v1/configmaps": listing("ConfigMap", "v1", [config, corefile]),
        "/apis/discovery.k8s.io/v1beta1/endpointslices": listing("EndpointSlice", "discovery.k8s.io/v1beta1", slices),
        "/apis/apps/v1/daemonsets": listing("DaemonSet", "apps/v1", [daemonset]), "/apis/apps/v1/deployments": listing("Deployment", "apps/v1", []),
        "/apis/coordination.k8s.io/v1/leases": listing("Lease", "coordination.k8s.io/v1", leases),
        "/apis/networking.k8s.io/v1/networkpolicies": listing("NetworkPolicy", "networking.k8s.io/v1", []),
    }
