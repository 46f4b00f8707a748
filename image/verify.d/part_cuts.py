"""The power is cut at any instant: QEMU is killed while the box writes."""

import os
import random
import re
import time

from box import boot as start, configuration, prepare
from bundle import Bundles
from vm import BOOT
from wires import wait_served

CUTS, CUTS_QUICK = 20, 4


def cuts(report, places):
    """power cuts at random instants of an update and of a configuration's intake"""
    seed = int(os.environ.get("STEELYARD_VERIFY_SEED") or random.randrange(1 << 30))
    chance = random.Random(seed)
    report.note(f"seed {seed} (STEELYARD_VERIFY_SEED)")
    places.wires.serve()
    bundles = Bundles(places)
    try:
        address = bundles.make("good.raucb", "99.0")
        disk = prepare(places, "cuts", configuration("a", 150))
        box = start(report, places, disk, "cuts-a", "the box")
        many = CUTS_QUICK if places.quick else CUTS
        install, turn = measure(report, box, address), 0
        while turn < many:
            turn += 1
            cut_update(report, box, address, chance.uniform(0, install), turn, install)
            if turn < many:
                turn += 1
                cut_intake(report, disk, box, chance, turn)
            judge(report, places, disk, box, turn)
    finally:
        bundles.close()


def measure(report, box, address):
    """How long an update takes here, so that cuts fall into all of it; it succeeds."""
    begun = time.monotonic()
    code, said = box.run(f"steelyard update --yes --no-reboot {address}", 900)
    report.need(code == 0, "an update runs through once", said)
    took = time.monotonic() - begun
    report.note(f"an update takes {took:.0f} s")
    return took


def cut_update(report, box, address, instant, turn, install):
    box.type(f"steelyard update --yes --force --no-reboot {address} > /run/said 2>&1\n")
    time.sleep(instant)
    box.kill()
    report.note(f"cut {turn}: {instant:.1f} s into an update of {install:.0f} s")


def cut_intake(report, disk, box, chance, turn):
    """Another configuration each time; the cut falls between prepare's begin and after intake."""
    disk.put("steelyard.conf", configuration("a", 100 + turn))
    box.start()
    if box.wait_log("prepare: this is steelyard", BOOT) is None:
        report.check(False, f"cut {turn}: the box comes to its intake", box.tail)
        return
    instant = chance.uniform(0, 25)
    time.sleep(instant)
    box.kill()
    report.note(f"cut {turn}: {instant:.1f} s after prepare, with a new configuration")


def judge(report, places, disk, box, turn):
    """It starts, balances, and nothing is half written."""
    box.start()
    report.need(box.shell(), f"after cut {turn} the box starts", lambda: box.tail(40))
    box.until("systemctl is-active -q steelyard-intake", 300)
    slot = box.say("cat /run/boot/name")
    report.check(wait_served(300, alive=lambda: box.runs) is not None,
                 f"after cut {turn} it balances (slot {slot})",
                 box.journal)
    report.check(disk.get("FAULT.txt") is None, f"after cut {turn} nothing is broken",
                 disk.get("FAULT.txt"))
    kept = re.search(r"priority (\d+)", box.say("cat /data/config/current.conf"))
    offered = re.search(r"priority (\d+)", disk.get("steelyard.conf"))
    report.check(kept and kept[1] == offered[1], f"after cut {turn} the card's configuration runs",
                 lambda: box.say("ls -la /data/config; head -20 /data/config/current.conf"))
