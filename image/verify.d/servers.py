"""Real servers of HTTP in this network namespace: servers.py ADDRESS..."""

import http.server
import subprocess
import sys
import threading


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # a connection stays open as long as its client likes

    def do_GET(self):
        body = f"server {self.server.server_address[0]}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def main(addresses):
    print("here", flush=True)
    sys.stdin.readline()
    commands = ["link set lo up", "link set eth0 up"]
    commands += [f"addr add {address}/24 dev eth0" for address in addresses]
    commands += ["route add default via 10.1.0.254"]
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)
    for address in addresses:
        server = Server((address, 8080), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("serving", flush=True)
    sys.stdin.read()


main(sys.argv[1:])
