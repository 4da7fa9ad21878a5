#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTPS apiserver that answers as a recorded Kubernetes 1.20 (tests/data/kube): client certificates, bearer tokens and
basic passwords, 401/403/404/410/429 in its words, paging, watches, Table and PartialObjectMetadata, livez and readyz,
node proxies. Only Python's standard library.

  apiserver_double.py --listen 127.0.0.1:0 --objects DIR --ca ca.crt --cert server.crt --key server.key
                      [--control 127.0.0.1:0] [--tokens FILE] [--basic FILE] [--foreign-ca FILE]

prints {"port": …, "control": …} when it listens. --tokens and --basic: lines of SECRET,USER,GROUP… and PASSWORD,USER,GROUP….
Allowed: everything to system:masters, reading to viewers, health and version to all.

The control port (plain HTTP) takes POSTs with JSON: /fault {"kind": …, "path": prefix, "query": part, "skip": n, "count": n, …} (kinds: see FAULTS;
{} clears), /apply {"path": list path, "object": …}, /delete {"path": …, "key": "ns/name"}, /compact {}, /failing ["etcd"],
/bookmark {} (to all watches now); GET /log gives the requests so far."""
import argparse
import base64
import json
import os
import socket
import ssl
import sys
import threading
import time
from datetime import datetime, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from apiserver_store import Expired, Store, key_of  # noqa: E402

# What can go wrong, and when: "accept" before TLS, the others once the request has been read.
FAULTS = {"hang-accept", "close-accept", "hang", "close", "html", "status", "slow", "redirect", "cut", "garbage", "endless"}
CHECKS = ["ping", "log", "etcd", "poststarthook/start-kube-apiserver-admission-initializer", "autoregister-completion"]
PUBLIC = ("/livez", "/readyz", "/healthz", "/version")  # the role system:public-info-viewer
EXPIRED_CONTINUE = ("The provided continue parameter is too old to display a consistent list result. You can start a new list without the "
                    "continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with "
                    "the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the "
                    "first chunk was returned and now may show up in the list.")


class Refusal(Exception):
    def __init__(self, code, reason, message, details=None, headers=None):
        super().__init__(message)
        self.code, self.headers = code, headers or {}
        self.status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason,
                       **({"details": details} if details is not None else {}), "code": code}


class Double:
    """What all connections share."""

    def __init__(self, options):
        self.store = Store(options.objects)
        self.tokens = self.secrets(options.tokens)
        self.basic = self.secrets(options.basic)
        self.lock = threading.Lock()
        self.fault = {}
        self.failing = []
        self.log = []
        self.bookmarks = 0
        self.ca_names = [c["subject"] for c in self.authorities(options.ca)]

    @staticmethod
    def authorities(file):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_verify_locations(file)
        return context.get_ca_certs()

    @staticmethod
    def secrets(file):
        users = {}
        if file:
            with open(file, encoding="utf-8") as handle:
                for line in handle:
                    if line.strip():
                        secret, user, *groups = line.strip().split(",")
                        users[secret] = (user, groups)
        return users

    def take_fault(self, path, early, query=""):
        """The fault that this request meets, if any; counts down."""
        with self.lock:
            fault = self.fault
            if not fault or fault["kind"].endswith("-accept") != early or not path.startswith(fault.get("path", "")) or fault.get("query", "") not in query:
                return None
            if fault.get("skip", 0) > 0:
                fault["skip"] -= 1
                return None
            if "count" in fault:
                fault["count"] -= 1
                if fault["count"] <= 0:
                    self.fault = {}
            return dict(fault)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double = None

    def setup(self):
        super().setup()
        self.peer = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None

    def log_message(self, *args):
        pass

    # answers -----------------------------------------------------------------------------------------------------

    def answer(self, code, content_type, body, headers=None):
        if isinstance(body, str):
            body = body.encode()
        self.send_response_only(code)
        self.send_header("Date", formatdate(usegmt=True))
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, document, code=200, headers=None):
        self.answer(code, "application/json", json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n", headers)

    def do(self):
        url = urlsplit(self.path)
        self.url_path, self.query = url.path, {k: v[-1] for k, v in parse_qs(url.query, keep_blank_values=True).items()}
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        double = self.double
        with double.lock:
            double.log.append({"method": self.command, "path": self.path, "host": self.headers.get("Host"), "authorization": self.headers.get("Authorization", ""),
                               "impersonate": self.headers.get("Impersonate-User", ""), "sni": getattr(self.connection, "sni", None),
                               "body": self.body.decode("utf-8", "replace"), "type": self.headers.get("Content-Type", "")})
        fault = double.take_fault(self.url_path, early=False, query=url.query)
        try:
            if fault and not self.suffer(fault):
                return
            self.route()
        except Refusal as refusal:
            self.answer_json(refusal.status, refusal.code, refusal.headers)
        except (BrokenPipeError, ConnectionError, ssl.SSLError, TimeoutError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

    def suffer(self, fault):
        """True when the request goes on as usual after all."""
        kind = fault["kind"]
        if kind == "hang":
            time.sleep(fault.get("seconds", 3600))
        elif kind == "close":
            self.close_connection = True
        elif kind == "html":
            self.answer(fault.get("code", 200), "text/html; charset=utf-8", "<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head><body>Welcome</body></html>\n")
        elif kind == "status":  # any refusal, in JSON or as given text
            if "text" in fault:
                self.answer(fault["code"], fault.get("type", "text/plain"), fault["text"], fault.get("headers"))
            else:
                raise Refusal(fault["code"], fault.get("reason", "InternalError"), fault.get("message", "etcdserver: request timed out"), headers=fault.get("headers"))
        elif kind == "redirect":
            self.answer(302, "text/plain", "", {"Location": fault.get("to", "https://login.example.com/?ticket=secret")})
        elif kind == "slow":
            self.send_response_only(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            for _ in range(100000):
                self.wfile.write(b" ")
                time.sleep(0.05)
        elif kind == "cut":  # promises more than it sends
            self.answer(200, "application/json", b'{"kind":"PodList","items":[', {"Content-Length": "5000"})
            self.close_connection = True
        elif kind == "garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
            self.close_connection = True
        elif kind == "endless":
            self.send_response_only(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            while True:
                self.wfile.write(b" " * 1000000)
        return False

    # who, and may he -----------------------------------------------------------------------------------------------

    def user(self):
        if self.peer:
            subject = [pair for rdn in self.peer["subject"] for pair in rdn]
            issuer_known = any(self.peer["issuer"] == name for name in self.double.ca_names)
            late = datetime.strptime(self.peer["notAfter"], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=timezone.utc) < datetime.now(timezone.utc)
            if issuer_known and not late:
                return next((v for k, v in subject if k == "commonName"), ""), [v for k, v in subject if k == "organizationName"]
            raise Refusal(401, "Unauthorized", "Unauthorized")
        scheme, _, secret = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = self.double.tokens.get(secret)
        elif scheme.lower() == "basic":
            name, _, password = base64.b64decode(secret).decode().partition(":")
            found = self.double.basic.get(password)
            found = found if found and found[0] == name else None
        else:
            return "system:anonymous", ["system:unauthenticated"]
        if not found:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        return found

    def authorise(self, verb, resource, group, namespace, name=""):
        user, groups = self.user()
        acting = self.headers.get("Impersonate-User")
        if acting and "system:masters" in groups:
            user, groups = acting, self.headers.get_all("Impersonate-Group") or []
        if "system:masters" in groups or ("viewers" in groups and verb in ("get", "list", "watch")):
            return
        if not resource:
            if self.url_path in PUBLIC:
                return
            raise Refusal(403, "Forbidden", f"forbidden: User \"{user}\" cannot {verb} path \"{self.url_path}\"", {})
        scope = f"in the namespace \"{namespace}\"" if namespace else "at the cluster scope"
        what = f"{resource.split('/')[0]} " + (f"\"{name}\" " if name else "")
        raise Refusal(403, "Forbidden", f"{what}is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\" {scope}",
                      {**({"name": name} if name else {}), **({"group": group} if group else {}), "kind": resource.split("/")[0]})

    # routes ------------------------------------------------------------------------------------------------------

    def route(self):
        path = self.url_path
        if path in ("/livez", "/readyz", "/healthz"):
            self.authorise("get", "", "", "")
            return self.health(path)
        if not path.startswith(("/api/", "/apis/")):
            self.authorise("get", "", "", "")
            raw = self.double.store.raw(path)
            if raw:
                return self.answer(200, *raw)
            if path == "/version":
                return self.answer_json({"major": "1", "minor": "20", "gitVersion": "v1.20.2", "platform": "linux/amd64"})
            return self.answer(404, "text/plain; charset=utf-8", "404 page not found\n")
        listing, namespace, name, sub = self.double.store.find(path)
        name = unquote(name)
        parts = path.strip("/").split("/")
        group = "" if parts[0] == "api" else parts[1]
        tail = parts[2 if parts[0] == "api" else 3:]
        resource = (tail[2] if tail[:1] == ["namespaces"] and len(tail) > 2 else tail[0]) if tail else ""
        verb = {"GET": "get" if name else "watch" if self.query.get("watch") in ("1", "true") else "list", "POST": "create", "PUT": "update",
                "PATCH": "patch", "DELETE": "delete"}[self.command]
        self.authorise(verb, resource + ("/" + sub.split("/")[0] if sub else ""), group, namespace, name)
        if listing is None:
            if not self.double.store.known_group(path):
                return self.answer(404, "text/plain; charset=utf-8", "404 page not found\n")
            raise Refusal(404, "NotFound", "the server could not find the requested resource", {})
        key = (namespace + "/" if namespace else "") + name
        if name and key not in listing.items and self.command != "POST":
            raise Refusal(404, "NotFound", f"{resource} \"{name}\" not found", {"name": name, **({"group": group} if group else {}), "kind": resource})
        if self.command != "GET":
            return self.write(listing, namespace, name, sub, key, resource)
        if sub.startswith("proxy/"):
            raw = self.double.store.raw(path)
            return self.answer(200, *raw) if raw else self.answer(404, "text/plain; charset=utf-8", "404 page not found\n")
        if name:
            return self.answer_json({"kind": listing.kind, "apiVersion": listing.api_version, **listing.items[key]})
        matches = self.selector(namespace)
        return self.watch(listing, matches) if verb == "watch" else self.list(listing, matches)

    def health(self, path):
        checks = [(c, "reason withheld" if c in self.double.failing else "") for c in CHECKS + (["shutdown"] if path == "/readyz" else [])]
        bad = any(reason for _, reason in checks)
        name = path.strip("/")
        text = "".join(f"[-]{c} failed: {r}\n" if r else f"[+]{c} ok\n" for c, r in checks) + f"{name} check {'failed' if bad else 'passed'}\n"
        self.answer(500 if bad else 200, "text/plain; charset=utf-8", text if bad or "verbose" in self.query else "ok", {"X-Content-Type-Options": "nosniff"})

    def selector(self, namespace):
        def value(item, dotted):
            for part in dotted.split("."):
                item = item.get(part, {}) if isinstance(item, dict) else {}
            return item if isinstance(item, str) else ""

        fields = [f.split("=", 1) for f in self.query.get("fieldSelector", "").replace("==", "=").split(",") if "=" in f]
        labels = [l.split("=", 1) for l in self.query.get("labelSelector", "").replace("==", "=").split(",") if "=" in l]

        def matches(item):
            meta = item.get("metadata", {})
            if namespace and meta.get("namespace") != namespace:
                return False
            if any((value(item, f[:-1]) == v) if f.endswith("!") else (value(item, f) != v) for f, v in fields):
                return False
            return all((meta.get("labels") or {}).get(l) == v for l, v in labels)

        return matches

    def list(self, listing, matches):
        store, limit, start, version = self.double.store, int(self.query.get("limit") or 0), "", None
        if self.query.get("continue"):
            try:
                token = json.loads(base64.urlsafe_b64decode(self.query["continue"] + "==="))
                start, version = token["start"], token["rv"]
            except (ValueError, KeyError, TypeError):
                raise Refusal(400, "BadRequest", "invalid continue token: continue key is not valid: invalid character 'm' looking for beginning of value")
        try:
            items, version, following, remaining = store.page(listing, matches, limit, start, version)
        except Expired:
            raise Refusal(410, "Expired", EXPIRED_CONTINUE)
        meta = {"resourceVersion": str(version)}
        if following:
            token = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": following}, separators=(",", ":"))
            meta["continue"] = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
            if not self.query.get("fieldSelector") and not self.query.get("labelSelector"):
                meta["remainingItemCount"] = remaining
        accept = self.headers.get("Accept", "")
        if "as=Table" in accept:
            return self.answer_json(table(listing, items, meta))
        if "as=PartialObjectMetadataList" in accept:
            partial = [{"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": i.get("metadata", {})} for i in items]
            return self.answer_json({"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": meta, "items": partial})
        return self.answer_json({"kind": listing.kind + "List", "apiVersion": listing.api_version, "metadata": meta, "items": items})

    def watch(self, listing, matches):
        double, store = self.double, self.double.store
        version = int(self.query.get("resourceVersion") or 0)
        end = time.monotonic() + int(self.query.get("timeoutSeconds") or 1800)
        bookmarks = self.query.get("allowWatchBookmarks") in ("1", "true")
        self.send_response_only(200)
        self.send_header("Date", formatdate(usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

        def emit(kind, item):
            body = item if kind == "ERROR" else {"kind": listing.kind, "apiVersion": listing.api_version, **item}
            line = (json.dumps({"type": kind, "object": body}, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")

        try:
            if version == 0:
                with store.lock:
                    current, version = sorted(listing.items.items()), store.version
                for _, item in current:
                    if matches(item):
                        emit("ADDED", item)
            told = double.bookmarks
            while time.monotonic() < end:
                store.refresh()
                for changed, kind, item in store.since(listing, version):
                    version = changed
                    if matches(item):
                        emit(kind, item)
                fault = double.take_fault("/watch", early=False) if double.fault.get("path") == "/watch" else None
                if fault:  # the connection ends in the middle of a line
                    self.wfile.write(b"10\r\n{\"type\":\"MODIF\r\n")
                    self.close_connection = True
                    return
                if bookmarks and told != double.bookmarks:
                    told, version = double.bookmarks, store.version
                    emit("BOOKMARK", {"metadata": {"resourceVersion": str(version), "creationTimestamp": None}})
                with store.lock:
                    store.lock.wait(0.05)
            if bookmarks:
                emit("BOOKMARK", {"metadata": {"resourceVersion": str(store.version), "creationTimestamp": None}})
        except Expired:
            emit("ERROR", {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                           "message": f"too old resource version: {version} ({store.compacted})", "reason": "Expired", "code": 410})
        self.wfile.write(b"0\r\n\r\n")

    def write(self, listing, namespace, name, sub, key, resource):
        store = self.double.store
        if self.command == "DELETE" or sub == "eviction":
            if key not in listing.items:
                raise Refusal(404, "NotFound", f"{resource} \"{name}\" not found", {"name": name, "kind": resource})
            return self.answer_json(store.change(listing, "DELETED", key, listing.items[key]), 201 if sub == "eviction" else 200)
        try:
            given = json.loads(self.body)
        except ValueError:
            raise Refusal(400, "BadRequest", "the object provided is unrecognized (must be of type " + listing.kind + ")")
        if self.command == "POST":
            given.setdefault("metadata", {}).update({"namespace": namespace} if namespace else {})
            key = key_of(given)
            if key in listing.items:
                raise Refusal(409, "AlreadyExists", f"{resource} \"{given['metadata'].get('name')}\" already exists", {"kind": resource})
            return self.answer_json(store.change(listing, "ADDED", key, given), 201)
        old = listing.items[key]
        if self.command == "PUT" and given.get("metadata", {}).get("resourceVersion", old["metadata"]["resourceVersion"]) != old["metadata"]["resourceVersion"]:
            raise Refusal(409, "Conflict", f"Operation cannot be fulfilled on {resource} \"{name}\": the object has been modified; "
                          "please apply your changes to the latest version and try again", {"name": name, "kind": resource})
        if self.command == "PATCH" and "patch+json" not in self.headers.get("Content-Type", ""):
            raise Refusal(415, "UnsupportedMediaType", "the body of the request was in an unknown format - accepted media types include: "
                          "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
        return self.answer_json(store.change(listing, "MODIFIED", key, merged(old, given) if self.command == "PATCH" else given))


def merged(old, patch):
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def table(listing, items, meta):
    def column(name, kind="string"):
        return {"name": name, "type": kind, "format": "name" if name == "Name" else "", "description": "", "priority": 0}

    def cells(item):
        name = item.get("metadata", {}).get("name", "")
        if listing.kind != "Pod":
            return [name, item.get("metadata", {}).get("creationTimestamp", "")]
        statuses = item.get("status", {}).get("containerStatuses", [])
        ready = f"{sum(bool(s.get('ready')) for s in statuses)}/{len(item.get('spec', {}).get('containers', []))}"
        return [name, ready, item.get("status", {}).get("phase", ""), sum(s.get("restartCount", 0) for s in statuses)]

    columns = [column("Name"), column("Ready"), column("Status"), column("Restarts", "integer")] if listing.kind == "Pod" else [column("Name"), column("Created At")]
    rows = [{"cells": cells(i), "object": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": i.get("metadata", {})}} for i in items]
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": meta, "columnDefinitions": columns, "rows": rows}


class Server(ThreadingHTTPServer):
    """Handshakes in the connection's own thread, and answers plain HTTP as Go's TLS port does."""
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address, context, double):
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, type("BoundHandler", (Handler,), {"double": double}))
        self.context, self.double = context, double

    def finish_request(self, request, client_address):
        fault = self.double.take_fault("", early=True)
        if fault and fault["kind"] == "hang-accept":
            time.sleep(fault.get("seconds", 3600))
        if fault:
            return
        request.settimeout(30)
        first = request.recv(1, socket.MSG_PEEK)
        if first and first != b"\x16":
            request.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
            return
        try:
            tls = self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
            tls.sni = None
            tls.do_handshake()
            tls.settimeout(None)
            super().finish_request(tls, client_address)
            tls.unwrap()
        except (OSError, ValueError):
            pass

    def handle_error(self, request, client_address):
        pass


class Control(BaseHTTPRequestHandler):
    double = None

    def log_message(self, *args):
        pass

    def reply(self, document):
        body = json.dumps(document).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with self.double.lock:
            self.reply(self.double.log)

    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        double, store = self.double, self.double.store
        if self.path == "/fault":
            assert not given or given["kind"] in FAULTS, given
            with double.lock:
                double.fault = given
        elif self.path == "/apply":
            listing = store.listings[given["path"]]
            key = key_of(given["object"])
            store.change(listing, "MODIFIED" if key in listing.items else "ADDED", key, given["object"])
        elif self.path == "/delete":
            listing = store.listings[given["path"]]
            store.change(listing, "DELETED", given["key"], listing.items[given["key"]])
        elif self.path == "/compact":
            store.compact()
        elif self.path == "/failing":
            double.failing = given
        elif self.path == "/bookmark":
            double.bookmarks += 1
        self.reply({"resourceVersion": str(store.version)})


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def main():
    parser = argparse.ArgumentParser(description="HTTPS apiserver double")
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--control")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input is closed")
    parser.add_argument("--objects", required=True)
    for name in ("--ca", "--cert", "--key"):
        parser.add_argument(name, required=True)
    for name in ("--foreign-ca", "--tokens", "--basic"):
        parser.add_argument(name)
    options = parser.parse_args()
    double = Double(options)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    context.load_verify_locations(options.ca)
    if options.foreign_ca:
        context.load_verify_locations(options.foreign_ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    # As the apiserver does, an expired client certificate is refused with 401, not in the handshake.
    context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME
    context.sni_callback = lambda tls, name, _: setattr(tls, "sni", name)
    server = Server(address(options.listen), context, double)
    ports = {"port": server.server_address[1]}
    if options.control:
        control = ThreadingHTTPServer(address(options.control), type("BoundControl", (Control,), {"double": double}))
        control.daemon_threads = True
        threading.Thread(target=control.serve_forever, daemon=True).start()
        ports["control"] = control.server_address[1]
    if options.with_parent:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    print(json.dumps(ports), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
