using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Tests.Linux;

/// <summary>
/// Every structure shared with the kernel is laid out as C lays it out. The numbers were printed
/// by a C program (sizeof, offsetof) on x86-64 with gcc 12; they are the same on arm64, where
/// alignment rules for these types are too.
/// </summary>
public sealed class LayoutTests
{
    [Fact]
    public void Sizes_are_those_of_C()
    {
        Assert.Equal(20, Unsafe.SizeOf<sockaddr_ll>());
        Assert.Equal(12, Unsafe.SizeOf<sockaddr_nl>());
        Assert.Equal(16, Unsafe.SizeOf<tpacket_req>());
        Assert.Equal(28, Unsafe.SizeOf<tpacket_req3>());
        Assert.Equal(32, Unsafe.SizeOf<tpacket2_hdr>());
        Assert.Equal(48, Unsafe.SizeOf<tpacket3_hdr>());
        Assert.Equal(48, Unsafe.SizeOf<tpacket_block_desc>());
        Assert.Equal(12, Unsafe.SizeOf<tpacket_stats_v3>());
        Assert.Equal(16, Unsafe.SizeOf<packet_mreq>());
        Assert.Equal(10, Unsafe.SizeOf<virtio_net_hdr>());
        Assert.Equal(16, Unsafe.SizeOf<iovec>());
        Assert.Equal(56, Unsafe.SizeOf<msghdr>());
        Assert.Equal(64, Unsafe.SizeOf<mmsghdr>());
        Assert.Equal(16, Unsafe.SizeOf<cmsghdr>());
        Assert.Equal(40, Unsafe.SizeOf<ifreq>());
        Assert.Equal(8, Unsafe.SizeOf<pollfd>());
        Assert.Equal(16, Unsafe.SizeOf<timespec>());
        Assert.Equal(4, Unsafe.SizeOf<sched_param>());
        Assert.Equal(8, Unsafe.SizeOf<sock_filter>());
        Assert.Equal(16, Unsafe.SizeOf<sock_fprog>());
        Assert.Equal(16, Unsafe.SizeOf<nlmsghdr>());
        Assert.Equal(16, Unsafe.SizeOf<ifinfomsg>());
        Assert.Equal(8, Unsafe.SizeOf<ifaddrmsg>());
        Assert.Equal(256, Unsafe.SizeOf<statx>());
        Assert.Equal(12, Unsafe.SizeOf<rtmsg>());
        Assert.Equal(12, Unsafe.SizeOf<ndmsg>());
        Assert.Equal(4, Unsafe.SizeOf<rtattr>());
        Assert.Equal(8, Unsafe.SizeOf<rtnexthop>());
        Assert.Equal(4, Unsafe.SizeOf<nfgenmsg>());
    }

    [Fact]
    public void Offsets_are_those_of_C()
    {
        Assert.Equal(12, OffsetOf<sockaddr_ll>(nameof(sockaddr_ll.sll_addr)));
        Assert.Equal(28, OffsetOf<statx>(nameof(statx.stx_mode)));
        Assert.Equal(8, OffsetOf<packet_mreq>(nameof(packet_mreq.mr_address)));
        Assert.Equal(12, OffsetOf<tpacket2_hdr>(nameof(tpacket2_hdr.tp_mac)));
        Assert.Equal(24, OffsetOf<tpacket2_hdr>(nameof(tpacket2_hdr.tp_vlan_tci)));
        Assert.Equal(20, OffsetOf<tpacket3_hdr>(nameof(tpacket3_hdr.tp_status)));
        Assert.Equal(24, OffsetOf<tpacket3_hdr>(nameof(tpacket3_hdr.tp_mac)));
        Assert.Equal(32, OffsetOf<tpacket3_hdr>(nameof(tpacket3_hdr.tp_vlan_tci)));
        Assert.Equal(16, OffsetOf<tpacket_req3>(nameof(tpacket_req3.tp_retire_blk_tov)));
        Assert.Equal(8, OffsetOf<tpacket_block_desc>(nameof(tpacket_block_desc.block_status)));
        Assert.Equal(
            16, OffsetOf<tpacket_block_desc>(nameof(tpacket_block_desc.offset_to_first_pkt)));
        Assert.Equal(24, OffsetOf<tpacket_block_desc>(nameof(tpacket_block_desc.seq_num)));
        Assert.Equal(16, OffsetOf<ifreq>(nameof(ifreq.ifr_ifru)));
        Assert.Equal(16, OffsetOf<msghdr>(nameof(msghdr.msg_iov)));
        Assert.Equal(40, OffsetOf<msghdr>(nameof(msghdr.msg_controllen)));
        Assert.Equal(48, OffsetOf<msghdr>(nameof(msghdr.msg_flags)));
        Assert.Equal(56, OffsetOf<mmsghdr>(nameof(mmsghdr.msg_len)));
        Assert.Equal(8, OffsetOf<sock_fprog>(nameof(sock_fprog.filter)));
    }

    private static int OffsetOf<T>(string field)
        where T : unmanaged => (int)Marshal.OffsetOf<T>(field);
}
