"""A box under QEMU: its serial console is read, its shell is asked, its power is cut."""

import os
import re
import socket
import subprocess
import threading
import time

# On two busy processors without KVM a start takes one to three minutes.
BOOT = 420
PROMPT = rb"steelyard-[0-9a-f]+:[^\n]*# "


class Vm:
    def __init__(self, places, card, name, inside="pci", memory=1024, watchdog=False):
        """inside: what the second port is, pci or usb; None for a box without one."""
        self.places, self.card, self.name = places, card, name
        self.log = b""
        self._times = []
        self._turn = 0
        self._changed = threading.Condition()
        letter = ord(name[-1]) % 16
        self._networks = [("outside", 1, f"52:54:00:12:34:{letter:02x}")]
        if inside:
            self._networks.append(("inside", 2, f"52:54:00:56:78:{letter:02x}"))
        self._inside = inside
        self._memory = memory
        self._watchdog = ["-device", "i6300esb,addr=6"] if watchdog else []
        self._process = None
        self._taps = []

    def start(self):
        places, folder = self.places, self.card.folder
        words = ["chroot", places.tools, "qemu-system-aarch64", *self.machine(),
                 "-nodefaults", "-display", "none",
                 "-chardev", "stdio,id=s,signal=off", "-serial", "chardev:s",
                 "-monitor", f"unix:{places.inside(folder)}/monitor,server=on,wait=off",
                 *self.plug()]
        (folder / "monitor").unlink(missing_ok=True)
        self.log, self._times, self._turn = b"", [], 0
        self.begun = time.monotonic()
        self._process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, pass_fds=[handle for handle, _ in self._taps])
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        places.started(self)
        return self

    def machine(self):
        """The machine and what is always in it."""
        places = self.places
        return ["-M", "virt,acpi=off", "-cpu", "cortex-a72", "-smp", "2", "-m", str(self._memory),
                "-accel", "tcg,thread=multi",
                "-bios", places.inside(places.build / "vm/usr/lib/u-boot/qemu_arm64/u-boot.bin"),
                "-drive", f"if=none,id=d,file={places.inside(self.card.path)},format=raw",
                "-device", "virtio-blk-pci,drive=d,addr=3", "-device", "virtio-rng-pci,addr=5",
                *self._watchdog]

    def plug(self):
        """The network cards, each with a tap of its network."""
        words = []
        self._taps = [self.places.wires.tap(network) for network, _, _ in self._networks]
        self.outside = self._taps[0][1]
        for (network, slot, mac), (handle, _) in zip(self._networks, self._taps):
            words += ["-netdev", f"tap,id={network},fd={handle}"]
            if network == "inside" and self._inside == "usb":
                words += ["-device", f"qemu-xhci,id=usb,addr={slot}",
                          "-device", f"usb-net,bus=usb.0,netdev={network},mac={mac}"]
            else:
                words += ["-device",
                          f"virtio-net-pci,netdev={network},addr={slot},mac={mac},romfile="]
        return words

    def _read(self, process):
        with open(self.card.folder / "log", "ab") as file:
            while piece := os.read(process.stdout.fileno(), 65536):
                file.write(piece)
                file.flush()
                with self._changed:
                    self._times.append((len(self.log), time.monotonic() - self.begun))
                    self.log += piece
                    self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def runs(self):
        return self._process is not None and self._process.poll() is None

    def wait_log(self, pattern, seconds, since=0):
        """Waits until the console says it: the match, or None if it never does."""
        if isinstance(pattern, str):
            pattern = pattern.encode()
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                if match := re.search(pattern, self.log[since:]):
                    return match
                left = end - time.monotonic()
                if left <= 0 or not self.runs:
                    return None
                self._changed.wait(min(left, 1.0))

    def when(self, pattern):
        """How many seconds after the start the console said it, or None."""
        match = re.search(pattern.encode(), self.log)
        if match is None:
            return None
        return next(at for begin, at in reversed(self._times) if begin <= match.start())

    def tail(self, lines=15):
        return "\n".join(self.log.decode("utf-8", "replace").splitlines()[-lines:])

    def type(self, text):
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def shell(self, seconds=BOOT, since=0):
        """Waits for the shell on the console, and makes it plain. True when it is there."""
        if self.wait_log(PROMPT, seconds, since) is None:
            return False
        begin = len(self.log)
        self.type("stty -echo; set +o emacs; dmesg -n 1; PS1=; PS2=; "
                  "PATH=$PATH:/usr/lib/steelyard; "
                  "export TERM=dumb SYSTEMD_COLORS=0 SYSTEMD_PAGER=cat; printf '@@%s\\n' ready\n")
        return self.wait_log(rb"@@ready", 120, begin) is not None

    def run(self, command, seconds=180):
        """Runs a command in the box: (exit code, what it said)."""
        self._turn += 1
        begin = len(self.log)
        self.type(f"printf '@@%s\\n' B{self._turn}; {{ {command}\n}} 2>&1 < /dev/null; "
                  f"printf '\\n@@%s %s\\n' E{self._turn} $?\n")
        match = self.wait_log(
            rb"(?s)@@B%d\r?\n(.*?)\r?\n@@E%d (\d+)" % (self._turn, self._turn), seconds, begin)
        if match is None:
            return -1, "no answer\n" + self.tail()
        text = match[1].decode("utf-8", "replace").replace("\r", "")
        return int(match[2]), re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).strip("\n")

    def say(self, command, seconds=180):
        return self.run(command, seconds)[1]

    def journal(self):
        """The end of the journal: what a failed question shows."""
        return self.say("journalctl -b --no-hostname | tail -40")

    def until(self, command, seconds, pause=2):
        """Runs a command in the box until it succeeds; False if it never does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.runs:
            if self.run(command)[0] == 0:
                return True
            time.sleep(pause)
        return False

    def settle(self, seconds=400):
        """Until no unit is being started any more; True when none has failed."""
        self.until("systemctl is-system-running | grep -Eq 'running|degraded'", seconds)
        return self.say("systemctl --failed --no-legend --plain") == ""

    def monitor(self, command):
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.card.folder / "monitor"))
            link.settimeout(5)
            link.recv(4096)
            link.sendall(command.encode() + b"\n")
            try:
                link.recv(4096)
            except TimeoutError:
                pass

    def press_button(self):
        """The machine's power button is the box's: a pulse of 100 ms at line 3 of the PL061."""
        self.monitor("system_powerdown")

    def hold_button(self, pattern, seconds, since):
        """
        Holds it until the console says so: the match, or None. A pulse that begins while the last
        one lasts makes that longer.
        """
        end = time.monotonic() + seconds
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.card.folder / "monitor"))
            link.settimeout(5)
            while time.monotonic() < end and self.runs:
                link.sendall(b"system_powerdown\n")
                link.recv(4096)
                if match := self.wait_log(pattern, 0.03, since):
                    return match
        return None

    def kill(self):
        """The power is cut."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for handle, _ in self._taps:
            self.places.wires.close(handle)
        self._taps = []

    def off(self, seconds=180):
        """Shuts down as a user would, so that all is written. The shell must be there."""
        self.type("systemctl poweroff\n")
        end = time.monotonic() + seconds
        while self.runs and time.monotonic() < end:
            time.sleep(0.5)
        self.kill()
