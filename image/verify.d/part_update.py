"""Updates: from A to B, back by itself, and what is refused."""

import time

from box import boot as start, configuration, prepare
from bundle import Bundles
from vm import BOOT
from wires import wait_served

UPDATE = 900


def update(report, places):
    """bundles that are refused or stopped, A to B, a root that does not start, one that is ill"""
    places.wires.serve()
    bundles = Bundles(places)
    try:
        good = bundles.make("good.raucb", "99.0")
        disk = prepare(places, "update", configuration())
        box = start(report, places, disk, "update-a", "the box")
        report.check(wait_served(240, alive=lambda: box.runs) is not None, "it balances", box.tail)
        report.check(box.until("boot-choice show | grep -q BOOT_A_LEFT=3", 240),
                     "the root that it runs is good", lambda: box.say("boot-choice show"))
        refused(report, box, bundles)
        stopped(report, box, good)
        to_b(report, box, good)
        back_again(report, places, box, bundles)
    finally:
        bundles.close()


def refused(report, box, bundles):
    before = box.say("boot-choice show")
    cases = {
        "a bundle of a stranger's key":
            (bundles.make("stranger.raucb", "99.0", **bundles.stranger()), "", "trusts"),
        "a bundle that nobody signed":
            (bundles.unsigned("unsigned.raucb", "good.raucb"), "", "not signed"),
        "a bundle that is cut off": (bundles.cut("cut.raucb", "good.raucb"), "", "whole"),
        "an older version": (bundles.make("old.raucb", "0.0.1"), "", "older"),
        "another board's bundle":
            (bundles.make("board.raucb", "99.0", compatible="toaster"), "", "toaster"),
        "a bundle whose root was changed":
            (bundles.changed("changed.raucb", "good.raucb"), "--no-reboot", "damaged"),
        "an address that has nothing": (bundles.address("nothing.raucb"), "", "404"),
    }
    for name, (address, words, meaning) in cases.items():
        code, said = box.run(f"steelyard update --yes {words} {address}", UPDATE)
        report.check(code not in (0, -1) and meaning in said, f"{name} is refused, in words", said)
        report.note(said.splitlines()[-1] if said else "nothing said")
    after = box.say("boot-choice show")
    # The changed bundle was found out while it was being written: RAUC has marked that slot.
    report.check(box.run("[ \"$(boot-choice get-primary)\" = A ]")[0] == 0,
                 "after all of them the box would start what it runs", f"{before}\n{after}")


def stopped(report, box, address):
    begin = len(box.log)
    box.type(f"steelyard update --yes {address} 2>&1\n")
    report.need(box.wait_log("Copying image", UPDATE, begin), "the other root is being written",
                lambda: box.tail(40))
    box.type("\x03")
    report.need(box.wait_log("stopped: no start tries the other root", 200, begin),
                "Ctrl-C stops it, in words", lambda: box.tail(40))
    report.check(box.run("! systemctl is-active rauc && [ \"$(boot-choice get-primary)\" = A ]")[0]
                 == 0, "RAUC writes no more, and the box would start what it runs",
                 lambda: box.say("systemctl status rauc; boot-choice show"))


def to_b(report, box, address):
    begun, begin = time.monotonic(), len(box.log)
    box.type(f"steelyard update --yes {address} 2>&1\n")
    report.need(box.wait_log("steelyard: booting slot B", UPDATE, begin),
                "a good bundle is installed, and the box starts it", lambda: box.tail(40))
    report.note(f"installed and started again after {time.monotonic() - begun:.0f} s")
    report.need(box.shell(BOOT, len(box.log)), "the new root starts", box.tail)
    code, said = box.run(f"boot-choice is-trial && steelyard update --yes {address}")
    report.check(code not in (0, -1) and "on trial" in said,
                 "while it is on trial, the root to go back to is not overwritten", said)
    report.check(box.say("cat /run/boot/name") == "B", "it runs from slot B")
    report.check(wait_served(300, alive=lambda: box.runs) is not None, "and balances as before",
                 box.journal)
    report.check(box.until("boot-choice show | grep -q BOOT_TRIAL=none", 400),
                 "it passes the health gate, and is kept",
                 lambda: box.say("boot-choice show; journalctl -b -u steelyard-health"))
    report.check("BOOT_ORDER=B A" in box.say("boot-choice show"),
                 "B is first from now on")


def back_again(report, places, box, bundles):
    kinds = [("a root that does not start", bundles.slot_without_root)]
    if not places.quick:
        kinds.append(("a root whose program ends at once", bundles.slot_that_is_ill))
    for what, make in kinds:
        address = bundles.make("broken.raucb", "100.0", slot=make())
        begun, begin = time.monotonic(), len(box.log)
        box.type(f"steelyard update --yes {address} 2>&1\n")
        report.need(box.wait_log("steelyard: booting slot A", UPDATE, begin),
                    f"{what} is installed and tried", lambda: box.tail(40))
        tried = len(box.log)
        report.need(box.wait_log("steelyard: booting slot B", 3 * BOOT, tried),
                    f"{what}: the box goes back by itself", lambda: box.tail(40))
        tries = box.log[begin:].count(b"steelyard: booting slot A")
        report.check(1 <= tries <= 3, f"{what}: tried {tries} times",)
        report.need(box.shell(BOOT, len(box.log)), f"{what}: the old root starts", box.tail)
        report.check(wait_served(300, alive=lambda: box.runs) is not None,
                     f"{what}: the box balances again", box.journal)
        if make == bundles.slot_that_is_ill:
            said = box.say("cat /data/update/went-back.txt")
            report.check("did not become well" in said, f"{what}: the box knows why", said)
        report.note(f"{what}: from the update to balancing again "
                    f"{time.monotonic() - begun:.0f} s")
