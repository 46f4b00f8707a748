"""One image on QEMU's machine 'virt', by its own boot loader."""

import re
import select
import socket
import time

import browser
from box import ADDRESSES, boot as start, configuration, prepare
from places import MEBI
from vm import BOOT
from wires import ask, resolve, wait_served


def boot(report, places):
    """one box from its boot loader to a page: times, memory, what it shuts and what it shows"""
    places.wires.serve()
    ask_files(report, places)
    card = prepare(places, "boot", configuration())
    box = start(report, places, card, "box-a", "the image", watchdog=True)
    served = wait_served(300, alive=lambda: box.runs)
    report.check(served is not None, "it balances a page of a real server", box.tail)
    box.settle()
    ask_times(report, box, served)
    ask_root(report, box)
    ask_doors(report, box)
    ask_certificate(report, box, card)
    ask_hardware(report, box)
    report.check(
        "box-a" in box.say("steelyard status"), "steelyard status answers in the box",
        lambda: box.say("steelyard status; journalctl -b -u steelyard | tail -20"))
    report.check(box.run("ipvsadm -Ln | grep -q 192.0.2.10:80")[0] == 0,
                 "ipvsadm lists the service", lambda: box.say("ipvsadm -Ln"))
    browser.picture(report, places, f"http://{ADDRESSES['a'][0]}:8080/", "image-dashboard.png",
                    ("box-a", "MASTER", "10.1.0.11"))
    code, name = box.run("cat /proc/sys/kernel/hostname")
    report.check(re.fullmatch(r"steelyard-[0-9a-f]{8}", name), f"its name is {name}")
    report.check(resolve(name) == ADDRESSES["a"][0], f"another machine finds it as {name}.local",
                 lambda: box.say("resolvectl --no-pager; ss -lnup; nft list ruleset"))
    ask_start(report, box)
    die(report, box)
    hang(report, box)
    hang_manager(report, box)


# A hundred thousand turns of bash's empty loop on a Cortex-A72 of 1.5 GHz, about; the yardstick.
TURNS_ON_BOARD = 0.4


def ask_start(report, box):
    """How long the program takes from its start to serving, here and, by estimate, on a CM4."""
    def seconds(command):
        found = re.search(r"(?m)^took ([0-9.]+)", box.say(
            f"TIMEFORMAT='took %R'; time {command}", 300))
        return float(found[1]) if found else 0.0
    turns = seconds("for ((i = 0; i < 100000; i++)); do :; done")
    version = seconds("steelyard --version")
    ready = seconds("systemctl restart steelyard")
    factor = max(turns / TURNS_ON_BOARD, 1.0)
    report.note(f"a hundred thousand turns of a loop take {turns:.1f} s here, and about "
                f"{TURNS_ON_BOARD} s on a CM4: a factor of {factor:.0f}")
    report.note(f"'steelyard --version' takes {version:.1f} s, a restart until it serves "
                f"{ready:.1f} s")
    report.check(0 < ready / factor <= 2.0,
                 f"by that a CM4 serves {ready / factor:.1f} s after the program's start (2 s)")


def die(report, box):
    """A program that fails is started again, and nothing else is."""
    for signal in ("KILL", "ABRT"):
        before = box.say("systemctl show -p MainPID --value steelyard")
        box.run(f"kill -{signal} {before}")
        report.check(box.until(
            f"[ $(systemctl show -p MainPID --value steelyard) != {before} ] && "
            "systemctl is-active -q steelyard", 60, pause=0.5),
            f"a program that ends by SIG{signal} is started again, and the box stays up", box.tail)


def hang(report, box):
    """A hung engine starts the whole box again; its twin has taken over long before."""
    again, took = starts_again(box, "kill -STOP $(systemctl show -p MainPID --value steelyard)")
    report.check(again and took <= 20, f"a hung engine starts the box again: after {took:.0f} s "
                 "(15 s on a board; emulated, 20)", box.tail)


