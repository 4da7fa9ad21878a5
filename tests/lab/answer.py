# SPDX-License-Identifier: GPL-3.0-or-later
"""A Pod's server: answers every connection on ADDRESS:PORT with an HTTP page that says who answered; over TLS with the
certificate NAME.crt and NAME.key where such a NAME is given. usage: answer.py ADDRESS PORT WORDS [NAME]"""
import http.server
import os
import socketserver
import ssl
import sys

address, port, words = sys.argv[1], int(sys.argv[2]), sys.argv[3]
certificate = sys.argv[4] if len(sys.argv) > 4 and os.path.exists(sys.argv[4] + ".crt") else None


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        size = self.path.rpartition("/bytes/")[2]  # /bytes/N: so many of them
        body = b"x" * int(size) if size.isdigit() else (words + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    """Not HTTPServer: that one asks a resolver for its own name, which a Pod of the lab does not have."""
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def finish_request(self, request, client):
        if not certificate:
            return super().finish_request(request, client)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate + ".crt", certificate + ".key")
        request.settimeout(10)
        with context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client)

    def handle_error(self, request, client):
        pass  # a client that goes away, or does not speak TLS


Server((address, port), Handler).serve_forever()
