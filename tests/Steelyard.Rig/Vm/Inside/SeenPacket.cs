using System;
using System.Buffers.Binary;
using System.Globalization;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>A packet of IPv4 that a director sent.</summary>
/// <param name="IsToServers">It came out on the servers' side.</param>
/// <param name="Station">Whose frame it was in.</param>
internal sealed record SeenPacket(bool IsToServers, MacAddress Station, byte[] Octets)
{
    private const byte IcmpProtocol = 1;
    private const byte IpipProtocol = 4;
    private const string FlagLetters = "FSRPAU";

    internal byte Protocol => Octets[9];

    internal Endpoint Source => new(IpAddress.ReadIpv4(Octets.AsSpan(12)), Port(0));

    internal Endpoint Destination => new(IpAddress.ReadIpv4(Octets.AsSpan(16)), Port(2));

    private int HeaderLength => (Octets[0] & 0xF) * 4;

    private bool HasPorts => Protocol is Frames.TcpProtocol or Frames.UdpProtocol;

    /// <summary>
    /// All that two directors must agree on, in one line; two that differ nowhere but in what each
    /// may choose (the identification of packets of their own) have the same line.
    /// </summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(IsToServers ? "server side" : "client side")} {Station} {Source} > {Destination} "
        + $"{Kind} ttl {Octets[8]} tos {Octets[1]} {(IsDontFragment ? "df" : "-")} "
        + $"{Octets.Length} bytes, sum {Digest():x8}");

    private bool IsDontFragment => (Octets[6] & 0x40) != 0;

    private string Kind => Protocol switch
    {
        IcmpProtocol => string.Create(
            CultureInfo.InvariantCulture,
            $"icmp {Octets[HeaderLength]}/{Octets[HeaderLength + 1]}"),
        IpipProtocol => "ipip",
        Frames.TcpProtocol => "tcp " + Flags,
        Frames.UdpProtocol => "udp",
        byte other => other.ToString(CultureInfo.InvariantCulture),
    };

    private string Flags
    {
        get
        {
            string letters = string.Empty;
            for (int index = 0; index < FlagLetters.Length; index++)
            {
                letters += (Octets[HeaderLength + 13] >> index & 1) != 0 ? FlagLetters[index] : "";
            }

            return letters;
        }
    }

    private ushort Port(int offset) => HasPorts
        ? BinaryPrimitives.ReadUInt16BigEndian(Octets.AsSpan(HeaderLength + offset))
        : (ushort)0;

    /// <summary>FNV-1a over the packet, without what a director chooses for itself.</summary>
    private uint Digest()
    {
        byte[] octets = [.. Octets];
        bool isOwn = Protocol is IcmpProtocol or IpipProtocol
            || (Protocol == Frames.TcpProtocol && Flags.Contains('R', StringComparison.Ordinal));
        if (isOwn)
        {
            octets.AsSpan(4, 2).Clear();
            octets.AsSpan(10, 2).Clear();
        }

        uint digest = 2166136261;
        foreach (byte octet in octets)
        {
            digest = unchecked((digest ^ octet) * 16777619);
        }

        return digest;
    }
}
