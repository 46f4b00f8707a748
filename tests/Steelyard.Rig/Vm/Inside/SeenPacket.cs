using System;
using System.Buffers.Binary;
using System.Globalization;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>A packet that a director sent.</summary>
/// <param name="IsToServers">It came out on the servers' side.</param>
/// <param name="Station">Whose frame it was in.</param>
internal sealed record SeenPacket(bool IsToServers, MacAddress Station, byte[] Octets)
{
    private const string FlagLetters = "FSRPAU";

    internal bool IsIpv4 => Octets[0] >> 4 == 4;

    internal IpProtocol Protocol => (IpProtocol)(IsIpv4 ? Octets[9] : Octets[6]);

    internal Endpoint Source => new(Address(12, 8), Port(0));

    internal Endpoint Destination => new(Address(16, 24), Port(2));

    internal bool IsTransport =>
        Protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;

    private int HeaderLength => IsIpv4 ? (Octets[0] & 0xF) * 4 : Ipv6Packet.HeaderLength;

    private Span<byte> Body => Octets.AsSpan(HeaderLength);

    private bool IsGue => Protocol == IpProtocol.Udp && Port(2) == ServiceDraw.GuePort;

    /// <summary>
    /// All that two directors must agree on, in one line; two that differ nowhere but in what each
    /// may choose (the identification of packets of their own, a tunnel's port) have the same line.
    /// </summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsToServers ? "server side" : "client side")} {Station} "
        + $"{(IsGue ? Source with { Port = 0 } : Source)} > {Destination} {Kind} {Header} "
        + $"{Octets.Length} bytes, sum {Digest():x8}");

    private string Header => IsIpv4
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"ttl {Octets[8]} tos {Octets[1]} {((Octets[6] & 0x40) != 0 ? "df" : "-")}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"hops {Octets[7]} head {Convert.ToHexString(Octets, 0, 4)}");

    private string Kind => Protocol switch
    {
        IpProtocol.Icmp or IpProtocol.Icmpv6 => string.Create(
            CultureInfo.InvariantCulture, $"icmp {Body[0]}/{Body[1]}"),
        IpProtocol.Ipip => "ip4",
        IpProtocol.Ipv6 => "ip6",
        IpProtocol.Gre => "gre " + Convert.ToHexString(Body[..4]),
        IpProtocol.Tcp => "tcp " + Flags,
        IpProtocol.Udp => IsGue ? $"gue {Convert.ToHexString(Body[8..12])} {SumOfGue}" : "udp",
        IpProtocol.Sctp => string.Create(CultureInfo.InvariantCulture, $"sctp {Body[12]}"),
        IpProtocol other => other.ToString(),
    };

    private string SumOfGue
    {
        get
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(Body[6..]) == 0)
            {
                return "no sum";
            }

            uint start = InternetChecksum.PseudoHeader(
                Source.Address, Destination.Address, (byte)Protocol, Body.Length);
            return InternetChecksum.Fold(InternetChecksum.Sum(Body, start)) == ushort.MaxValue
                ? "right sum"
                : "wrong sum";
        }
    }

    private string Flags
    {
        get
        {
            string letters = string.Empty;
            for (int index = 0; index < FlagLetters.Length; index++)
            {
                letters += (Body[13] >> index & 1) != 0 ? FlagLetters[index] : "";
            }

            return letters;
        }
    }

    private IpAddress Address(int offsetIpv4, int offsetIpv6) => IsIpv4
        ? IpAddress.ReadIpv4(Octets.AsSpan(offsetIpv4))
        : IpAddress.ReadIpv6(Octets.AsSpan(offsetIpv6));

    private ushort Port(int offset) => IsTransport
        ? BinaryPrimitives.ReadUInt16BigEndian(Body[offset..])
        : (ushort)0;

    /// <summary>FNV-1a over the packet, without what a director chooses for itself.</summary>
    private uint Digest()
    {
        byte[] octets = [.. Octets];
        bool isOwn = !IsTransport || IsGue
            || (Protocol == IpProtocol.Tcp && Flags.Contains('R', StringComparison.Ordinal));
        if (isOwn && IsIpv4)
        {
            octets.AsSpan(4, 2).Clear();
            octets.AsSpan(10, 2).Clear();
        }

        if (IsGue)
        {
            octets.AsSpan(HeaderLength, 2).Clear();
            octets.AsSpan(HeaderLength + 6, 2).Clear();
        }

        uint digest = 2166136261;
        foreach (byte octet in octets)
        {
            digest = unchecked((digest ^ octet) * 16777619);
        }

        return digest;
    }
}
