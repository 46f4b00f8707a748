"""The Raspberry Pi 4 as far as QEMU models it: firmware apart, the card starts as on the board."""

from box import configuration, prepare
from places import MEBI
from vm import Vm

# What QEMU 10 does not have, and what Debian's kernel would wait for without end.
DISABLED = ("interrupt-controller@7ef00100", "hdmi@7ef00700", "hdmi@7ef05700", "i2c@7ef04500",
            "i2c@7ef09500", "clock@7ef00000")


class Pi(Vm):
    """QEMU's raspi4b: the card in its slot, U-Boot where the firmware would put it, no network."""

    def machine(self):
        places, folder = self.places, self.card.folder
        return ["-M", "raspi4b", "-kernel",
                places.inside(places.build / "boot/usr/lib/u-boot/rpi_arm64/u-boot.bin"),
                "-dtb", f"{places.inside(folder)}/board.dtb",
                "-drive", f"if=sd,file={places.inside(self.card.path)},format=raw"]

    def plug(self):
        """It has no network card that U-Boot and Debian's kernel could both use."""
        return []


def tree(places, folder):
    """Debian's device tree, without what QEMU lacks, its console at the first serial port."""
    source = next(places.build.glob("boot/usr/lib/linux-image-*/broadcom/bcm2711-rpi-4-b.dtb"))
    target = folder / "board.dtb"
    target.write_bytes(source.read_bytes())

    def put(*words, check=True):
        places.tool("fdtput", *words, check=check)
    for node in DISABLED:
        put("-t", "s", target, f"/soc/{node}", "status", "disabled")
    put("-t", "s", target, "/chosen", "stdout-path", "serial0:115200n8")
    put("-d", target, "/emmc2bus/mmc@7e340000", "vmmc-supply", "vqmmc-supply")
    put("-d", target, "/soc/mmc@7e300000", "mmc-pwrseq")
    put("-r", target, "/soc/serial@7e201000/bluetooth", check=False)
    # The model's watchdog hangs whoever opens it.
    put("-t", "s", target, "/soc/watchdog@7e100000", "compatible", "none")


def boards(report, places):
    """the Raspberry Pi 4 of QEMU: U-Boot, the slot, the root, the board's own profile"""
    # A card of QEMU's has a power of two of bytes.
    disk = prepare(places, "boards", configuration(), size=1024 * MEBI)
    tree(places, disk.folder)
    box = Pi(places, disk, "pi-a").start()
    report.need(box.wait_log("steelyard: booting slot A", 120),
                "the Pi's U-Boot runs the card's script and chooses a slot", box.tail)
    report.check(b"Environment from FAT... OK" in box.log and b"Hit any key" not in box.log,
                 "it takes its environment from the card, and waits for no key", box.tail)
    report.need(box.shell(), "its root comes up, and its console has a shell", lambda: box.tail(30))
    report.note(f"raspi4b: shell after {box.when('steelyard-[0-9a-f]+:[^ ]*# '):.0f} s")
    model = box.say("tr -d '\\0' < /proc/device-tree/model")
    report.check("Raspberry Pi 4" in model, f"it is a {model}")
    report.check(box.run("systemctl show steelyard-prepare -p Result | grep -q success")[0] == 0,
                 "its data partition and card are prepared",
                 lambda: box.say("journalctl -b -u steelyard-prepare"))
    report.check("LED_READY" in box.say("gpioinfo 2> /dev/null; cat /usr/share/steelyard/board/"
                                        "rpi4/panel.conf"), "the board's profile is there")
    failed = box.say("systemctl --failed --no-legend --plain")
    report.note(f"failed units without a network: {failed or 'none'}")
