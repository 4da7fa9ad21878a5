# SPDX-License-Identifier: GPL-3.0-or-later
"""A name server of the lab, over UDP and TCP.

  dns.py answer ADDRESS           answers every A query with 192.0.2.80: the site's own server
  dns.py silent ADDRESS           takes queries and never answers
  dns.py refuse|servfail ADDRESS  answers every query with that code
  dns.py forward ADDRESS UPSTREAM LOG [FAULT]   CoreDNS: cluster.local by itself, all else to UPSTREAM; errors into LOG as docker keeps
                                  them. FAULT: silent, closed, refuse, servfail, lie, unsynced, slow, drop-udp, drop-tcp
  dns.py ask SERVER NAME COUNT    asks so many times at once, prints how many answers came
"""
import datetime
import json
import os
import socket
import struct
import sys
import threading
import time

SERVFAIL, NXDOMAIN, REFUSED = 2, 3, 5


def name_of(query):
    at, labels = 12, []
    while at < len(query) and query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
        at += query[at] + 1
    return ".".join(labels) + ".", query[12:at + 5]


def code(query, value):
    return query[:2] + struct.pack(">HHHHH", 0x8580 | value, 1, 0, 0, 0) + name_of(query)[1]


def answer(query, address):
    _, question = name_of(query)
    if not address:
        return code(query, NXDOMAIN)
    head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1, 0, 0)
    return head + question + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 30, 4) + socket.inet_aton(address)


def exactly(client, count):
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        if not more:
            return None
        data += more
    return data


def serve(address, handle, protocols=("udp", "tcp")):
    """handle(query): the answer's bytes, or None for none."""
    def one_udp(query, client):
        reply = handle(query)
        if reply is not None and "udp" in protocols:
            udp.sendto(reply, client)

    def one_tcp(client):
        with client:
            client.settimeout(10)
            try:
                while head := exactly(client, 2):
                    query = exactly(client, struct.unpack(">H", head)[0])
                    reply = handle(query) if query else None
                    if reply is None or "tcp" not in protocols:
                        time.sleep(10)
                        return
                    client.sendall(struct.pack(">H", len(reply)) + reply)
            except OSError:
                pass

    def listen():
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind((address, 53))
        tcp.listen(64)
        while True:
            client, _ = tcp.accept()
            threading.Thread(target=one_tcp, args=(client,), daemon=True).start()

    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    threading.Thread(target=listen, daemon=True).start()
    udp.bind((address, 53))
    while True:
        query, client = udp.recvfrom(4096)
        threading.Thread(target=one_udp, args=(query, client), daemon=True).start()


def forward(address, upstream, log, fault):
    os.makedirs(os.path.dirname(log), exist_ok=True)
    lock = threading.Lock()

    def say(text):
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with lock, open(log, "a") as file:
            file.write(json.dumps({"log": text + "\n", "stream": "stdout", "time": stamp}, separators=(",", ":")) + "\n")

    if fault == "unsynced":
        say("[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server")
        say("[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API")
    say(".:53")
    say("[INFO] plugin/reload: Running configuration MD5 = 4665410bf21c8b272fcfd562c482cb82")
    say("CoreDNS-1.7.0")
    say("linux/amd64, go1.14.4, f59c03d")
    if upstream.startswith("127."):
        # The loop plugin's own query comes back: it ends the server, as it does in CoreDNS.
        say('[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. '
            'Query: "HINFO 4547991504243258144.3688648895315093531."')
        return
    for _ in range(3 if fault == "unsynced" else 0):
        say('E0105 08:00:00.000000       1 reflector.go:178] pkg/mod/k8s.io/client-go@v0.18.3/tools/cache/reflector.go:125: Failed to list *v1.Service: '
            'Get "https://10.96.0.1:443/api/v1/services?limit=500&resourceVersion=0": dial tcp 10.96.0.1:443: i/o timeout')
    if fault == "closed":
        return

    def ask_upstream(query, name):
        up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        up.settimeout(2)
        up.connect((upstream, 53))
        try:
            up.send(query)
            return up.recv(4096)
        except OSError as error:
            why = "i/o timeout" if isinstance(error, socket.timeout) else "connection refused"
            here, port = up.getsockname()
            say(f"[ERROR] plugin/errors: 2 {name} A: read udp {here}:{port}->{upstream}:53: {why}")
            return code(query, SERVFAIL)

    def handle(query):
        name, _ = name_of(query)
        inside = name.endswith("cluster.local.")
        if fault == "silent":
            return None
        if fault in ("refuse", "servfail"):
            return code(query, REFUSED if fault == "refuse" else SERVFAIL)
        if fault == "slow":
            time.sleep(1.4)
        if inside and fault == "unsynced":
            return code(query, SERVFAIL)
        if inside and fault == "lie":
            return answer(query, "203.0.113.66")
        if inside:
            return answer(query, "10.96.0.1" if name.startswith("kubernetes.default.svc") else None)
        return ask_upstream(query, name)

    serve(address, handle, {"drop-udp": ("tcp",), "drop-tcp": ("udp",)}.get(fault, ("udp", "tcp")))


def ask(server, name, count):
    answers = []

    def one(number):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.settimeout(4)
        question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0" + struct.pack(">HH", 1, 1)
        client.sendto(struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + question, (server, 53))
        try:
            answers.append(client.recv(4096)[3] & 15)
        except OSError:
            pass

    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{len(answers)} answers, {answers.count(0)} good")


mode = sys.argv[1]
if mode == "ask":
    ask(sys.argv[2], sys.argv[3], int(sys.argv[4]))
elif mode == "answer":
    serve(sys.argv[2], lambda query: answer(query, "192.0.2.80"))
elif mode == "silent":
    serve(sys.argv[2], lambda query: None)
elif mode in ("refuse", "servfail"):
    serve(sys.argv[2], lambda query: code(query, REFUSED if mode == "refuse" else SERVFAIL))
elif mode == "forward":
    forward(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5] if len(sys.argv) > 5 else "")
else:
    sys.exit(__doc__)
