namespace Steelyard.Linux.Interop;

/// <summary>Constants and structures of linux/netlink.h and linux/rtnetlink.h.</summary>
internal static partial class Libc
{
    internal const int NETLINK_ROUTE = 0;
    internal const int SOL_NETLINK = 270;
    internal const int NETLINK_GET_STRICT_CHK = 12;

    internal const ushort NLM_F_REQUEST = 0x01;
    internal const ushort NLM_F_ACK = 0x04;
    internal const ushort NLM_F_DUMP_INTR = 0x10;
    internal const ushort NLM_F_DUMP = 0x300;
    internal const ushort NLM_F_REPLACE = 0x100;
    internal const ushort NLM_F_EXCL = 0x200;
    internal const ushort NLM_F_CREATE = 0x400;
    internal const ushort NLMSG_ERROR = 2;
    internal const ushort NLMSG_DONE = 3;

    internal const ushort RTM_NEWLINK = 16;
    internal const ushort RTM_DELLINK = 17;
    internal const ushort RTM_GETLINK = 18;
    internal const ushort RTM_NEWADDR = 20;
    internal const ushort RTM_GETADDR = 22;
    internal const ushort RTM_NEWROUTE = 24;
    internal const ushort RTM_GETROUTE = 26;
    internal const ushort RTM_NEWNEIGH = 28;
    internal const ushort RTM_NEWRULE = 32;
    internal const ushort RTM_DELRULE = 33;

    /// <summary>Groups as bits: RTNLGRP_n is bit n − 1.</summary>
    internal const uint RTMGRP_LINK = 1 << 0;
    internal const uint RTMGRP_IPV4_IFADDR = 1 << 4;
    internal const uint RTMGRP_IPV4_ROUTE = 1 << 6;
    internal const uint RTMGRP_IPV6_IFADDR = 1 << 8;
    internal const uint RTMGRP_IPV6_ROUTE = 1 << 10;

    internal const ushort IFLA_ADDRESS = 1;
    internal const ushort IFLA_IFNAME = 3;
    internal const ushort IFLA_MTU = 4;
    internal const ushort IFLA_MASTER = 10;
    internal const ushort IFLA_LINKINFO = 18;
    internal const ushort IFLA_AF_SPEC = 26;
    internal const ushort IFLA_NET_NS_FD = 28;
    internal const ushort IFLA_INET_CONF = 1;
    internal const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    internal const byte IN6_ADDR_GEN_MODE_NONE = 1;
    internal const ushort IPV4_DEVCONF_RP_FILTER = 8;
    internal const ushort IPV4_DEVCONF_ACCEPT_LOCAL = 23;
    internal const ushort IFLA_INFO_KIND = 1;
    internal const ushort IFLA_INFO_DATA = 2;
    internal const ushort VETH_INFO_PEER = 1;
    internal const ushort IFA_ADDRESS = 1;
    internal const ushort IFA_LOCAL = 2;
    internal const ushort IFA_FLAGS = 8;
    internal const ushort RTA_DST = 1;
    internal const ushort RTA_OIF = 4;
    internal const ushort RTA_GATEWAY = 5;
    internal const ushort RTA_PRIORITY = 6;
    internal const ushort RTA_MULTIPATH = 9;
    internal const ushort RTA_TABLE = 15;
    internal const ushort RTA_VIA = 18;

    internal const ushort FRA_SRC = 2;
    internal const ushort FRA_PRIORITY = 6;
    internal const ushort FRA_TABLE = 15;
    internal const ushort FRA_IP_PROTO = 22;
    internal const ushort FRA_SPORT_RANGE = 23;
    internal const byte FR_ACT_TO_TBL = 1;

    internal const ushort NDA_DST = 1;
    internal const ushort NDA_LLADDR = 2;
    internal const ushort NUD_PERMANENT = 0x80;

    internal const uint IFF_UP = 0x01;
    internal const uint IFF_LOOPBACK = 0x08;
    internal const uint IFF_RUNNING = 0x40;
    internal const byte IFA_F_NODAD = 0x02;
    internal const uint IFA_F_DADFAILED = 0x08;
    internal const uint IFA_F_TENTATIVE = 0x40;
    internal const uint RT_TABLE_MAIN = 254;
    internal const byte RTPROT_STATIC = 4;
    internal const byte RT_SCOPE_LINK = 253;
    internal const byte RTN_UNICAST = 1;
    internal const uint RTM_F_CLONED = 0x200;
    internal const byte RTNH_F_DEAD = 0x01;
    internal const byte RTNH_F_LINKDOWN = 0x10;
    internal const byte AF_INET = 2;
    internal const byte AF_INET6 = 10;

    internal struct sockaddr_nl
    {
        internal ushort nl_family;
        internal ushort nl_pad;
        internal uint nl_pid;
        internal uint nl_groups;
    }

    internal struct nlmsghdr
    {
        internal uint nlmsg_len;
        internal ushort nlmsg_type;
        internal ushort nlmsg_flags;
        internal uint nlmsg_seq;
        internal uint nlmsg_pid;
    }

    internal struct ifinfomsg
    {
        internal byte ifi_family;
        internal byte ifi_pad;
        internal ushort ifi_type;
        internal int ifi_index;
        internal uint ifi_flags;
        internal uint ifi_change;
    }

    internal struct ifaddrmsg
    {
        internal byte ifa_family;
        internal byte ifa_prefixlen;
        internal byte ifa_flags;
        internal byte ifa_scope;
        internal uint ifa_index;
    }

    internal struct rtmsg
    {
        internal byte rtm_family;
        internal byte rtm_dst_len;
        internal byte rtm_src_len;
        internal byte rtm_tos;
        internal byte rtm_table;
        internal byte rtm_protocol;
        internal byte rtm_scope;
        internal byte rtm_type;
        internal uint rtm_flags;
    }

    internal struct fib_rule_hdr
    {
        internal byte family;
        internal byte dst_len;
        internal byte src_len;
        internal byte tos;
        internal byte table;
        internal byte res1;
        internal byte res2;
        internal byte action;
        internal uint flags;
    }

    internal struct ndmsg
    {
        internal byte ndm_family;
        internal byte ndm_pad1;
        internal ushort ndm_pad2;
        internal int ndm_ifindex;
        internal ushort ndm_state;
        internal byte ndm_flags;
        internal byte ndm_type;
    }

    internal struct rtattr
    {
        internal ushort rta_len;
        internal ushort rta_type;
    }

    internal struct rtnexthop
    {
        internal ushort rtnh_len;
        internal byte rtnh_flags;
        internal byte rtnh_hops;
        internal int rtnh_ifindex;
    }
}
