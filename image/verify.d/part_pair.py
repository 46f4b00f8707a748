"""Two boxes from the same image, between clients and real servers."""

import collections
import subprocess
import time

from box import configuration, prepare
from bundle import Bundles
from part_update import UPDATE
from vm import BOOT, Vm
from wires import Load, ask, longest_gap, wait_served

# The virtual router 51 outside: whose port frames with this address come from is MASTER.
ROUTER = "00:00:5e:00:01:33"
OTHER = {"a": "b", "b": "a"}


class Pair:
    def __init__(self, places):
        self.boxes, self.places = {}, places

    def master(self):
        """By what the outside network's switch has learned, not by what a box says of itself."""
        table = subprocess.run(["bridge", "fdb", "show", "br", "outside"], capture_output=True,
                               text=True, check=True).stdout
        for line in table.splitlines():
            if line.startswith(ROUTER):
                port = line.split()[2]
                for letter, box in self.boxes.items():
                    if box.outside == port:
                        return letter
        return None

    def wait_master(self, letter, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.master() == letter:
                return True
            time.sleep(0.05)
        return False


class Together:
    """New connections all the time, and some that stay open: lively ones and calm ones."""

    def __init__(self):
        self._loads = [Load(), Load(4, 0.5, "held"), Load(2, 20, "held")]
        self.requests, self._held = [], []

    def stop(self):
        first, *others = (load.stop() for load in self._loads)
        self.requests, self._held = first, sum(others, [])

    def judge(self, report, most_failed, when):
        failed = unanswered(self.requests)
        gap, _ = longest_gap(self.requests)
        report.check(self.requests and failed <= most_failed and gap < 10,
                     f"{when}: {len(self.requests)} requests, {failed} failed (at most "
                     f"{most_failed}), the longest gap {gap:.2f} s")
        slowest = max((end - begin for begin, end, _ in self._held), default=0.0)
        report.check(self._held and unanswered(self._held) == 0,
                     f"{when}: of six connections that stayed open {unanswered(self._held)} broke; "
                     f"{len(self._held)} requests on them, the slowest {slowest:.2f} s")


def unanswered(requests):
    return sum(1 for _, _, answer in requests if not answer)


def pair(report, places):
    """two boxes of one image: real HTTP, the button hands over, one is killed and comes back"""
    both = begin(report, places)
    balanced(report)
    button(report, both)
    killed(report, both)


def renew(report, places):
    """a pair under load gets a new root, one box at a time: nothing fails, no connection breaks"""
    both = begin(report, places)
    bundles = Bundles(places)
    load, told = Together(), []

    def tell(sentence):
        told.append((time.monotonic(), sentence))
    try:
        address = bundles.make("good.raucb", "99.0")
        for letter in ("b", "a"):
            box = both.boxes[letter]
            mark = len(box.log)
            tell(f"box {letter}'s update began")
            box.type(f"steelyard update {address} 2>&1\n")
            report.need(box.wait_log("steelyard: booting slot B", UPDATE, mark),
                        f"box {letter} is updated, and starts the new root", lambda: box.tail(30))
            tell(f"box {letter}'s boot loader began")
            report.need(box.shell(BOOT, len(box.log)), f"box {letter} is up again", box.tail)
            tell(f"box {letter}'s console had a shell")
            report.check(box.until("boot-choice show | grep -q BOOT_TRIAL=none", 400),
                         f"box {letter} keeps its new root",
                         lambda: box.say("boot-choice show; journalctl -b -u steelyard-health"))
    finally:
        load.stop()
        bundles.close()
    load.judge(report, 0, "while both were updated")
    gap, began = longest_gap(load.requests)
    for at, sentence in told:
        report.note(f"{at - began:+7.1f} s from the gap of {gap:.1f} s: {sentence}")


def begin(report, places):
    """A pair that balances, and knows itself to be one."""
    places.wires.serve()
    both = Pair(places)
    for letter, priority in (("a", 150), ("b", 100)):
        disk = prepare(places, f"pair-{letter}", configuration(letter, priority), letter)
        both.boxes[letter] = Vm(places, disk, f"pair-{letter}").start()
    for letter, box in both.boxes.items():
        report.need(box.shell(2 * BOOT), f"box {letter} boots", box.tail)
    a, b = both.boxes["a"], both.boxes["b"]
    report.need(wait_served(300, alive=lambda: a.runs and b.runs) is not None,
                "the pair balances", lambda: a.say("journalctl -b -u steelyard | tail -20"))
    report.check(both.wait_master("a", 120), "the higher priority is MASTER",
                 lambda: a.say("steelyard status") + b.say("steelyard status"))
    report.check(a.until("steelyard status | grep -q box-b", 180), "box a knows its twin",
                 lambda: a.say("steelyard status"))
    report.note("\n" + a.say("steelyard status"))
    for box in both.boxes.values():
        box.settle()
    return both


def balanced(report):
    load = Load()
    time.sleep(10)
    requests = load.stop()
    tally = collections.Counter(answer for _, _, answer in requests)
    report.check(len(requests) > 50 and None not in tally and len(tally) == 3,
                 f"{len(requests)} pages come from all three servers, none fails", tally)
    report.note(", ".join(f"{answer}: {count}" for answer, count in sorted(
        tally.items(), key=lambda pair: str(pair[0]))))


def button(report, both):
    master = both.master() or "a"
    other = OTHER[master]
    change(report, both, master, both.boxes[master].press_button, witness=master, rest=6,
           sentence=f"a press of box {master}'s button makes box {other} the MASTER",
           most_failed=0, when="at the press")


def change(report, both, master, act, witness, rest, sentence, most_failed, when):
    """The other box becomes MASTER by an act, under load. The witness tells, if it does not."""
    load = Together()
    time.sleep(4)
    act()
    begun = time.monotonic()
    moved = both.wait_master(OTHER[master], 60)
    took = time.monotonic() - begun
    time.sleep(rest)
    load.stop()
    report.check(moved, sentence,
                 lambda: both.boxes[witness].say("journalctl -b -u steelyard | tail -20"))
    report.note(f"the other box held the address after {took:.2f} s")
    load.judge(report, most_failed, when)


def killed(report, both):
    master = both.master() or "a"
    other = OTHER[master]
    change(report, both, master, both.boxes[master].kill, witness=other, rest=8,
           sentence=f"box {master} is killed, and box {other} is MASTER",
           most_failed=4, when="at the kill")
    box = both.boxes[master].start()
    report.check(box.shell(BOOT), f"box {master} starts again", box.tail)
    report.check(box.until("systemctl is-active steelyard", 120), "and serves again",
                 lambda: box.say("systemctl status steelyard"))
    if master == "a":
        report.check(both.wait_master("a", 120), "and is MASTER again, by its priority")
    report.check(ask() is not None, "the pair balances as before")
