"""Update bundles: good ones, and all that a box must refuse."""

import http.server
import os
import pathlib
import shutil
import threading

from places import MEBI
from wires import CLIENT

MANIFEST = """[update]
compatible={compatible}
version={version}

[bundle]
format=verity

[image.rootfs]
filename=slot.img
"""


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A box that refuses a bundle hangs up on it."""


class Bundles:
    """Made in a folder that a web server hands out."""

    def __init__(self, places):
        self.places = places
        self.folder = places.work / "bundles"
        self.folder.mkdir()
        keys = places.cache / "keys"
        self.key = os.environ.get("STEELYARD_SIGNING_KEY", keys / "development.key.pem")
        self.cert = os.environ.get("STEELYARD_SIGNING_CERT", keys / "development.cert.pem")
        folder = str(self.folder)

        class Files(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *words):
                super().__init__(*words, directory=folder)

            def log_message(self, *_):
                pass

        self._server = Server((CLIENT, 0), Files)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def address(self, name):
        return f"http://{CLIENT}:{self._server.server_port}/{name}"

    def make(self, name, version, compatible="steelyard-rpi64", slot=None, key=None, cert=None):
        here = self.folder / "content"
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir()
        slot = slot or self.places.build / "slot.img"
        os.system(f"cp --sparse=always '{slot}' '{here}/slot.img'")
        (here / "manifest.raucm").write_text(
            MANIFEST.format(compatible=compatible, version=version))
        signing = self.folder / "signing"
        signing.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(key or self.key, signing / "key.pem")
        shutil.copy(cert or self.cert, signing / "cert.pem")
        target = self.folder / name
        target.unlink(missing_ok=True)
        self.places.tool(
            "rauc", "bundle", f"--cert={self.places.inside(signing / 'cert.pem')}",
            f"--key={self.places.inside(signing / 'key.pem')}",
            "--mksquashfs-args=-comp zstd -Xcompression-level 1", here, target)
        shutil.rmtree(here)
        shutil.rmtree(signing)
        return self.address(name)

    def stranger(self):
        """A key that no box trusts."""
        key, cert = self.folder / "stranger.key", self.folder / "stranger.cert"
        shutil.copy(self.places.repository / "image/signing.cnf", self.folder)
        self.places.tool(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256",
            "-subj", "/CN=Stranger", "-not_before", "20200101000000Z",
            "-not_after", "20500101000000Z", "-config", self.folder / "signing.cnf",
            "-keyout", key, "-out", cert)
        return {"key": key, "cert": cert}

    def cut(self, name, of, share=0.6):
        """The first part of another bundle."""
        whole = (self.folder / of).read_bytes()
        (self.folder / name).write_bytes(whole[: int(len(whole) * share)])
        return self.address(name)

    def unsigned(self, name, of):
        """Another bundle without its signature, which stands at its end, its length last."""
        whole = (self.folder / of).read_bytes()
        length = int.from_bytes(whole[-8:], "big")
        (self.folder / name).write_bytes(whole[: len(whole) - 8 - length])
        return self.address(name)

    def changed(self, name, of):
        """Another bundle with some bytes of its root changed."""
        whole = bytearray((self.folder / of).read_bytes())
        middle = len(whole) // 2
        whole[middle:middle + 4096] = os.urandom(4096)
        (self.folder / name).write_bytes(whole)
        return self.address(name)

    def slot_without_root(self):
        """A slot whose kernel starts, and whose root is noise."""
        noise = self.folder / "noise"
        noise.write_bytes(os.urandom(MEBI))
        return self._slot_with("noise.slot", noise)

    def slot_that_is_ill(self):
        """A slot that starts, and whose program ends at once."""
        root = self.places.build / "root"
        tree = pathlib.Path(self.folder / "ill")
        os.system(f"cp -al '{root}' '{tree}'")
        program = tree / "usr/bin/steelyard"
        kept = tree / "usr/bin/steelyard.well"
        program.rename(kept)
        program.write_text('#!/bin/bash\n[ "$1" != run ] || exit 1\nexec -a steelyard '
                           '/usr/bin/steelyard.well "$@"\n')
        program.chmod(0o755)
        squash = self.folder / "ill.squashfs"
        self.places.tool("mksquashfs", tree, squash, "-comp", "zstd", "-Xcompression-level", "1",
                         "-noappend", "-no-progress")
        shutil.rmtree(tree)
        return self._slot_with("ill.slot", squash)

    def _slot_with(self, name, root):
        """The build's slot with another root, which is used up."""
        slot = self.folder / name
        os.system(f"cp --sparse=always '{self.places.build}/slot.img' '{slot}'")
        for request in ("rm /root.squashfs", f"write {self.places.inside(root)} root.squashfs"):
            self.places.tool("debugfs", "-w", "-R", request, slot)
        root.unlink()
        return slot

    def close(self):
        self._server.shutdown()
        if not self.places.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
