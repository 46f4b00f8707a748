using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Steelyard.Core.Wire;
using Steelyard.Linux.Interop;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Ports;

/// <summary>A raw socket on one interface: what data ports and control sockets share.</summary>
internal sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>Bytes of the union in struct ifreq.</summary>
    private const int IfreqAnswerLength = 24;

    private volatile bool _isGone;

    /// <summary>Opens it deaf: nothing is received before <see cref="Bind"/>.</summary>
    internal PacketSocket(string interfaceName)
    {
        Name = interfaceName;
        Descriptor = new(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (Descriptor.IsInvalid)
        {
            throw KernelException.Last("open a packet socket (it needs CAP_NET_RAW)");
        }

        try
        {
            InterfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(Ask(SIOCGIFINDEX));
            ushort kind = BinaryPrimitives.ReadUInt16LittleEndian(Ask(SIOCGIFHWADDR));
            if (kind != ARPHRD_ETHER)
            {
                throw new KernelException($"{interfaceName} is not an Ethernet interface");
            }

            _ = TryReadLink();
        }
        catch
        {
            Descriptor.Dispose();
            throw;
        }
    }

    internal string Name { get; }

    internal FileDescriptor Descriptor { get; }

    internal int InterfaceIndex { get; }

    internal MacAddress HardwareAddress { get; private set; }

    /// <summary>Largest IP packet, in bytes.</summary>
    internal int MaximumTransmissionUnit { get; private set; }

    /// <summary>
    /// The interface was removed or left this namespace; it will not come back here.
    /// </summary>
    internal bool IsGone => _isGone;

    public void Dispose() => Descriptor.Dispose();

    /// <summary>
    /// Reads the interface's address and MTU anew; false, with the old ones kept, when it is gone
    /// or has another name now.
    /// </summary>
    internal bool TryReadLink()
    {
        if (!TryAsk(SIOCGIFHWADDR, out ifreq station) || !TryAsk(SIOCGIFMTU, out ifreq mtu))
        {
            return false;
        }

        // A sockaddr: family (the hardware's kind), then the address.
        HardwareAddress = MacAddress.Read(Answer(ref station)[sizeof(ushort)..]);
        MaximumTransmissionUnit = BinaryPrimitives.ReadInt32LittleEndian(Answer(ref mtu));
        return true;
    }

    /// <summary>Starts receiving every protocol that the filter lets through.</summary>
    internal void Bind()
    {
        sockaddr_ll address = new()
        {
            sll_family = AF_PACKET,
            sll_protocol = BinaryPrimitives.ReverseEndianness(ETH_P_ALL),
            sll_ifindex = InterfaceIndex,
        };
        if (bind(Descriptor, &address, (uint)sizeof(sockaddr_ll)) != 0)
        {
            throw KernelException.Last($"bind to {Name}");
        }
    }

    internal void Set(int level, int name, int value, string what)
    {
        if (setsockopt(Descriptor, level, name, &value, sizeof(int)) != 0)
        {
            throw KernelException.Last($"{what} on {Name}");
        }
    }

    /// <summary>
    /// Asks for socket buffers of so many bytes; past the system's limit where the right
    /// (CAP_NET_ADMIN) is there, else up to it.
    /// </summary>
    internal void SetBuffers(int receiveBytes, int sendBytes)
    {
        if (setsockopt(Descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &receiveBytes, sizeof(int)) != 0)
        {
            _ = setsockopt(Descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBytes, sizeof(int));
        }

        if (setsockopt(Descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &sendBytes, sizeof(int)) != 0)
        {
            _ = setsockopt(Descriptor, SOL_SOCKET, SO_SNDBUF, &sendBytes, sizeof(int));
        }
    }

    /// <summary>Replaces the filter; no frame falls between the old one and the new.</summary>
    internal void Attach(sock_filter[] program)
    {
        fixed (sock_filter* instructions = program)
        {
            sock_fprog filter = new() { len = (ushort)program.Length, filter = instructions };
            if (setsockopt(
                Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, (uint)sizeof(sock_fprog)) != 0)
            {
                throw KernelException.Last($"attach a filter to {Name}");
            }
        }
    }

    /// <summary>
    /// Joins or leaves a group, or a further station address: its device then lets such frames
    /// pass without being promiscuous. The kernel counts members and forgets us with the socket. On
    /// an interface that is gone there is nothing to join: <see cref="IsGone"/> will say so.
    /// </summary>
    internal void SetMembership(MacAddress address, bool isMember)
    {
        packet_mreq request = new()
        {
            mr_ifindex = InterfaceIndex,
            mr_type = address.IsMulticast ? PACKET_MR_MULTICAST : PACKET_MR_UNICAST,
            mr_alen = MacAddress.Length,
        };
        address.Write(new Span<byte>(request.mr_address, MacAddress.Length));
        int option = isMember ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP;
        if (setsockopt(
            Descriptor, SOL_PACKET, option, &request, (uint)sizeof(packet_mreq)) != 0
            && isMember
            && Marshal.GetLastPInvokeError() is not (ENODEV or ENXIO))
        {
            throw KernelException.Last($"receive {address} on {Name}");
        }
    }

    /// <summary>
    /// Takes the pending error (ENETDOWN when the link went down), and learns whether the
    /// interface is still there: the kernel sets the index of a lost one to −1.
    /// </summary>
    internal void TakeError()
    {
        int error;
        uint length = sizeof(int);
        _ = getsockopt(Descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
        sockaddr_ll address;
        length = (uint)sizeof(sockaddr_ll);
        if (getsockname(Descriptor, &address, &length) == 0 && address.sll_ifindex <= 0)
        {
            _isGone = true;
        }
    }

    private static Span<byte> Answer(ref ifreq question) => MemoryMarshal.CreateSpan(
        ref question.ifr_ifru[0], IfreqAnswerLength);

    private ReadOnlySpan<byte> Ask(nuint request) =>
        TryAsk(request, out ifreq question)
            ? Answer(ref question).ToArray()
            : throw KernelException.Last($"find interface {Name}");

    private bool TryAsk(nuint request, out ifreq question)
    {
        question = default;
        Span<byte> name = MemoryMarshal.CreateSpan(ref question.ifr_name[0], IFNAMSIZ - 1);
        if (!Encoding.UTF8.TryGetBytes(Name, name, out _))
        {
            Marshal.SetLastPInvokeError(ENODEV); // No interface's name is that long.
            return false;
        }

        fixed (ifreq* pointer = &question)
        {
            return ioctl(Descriptor, request, pointer) == 0;
        }
    }
}
