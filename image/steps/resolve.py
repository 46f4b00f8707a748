"""Writes versions.lock: which packages the names in image/packages stand for, today.

Usage: resolve.py image/packages > image/versions.lock    (APT_CONFIG says where apt looks)
"""

import re
import subprocess
import sys


def apt(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def closure(names):
    """All that apt would install for these names: (name, version)."""
    simulated = apt("apt-get", "install", "-s", *names)
    return re.findall(r"^Inst (\S+?)(?::arm64)? \((\S+) ", simulated, re.MULTILINE)


def single(name):
    """A package alone; a name that only stands for another is followed."""
    record = apt("apt-cache", "show", "--no-all-versions", name)
    if re.search(r"^Section: (kernel|metapackages)$", record, re.MULTILINE):
        real = re.search(r"^Depends:.*?(linux-image-[0-9]\S*)", record, re.MULTILINE)
        if real:
            return single(real[1])
    return name, re.search(r"^Version: (\S+)", record, re.MULTILINE)[1]


def lines(found):
    """One line a package; apt is asked once for all of them."""
    names = [f"{name}={version}" for _, name, version in found]
    known = {}
    for record in apt("apt-cache", "show", *names).split("\n\n"):
        wanted = r"^(Package|Version|Architecture|SHA256): (\S+)"
        fields = dict(re.findall(wanted, record, re.MULTILINE))
        if "SHA256" in fields:
            known[fields["Package"], fields["Version"]] = fields["Architecture"], fields["SHA256"]
    return [" ".join((group, name, version, *known[name, version]))
            for group, name, version in found]


def main(path):
    asked = {}
    with open(path, encoding="utf-8") as file:
        for text in file:
            words = text.split("#")[0].split()
            if words:
                group, sign, name = words
                asked.setdefault(group, {"+": [], "-": [], "=": []})[sign].append(name)
    print("# Every package of Debian in the image: group, name, version, architecture, SHA-256.")
    print("# Written by 'image/build --renew-lock'; the names that are asked for are in packages.")
    wanted = []
    for group, signs in asked.items():
        found = closure(signs["+"]) if signs["+"] else []
        found = [(name, version) for name, version in found if name not in signs["-"]]
        found += [single(name) for name in signs["="]]
        wanted += [(group, name, version) for name, version in sorted(set(found))]
    print("\n".join(lines(wanted)))


main(sys.argv[1])
