"""Writes the bill of materials (SPDX 2.3, JSON): every package of Debian and of NuGet.

Usage: sbom.py NAME versions.lock src COMMIT
"""

import datetime
import json
import os
import pathlib
import re
import sys


def spdx_id(*words):
    return "SPDXRef-" + "-".join(re.sub(r"[^A-Za-z0-9.]+", "-", word) for word in words)


def package(kind, name, version, purl, sha256=None):
    entry = {
        "SPDXID": spdx_id(kind, name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl,
        }],
    }
    if sha256:
        entry["checksums"] = [{"algorithm": "SHA256", "checksumValue": sha256}]
    return entry


def debian(lock):
    found = {}
    for line in pathlib.Path(lock).read_text(encoding="utf-8").splitlines():
        words = line.split()
        if line.startswith("#") or not words or words[0] not in ("root", "boot"):
            continue
        _, name, version, architecture, sha256 = words
        purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}"
        found[name] = package("deb", name, version, purl, sha256)
    return [found[name] for name in sorted(found)]


def nuget(source):
    found = {}
    for path in sorted(pathlib.Path(source).glob("*/packages.linux-arm64.lock.json")):
        for target in json.loads(path.read_text(encoding="utf-8"))["dependencies"].values():
            for name, entry in target.items():
                if "resolved" in entry and "Analyzer" not in name:
                    version = entry["resolved"]
                    found[name] = package("nuget", name, version, f"pkg:nuget/{name}@{version}")
    return [found[name] for name in sorted(found)]


def main(name, lock, source, commit):
    built = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)
    image = package("image", name, commit, f"pkg:generic/steelyard@{commit}")
    parts = debian(lock) + nuget(source)
    json.dump({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": f"urn:steelyard:{name}:{commit}",
        "creationInfo": {
            "created": built.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: steelyard-image-build"],
        },
        "packages": [image, *parts],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
             "relatedSpdxElement": image["SPDXID"]},
            *({"spdxElementId": image["SPDXID"], "relationshipType": "CONTAINS",
               "relatedSpdxElement": part["SPDXID"]} for part in parts),
        ],
    }, sys.stdout, indent=1)
    print()


main(*sys.argv[1:])
