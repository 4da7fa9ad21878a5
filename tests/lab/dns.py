# SPDX-License-Identifier: GPL-3.0-or-later
"""A name server of the lab, over UDP.

  dns.py answer ADDRESS           answers every A query with 192.0.2.80: the site's own server
  dns.py silent ADDRESS           takes queries and never answers
  dns.py forward ADDRESS UPSTREAM LOG   CoreDNS: cluster.local by itself, all else to UPSTREAM; errors into LOG as docker keeps them
  dns.py ask SERVER NAME COUNT    asks so many times at once, prints how many answers came
"""
import datetime
import json
import os
import socket
import struct
import sys
import threading


def name_of(query):
    at, labels = 12, []
    while at < len(query) and query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
        at += query[at] + 1
    return ".".join(labels) + ".", query[12:at + 5]


def answer(query, address):
    _, question = name_of(query)
    head = query[:2] + struct.pack(">HHHHH", 0x8580, 1, 1 if address else 0, 0, 0)
    if not address:
        return query[:2] + struct.pack(">HHHHH", 0x8583, 1, 0, 0, 0) + question
    return head + question + b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 30, 4) + socket.inet_aton(address)


def serve(address, handle):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, 53))
    while True:
        query, client = server.recvfrom(4096)
        threading.Thread(target=handle, args=(server, query, client), daemon=True).start()


def forward(upstream, log):
    os.makedirs(os.path.dirname(log), exist_ok=True)

    def say(text):
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with open(log, "a") as file:
            file.write(json.dumps({"log": text + "\n", "stream": "stdout", "time": stamp}, separators=(",", ":")) + "\n")

    say(".:53")
    say("[INFO] plugin/reload: Running configuration MD5 = 4665410bf21c8b272fcfd562c482cb82")
    say("CoreDNS-1.7.0")
    say("linux/amd64, go1.14.4, f59c03d")

    def handle(server, query, client):
        name, _ = name_of(query)
        if name.endswith("cluster.local."):
            server.sendto(answer(query, "10.96.0.1" if name.startswith("kubernetes.default.svc") else None), client)
            return
        up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        up.settimeout(2)
        up.connect((upstream, 53))
        try:
            up.send(query)
            server.sendto(up.recv(4096), client)
        except OSError as error:
            why = "i/o timeout" if isinstance(error, socket.timeout) else "connection refused"
            here, port = up.getsockname()
            say(f"[ERROR] plugin/errors: 2 {name} A: read udp {here}:{port}->{upstream}:53: {why}")
            server.sendto(query[:2] + struct.pack(">HHHHH", 0x8182, 1, 0, 0, 0) + name_of(query)[1], client)

    return handle


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
    serve(sys.argv[2], lambda server, query, client: server.sendto(answer(query, "192.0.2.80"), client))
elif mode == "silent":
    serve(sys.argv[2], lambda server, query, client: None)
elif mode == "forward":
    serve(sys.argv[2], forward(sys.argv[3], sys.argv[4]))
else:
    sys.exit(__doc__)
