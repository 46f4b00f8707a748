using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Steelyard.Rig.Methods;

/// <summary>
/// Takes tunnels apart at a server whose kernel has no device for them: outer packets come from
/// raw sockets, the inner ones go to the server's own kernel, which checks their sums. Written
/// from RFC 2003, 2473, 2784 and the GUE draft, without a look at the box's own code.
/// </summary>
internal sealed class ProgramTunnel : ITunnelEnd
{
    private const int InnerIpv4 = 4;
    private const int InnerIpv6 = 41;
    private const int Gre = 47;
    private const int HeaderIncluded = 255;

    // SOL_UDP and UDP_NO_CHECK6_RX: over IPv6, no sum is taken only by a tunnel's end. RFC 6935.
    private const int UdpLevel = 17;
    private const int NoCheck6Receive = 102;

    private readonly List<Socket> _ends = [];
    private readonly Socket _ipv4;
    private readonly Socket _ipv6;

    internal ProgramTunnel(MethodsWorld world, string place, int guePort)
    {
        Socket Open(AddressFamily family, SocketType type, int protocol) =>
            world.Open(place, family, type, protocol);

        _ipv4 = Open(AddressFamily.InterNetwork, SocketType.Raw, HeaderIncluded);
        _ipv4.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        _ipv6 = Open(AddressFamily.InterNetworkV6, SocketType.Raw, HeaderIncluded);
        foreach (AddressFamily family in (AddressFamily[])
            [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            // A raw socket of IPv4 gives the outer header along, one of IPv6 does not.
            bool hasHeader = family == AddressFamily.InterNetwork;
            Run(Open(family, SocketType.Raw, InnerIpv4), hasHeader, DeliverInner);
            Run(Open(family, SocketType.Raw, InnerIpv6), hasHeader, DeliverInner);
            Run(Open(family, SocketType.Raw, Gre), hasHeader, DeliverGre);
            Socket gue = Open(family, SocketType.Dgram, (int)ProtocolType.Udp);
            if (!hasHeader)
            {
                gue.DualMode = false;
                gue.SetRawSocketOption(UdpLevel, NoCheck6Receive, BitConverter.GetBytes(1));
            }

            gue.Bind(new IPEndPoint(hasHeader ? IPAddress.Any : IPAddress.IPv6Any, guePort));
            Run(gue, hasHeader: false, DeliverGue);
        }
    }

    public ConcurrentQueue<string> Faults { get; } = [];

    public void Dispose()
    {
        foreach (Socket end in _ends)
        {
            end.Dispose();
        }

        _ipv4.Dispose();
        _ipv6.Dispose();
    }

    private void Run(Socket end, bool hasHeader, Action<Memory<byte>> deliver)
    {
        end.ReceiveTimeout = 0;
        end.ReceiveBufferSize = 8 << 20;
        _ends.Add(end);
        new Thread(() =>
        {
            byte[] buffer = new byte[ushort.MaxValue];
            try
            {
                while (true)
                {
                    int length = end.Receive(buffer);
                    deliver(buffer.AsMemory(
                        hasHeader ? (buffer[0] & 0x0F) * 4 : 0, length - (hasHeader ? 20 : 0)));
                }
            }
            catch (Exception exception)
                when (exception is SocketException or ObjectDisposedException)
            {
                // Disposed: the world ends.
            }
            catch (InvalidOperationException exception)
            {
                Faults.Enqueue(exception.Message);
            }
        })
        {
            IsBackground = true,
        }.Start();
    }

    private void DeliverInner(Memory<byte> packet)
    {
        Span<byte> octets = packet.Span;
        bool isIpv4 = octets[0] >> 4 == 4;
        if (isIpv4 && Sum(octets[..((octets[0] & 0x0F) * 4)]) != 0xFFFF)
        {
            Faults.Enqueue("an inner header's sum is wrong");
        }

        try
        {
            Socket socket = isIpv4 ? _ipv4 : _ipv6;
            IPAddress destination = new(isIpv4 ? octets[16..20] : octets[24..40]);
            socket.SendTo(octets, new IPEndPoint(destination, 0));
        }
        catch (SocketException exception)
        {
            Faults.Enqueue(exception.Message);
        }
    }

    private void DeliverGre(Memory<byte> packet)
    {
        Span<byte> octets = packet.Span;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(octets);
        bool hasSum = (flags & 0x8000) != 0;
        bool isIpv4 = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]) == 0x0800;
        if ((flags & 0x7FFF) != 0 || (hasSum && Sum(octets) != 0xFFFF)
            || isIpv4 != (octets[hasSum ? 8 : 4] >> 4 == 4))
        {
            Faults.Enqueue($"a GRE header of {flags:x4} is wrong");
        }

        DeliverInner(packet[(hasSum ? 8 : 4)..]);
    }

    private void DeliverGue(Memory<byte> packet)
    {
        Span<byte> octets = packet.Span;
        int length = 4 + ((octets[0] & 0x1F) * 4);
        int flags = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        Span<byte> inner = octets[length..];
        if (octets[0] >> 5 != 0 || octets[1] != (inner[0] >> 4 == 4 ? InnerIpv4 : InnerIpv6))
        {
            Faults.Enqueue($"a GUE header of {Convert.ToHexString(octets[..4])} is wrong");
        }

        // The private flags' first bit: a sum is left to the far end.
        if (flags == 1 && BinaryPrimitives.ReadUInt32BigEndian(octets[4..]) == 0x8000_0000)
        {
            int start = BinaryPrimitives.ReadUInt16BigEndian(octets[8..]);
            int field = BinaryPrimitives.ReadUInt16BigEndian(octets[10..]);
            int sum = Sum(inner[start..]);
            BinaryPrimitives.WriteUInt16BigEndian(inner[field..], (ushort)(0xFFFF - sum));
        }
        else if (flags != 0)
        {
            Faults.Enqueue($"unknown GUE flags {flags:x4}");
        }

        DeliverInner(packet[length..]);
    }

    /// <summary>The Internet's sum of 16-bit words, folded. RFC 1071.</summary>
    private static int Sum(ReadOnlySpan<byte> octets)
    {
        long sum = 0;
        for (int index = 0; index < octets.Length; index++)
        {
            sum += octets[index] << (index % 2 == 0 ? 8 : 0);
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (int)sum;
    }
}
