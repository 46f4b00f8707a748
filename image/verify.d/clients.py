"""Clients of HTTP: clients.py ADDRESS PORT WORKERS PAUSE. A line on stdin stops them; then every
request is printed: [begin, end, answer or null]."""

import http.client
import json
import sys
import threading
import time


def client(address, port, pause, stop, done):
    while not stop.is_set():
        begun = time.monotonic()
        answer = None
        try:
            link = http.client.HTTPConnection(address, port, timeout=10)
            link.request("GET", "/")
            answer = link.getresponse().read().decode().strip() or None
            link.close()
        except (OSError, http.client.HTTPException):
            pass
        done.append((begun, time.monotonic(), answer))
        stop.wait(pause)


def main(address, port, workers, pause):
    stop, done = threading.Event(), []
    threads = [threading.Thread(target=client, args=(address, int(port), float(pause), stop, done))
               for _ in range(int(workers))]
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    for line in done:
        print(json.dumps(line))


main(*sys.argv[1:])
