namespace Steelyard.Linux.Interop;

/// <summary>Constants and structures of sys/socket.h, sys/uio.h and net/if.h.</summary>
internal static partial class Libc
{
    internal const int AF_NETLINK = 16;
    internal const int AF_PACKET = 17;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;

    internal const int SOL_SOCKET = 1;
    internal const int SO_ERROR = 4;
    internal const int SO_SNDBUF = 7;
    internal const int SO_RCVBUF = 8;
    internal const int SO_PRIORITY = 12;
    internal const int SO_ATTACH_FILTER = 26;
    internal const int SO_SNDBUFFORCE = 32;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int SO_TIMESTAMPNS = 35;
    internal const int SCM_TIMESTAMPNS = SO_TIMESTAMPNS;

    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_DONTWAIT = 0x40;

    internal const nuint SIOCGIFMTU = 0x8921;
    internal const nuint SIOCGIFHWADDR = 0x8927;
    internal const nuint SIOCGIFINDEX = 0x8933;
    internal const int IFNAMSIZ = 16;

    /// <summary>An interface's hardware is Ethernet; net/if_arp.h.</summary>
    internal const ushort ARPHRD_ETHER = 1;

    internal unsafe struct iovec
    {
        internal void* iov_base;
        internal nuint iov_len;
    }

    internal unsafe struct msghdr
    {
        internal void* msg_name;
        internal uint msg_namelen;
        internal iovec* msg_iov;
        internal nuint msg_iovlen;
        internal void* msg_control;
        internal nuint msg_controllen;
        internal int msg_flags;
    }

    internal struct mmsghdr
    {
        internal msghdr msg_hdr;
        internal uint msg_len;
    }

    internal struct cmsghdr
    {
        internal nuint cmsg_len;
        internal int cmsg_level;
        internal int cmsg_type;
    }

    /// <summary>An interface's name, and one answer about it.</summary>
    internal unsafe struct ifreq
    {
        internal fixed byte ifr_name[IFNAMSIZ];

        /// <summary>A union: int ifr_ifindex, int ifr_mtu, or sockaddr ifr_hwaddr.</summary>
        internal fixed byte ifr_ifru[24];
    }
}