def hang_manager(report, box):
    """The hardware watches who watches the service: its manager stops, as by a crash of its own."""
    report.need(box.shell(BOOT, len(box.log)), "it is up again", box.tail)
    state = box.say("cat /sys/class/watchdog/watchdog0/{identity,state,timeout}")
    report.check("active" in state and "14" in state,
                 "the hardware's watchdog is fed by the service manager", state)
    again, took = starts_again(box, "kill -SEGV 1")
    report.check(again, f"a hung service manager starts the box again: after {took:.0f} s",
                 box.tail)


def starts_again(box, command):
    """Whether the boot loader is seen after a command, and after how many seconds."""
    begun, begin = time.monotonic(), len(box.log)
    box.type(f"{command}\n")
    again = box.wait_log("U-Boot 20", 90, begin)
    return again, time.monotonic() - begun


def ask_files(report, places):
    packed = places.image.with_name(places.image.name.removesuffix(".xz") + ".xz")
    for path, most, name in ((packed, 150, "the image, compressed,"),
                             (places.build / "slot/root.squashfs", 120, "the root")):
        if path.exists():
            size = path.stat().st_size / MEBI
            report.check(size <= most, f"{name} has {size:.0f} MiB ({most} at most)")


def ask_times(report, box, served):
    stamps = box.say(
        "systemctl show -p KernelTimestampMonotonic -p UserspaceTimestampMonotonic "
        "-p FinishTimestampMonotonic; for u in prepare intake; do systemctl show "
        "-p ExecMainStartTimestampMonotonic -p ExecMainExitTimestampMonotonic steelyard-$u; done; "
        "systemctl show -p ExecMainStartTimestampMonotonic -p ActiveEnterTimestampMonotonic "
        "steelyard")
    values = [int(value) / 1e6 for value in re.findall(r"Monotonic=(\d+)", stamps)]
    report.note(f"boot loader's choice at {box.when('steelyard: booting slot') or -1:.0f} s")
    if len(values) == 9:
        report.note("in seconds of the kernel: init {1:.1f}, prepare {3:.1f}-{4:.1f}, "
                    "intake {5:.1f}-{6:.1f}, steelyard started {7:.1f}, ready {8:.1f}, "
                    "all done {2:.1f}".format(*values))
        report.check(0 < values[8] - values[7] < 60,
                     f"the program is ready {values[8] - values[7]:.1f} s after its start",
                     lambda: box.say("journalctl -b -u steelyard -o short-monotonic | tail -30"))
    if served is not None:
        report.note(f"a page was answered {served:.0f} s after the shell was there")


def ask_root(report, box):
    report.check(box.settle(), "no unit has failed",
                 lambda: box.say("systemctl --failed --no-pager; journalctl -b -p warning -n 40"))
    score = re.search(r": ([0-9.]+) ", box.say(
        "systemd-analyze security steelyard.service | tail -n 1", 300))
    report.check(score and float(score[1]) <= 2.0,
                 f"the service's exposure is {score and score[1]} (2.0 at most)")
    report.check("Slot States" in box.say("rauc status", 200), "RAUC knows its slots",
                 lambda: box.say("rauc status"))
    report.check(box.say("ls /var/log/journal 2> /dev/null; ls /run/log/journal | wc -l") == "1",
                 "the journal is in memory")
    used = re.search(r"Mem: +\d+ +(\d+)", box.say("free -m"))
    report.check(used and int(used[1]) <= 200, f"it uses {used and used[1]} MB of memory (200)",
                 lambda: box.say("free -m; ps axo rss,args --sort=-rss | head -12"))
    report.check(box.run("touch /a-file /usr/a-file /etc/a-file")[0] != 0,
                 "the root cannot be written", lambda: box.say("cat /proc/mounts"))
    report.check(box.run("touch /boot/firmware/a-file")[0] != 0, "the FAT cannot be written")
    mounts = box.say("awk '$4 ~ /(^|,)rw(,|$)/ && $1 ~ \"^/dev/\" { print $2 }' /proc/mounts")
    report.check(mounts.split() == ["/data"], "data alone can be written", mounts)
    found = box.say("find / -xdev -type f -perm /6000")
    report.check(found.strip() == "", "no program is setuid", found)
    for name in "apt dpkg gcc cc python3 perl su sudo".split():
        if box.run(f"command -v {name}")[0] == 0:
            report.check(False, f"there is no {name}")
    size = box.say("cat /sys/class/block/vda4/size")
    grown = box.say("df -m /data | tail -1")
    report.check(int(size) * 512 > 300 * 1024 * 1024 and int(grown.split()[1]) > 250,
                 "data has grown to the size of the card", size + grown)
    report.check(box.run("[ $(stat -c %U:%a /data/keys) = root:700 ]")[0] == 0,
                 "keys are root's alone", lambda: box.say("ls -la /data"))


