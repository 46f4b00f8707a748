using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Steelyard.Core.Wire;

/// <summary>
/// An IPv4 or IPv6 address in 128 bits. IPv4 is held as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that
/// one comparison and one hash serve both; a mapped address on an IPv6 wire does not occur.
/// </summary>
/// <param name="High">The first eight octets.</param>
/// <param name="Low">The last eight octets.</param>
public readonly record struct IpAddress(ulong High, ulong Low) : IComparable<IpAddress>
{
    public const int Ipv4Length = 4;
    public const int Ipv6Length = 16;
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>True for IPv4 addresses.</summary>
    public bool IsIpv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>True for the default value, which is no address at all.</summary>
    public bool IsNone => High == 0 && Low == 0;

    /// <summary>The IPv4 address in host order: 10.0.0.1 is 0x0A000001.</summary>
    public uint Ipv4 => unchecked((uint)Low);

    /// <summary>224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsIpv4 ? (Ipv4 >> 28) == 0xE : (High >> 56) == 0xFF;

    /// <summary>fe80::/10: of one link, and never routed. RFC 4291 §2.5.6.</summary>
    public bool IsLinkLocalIpv6 => High >> 54 == 0x3FA;

    public static IpAddress FromIpv4(uint hostOrder) => new(0, MappedPrefix | hostOrder);

    /// <summary>Reads four octets from the wire.</summary>
    public static IpAddress ReadIpv4(ReadOnlySpan<byte> octets) =>
        FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(octets));

    /// <summary>Reads sixteen octets from the wire.</summary>
    public static IpAddress ReadIpv6(ReadOnlySpan<byte> octets) => new(
        BinaryPrimitives.ReadUInt64BigEndian(octets),
        BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));

    public static IpAddress Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out IpAddress address)
            ? address
            : throw new FormatException($"'{text}' is not an IP address");

    /// <summary>Dotted quad (all four numbers, decimal) or RFC 4291 text without a zone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IpAddress address)
    {
        address = default;
        bool hasColon = text.Contains(':');
        if ((!hasColon && (text.Count('.') != 3 || text.ContainsAnyExcept("0123456789.")))
            || text.Contains('%')
            || text.Contains('[')
            || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    public static IpAddress From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[Ipv6Length];
        _ = address.TryWriteBytes(octets, out int written);
        return written == Ipv4Length ? ReadIpv4(octets) : ReadIpv6(octets);
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[Ipv6Length];
        int length = Write(octets);
        return new IPAddress(octets[..length]);
    }

    /// <summary>Writes four or sixteen octets and returns how many.</summary>
    public int Write(Span<byte> octets)
    {
        if (IsIpv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets, Ipv4);
            return Ipv4Length;
        }

        BinaryPrimitives.WriteUInt64BigEndian(octets, High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Low);
        return Ipv6Length;
    }

    /// <summary>Written out, so that it melts into each comparison of a lookup.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(IpAddress other) => Low == other.Low && High == other.High;

    /// <summary>The same in every process, as the runtime's own would not be.</summary>
    public override int GetHashCode() =>
        unchecked((int)(((High ^ (Low * 0x9E37_79B9_7F4A_7C15)) * 0x9E37_79B9_7F4A_7C15) >> 32));

    /// <summary>
    /// Numeric order within a family; IPv4 before IPv6 above ::ffff:255.255.255.255.
    /// </summary>
    public int CompareTo(IpAddress other)
    {
        int byHigh = High.CompareTo(other.High);
        return byHigh != 0 ? byHigh : Low.CompareTo(other.Low);
    }

    public override string ToString() => ToIPAddress().ToString();

    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    /// <summary>The family of the address on a socket.</summary>
    public AddressFamily Family =>
        IsIpv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
}
