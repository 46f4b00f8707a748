# Shared by the scripts of this folder. Sourced, never run.
# shellcheck shell=bash
card=/boot/firmware
prefix=/dev/$(cat /run/boot/prefix 2> /dev/null)
notices=/run/box/notices

say() { echo "${0##*/}: $*"; }

# What a person must know is in the log, and at the end of FAULT.txt on the card.
notice() { # name, sentence
    mkdir -p "$notices"
    echo "$2" > "$notices/$1"
    say "$2"
}

# The configuration in force, a statement or the beginning of a block a line, without comments.
statements() {
    [ ! -s /data/config/current.conf ] ||
        sed 's/[#!].*//' /data/config/current.conf | tr '{}' '\n'
}

# Runs a command while the card's FAT may be written; the rest of the time it may not.
on_card() {
    mount -o remount,rw "$card" || return 1
    local status=0
    "$@" || status=$?
    sync -f "$card"
    mount -o remount,ro "$card" || true
    return $status
}

# Files of the card that nobody takes, by their paths on it: a name with a slip in it says nothing by
# itself. Windows hides the last suffix, so .txt behind a name is none.
strangers() { # card
    local file name
    for file in "$1"/* "$1"/network/*; do
        [ -f "$file" ] || continue
        name=${file#"$1"/}
        case ${name,,} in
            network/*.network | network/*.netdev | network/*.link) ;;
            network/*.network.txt | network/*.netdev.txt | network/*.link.txt) ;;
            network/*) echo "$name" ;;
            *.conf | steelyard.conf.txt | keepalived.conf.txt) ;;
            authorized_keys | serial-shell | factory-reset) ;;
            authorized_keys.txt | serial-shell.txt | factory-reset.txt) ;;
            readme.txt | fault.txt | fault.new | box.txt | box.new | licence*) ;;
            *.elf | *.dat | *.dtb | *.bin | *.scr | *.env | config.txt | cmdline.txt) ;;
            desktop.ini | thumbs.db | *.rec) ;;
            *) echo "$name" ;;
        esac
    done
}

# A text file of any editor, as lines of UTF-8: without a mark, and without carriage returns.
plain_text() { # file
    local from=UTF-8
    case $(head -c 3 "$1" | od -An -tx1 | tr -d ' ') in
        fffe*) from=UTF-16LE ;;
        feff*) from=UTF-16BE ;;
        efbbbf) tail -c +4 "$1" | tr -d '\r'; return ;;
    esac
    if [ $from = UTF-8 ]; then tr -d '\r' < "$1"; else
        tail -c +3 "$1" | iconv -f $from -t UTF-8 | tr -d '\r'
    fi
}
