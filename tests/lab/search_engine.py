# SPDX-License-Identifier: GPL-3.0-or-later
"""An Elasticsearch 6.8 of the lab at 127.0.0.1:9200: every index is a file of the folder that it is given. It reacts to its
disk as the real one: at the flood stage its indices become read-only, and as before 7.4 they stay so until somebody says
otherwise. usage: search_engine.py FOLDER
"""
import datetime
import fnmatch
import http.server
import json
import os
import socketserver
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
policies = {}
blocked = set()
lock = threading.Lock()


def used():
    disk = os.statvfs(folder)
    total = disk.f_blocks * disk.f_frsize
    return total - disk.f_bavail * disk.f_frsize, total


def indices():
    return sorted(name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name)))


def watch():
    """Every index at once: this cluster has one node."""
    while True:
        have, total = used()
        with lock:
            if have / total > 0.95:
                blocked.update(indices())
        time.sleep(0.2)


def table(rows, heading, verbose):
    rows = ([heading] if verbose else []) + rows
    widths = [max(len(row[i]) for row in rows) for i in range(len(heading))] if rows else []
    return "".join(" ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() + "\n" for row in rows)


def row(name, columns, plain):
    about = os.stat(os.path.join(folder, name))
    created = datetime.datetime.fromtimestamp(about.st_mtime, datetime.timezone.utc)
    size = str(about.st_size) if plain else f"{about.st_size / 1024 / 1024:.1f}mb"
    known = {"health": "green", "status": "open", "index": name, "docs.count": str(about.st_size // 400), "store.size": size, "pri.store.size": size,
             "creation.date": str(int(about.st_mtime * 1000)), "creation.date.string": created.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    return [known.get(column, "") for column in columns]


class Handler(http.server.BaseHTTPRequestHandler):
    def say(self, status, body):
        data = (body if isinstance(body, str) else json.dumps(body) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        asked = urllib.parse.parse_qs(url.query, keep_blank_values=True)
        verbose, plain = "v" in asked, asked.get("bytes") == ["b"]
        path = urllib.parse.unquote(url.path).rstrip("/")
        if path == "":
            return self.say(200, {"name": "node-1", "cluster_name": "logs", "version": {"number": "6.8.23", "lucene_version": "7.7.3"}, "tagline": "You Know, for Search"})
        if path == "/_cluster/health":
            return self.say(200, {"cluster_name": "logs", "status": "green", "number_of_nodes": 1})
        if path == "/_cluster/settings":
            disk = "cluster.routing.allocation.disk."
            return self.say(200, {"defaults": {disk + "watermark.low": "85%", disk + "watermark.high": "90%", disk + "watermark.flood_stage": "95%"}})
        if path == "/_cat/allocation":
            have, total = used()
            heading = ["shards", "disk.indices", "disk.used", "disk.avail", "disk.total", "disk.percent", "host", "ip", "node"]
            own = sum(os.stat(os.path.join(folder, name)).st_size for name in indices())
            return self.say(200, table([[str(len(indices())), str(own), str(have), str(total - have), str(total), str(have * 100 // total), "127.0.0.1", "127.0.0.1", "node-1"]], heading, verbose))
        if path.startswith("/_cat/indices"):
            pattern = path[len("/_cat/indices"):].lstrip("/") or "*"
            columns = asked.get("h", ["health,status,index,docs.count,store.size"])[0].split(",")
            names = [name for name in indices() if any(fnmatch.fnmatchcase(name, one) for one in pattern.split(","))]
            if asked.get("s", [""])[0].startswith("store.size:desc"):
                names.sort(key=lambda name: -os.stat(os.path.join(folder, name)).st_size)
            elif asked.get("s", [""])[0].startswith("creation.date"):
                names.sort(key=lambda name: os.stat(os.path.join(folder, name)).st_mtime, reverse=asked["s"][0].endswith(":desc"))
            if not names and "*" not in pattern:
                return self.say(404, {"error": {"type": "index_not_found_exception", "reason": "no such index"}, "status": 404})
            return self.say(200, table([row(name, columns, plain) for name in names], columns, verbose))
        if "/_settings" in path:
            with lock:
                held = {name: {"settings": {"index.blocks.read_only_allow_delete": "true"}} for name in sorted(blocked & set(indices()))}
            return self.say(200, held)
        if path.startswith("/_ilm/policy"):
            name = path[len("/_ilm/policy"):].lstrip("/")
            if name and name not in policies:
                return self.say(404, {"error": {"type": "resource_not_found_exception", "reason": f"Lifecycle policy not found: {name}"}, "status": 404})
            return self.say(200, {name: {"policy": policies[name]}} if name else {key: {"policy": value} for key, value in policies.items()})
        return self.say(400, {"error": {"type": "illegal_argument_exception", "reason": f"unknown path {path}"}, "status": 400})

    def do_PUT(self):
        path = urllib.parse.urlparse(self.path).path
        try:
            body = json.loads(self.body())
        except ValueError:
            return self.say(400, {"error": {"type": "parse_exception"}, "status": 400})
        if path.startswith("/_ilm/policy/"):
            policies[path.rsplit("/", 1)[1]] = body["policy"]
            return self.say(200, {"acknowledged": True})
        if path == "/_all/_settings" and body.get("index.blocks.read_only_allow_delete", "") is None:
            with lock:
                blocked.clear()
            return self.say(200, {"acknowledged": True})
        return self.say(400, {"error": {"type": "illegal_argument_exception"}, "status": 400})

    def do_DELETE(self):
        path = urllib.parse.unquote(urllib.parse.urlparse(self.path).path)
        if path.startswith("/_ilm/policy/"):
            return self.say(200 if policies.pop(path.rsplit("/", 1)[1], None) else 404, {"acknowledged": True})
        name = path.lstrip("/")
        if name in indices():
            os.remove(os.path.join(folder, name))
            return self.say(200, {"acknowledged": True})
        return self.say(404, {"error": {"type": "index_not_found_exception", "reason": "no such index", "index": name}, "status": 404})

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


threading.Thread(target=watch, daemon=True).start()
Server(("127.0.0.1", 9200), Handler).serve_forever()
