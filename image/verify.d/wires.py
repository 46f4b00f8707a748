"""The networks: outside with the client, inside with real servers in a place of their own."""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time

CLIENT = "192.0.2.1"
SERVERS = ("10.1.0.11", "10.1.0.12", "10.1.0.13")
VIP = "192.0.2.10"
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Wires:
    def __init__(self, places):
        self._places = places
        self._taps = 0
        self._servers = None
        ip("link", "set", "lo", "up")
        for name in ("outside", "inside"):
            ip("link", "add", name, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
            ip("link", "set", name, "up")
        ip("addr", "add", f"{CLIENT}/24", "dev", "outside")

    def tap(self, network):
        """A port of a network, for a machine: its open file, and its name."""
        self._taps += 1
        name = f"{network[:3]}{self._taps}"
        handle = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(handle, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
        ip("link", "set", name, "master", network, "up")
        return handle, name

    @staticmethod
    def close(handle):
        """The port goes away with its file."""
        os.close(handle)

    def serve(self):
        """Starts the real servers, which know no way but through the box."""
        if self._servers is not None:
            return
        here = os.path.dirname(__file__)
        self._servers = subprocess.Popen(
            ["unshare", "--net", sys.executable, f"{here}/servers.py", *SERVERS],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._servers.stdout.readline()
        ip("link", "add", "srv", "type", "veth", "peer", "name", "eth0",
           "netns", str(self._servers.pid))
        ip("link", "set", "srv", "master", "inside", "up")
        self._servers.stdin.write(b"go\n")
        self._servers.stdin.flush()
        self._servers.stdout.readline()


class Load:
    """Clients that ask for a page each, over and over, until stopped: by a new connection each
    time, or all by the one that it holds."""

    def __init__(self, workers=4, pause=0.05, kind="new"):
        here = os.path.dirname(__file__)
        self._process = subprocess.Popen(
            [sys.executable, f"{here}/clients.py", VIP, "80", str(workers), str(pause), kind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def stop(self):
        """Each request: when it began and ended (monotonic), the answer or None."""
        said, _ = self._process.communicate("stop\n")
        return [json.loads(line) for line in said.splitlines()]


def longest_gap(requests):
    """The longest time in which no request came to its end well."""
    ends = sorted(end for _, end, answer in requests if answer)
    gaps = [(later - sooner, sooner) for sooner, later in zip(ends, ends[1:])]
    return max(gaps, default=(0.0, 0.0))


def ask(address=VIP, port=80, path="/", timeout=5.0, tls=False):
    """One page, or None. By TLS, whoever signed the certificate."""
    import http.client
    import ssl
    try:
        link = http.client.HTTPSConnection(
            address, port, timeout=timeout, context=ssl._create_unverified_context()
        ) if tls else http.client.HTTPConnection(address, port, timeout=timeout)
        link.request("GET", path)
        return link.getresponse().read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return None


def resolve(name, seconds=10.0):
    """The address that a box answers to a question for NAME.local (RFC 6762), or None."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in (name, "local"))
    question = struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        link.bind(("", 5353))
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(CLIENT))
        link.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                        socket.inet_aton("224.0.0.251") + socket.inet_aton(CLIENT))
        link.settimeout(1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            link.sendto(question, ("224.0.0.251", 5353))
            try:
                while answer := link.recv(9000):
                    # Its first record: a name or a pointer to one, A, IN, time to live, 4 octets.
                    record = answer.find(b"\0\1", 12)
                    if answer[2] & 0x80 and labels.lower() in answer.lower() and record > 0:
                        return socket.inet_ntoa(answer[record + 10:record + 14])
            except TimeoutError:
                continue
    return None


def wait_served(seconds, address=VIP, port=80, path="/", alive=lambda: True, tls=False):
    """Asks until there is an answer; the seconds it took, or None."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds and alive():
        if ask(address, port, path, timeout=5.0 if tls else 2.0, tls=tls) is not None:
            return time.monotonic() - begun
        time.sleep(0.25)
    return None
