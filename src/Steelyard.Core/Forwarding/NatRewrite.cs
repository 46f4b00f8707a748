using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Masquerading: one end of a packet becomes another, checksums are kept right by the difference
/// alone, and the packet has one hop less. RFC 3022 §4.1, §4.2.
/// </summary>
internal static class NatRewrite
{
    /// <summary>From the virtual address to the server.</summary>
    public static void ToServer(
        Ipv4Packet packet, uint server, ushort port, bool isUnfinished, bool isSuperFrame)
    {
        uint addresses = InternetChecksum.Difference(packet.Destination, server);
        packet.Destination = server;
        packet.DecrementTimeToLive(addresses);
        Ports ports = new(packet);
        uint difference = InternetChecksum.Difference(ports.Destination, port);
        ports.Destination = port;
        Mend(packet, ports, addresses, difference, isUnfinished, isSuperFrame);
    }

    /// <summary>From the server: it looks as if the virtual address had answered.</summary>
    public static void ToClient(
        Ipv4Packet packet, in Endpoint virtualEnd, bool isUnfinished, bool isSuperFrame)
    {
        uint after = virtualEnd.Address.Ipv4;
        uint addresses = InternetChecksum.Difference(packet.Source, after);
        packet.Source = after;
        packet.DecrementTimeToLive(addresses);
        Ports ports = new(packet);
        uint difference = InternetChecksum.Difference(ports.Source, virtualEnd.Port);
        ports.Source = virtualEnd.Port;
        Mend(packet, ports, addresses, difference, isUnfinished, isSuperFrame);
    }

    private static void Mend(
        Ipv4Packet packet,
        Ports ports,
        uint addresses,
        uint difference,
        bool isUnfinished,
        bool isSuperFrame)
    {
        ushort checksum = ports.Checksum;
        if (isUnfinished)
        {
            // The field holds the pseudo-header's sum; the sending device adds ports and data.
            checksum = InternetChecksum.UpdateUnfinished(checksum, addresses);
        }
        else if (ports.IsTcp || checksum != 0)
        {
            checksum = InternetChecksum.Update(checksum, unchecked(addresses + difference));
            checksum = !ports.IsTcp && checksum == 0 ? InternetChecksum.UdpZero : checksum;
        }
        else if (!isSuperFrame)
        {
            // A datagram without a checksum gets one, as with LVS: its new addresses are our
            // word, and the receiver may well demand one.
            checksum = SumUdp(packet);
        }

        ports.Checksum = checksum;
    }

    private static ushort SumUdp(Ipv4Packet packet)
    {
        if (!UdpDatagram.TryParse(packet.Payload, out UdpDatagram datagram))
        {
            return 0;
        }

        uint pseudoHeader = InternetChecksum.PseudoHeader(
            packet.Source, packet.Destination, (byte)IpProtocol.Udp, datagram.Length);
        ushort checksum =
            InternetChecksum.Finish(InternetChecksum.Sum(datagram.Octets, pseudoHeader));
        return checksum == 0 ? InternetChecksum.UdpZero : checksum;
    }

    /// <summary>What TCP and UDP have in common, at different places.</summary>
    private readonly ref struct Ports
    {
        private const int SourceOffset = 0;
        private const int DestinationOffset = 2;
        private const int UdpChecksumOffset = 6;
        private const int TcpChecksumOffset = 16;
        private readonly Span<byte> _octets;
        private readonly Span<byte> _checksum;

        /// <param name="packet">Its transport header has been parsed.</param>
        public Ports(Ipv4Packet packet)
        {
            _octets = packet.Payload;
            IsTcp = packet.Protocol == IpProtocol.Tcp;
            _checksum = _octets[(IsTcp ? TcpChecksumOffset : UdpChecksumOffset)..];
        }

        public bool IsTcp { get; }

        public ushort Source
        {
            get => BinaryPrimitives.ReadUInt16BigEndian(_octets[SourceOffset..]);
            set => BinaryPrimitives.WriteUInt16BigEndian(_octets[SourceOffset..], value);
        }

        public ushort Destination
        {
            get => BinaryPrimitives.ReadUInt16BigEndian(_octets[DestinationOffset..]);
            set => BinaryPrimitives.WriteUInt16BigEndian(_octets[DestinationOffset..], value);
        }

        public ushort Checksum
        {
            get => BinaryPrimitives.ReadUInt16BigEndian(_checksum);
            set => BinaryPrimitives.WriteUInt16BigEndian(_checksum, value);
        }
    }
}