def ask_doors(report, box):
    open_inside = box.say("ss -H -lntup")
    # Link-local and loopback aside, what listens to more than the box itself:
    wide = [line for line in open_inside.splitlines()
            if line.startswith("tcp") and not re.search(r" (127\.|\[::1\]|\[::ffff:127)", line)]
    wanted = [line for line in wide if f"{ADDRESSES['a'][0]}:8080" in line
              or re.search(r":8848 ", line) or re.search(r"(:5355|:5353) ", line)]
    report.check(wide == wanted, "nothing listens but the dashboard", open_inside)
    found = scan(ADDRESSES["a"][0], [*range(1, 1025), 1883, 5353, 5355, 8080, 8443, 8848, 8883,
                                     9090, 10001])
    report.check(found == [8080], "from outside the dashboard's port alone is open", found)
    report.check(box.run("nft list chain inet box input | grep -q 'policy drop'")[0] == 0,
                 "the firewall is on", lambda: box.say("nft list ruleset"))
    report.check(box.run("systemctl is-active dropbear")[0] != 0, "SSH is off")
    report.check(ask(ADDRESSES["a"][0], 8080) is not None, "the dashboard answers")


def ask_hardware(report, box):
    """The service sees what it tells, though it may see little; what this machine lacks it omits."""
    said = box.say("steelyard status --json")
    report.check('"memory_available_bytes"' in said and '"storage_free_bytes"' in said,
                 "the box tells its memory and storage", said)
    report.check('"storage_wear_percent"' not in said, "and no wear of a disk without one", said)


def ask_certificate(report, box, card):
    """The box made it at its first start, for its own name; its key is not for everybody."""
    rights = box.say("stat -c %U:%G:%a /data/tls /data/tls/box.crt /data/tls/box.key").split()
    report.check(rights == ["root:steelyard:2750", "root:steelyard:644", "root:steelyard:640"],
                 "its own certificate is there, and its key for the service alone", rights)
    pattern = r"SHA-256 fingerprint (?:[0-9A-F]{2}:){31}[0-9A-F]{2}"
    said = box.say("steelyard certificate")
    made = box.say("journalctl -b -u steelyard-certificate -o cat")
    found = re.search(pattern, said)
    report.check(found and "exists" in said and found[0] in made,
                 "steelyard certificate tells the fingerprint of the one made at the first start",
                 said + "\n" + made)
    name = box.say("cat /proc/sys/kernel/hostname")
    report.check(f"for {name}, {name}.local" in made, "the certificate is for the box's name", made)
    note = card.get("BOX.txt")
    report.check(note is not None and found is not None and found[0].split()[-1] in note
                 and f"http://{name}.local:8080/" in note,
                 "BOX.txt on the card says the page's address and the fingerprint", note)


def scan(address, ports, seconds=6.0):
    """The TCP ports that are open."""
    waiting, found = {}, []
    poll = select.epoll()
    for port in ports:
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex((address, port))
        poll.register(link, select.EPOLLOUT)
        waiting[link.fileno()] = (link, port)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for handle, _ in poll.poll(left):
            link, port = waiting.pop(handle)
            if link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                found.append(port)
            poll.unregister(link)
            link.close()
    for link, _ in waiting.values():
        link.close()
    return sorted(found)
