using System;
using System.Buffers.Binary;
using System.Globalization;

namespace Steelyard.Core.Wire;

/// <summary>An IEEE 802 address: 48 bits, the first octet in the highest.</summary>
public readonly record struct MacAddress(ulong Bits)
{
    /// <summary>Octets of an address on the wire.</summary>
    public const int Length = 6;

    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>Bit 0 of the first octet: a group, not a station.</summary>
    public bool IsMulticast => (Bits & 0x0100_0000_0000) != 0;

    public bool IsZero => Bits == 0;

    /// <summary>The virtual router's address, 00-00-5E-00-01-{VRID}. RFC 9568 §7.3.</summary>
    public static MacAddress VirtualRouterIpv4(byte virtualRouterId) =>
        new(0x0000_5E00_0100UL | virtualRouterId);

    /// <summary>The same over IPv6, 00-00-5E-00-02-{VRID}. RFC 9568 §7.3.</summary>
    public static MacAddress VirtualRouterIpv6(byte virtualRouterId) =>
        new(0x0000_5E00_0200UL | virtualRouterId);

    /// <summary>
    /// The group's station address: 33:33 and the address's last 32 bits (RFC 2464 §7), or 01:00:5e
    /// and its last 23 (RFC 1112 §6.4).
    /// </summary>
    public static MacAddress OfGroup(IpAddress group) => group.IsIpv4
        ? new(0x0100_5E00_0000UL | (group.Ipv4 & 0x7F_FFFF))
        : new(0x3333_0000_0000UL | (group.Low & 0xFFFF_FFFF));

    /// <summary>Reads the first six octets; the span holds at least six.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> octets) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(octets) << 32)
            | BinaryPrimitives.ReadUInt32BigEndian(octets[2..]));

    /// <summary>Parses <c>02:00:5e:00:53:01</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17)
        {
            return false;
        }

        ulong bits = 0;
        for (int index = 0; index < Length; index++)
        {
            ReadOnlySpan<char> octet = text.Slice(index * 3, 2);
            bool separated = index == 0 || text[(index * 3) - 1] is ':' or '-';
            if (!separated || !byte.TryParse(
                octet,
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out byte value))
            {
                return false;
            }

            bits = (bits << 8) | value;
        }

        address = new(bits);
        return true;
    }

    /// <summary>Writes six octets.</summary>
    public void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt16BigEndian(octets, unchecked((ushort)(Bits >> 32)));
        BinaryPrimitives.WriteUInt32BigEndian(octets[2..], unchecked((uint)Bits));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Bits >> 40) & 0xFF:x2}:{(Bits >> 32) & 0xFF:x2}:{(Bits >> 24) & 0xFF:x2}:"
        + $"{(Bits >> 16) & 0xFF:x2}:{(Bits >> 8) & 0xFF:x2}:{Bits & 0xFF:x2}");
}
