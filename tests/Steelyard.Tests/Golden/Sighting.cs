using System;
using System.Buffers.Binary;
using System.Globalization;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;

namespace Steelyard.Tests.Golden;

/// <summary>One packet that came out, read by hand and in the recordings' words.</summary>
internal sealed class Sighting
{
    private const string FlagLetters = "FSRPA";

    private readonly byte[] _packet;
    private readonly SentFrame _frame;

    /// <param name="frame">What came out.</param>
    /// <param name="fault">
    /// What was wrong with the packet that went in, and may still be; null for nothing.
    /// </param>
    public Sighting(SentFrame frame, string? fault = null)
    {
        _frame = frame;
        _packet = frame.Packet;
        if (PacketSums.FaultOf(_packet) is { } found)
        {
            Assert.Equal(fault, found);
        }

        (Source, Destination) = Ends(_packet);
    }

    public Endpoint Source { get; }

    public Endpoint Destination { get; }

    public bool IsOnServerSide => _frame.Port.InterfaceIndex == TestBox.InsideIndex;

    public ReadOnlySpan<byte> Packet => _packet;

    public MacAddress Station => _frame.Destination;

    public static IpAddress SourceOf(ReadOnlySpan<byte> packet) => Ends(packet).Source.Address;

    /// <summary>As a packet to a server: which one, and how it went there.</summary>
    /// <param name="destination">Where the client sent it.</param>
    public (Endpoint Server, string Via) AsForwarded(Endpoint destination)
    {
        if (Tunnelled.In(_packet) is (string kind, byte[] inner))
        {
            (_, Endpoint inside) = Ends(inner);
            Assert.Equal(Topology.StationOf(Destination.Address), Station);
            return (new(Destination.Address, inside.Port), kind);
        }

        if (Destination == destination)
        {
            return (new(Topology.ServerAt(Station, destination.Address.IsIpv4), Destination.Port),
                "dr");
        }

        Assert.Equal(Topology.StationOf(Destination.Address), Station);
        return (Destination, "nat");
    }

    /// <summary>As an answer to the sender: <c>icmp 3/3</c>, <c>tcp RA</c>.</summary>
    public string AsAnswer => PacketSums.Protocol(_packet) switch
    {
        1 => Icmp("icmp"),
        58 => Icmp("icmp6"),
        6 => "tcp " + Flags,
        _ => "udp",
    };

    /// <summary>Where an answer came from; ICMP has no ports.</summary>
    public string From => PacketSums.Protocol(_packet) is 1 or 58
        ? Source.Address.ToString()
        : Source.ToString();

    /// <summary>As the recordings name any packet: <c>10.1.0.11:80 SA</c>.</summary>
    public string Name => PacketSums.Protocol(_packet) switch
    {
        1 or 58 => AsAnswer,
        6 => $"{Source} {Flags}",
        _ => $"{Source} udp",
    };

    public override string ToString() =>
        $"{(IsOnServerSide ? "server" : "client")} side: {Source} > {Destination} {AsAnswer}";

    private string Flags
    {
        get
        {
            byte octet = PacketSums.Body(_packet)[13];
            string letters = string.Empty;
            foreach (char letter in FlagLetters)
            {
                letters += (octet & (byte)FlagOf(letter)) != 0 ? letter : string.Empty;
            }

            return letters;
        }
    }

    public static TcpFlags FlagOf(char letter) => letter switch
    {
        'F' => TcpFlags.Fin,
        'S' => TcpFlags.Syn,
        'R' => TcpFlags.Reset,
        'P' => TcpFlags.Push,
        'A' => TcpFlags.Acknowledgment,
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, "no such flag"),
    };

    private string Icmp(string name)
    {
        ReadOnlySpan<byte> body = PacketSums.Body(_packet);
        return string.Create(CultureInfo.InvariantCulture, $"{name} {body[0]}/{body[1]}");
    }

    private static (Endpoint Source, Endpoint Destination) Ends(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> body = PacketSums.Body(packet);
        bool hasPorts = PacketSums.Protocol(packet) is 6 or 17;
        ushort from = hasPorts ? BinaryPrimitives.ReadUInt16BigEndian(body) : (ushort)0;
        ushort to = hasPorts ? BinaryPrimitives.ReadUInt16BigEndian(body[2..]) : (ushort)0;
        return packet[0] >> 4 == 4
            ? (new(IpAddress.ReadIpv4(packet[12..]), from),
                new(IpAddress.ReadIpv4(packet[16..]), to))
            : (new(IpAddress.ReadIpv6(packet[8..]), from),
                new(IpAddress.ReadIpv6(packet[24..]), to));
    }
}
