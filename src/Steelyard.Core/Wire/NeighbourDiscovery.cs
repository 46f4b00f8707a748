using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>The two messages of Neighbour Discovery that find neighbours.</summary>
public enum NeighbourMessage : byte
{
    Unknown = 0,
    Solicitation = 135,
    Advertisement = 136,
}

/// <summary>What an advertisement says besides. RFC 4861 §4.4.</summary>
[Flags]
public enum NeighbourFlags : byte
{
    None = 0,

    /// <summary>O: replaces what was known before.</summary>
    Override = 0x20,

    /// <summary>S: answers a solicitation.</summary>
    Solicited = 0x40,

    /// <summary>R: the sender is a router.</summary>
    Router = 0x80,
}

/// <summary>
/// A Neighbour Solicitation or Advertisement over Ethernet: IPv6's ARP. RFC 4861 §4.3, §4.4.
/// </summary>
/// <param name="Source">None (::) in a probe for a duplicate address, RFC 4862 §5.4.2.</param>
/// <param name="Target">Whose station is asked for or told.</param>
/// <param name="Station">
/// The sender's in a solicitation, the target's in an advertisement; null when it is left out.
/// </param>
public readonly record struct NeighbourDiscovery(
    NeighbourMessage Message,
    IpAddress Source,
    IpAddress Destination,
    IpAddress Target,
    MacAddress? Station,
    NeighbourFlags Flags = NeighbourFlags.None)
{
    /// <summary>Octets of a whole frame with one option, the longest that is written.</summary>
    public const int LongestFrameLength = HeadersLength + Length + OptionLength;

    /// <summary>Hop limit of every message: it has crossed no router. RFC 4861 §4.3.</summary>
    public const byte HopLimit = 255;

    /// <summary>Octets of the message without options.</summary>
    private const int Length = 24;

    private const int HeadersLength = EthernetFrame.HeaderLength + Ipv6Packet.HeaderLength;
    private const int TypeOffset = 0;
    private const int CodeOffset = 1;
    private const int ChecksumOffset = 2;
    private const int FlagsOffset = 4;
    private const int TargetOffset = 8;
    private const int OptionTypeOffset = 0;
    private const int OptionLengthOffset = 1;
    private const int OptionStationOffset = 2;

    /// <summary>An option's length counts in these. RFC 4861 §4.6.</summary>
    private const int OptionUnit = 8;

    /// <summary>A link-layer address option on Ethernet. RFC 2464 §6.</summary>
    private const int OptionLength = 8;

    private const byte SourceStationOption = 1;
    private const byte TargetStationOption = 2;
    private const NeighbourFlags AllFlags =
        NeighbourFlags.Router | NeighbourFlags.Solicited | NeighbourFlags.Override;

    /// <summary>ff02::1. RFC 4291 §2.7.1.</summary>
    public static IpAddress AllNodes => new(0xFF02_0000_0000_0000, 1);

    /// <summary>The sender has no address yet, and asks whether its wish is taken.</summary>
    public bool IsProbe => Message == NeighbourMessage.Solicitation && Source.IsNone;

    /// <summary>
    /// ff02::1:ffXX:XXXX, the group of all whose address ends like this one. RFC 4291 §2.7.1.
    /// </summary>
    public static IpAddress GroupOf(IpAddress address) =>
        new(0xFF02_0000_0000_0000, 0x0000_0001_FF00_0000 | (address.Low & 0xFF_FFFF));

    /// <summary>Asks everyone who has an address.</summary>
    public static NeighbourDiscovery Request(
        MacAddress sender, IpAddress senderAddress, IpAddress target) =>
        new(NeighbourMessage.Solicitation, senderAddress, GroupOf(target), target, sender);

    /// <summary>Asks a station that is known whether it is there still.</summary>
    public static NeighbourDiscovery RequestAgain(
        MacAddress sender, IpAddress senderAddress, IpAddress target) =>
        new(NeighbourMessage.Solicitation, senderAddress, target, target, sender);

    /// <summary>
    /// Tells everyone where an address of a virtual router is now. RFC 9568 §6.4.1, (150).
    /// </summary>
    public static NeighbourDiscovery Announcement(MacAddress owner, IpAddress address) => new(
        NeighbourMessage.Advertisement,
        address,
        AllNodes,
        address,
        owner,
        NeighbourFlags.Router | NeighbourFlags.Override);

    /// <summary>
    /// The answer to this solicitation; to everyone, when it is a probe. RFC 4861 §7.2.4.
    /// </summary>
    public NeighbourDiscovery ReplyFrom(MacAddress owner) => IsProbe
        ? Announcement(owner, Target)
        : new(
            NeighbourMessage.Advertisement,
            Target,
            Source,
            Target,
            owner,
            NeighbourFlags.Router | NeighbourFlags.Solicited | NeighbourFlags.Override);

    /// <summary>
    /// Reads a packet that the frame's header and tag have been taken from. A packet with extension
    /// headers is another message: none is needed, and a fragment is refused (RFC 6980 §5).
    /// </summary>
    public static bool TryParse(
        in Ipv6Packet packet, out NeighbourDiscovery message, out NeighbourFault fault)
    {
        message = default;
        ReadOnlySpan<byte> octets = packet.Payload;
        if (packet.NextHeader != IpProtocol.Icmpv6
            || octets.IsEmpty
            || (NeighbourMessage)octets[TypeOffset] is not (
                NeighbourMessage.Solicitation or NeighbourMessage.Advertisement))
        {
            fault = NeighbourFault.OtherMessage;
            return false;
        }

        fault = packet.HopLimit != HopLimit ? NeighbourFault.HopLimitNot255
            : octets.Length < Length ? NeighbourFault.Truncated
            : SumOf(octets, packet.Source, packet.Destination) != 0 ? NeighbourFault.BadChecksum
            : octets[CodeOffset] != 0 ? NeighbourFault.CodeNotZero
            : NeighbourFault.None;
        if (fault != NeighbourFault.None)
        {
            return false;
        }

        NeighbourMessage kind = (NeighbourMessage)octets[TypeOffset];
        fault = ReadOptions(octets[Length..], kind, out MacAddress? station);
        message = new(
            kind,
            packet.Source,
            packet.Destination,
            IpAddress.ReadIpv6(octets[TargetOffset..]),
            station,
            kind == NeighbourMessage.Advertisement
                ? (NeighbourFlags)octets[FlagsOffset] & AllFlags
                : NeighbourFlags.None);
        fault = fault == NeighbourFault.None ? message.FindFault() : fault;
        if (fault != NeighbourFault.None)
        {
            message = default;
        }

        return fault == NeighbourFault.None;
    }

    /// <summary>Writes a whole untagged frame and returns its length.</summary>
    /// <param name="frame">At least <see cref="LongestFrameLength"/> octets.</param>
    /// <param name="destination">Whom the frame is for.</param>
    /// <param name="source">The station that sends it.</param>
    public int Write(Span<byte> frame, MacAddress destination, MacAddress source)
    {
        int length = Length + (Station is null ? 0 : OptionLength);
        frame = frame[..(HeadersLength + length)];
        EthernetFrame.Write(frame, destination, source, EtherType.Ipv6);
        Ipv6Packet.Write(
            frame[EthernetFrame.HeaderLength..],
            IpProtocol.Icmpv6,
            HopLimit,
            Source,
            Destination);
        Span<byte> octets = frame[HeadersLength..];
        octets.Clear();
        octets[TypeOffset] = (byte)Message;
        octets[FlagsOffset] = (byte)Flags;
        _ = Target.Write(octets[TargetOffset..]);
        if (Station is MacAddress station)
        {
            Span<byte> option = octets[Length..];
            option[OptionTypeOffset] = OptionOf(Message);
            option[OptionLengthOffset] = OptionLength / OptionUnit;
            station.Write(option[OptionStationOffset..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            octets[ChecksumOffset..], SumOf(octets, Source, Destination));
        return HeadersLength + length;
    }

    private static byte OptionOf(NeighbourMessage message) =>
        message == NeighbourMessage.Solicitation ? SourceStationOption : TargetStationOption;

    private static ushort SumOf(
        ReadOnlySpan<byte> octets, IpAddress source, IpAddress destination) =>
        InternetChecksum.Finish(InternetChecksum.Sum(
            octets,
            InternetChecksum.PseudoHeader(
                source, destination, (byte)IpProtocol.Icmpv6, octets.Length)));

    /// <summary>
    /// The first link-layer address counts; options that are not known are passed over.
    /// </summary>
    private static NeighbourFault ReadOptions(
        ReadOnlySpan<byte> options, NeighbourMessage message, out MacAddress? station)
    {
        station = null;
        while (!options.IsEmpty)
        {
            int length = options.Length > OptionLengthOffset
                ? options[OptionLengthOffset] * OptionUnit
                : int.MaxValue;
            if (length == 0 || length > options.Length)
            {
                return length == 0 ? NeighbourFault.EmptyOption : NeighbourFault.Truncated;
            }

            if (options[OptionTypeOffset] == OptionOf(message) && station is null)
            {
                MacAddress read = MacAddress.Read(options[OptionStationOffset..]);
                if (length != OptionLength || read.IsMulticast || read.IsZero)
                {
                    return NeighbourFault.WrongStation;
                }

                station = read;
            }

            options = options[length..];
        }

        return NeighbourFault.None;
    }

    /// <summary>What one field says against another.</summary>
    /// <remarks>
    /// A mapped IPv4 address would pass for an IPv4 neighbour: none occurs on a wire.
    /// </remarks>
    private NeighbourFault FindFault()
    {
        if (Target.IsMulticast || Target.IsNone || Target.IsIpv4)
        {
            return NeighbourFault.WrongTarget;
        }

        if (Source.IsMulticast || Source.IsIpv4)
        {
            return NeighbourFault.WrongSource;
        }

        if (Message == NeighbourMessage.Solicitation)
        {
            // RFC 4861 §7.1.1: who has no address asks a group such as the target's, and names no
            // station.
            bool isRightProbe = Station is null && GroupOf(Destination) == Destination;
            return Source.IsNone && !isRightProbe
                ? NeighbourFault.WrongSource
                : NeighbourFault.None;
        }

        if (Source.IsNone)
        {
            return NeighbourFault.WrongSource;
        }

        return Destination.IsMulticast && (Flags & NeighbourFlags.Solicited) != 0
            ? NeighbourFault.SolicitedGroup
            : NeighbourFault.None;
    }
}
