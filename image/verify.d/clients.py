"""Clients of HTTP: clients.py ADDRESS PORT WORKERS PAUSE new|held. A line on stdin stops them; then
every request is printed: [begin, end, answer or null]."""

import http.client
import json
import sys
import threading
import time


def new(address, port, pause, stop, done):
    """A connection for each request."""
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


def held(address, port, pause, stop, done):
    """One connection for all requests; when it breaks, that is the last one, and has no answer."""
    link = http.client.HTTPConnection(address, port, timeout=60)
    begun, answer = time.monotonic(), "connected"
    try:
        link.connect()
        link.auto_open = 0
        ends = False
        while answer and not ends:
            ends = stop.wait(pause)  # once more at the end: is it still whole?
            begun = time.monotonic()
            link.request("GET", "/")
            answer = link.getresponse().read().decode().strip() or None
            done.append((begun, time.monotonic(), answer))
    except (OSError, http.client.HTTPException):
        done.append((begun, time.monotonic(), None))
    link.close()


def main(address, port, workers, pause, kind):
    stop, done = threading.Event(), []
    client = {"new": new, "held": held}[kind]
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
