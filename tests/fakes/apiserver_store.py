# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects behind apiserver_double.py: lists read from a folder (again whenever a file changes), with resource
versions, snapshots for paging, and a log of changes for watches. Thread-safe.

The folder holds each list under its own path (api/v1/pods.json, apis/apps/v1/daemonsets.json), or, as in
tests/data/kube, flat files named after the resource (pods.json); *.txt and other *.json are raw answers."""
import copy
import json
import os
import threading

FLAT_RAW = {"version": "/version", "livez": "/livez", "readyz": "/readyz"}
CLUSTER_SCOPED = {"nodes", "namespaces", "persistentvolumes", "storageclasses", "clusterroles"}


class Expired(Exception):
    """The resource version has been compacted away."""


def key_of(item):
    meta = item.get("metadata", {})
    return (meta.get("namespace", "") + "/" if meta.get("namespace") else "") + meta.get("name", "")


class Listing:
    """One resource: its current items by key, and how they came to be."""

    def __init__(self, kind, api_version):
        self.kind, self.api_version = kind, api_version
        self.items = {}
        self.log = []  # (resource version, type, object)
        self.snapshots = {}  # resource version → items, for continue tokens


class Store:
    def __init__(self, folder, first=1000):
        self.folder = folder
        self.lock = threading.Condition()
        self.version = first
        self.compacted = 0
        self.listings = {}  # "/api/v1/pods" → Listing
        self.seen = {}  # file → (mtime, size)
        self.refresh()

    # files -------------------------------------------------------------------------------------------------------

    def refresh(self):
        """Takes in what changed in the folder; an unreadable file (being written) is left for the next time."""
        with self.lock:
            for top, _, names in os.walk(self.folder):
                for name in sorted(names):
                    if not name.endswith(".json"):
                        continue
                    file = os.path.join(top, name)
                    try:
                        stat = os.stat(file)
                        stamp = (stat.st_mtime_ns, stat.st_size)
                        if self.seen.get(file) == stamp:
                            continue
                        with open(file, encoding="utf-8") as handle:
                            document = json.load(handle)
                    except (OSError, ValueError):
                        continue
                    self.seen[file] = stamp
                    if isinstance(document, dict) and str(document.get("kind", "")).endswith("List") and "items" in document:
                        self.take(self.path_of(file, document), document)

    def path_of(self, file, document):
        relative = os.path.relpath(file, self.folder)[: -len(".json")]
        if os.sep in relative:
            return "/" + relative
        if "-" in relative:  # pods-page1.json and the like are answers, not lists of their own
            relative = relative.split("-")[0]
        version = document.get("apiVersion", "v1")
        return ("/apis/" if "/" in version else "/api/") + version + "/" + relative

    def take(self, path, document):
        kind = document["kind"][: -len("List")]
        listing = self.listings.setdefault(path, Listing(kind, document.get("apiVersion", "v1")))
        wanted = {key_of(item): item for item in document["items"] or []}
        for key in [k for k in listing.items if k not in wanted]:
            self.change(listing, "DELETED", key, listing.items[key])
        for key, item in wanted.items():
            old = listing.items.get(key)
            if old is None or without_version(old) != without_version(item):
                self.change(listing, "ADDED" if old is None else "MODIFIED", key, item)

    def raw(self, path):
        """A raw answer: (content type, bytes), or None."""
        if ".." in path.split("/"):
            return None
        names = [path.strip("/")]
        if path.startswith("/api/v1/nodes/") and "/proxy/" in path:
            names.append({"metrics": "kubelet-metrics", "stats/summary": "node-stats", "configz": "kubelet-configz"}.get(path.split("/proxy/")[1], ""))
        for name in names:
            for suffix, content_type in ((".txt", "text/plain; charset=utf-8"), (".json", "application/json")):
                file = os.path.join(self.folder, name + suffix)
                if name and os.path.isfile(file):
                    with open(file, "rb") as handle:
                        return content_type, handle.read()
        return None

    # changes -----------------------------------------------------------------------------------------------------

    def change(self, listing, kind, key, item):
        with self.lock:
            self.version += 1
            item = copy.deepcopy(item)
            item.setdefault("metadata", {})["resourceVersion"] = str(self.version)
            if kind == "DELETED":
                listing.items.pop(key, None)
            else:
                listing.items[key] = item
            listing.log.append((self.version, kind, item))
            self.lock.notify_all()
            return item

    def compact(self):
        """Forgets the past: older continue tokens and watches get 410."""
        with self.lock:
            self.version += 1
            self.compacted = self.version
            for listing in self.listings.values():
                listing.log = []
                listing.snapshots = {}
            self.lock.notify_all()

    # questions ---------------------------------------------------------------------------------------------------

    def find(self, path):
        """(listing, namespace, name, subresource) of an API path; the listing is None when there is none."""
        self.refresh()
        parts = [p for p in path.split("/") if p]
        depth = 2 if parts[:1] == ["api"] else 3
        if parts[:1] not in (["api"], ["apis"]) or len(parts) <= depth:
            return None, "", "", ""
        base, rest = "/" + "/".join(parts[:depth]), parts[depth:]
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        return (self.listings.get(base + "/" + rest[0]), namespace, rest[1] if len(rest) > 1 else "", "/".join(rest[2:]))

    def known_group(self, path):
        parts = [p for p in path.split("/") if p]
        base = "/" + "/".join(parts[: 2 if parts[:1] == ["api"] else 3]) + "/"
        return any(known.startswith(base) for known in self.listings)

    def page(self, listing, matches, limit, start, version):
        """(items, resource version, key to go on with or None, how many remain)."""
        with self.lock:
            if version is None:
                version = self.version
                current = dict(listing.items)
                if limit:
                    listing.snapshots[version] = current
            else:
                if version < self.compacted or version not in listing.snapshots:
                    raise Expired()
                current = listing.snapshots[version]
        keys = [k for k in sorted(current) if k >= start and matches(current[k])]
        if not limit or len(keys) <= limit:
            return [current[k] for k in keys], version, None, 0
        return [current[k] for k in keys[:limit]], version, keys[limit - 1] + "\0", len(keys) - limit

    def since(self, listing, version):
        with self.lock:
            if version < self.compacted:
                raise Expired()
            return [entry for entry in listing.log if entry[0] > version]


def without_version(item):
    item = copy.deepcopy(item)
    item.get("metadata", {}).pop("resourceVersion", None)
    return item
