# U-Boot's script, on the Pi and on QEMU's machine 'virt': chooses a slot, counts the try, boots it.
# The choice stands in two sectors before the first partition (512 and 1536), each with its CRC,
# written in turns; the newer whole one counts, and without any the words below do. Numbers are
# hexadecimal. What writes them on the running box is /usr/lib/steelyard/boot-choice.

if itest ${kernel_addr_r} -lt 40000000; then setenv ram 0; else setenv ram 40000000; fi
setexpr kernel_at ${ram} + 2000000
# Not at 8000000: there lies the device tree of QEMU's raspi4b.
setexpr kernel_comp_addr_r ${ram} + 18000000
setenv kernel_comp_size 8000000
setexpr initrd_at ${ram} + 10000000
setexpr sector_at ${ram} + 14000000
setenv choice "BOOT_ORDER BOOT_A_LEFT BOOT_B_LEFT BOOT_SEQ BOOT_TRIAL"
${devtype} dev ${devnum}

setenv BOOT_ORDER "A B"
setenv BOOT_A_LEFT 3
setenv BOOT_B_LEFT 3
setenv BOOT_TRIAL none
setenv BOOT_SEQ 0
setenv next 200
setenv seq_0 0
if ${devtype} read ${sector_at} 200 1 && env import -c ${sector_at} 200 ${choice}; then
    setenv seq_0 ${BOOT_SEQ}
    setenv next 600
fi
setexpr second_at ${sector_at} + 200
setenv BOOT_SEQ 0
if ${devtype} read ${second_at} 600 1 && env import -c ${second_at} 200 ${choice}; then
    if itest ${BOOT_SEQ} -gt ${seq_0}; then
        setenv next 200
    else
        env import -c ${sector_at} 200 ${choice}
        setenv next 600
    fi
else
    setenv BOOT_SEQ ${seq_0}
fi

setenv save 'setexpr BOOT_SEQ ${BOOT_SEQ} + 1
env export -c -s 200 ${sector_at} ${choice}
${devtype} write ${sector_at} ${next} 1'

setenv slot
for name in ${BOOT_ORDER}; do
    if test -n "${slot}"; then
        true
    elif test "${name}" = A && itest ${BOOT_A_LEFT} -gt 0; then
        setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
        setenv slot A
        setenv part 2
    elif test "${name}" = B && itest ${BOOT_B_LEFT} -gt 0; then
        setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
        setenv slot B
        setenv part 3
    fi
done

if test -z "${slot}"; then
    # One that is on trial stays so: it has still to show that the box is well.
    echo "steelyard: both slots have failed; both are tried again"
    setenv BOOT_A_LEFT 3
    setenv BOOT_B_LEFT 3
    run save
    reset
fi
run save

echo "steelyard: booting slot ${slot} (A has ${BOOT_A_LEFT} tries left, B ${BOOT_B_LEFT})"
setenv bootargs "steelyard.slot=${slot} rauc.slot=${slot} steelyard.disk=@DISK_ID@"
setenv bootargs "${bootargs} ro panic=10 quiet loglevel=4 systemd.show_status=no"
if test -e ${devtype} ${devnum}:${distro_bootpart} serial-shell; then
    setenv bootargs "${bootargs} systemd.show_status=yes"
fi
if test -z "${fdt_addr}"; then setenv fdt_addr ${fdtcontroladdr}; fi
if load ${devtype} ${devnum}:${part} ${kernel_at} Image.gz; then
    if load ${devtype} ${devnum}:${part} ${initrd_at} initrd; then
        booti ${kernel_at} ${initrd_at}:${filesize} ${fdt_addr}
    fi
fi

echo "steelyard: slot ${slot} cannot be booted"
if test "${slot}" = A; then setenv BOOT_A_LEFT 0; else setenv BOOT_B_LEFT 0; fi
setexpr sector_at ${ram} + 14000000
if test "${next}" = 200; then setenv next 600; else setenv next 200; fi
run save
reset
