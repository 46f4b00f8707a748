namespace Steelyard.Linux.Interop;

/// <summary>Constants and structures of linux/if_packet.h; see packet(7).</summary>
internal static partial class Libc
{
    internal const ushort ETH_P_ALL = 3;
    internal const int SOL_PACKET = 263;
    internal const int PACKET_ADD_MEMBERSHIP = 1;
    internal const int PACKET_DROP_MEMBERSHIP = 2;
    internal const int PACKET_RX_RING = 5;
    internal const int PACKET_STATISTICS = 6;
    internal const int PACKET_COPY_THRESH = 7;
    internal const int PACKET_AUXDATA = 8;
    internal const int PACKET_VERSION = 10;
    internal const int PACKET_VNET_HDR = 15;
    internal const int PACKET_QDISC_BYPASS = 20;
    internal const int PACKET_IGNORE_OUTGOING = 23;
    internal const ushort PACKET_MR_MULTICAST = 0;
    internal const ushort PACKET_MR_UNICAST = 3;
    internal const int TPACKET_V2 = 1;
    internal const int TPACKET_V3 = 2;

    /// <summary>Ring slots and their parts start at multiples of this many bytes.</summary>
    internal const int TPACKET_ALIGNMENT = 16;

    /// <summary>Bytes before a frame in a ring of version 2: header and sockaddr_ll.</summary>
    internal const int TPACKET2_HDRLEN = 52;

    internal const uint TP_STATUS_KERNEL = 0;
    internal const uint TP_STATUS_USER = 0x01;
    internal const uint TP_STATUS_COPY = 0x02;
    internal const uint TP_STATUS_LOSING = 0x04;
    internal const uint TP_STATUS_VLAN_VALID = 0x10;
    internal const uint TP_STATUS_CSUM_VALID = 0x80;

    internal unsafe struct sockaddr_ll
    {
        internal ushort sll_family;
        internal ushort sll_protocol;
        internal int sll_ifindex;
        internal ushort sll_hatype;
        internal byte sll_pkttype;
        internal byte sll_halen;
        internal fixed byte sll_addr[8];
    }

    internal unsafe struct packet_mreq
    {
        internal int mr_ifindex;
        internal ushort mr_type;
        internal ushort mr_alen;
        internal fixed byte mr_address[8];
    }

    internal struct tpacket_req
    {
        internal uint tp_block_size;
        internal uint tp_block_nr;
        internal uint tp_frame_size;
        internal uint tp_frame_nr;
    }

    internal struct tpacket_req3
    {
        internal uint tp_block_size;
        internal uint tp_block_nr;
        internal uint tp_frame_size;
        internal uint tp_frame_nr;
        internal uint tp_retire_blk_tov;
        internal uint tp_sizeof_priv;
        internal uint tp_feature_req_word;
    }

    internal unsafe struct tpacket2_hdr
    {
        internal uint tp_status;
        internal uint tp_len;
        internal uint tp_snaplen;
        internal ushort tp_mac;
        internal ushort tp_net;
        internal uint tp_sec;
        internal uint tp_nsec;
        internal ushort tp_vlan_tci;
        internal ushort tp_vlan_tpid;
        internal fixed byte tp_padding[4];
    }

    internal unsafe struct tpacket3_hdr
    {
        internal uint tp_next_offset;
        internal uint tp_sec;
        internal uint tp_nsec;
        internal uint tp_snaplen;
        internal uint tp_len;
        internal uint tp_status;
        internal ushort tp_mac;
        internal ushort tp_net;
        internal uint tp_rxhash;
        internal uint tp_vlan_tci;
        internal ushort tp_vlan_tpid;
        internal ushort tp_padding_hv1;
        internal fixed byte tp_padding[8];
    }

    /// <summary>A block's header, with its tpacket_hdr_v1 spread out.</summary>
    internal struct tpacket_block_desc
    {
        internal uint version;
        internal uint offset_to_priv;
        internal uint block_status;
        internal uint num_pkts;
        internal uint offset_to_first_pkt;
        internal uint blk_len;
        internal ulong seq_num;
        internal uint ts_first_pkt_sec;
        internal uint ts_first_pkt_nsec;
        internal uint ts_last_pkt_sec;
        internal uint ts_last_pkt_nsec;
    }

    internal struct tpacket_auxdata
    {
        internal uint tp_status;
        internal uint tp_len;
        internal uint tp_snaplen;
        internal ushort tp_mac;
        internal ushort tp_net;
        internal ushort tp_vlan_tci;
        internal ushort tp_vlan_tpid;
    }

    /// <summary>Counts since the last reading. Version 3 adds a third word.</summary>
    internal struct tpacket_stats_v3
    {
        internal uint tp_packets;
        internal uint tp_drops;
        internal uint tp_freeze_q_cnt;
    }
}
