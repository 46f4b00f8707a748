"""A copy of the card, changed from outside as a PC or a power cut would: nothing is mounted."""

import hashlib
import os
import shutil

from places import DATA, FAT, MEBI, SLOT_A, SLOT_B, SLOT_SIZE

SLOTS = {"A": SLOT_A, "B": SLOT_B}


class Card:
    def __init__(self, places, name, size=768 * MEBI):
        self.places = places
        self.folder = places.work / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "disk.img"
        if places.image.suffix == ".xz":
            with open(self.path, "wb") as target:
                import lzma
                with lzma.open(places.image) as packed:
                    shutil.copyfileobj(packed, target, MEBI)
        else:
            os.system(f"cp --sparse=always --reflink=auto '{places.image}' '{self.path}'")
        if size:
            os.truncate(self.path, size)

    @property
    def _fat(self):
        return f"{self.places.inside(self.path)}@@{FAT}M"

    def put(self, name, content):
        """Writes a file of the FAT partition; bytes, or text as UTF-8."""
        source = self.folder / "put"
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        self.places.tool("mcopy", "-o", "-i", self._fat, source, f"::{name}")
        source.unlink()

    def get(self, name):
        """A file of the FAT partition as text, or None."""
        done = self.places.tool("mtype", "-i", self._fat, f"::{name}", check=False, text=False)
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None

    def delete(self, name):
        self.places.tool("mdel", "-i", self._fat, f"::{name}", check=False)

    def check_fat(self):
        """True when the FAT is whole."""
        part = self.folder / "fat.img"
        with open(self.path, "rb") as card, open(part, "wb") as target:
            card.seek(FAT * MEBI)
            target.write(card.read(128 * MEBI))
        done = self.places.tool("fsck.fat", "-n", part, check=False)
        part.unlink()
        # 1 with nothing but the dirty bit: it was switched off, not shut down.
        wrong = [line for line in done.stdout.splitlines() if "differ" in line or "cluster" in line
                 and "clusters" not in line]
        return not wrong, done.stdout

    def wreck_data(self):
        """The data partition's first mebibyte, with its superblock, is noise."""
        with open(self.path, "r+b") as card:
            card.seek(DATA * MEBI)
            card.write(os.urandom(MEBI))
            card.seek((DATA + 128) * MEBI)
            card.write(os.urandom(MEBI))

    def slot_hash(self, name):
        summed = hashlib.sha256()
        with open(self.path, "rb") as card:
            card.seek(SLOTS[name] * MEBI)
            for _ in range(SLOT_SIZE):
                summed.update(card.read(MEBI))
        return summed.hexdigest()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
