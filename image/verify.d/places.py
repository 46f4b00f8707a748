"""Where things are, and which machines run: folders, the tool root, the image."""

import os
import pathlib
import re
import shutil
import subprocess

MEBI = 1024 * 1024
FAT, SLOT_A, SLOT_B, DATA = 1, 129, 289, 449  # where the partitions begin, in MiB
SLOT_SIZE = 160


class Places:
    def __init__(self, image_folder, image, keep, quick):
        cache = pathlib.Path(os.environ.get("STEELYARD_CACHE") or "~/.cache/steelyard").expanduser()
        self.cache = cache / "image"
        self.tools = self.cache / "tools"
        self.repository = image_folder.parent
        self.artifacts = self.repository / "tests/artifacts"
        self.quick = quick
        self.keep = keep
        self.work = self.tools / "work" / f"verify-{os.environ['STEELYARD_VERIFY']}"
        self.work.mkdir(parents=True)
        self.image = pathlib.Path(image) if image else self._newest(image_folder / "out")
        self.version = re.sub(r"^steelyard-(.*)-rpi64.*", r"\1", self.image.name)
        self._machines = []
        self._wires = None
        # RAUC asks /proc for its files. This is a mount namespace of our own.
        subprocess.run(["mount", "-t", "proc", "proc", self.tools / "proc"], check=True)

    @staticmethod
    def _newest(folder):
        found = sorted(folder.glob("steelyard-*-rpi64.img"), key=lambda path: path.stat().st_mtime)
        if not found:
            raise SystemExit("image/verify: there is no image in image/out: run image/build")
        return found[-1]

    @property
    def build(self):
        """What image/build left: the boot loader of virtual machines, the slot."""
        return self.tools / "work" / os.environ.get("STEELYARD_WORK", "build")

    def inside(self, path):
        """A path as the tools see it."""
        return "/" + str(pathlib.Path(path).relative_to(self.tools))

    def tool(self, *words, check=True, text=True):
        """Runs a program of the tool root; paths below it are translated."""
        words = [self.inside(word) if str(word).startswith(str(self.tools)) else str(word)
                 for word in words]
        done = subprocess.run(
            ["chroot", self.tools, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
             "LC_ALL=C.UTF-8", "MTOOLS_SKIP_CHECK=1", *words],
            capture_output=True, text=text, stdin=subprocess.DEVNULL, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr or done.stdout}")
        return done

    @property
    def wires(self):
        if self._wires is None:
            from wires import Wires
            self._wires = Wires(self)
        return self._wires

    def started(self, machine):
        self._machines.append(machine)

    def stop_all(self):
        for machine in self._machines:
            machine.kill()
            if not self.keep:
                machine.card.remove()
        self._machines = []

    def close(self):
        if not self.keep:
            shutil.rmtree(self.work, ignore_errors=True)
