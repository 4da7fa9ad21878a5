# SPDX-License-Identifier: GPL-3.0-or-later
"""A Pod's server: answers every connection on ADDRESS:PORT with an HTTP page that says who answered."""
import http.server
import socketserver
import sys

address, port, words = sys.argv[1], int(sys.argv[2]), sys.argv[3]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (words + "\n").encode()
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


Server((address, port), Handler).serve_forever()
