using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Steelyard.Core.Invariants;

namespace Steelyard.Core.Wire;

/// <summary>
/// An advertisement of a virtual router's MASTER, version 2 (RFC 3768 §5) or 3 (RFC 9568 §5).
/// </summary>
/// <param name="Version">2 or 3.</param>
/// <param name="VirtualRouterId">VRID, 1 to 255.</param>
/// <param name="Priority">0 when the MASTER resigns, 255 when it owns the addresses.</param>
/// <param name="Interval">Whole seconds in version 2, centiseconds in version 3.</param>
/// <param name="Addresses">The virtual addresses, all of one family.</param>
/// <param name="AuthenticationType">Version 2: 0 none, 1 a password in the clear.</param>
/// <param name="Password">
/// With that type: eight octets, the first in the highest, zeros behind a shorter password
/// (RFC 2338 §5.3.6.2).
/// </param>
public readonly record struct VrrpAdvertisement(
    int Version,
    byte VirtualRouterId,
    byte Priority,
    TimeSpan Interval,
    ImmutableArray<IpAddress> Addresses,
    byte AuthenticationType = VrrpAdvertisement.NoAuthentication,
    ulong Password = 0)
{
    /// <summary>IP protocol number. RFC 9568 §5.1.1.4.</summary>
    public const byte Protocol = 112;

    /// <summary>TTL or hop limit of every advertisement. RFC 9568 §5.1.1.3.</summary>
    public const byte TimeToLive = 255;

    public const byte NoAuthentication = 0;
    public const byte PasswordAuthentication = 1;

    /// <summary>Bytes before the first address.</summary>
    public const int HeaderLength = 8;

    private const int VersionAndTypeOffset = 0;
    private const int VirtualRouterIdOffset = 1;
    private const int PriorityOffset = 2;
    private const int CountOffset = 3;
    private const int AuthenticationTypeOffset = 4; // version 2
    private const int IntervalSecondsOffset = 5; // version 2
    private const int IntervalCentisecondsOffset = 4; // version 3, the low twelve bits
    private const int ChecksumOffset = 6;
    private const int AuthenticationDataLength = 8;
    private const int AdvertisementType = 1;
    private const int MaximumIntervalCentiseconds = 4095;

    private const int Ipv4HeaderLength = 20;

    /// <summary>Type of service or traffic class. RFC 791 §3.1; RFC 2474 §4.2.2.</summary>
    private const byte InternetworkControl = 0xC0;

    /// <summary>224.0.0.18. RFC 9568 §5.1.1.2.</summary>
    public static IpAddress GroupIpv4 => IpAddress.FromIpv4(0xE000_0012);

    /// <summary>ff02::12. RFC 9568 §5.1.2.2.</summary>
    public static IpAddress GroupIpv6 => new(0xFF02_0000_0000_0000, 0x12);

    /// <summary>Bytes of the message.</summary>
    public int Length => HeaderLength + (Addresses.Length * AddressLength)
        + (Version == 2 ? AuthenticationDataLength : 0);

    /// <summary>Bytes of the Ethernet frame that carries it.</summary>
    public int FrameLength => HeadersLength + Length;

    private bool IsIpv4 => Addresses[0].IsIpv4;

    private int AddressLength => IsIpv4 ? IpAddress.Ipv4Length : IpAddress.Ipv6Length;

    /// <summary>Ethernet and IP header before the message.</summary>
    private int HeadersLength =>
        EthernetFrame.HeaderLength + (IsIpv4 ? Ipv4HeaderLength : Ipv6Packet.HeaderLength);

    /// <summary>The octets of a password: its first eight characters, which are ASCII.</summary>
    public static ulong PasswordOctets(string password)
    {
        ulong octets = 0;
        for (int index = 0; index < AuthenticationDataLength; index++)
        {
            octets = (octets << 8) | (index < password.Length ? password[index] & 0x7FUL : 0);
        }

        return octets;
    }

    /// <summary>
    /// Reads what follows the IP header. Bytes after the message (Ethernet padding, a trailer) are
    /// tolerated, as keepalived does. Version 3 over IPv4 is accepted with either checksum: over
    /// the message alone (RFC 9568 §5.2.8) or with the pseudo-header (how RFC 5798 was read).
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> message,
        IpAddress source,
        IpAddress destination,
        byte timeToLive,
        out VrrpAdvertisement advertisement,
        out VrrpFault fault)
    {
        advertisement = default;
        fault = FindFault(message, source, destination, timeToLive, out int length);
        if (fault != VrrpFault.None)
        {
            return false;
        }

        int version = message[VersionAndTypeOffset] >> 4;
        int addressLength = source.IsIpv4 ? IpAddress.Ipv4Length : IpAddress.Ipv6Length;
        var addresses = ImmutableArray.CreateBuilder<IpAddress>(message[CountOffset]);
        for (int index = 0; index < message[CountOffset]; index++)
        {
            ReadOnlySpan<byte> octets = message[(HeaderLength + (index * addressLength))..length];
            addresses.Add(
                source.IsIpv4 ? IpAddress.ReadIpv4(octets) : IpAddress.ReadIpv6(octets));
        }

        advertisement = new(
            version,
            message[VirtualRouterIdOffset],
            message[PriorityOffset],
            ReadInterval(message),
            addresses.MoveToImmutable(),
            version == 2 ? message[AuthenticationTypeOffset] : NoAuthentication,
            HasPassword(message)
                ? BinaryPrimitives.ReadUInt64BigEndian(
                    message[..length][^AuthenticationDataLength..])
                : 0);
        return true;
    }

    /// <summary>Writes the message and returns its length.</summary>
    /// <param name="message">At least <see cref="Length"/> bytes.</param>
    /// <param name="checksumsPseudoHeader">
    /// Version 3 over IPv4: sum as keepalived does by default. IPv6 always sums the pseudo-header,
    /// version 2 never.
    /// </param>
    public int Write(
        Span<byte> message, IpAddress source, IpAddress destination, bool checksumsPseudoHeader)
    {
        Invariant.Holds(
            !Addresses.IsDefaultOrEmpty && Addresses.Length <= byte.MaxValue,
            "an advertisement carries 1 to 255 addresses");
        int length = Length;
        message = message[..length];
        message.Clear();
        message[VersionAndTypeOffset] = (byte)((Version << 4) | AdvertisementType);
        message[VirtualRouterIdOffset] = VirtualRouterId;
        message[PriorityOffset] = Priority;
        message[CountOffset] = (byte)Addresses.Length;
        if (Version == 2)
        {
            message[AuthenticationTypeOffset] = AuthenticationType;
            message[IntervalSecondsOffset] =
                (byte)Math.Clamp(Interval.Ticks / TimeSpan.TicksPerSecond, 1, byte.MaxValue);
        }
        else
        {
            long centiseconds = Interval.Ticks / (TimeSpan.TicksPerMillisecond * 10);
            BinaryPrimitives.WriteUInt16BigEndian(
                message[IntervalCentisecondsOffset..],
                (ushort)Math.Clamp(centiseconds, 1, MaximumIntervalCentiseconds));
        }

        int addressLength = AddressLength;
        for (int index = 0; index < Addresses.Length; index++)
        {
            _ = Addresses[index].Write(message[(HeaderLength + (index * addressLength))..]);
        }

        if (HasPassword(message))
        {
            BinaryPrimitives.WriteUInt64BigEndian(message[^AuthenticationDataLength..], Password);
        }

        bool sumsPseudoHeader = Version == 3 && (!source.IsIpv4 || checksumsPseudoHeader);
        uint sum = sumsPseudoHeader ? SumPseudoHeader(source, destination, length) : 0;
        BinaryPrimitives.WriteUInt16BigEndian(
            message[ChecksumOffset..],
            InternetChecksum.Finish(InternetChecksum.Sum(message, sum)));
        return length;
    }

    /// <summary>
    /// Writes the whole Ethernet frame: to the group, with TTL or hop limit 255 and the precedence
    /// of internetwork control. Returns its length.
    /// </summary>
    /// <param name="station">
    /// The frame's source: the virtual router's address, so that switches learn where it is
    /// (RFC 9568 §7.3).
    /// </param>
    /// <param name="source">Of the family of the addresses.</param>
    public int WriteFrame(
        Span<byte> frame, MacAddress station, IpAddress source, bool checksumsPseudoHeader)
    {
        Invariant.Holds(source.IsIpv4 == IsIpv4, "adverts come from an address of their family");
        int length = FrameLength;
        IpAddress group = IsIpv4 ? GroupIpv4 : GroupIpv6;
        frame = frame[..length];
        EthernetFrame.Write(
            frame,
            MacAddress.OfGroup(group),
            station,
            IsIpv4 ? EtherType.Ipv4 : EtherType.Ipv6);
        Span<byte> packet = frame[EthernetFrame.HeaderLength..];
        if (IsIpv4)
        {
            WriteIpv4Header(packet, source);
        }
        else
        {
            Ipv6Packet.Write(packet, IpProtocol.Vrrp, TimeToLive, source, group);
            packet[0] |= InternetworkControl >> 4;
        }

        _ = Write(frame[HeadersLength..], source, group, checksumsPseudoHeader);
        return length;
    }

    private static VrrpFault FindFault(
        ReadOnlySpan<byte> message,
        IpAddress source,
        IpAddress destination,
        byte timeToLive,
        out int length)
    {
        length = 0;
        if (timeToLive != TimeToLive)
        {
            return VrrpFault.TimeToLiveNot255;
        }

        if (source.IsMulticast || source.IsNone)
        {
            return VrrpFault.WrongSource;
        }

        if (message.Length < HeaderLength)
        {
            return VrrpFault.Truncated;
        }

        int version = message[VersionAndTypeOffset] >> 4;
        bool isIpv4 = source.IsIpv4;
        if (version != 3 && (version != 2 || !isIpv4))
        {
            return VrrpFault.UnknownVersion;
        }

        if ((message[VersionAndTypeOffset] & 0xF) != AdvertisementType)
        {
            return VrrpFault.UnknownType;
        }

        length = HeaderLength + (version == 2 ? AuthenticationDataLength : 0)
            + (message[CountOffset] * (isIpv4 ? IpAddress.Ipv4Length : IpAddress.Ipv6Length));
        if (message.Length < length)
        {
            return VrrpFault.Truncated;
        }

        if (!HasGoodChecksum(message[..length], version, source, destination))
        {
            return VrrpFault.BadChecksum;
        }

        return FindWrongField(message, version);
    }

    private static bool HasPassword(ReadOnlySpan<byte> message) =>
        message[VersionAndTypeOffset] >> 4 == 2
        && message[AuthenticationTypeOffset] == PasswordAuthentication;

    private static VrrpFault FindWrongField(ReadOnlySpan<byte> message, int version)
    {
        if (message[VirtualRouterIdOffset] == 0)
        {
            return VrrpFault.VirtualRouterIdZero;
        }

        if (message[CountOffset] == 0)
        {
            return VrrpFault.NoAddress;
        }

        if (version == 2 && message[AuthenticationTypeOffset] > PasswordAuthentication)
        {
            return VrrpFault.UnknownAuthentication;
        }

        return ReadInterval(message) == TimeSpan.Zero ? VrrpFault.IntervalZero : VrrpFault.None;
    }

    private static TimeSpan ReadInterval(ReadOnlySpan<byte> message)
    {
        if (message[VersionAndTypeOffset] >> 4 == 2)
        {
            return TimeSpan.FromTicks(message[IntervalSecondsOffset] * TimeSpan.TicksPerSecond);
        }

        int centiseconds = BinaryPrimitives.ReadUInt16BigEndian(
            message[IntervalCentisecondsOffset..]) & MaximumIntervalCentiseconds;
        return TimeSpan.FromTicks(centiseconds * TimeSpan.TicksPerMillisecond * 10);
    }

    private static bool HasGoodChecksum(
        ReadOnlySpan<byte> message, int version, IpAddress source, IpAddress destination)
    {
        bool mayBeAlone = source.IsIpv4;
        bool mayHavePseudoHeader = version == 3;
        return (mayBeAlone && InternetChecksum.Finish(InternetChecksum.Sum(message)) == 0)
            || (mayHavePseudoHeader && InternetChecksum.Finish(InternetChecksum.Sum(
                message, SumPseudoHeader(source, destination, message.Length))) == 0);
    }

    private static void WriteIpv4Header(Span<byte> packet, IpAddress source)
    {
        const byte versionAndLength = 0x45; // no options
        Span<byte> header = packet[..Ipv4HeaderLength];
        header.Clear();
        header[0] = versionAndLength;
        header[1] = InternetworkControl;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)packet.Length);
        header[8] = TimeToLive;
        header[9] = Protocol;
        _ = source.Write(header[12..]);
        _ = GroupIpv4.Write(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(
            header[10..], InternetChecksum.Finish(InternetChecksum.Sum(header)));
    }

    private static uint SumPseudoHeader(IpAddress source, IpAddress destination, int length) =>
        InternetChecksum.PseudoHeader(source, destination, Protocol, length);
}
