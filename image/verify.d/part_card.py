"""What a person with a PC may do to the card."""

import subprocess

import browser
from box import ADDRESSES, ONE_ARM, boot as start, configuration, prepare
from bundle import Bundles
from places import MEBI, SLOT_B
from vm import BOOT
from wires import ask, wait_served

OUTSIDE = ADDRESSES["a"][0]


def card(report, places):
    """odd and broken configurations, one port, SSH, full and broken data, resets, a small card"""
    places.wires.serve()
    disk = prepare(places, "card", None)
    one_armed(report, places, disk)
    full_data(report, places, disk)
    box = broken_configuration(report, places, disk)
    button_reset(report, disk, box)
    factory_reset(report, places, disk)
    broken_data(report, places, disk)
    too_small(report, places)


def fault(report, disk, words, sentence):
    """FAULT.txt says all these words."""
    said = disk.get("FAULT.txt")
    report.check(said is not None and all(word in said for word in words), sentence, said)


def one_armed(report, places, disk):
    text = ONE_ARM.format(name="box-a", address=OUTSIDE).replace("\n", "\r\n")
    disk.put("steelyard.conf", b"\xff\xfe" + text.encode("utf-16-le"))
    key = make_key(disk)
    box = start(report, places, disk, "card-a", "a box with one port, its file UTF-16 and CRLF,",
                inside=None)
    report.check(wait_served(240, OUTSIDE, 8080, alive=lambda: box.runs, tls=True) is not None,
                 "with one port alone the box serves, its dashboard over HTTPS", box.journal)
    report.check(ask(OUTSIDE, 8080) is None, "and over HTTP no more")
    browser.picture(report, places, f"https://{OUTSIDE}:8080/", "image-https.png",
                    ("box-a", "MASTER"))
    report.check(box.run("journalctl -b | grep -qi 'second port'")[0] == 0,
                 "and it says that the second port is missing")
    report.check(disk.get("FAULT.txt") is None, "which is no fault of the file",
                 disk.get("FAULT.txt"))
    ssh(report, box, key)
    # The next start finds data full to the last block.
    box.run("cat /data/config/current.conf > /run/kept; "
            "fallocate -l $(($(df --output=avail -B1 /data | tail -1) - 65536)) /data/filler; "
            "dd if=/dev/zero of=/data/filler2 bs=4096 2> /dev/null; "
            "for i in $(seq 300); do echo x 2> /dev/null > /data/config/$i || break; done; "
            "sync", 400)
    report.note("data is full: " + box.say("df /data | tail -1"))
    box.kill()


def make_key(disk):
    """A key pair; its public half goes on the card."""
    path = disk.folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    disk.put("authorized_keys", path.with_suffix(".pub").read_text().replace("\n", "\r\n"))
    return path


def ssh(report, box, key):
    words = ["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
             "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=30", "-o", "BatchMode=yes"]
    done = subprocess.run([*words, "-i", key, f"root@{OUTSIDE}", "cat /run/boot/name"],
                          capture_output=True, text=True, timeout=180, check=False)
    report.check(done.stdout.strip() == "A", "SSH takes the key that is on the card",
                 done.stdout + done.stderr + box.say("journalctl -b -u dropbear | tail"))
    done = subprocess.run([*words, "-v", "-o", "PreferredAuthentications=none,password",
                           "-o", "LogLevel=VERBOSE", f"root@{OUTSIDE}", "true"],
                          capture_output=True, text=True, timeout=180, check=False)
    report.check(done.returncode != 0 and "(publickey)" in done.stderr,
                 "SSH offers no password", done.stderr)


def full_data(report, places, disk):
    disk.put("steelyard.conf", b"\xef\xbb\xbf" + configuration("a", 151).encode())
    disk.delete("authorized_keys")
    box = start(report, places, disk, "card-a", "a box whose data partition is full")
    report.check(wait_served(240, OUTSIDE, 8080, alive=lambda: box.runs, tls=True) is not None,
                 "it serves by the last good configuration", box.journal)
    fault(report, disk, ["CANNOT KEEP IT", "data partition"],
          "FAULT.txt says that data takes nothing any more")
    report.check(box.run("cmp /data/config/current.conf /data/config/current.conf && "
                         "! grep -q 'priority 151' /data/config/current.conf")[0] == 0,
                 "what was kept is as it was")
    box.run("rm -f /data/filler* /data/config/[0-9]*; sync")
    box.kill()


