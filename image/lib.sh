# Shared by image/build and its steps: names, folders, the progress bar. Sourced, never run.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
image=$repository/image
cache=${STEELYARD_CACHE:-${HOME:-/root}/.cache/steelyard}/image
tools=$cache/tools            # a Debian root with the tools; every tool runs inside it
work=$tools/work/${STEELYARD_WORK:-build}
inside=${work#"$tools"}       # the same folder, as the tools see it
debs=$cache/debs
out=${STEELYARD_OUT:-$image/out}
lock=$image/versions.lock
suite=trixie
# Where the card's parts begin, and where it ends, in MiB.
fat_at=1 slot_a_at=129 slot_b_at=289 data_at=449 card_end=481
disk_id=53544c59              # the disk's signature: partitions are found by it
fast=${STEELYARD_FAST:-no}

export LC_ALL=C.UTF-8 TZ=UTC DEBIAN_FRONTEND=noninteractive
umask 022

die() { printf '\nimage/build: %s\n' "$*" >&2; exit 1; }
note() { printf '\r  %-70s\n' "$*" >&3; }

# Runs a program of the tool root; it sees files under $work as $inside.
in_tools() {
    chroot "$tools" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TZ=UTC \
        HOME=/root SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" "$@"
}

# The same for a tool that looks into /proc, which the tool root has not: it runs outside, with the
# tool root's own loader and libraries, and sees files as they are here.
with_tools() {
    local loaders=("$tools"/usr/lib*/ld-linux-*.so.*) libraries=("$tools"/usr/lib/*-linux-gnu)
    local name=$1
    shift
    "${loaders[0]}" --library-path "${libraries[0]}" "$tools/usr/bin/$name" "$@"
}

# The packages of a group of versions.lock, as file names, in its order.
locked_files() {
    awk -v group="$1" '$1 == group { gsub(":", "%3a", $3); print $2 "_" $3 "_" $4 ".deb" }' "$lock"
}

extract_group() { # group, target folder
    local file
    mkdir -p "$2"
    while read -r file; do
        dpkg-deb --fsys-tarfile "$debs/$file" |
            tar -x --keep-directory-symlink -C "$2" --numeric-owner --same-permissions
    done < <(locked_files "$1")
}

# Every file's time becomes the commit's, so that nothing of the build's own time is left.
settle_times() { find "$1" -print0 | xargs -0 touch -h -d "@$SOURCE_DATE_EPOCH"; }