def broken_configuration(report, places, disk):
    """First good, so that there is a last good one; then with a fault."""
    text = configuration("a").splitlines()
    line = next(number for number, words in enumerate(text) if "lvs_sched" in words)
    text[line] = "    lvs_sched roundabout"
    disk.put("steelyard.conf", "\n".join(text) + "\n")
    box = start(report, places, disk, "card-a",
                "a box whose steelyard.conf has a fault, and whose second port is on USB,",
                inside="usb")
    fault(report, disk, [f"steelyard.conf:{line + 1}", "roundabout", "What to do"],
          f"FAULT.txt names line {line + 1} and what is wrong in it")
    report.check(wait_served(240, OUTSIDE, 8080, alive=lambda: box.runs, tls=True) is not None,
                 "the last good configuration runs", box.journal)
    report.check("/usb" in box.say("readlink -f /sys/class/net/inside"),
                 "its servers are behind a network card on USB", lambda: box.say("ip -br link"))
    report.note("FAULT.txt: " + " / ".join((disk.get("FAULT.txt") or "").split("\r\n")[:4]))
    return box


def button_reset(report, disk, box):
    """The button is held for long: the last good configuration is no more, the card's files are."""
    begin = len(box.log)
    report.need(box.hold_button("factory reset: asked by the button", 120, begin),
                "the button, held for 15 s, asks for a factory reset",
                lambda: box.say("journalctl -b -u steelyard -u 'steelyard-reset.*' | tail -20"))
    report.need(box.wait_log("factory reset: data is wiped", BOOT, begin),
                "the box starts again by itself, and wipes data", lambda: box.tail(30))
    report.need(box.shell(BOOT, len(box.log)), "and is up again", box.tail)
    box.until("systemctl is-active -q steelyard-intake", 300)
    report.check(box.run("[ ! -e /data/config/current.conf ] && [ ! -e /data/factory-reset ]")[0]
                 == 0, "what it learned is gone, and so is the wish",
                 lambda: box.say("find /data"))
    fault(report, disk, ["steelyard.conf:", "roundabout"],
          "the card's files are as they were: FAULT.txt names the same fault")
    report.check(box.settle(), "no unit fails", lambda: box.say("systemctl --failed"))
    # For the next reset, that it has something to forget.
    box.run("mkdir -p /data/config/history; "
            "touch /data/config/current.conf /data/config/history/1; sync")
    box.kill()


def factory_reset(report, places, disk):
    slots = disk.slot_hash("A"), disk.slot_hash("B")
    disk.delete("steelyard.conf")
    disk.put("factory-reset", "")
    box = start(report, places, disk, "card-a", "a box that is to forget all")
    report.check(box.run("[ ! -e /data/config/current.conf ]")[0] == 0
                 and box.run("ls /data/config/history/* 2> /dev/null")[1] == "",
                 "its configuration and history are gone", lambda: box.say("find /data"))
    report.check(disk.get("factory-reset") is None, "the wish is taken off the card")
    fault(report, disk, ["NO CONFIGURATION", "steelyard.conf"],
          "FAULT.txt says that there is no configuration, and what to put there")
    report.check(box.run("systemctl is-active steelyard")[0] != 0, "nothing runs without one")
    report.check(box.settle() and box.run("systemctl is-active -q steelyard-fault")[0] == 0,
                 "the fault is shown, and no unit fails",
                 lambda: box.say("systemctl --failed; systemctl status steelyard-fault"))
    box.run("sync")
    box.kill()
    report.check((disk.slot_hash("A"), disk.slot_hash("B")) == slots, "both roots are untouched")


def broken_data(report, places, disk):
    disk.wreck_data()
    disk.put("steelyard.conf", configuration("a"))
    box = start(report, places, disk, "card-a", "a box whose data partition is broken")
    report.check(wait_served(240, alive=lambda: box.runs) is not None,
                 "it balances by the card's configuration", box.journal)
    fault(report, disk, ["data partition is broken", "factory-reset"],
          "FAULT.txt says that data is broken, and how to make it anew")
    report.check(ask(OUTSIDE, 8080) is not None, "its dashboard answers")
    box.kill()
    whole, said = disk.check_fat()
    report.check(whole, "the FAT is whole after all this", said)


def too_small(report, places):
    """Slot A is on the card, and neither the whole of slot B nor data."""
    disk = prepare(places, "small", configuration("a"), size=(SLOT_B + 11) * MEBI)
    box = start(report, places, disk, "card-a", "a card that is too small")
    report.check(wait_served(240, alive=lambda: box.runs) is not None, "it balances", box.journal)
    fault(report, disk, [f"has {SLOT_B + 11} MiB", "481 MiB", "larger card"],
          "FAULT.txt says how much the card has, and how much it must have")
    bundles = Bundles(places)
    try:
        code, said = box.run(
            f"steelyard update --yes --no-reboot {bundles.make('good.raucb', '99.0')}", 900)
    finally:
        bundles.close()
    report.check(code not in (0, -1) and "does not fit" in said,
                 "an update is refused, in words", said)
    report.check(box.run('[ "$(boot-choice get-primary)" = A ]')[0] == 0,
                 "and it would start what it runs", lambda: box.say("boot-choice show"))
    box.kill()
