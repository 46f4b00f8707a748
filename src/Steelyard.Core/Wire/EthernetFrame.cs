using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>What an Ethernet frame carries: IEEE's EtherTypes.</summary>
public enum EtherType : ushort
{
    Unknown = 0,
    Ipv4 = 0x0800,
    Arp = 0x0806,
    Vlan = 0x8100,
    Ipv6 = 0x86DD,
}

/// <summary>
/// A view of an Ethernet II frame, with or without one 802.1Q tag. IEEE 802.3 §3.2.
/// </summary>
public readonly ref struct EthernetFrame
{
    /// <summary>Octets before the payload of an untagged frame.</summary>
    public const int HeaderLength = 14;

    public const int VlanTagLength = 4;

    private const int DestinationOffset = 0;
    private const int SourceOffset = 6;
    private const int TypeOffset = 12;
    private const int TagControlOffset = 14;
    private const int TaggedTypeOffset = 16;
    private const int VlanIdentifierMask = 0x0FFF;

    private readonly Span<byte> _octets;

    private EthernetFrame(Span<byte> octets, bool hasVlanTag)
    {
        _octets = octets;
        HasVlanTag = hasVlanTag;
    }

    public bool HasVlanTag { get; }

    public MacAddress Destination => MacAddress.Read(_octets[DestinationOffset..]);

    public MacAddress Source => MacAddress.Read(_octets[SourceOffset..]);

    /// <summary>What the payload is; behind the tag, if there is one.</summary>
    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(
        _octets[(HasVlanTag ? TaggedTypeOffset : TypeOffset)..]);

    /// <summary>The VLAN's number, 1 to 4094; 0 for none and for a mere priority tag.</summary>
    public int VlanIdentifier => HasVlanTag
        ? BinaryPrimitives.ReadUInt16BigEndian(_octets[TagControlOffset..]) & VlanIdentifierMask
        : 0;

    /// <summary>Where the payload starts, from the frame's first octet.</summary>
    public int PayloadOffset => HasVlanTag ? HeaderLength + VlanTagLength : HeaderLength;

    public Span<byte> Payload => _octets[PayloadOffset..];

    public static bool TryParse(Span<byte> octets, out EthernetFrame frame)
    {
        if (octets.Length < HeaderLength)
        {
            frame = default;
            return false;
        }

        bool tagged = BinaryPrimitives.ReadUInt16BigEndian(octets[TypeOffset..])
            == (ushort)EtherType.Vlan;
        frame = new(octets, tagged);
        return !tagged || octets.Length >= HeaderLength + VlanTagLength;
    }

    /// <summary>Writes an untagged header; the span holds at least fourteen octets.</summary>
    public static void Write(
        Span<byte> octets, MacAddress destination, MacAddress source, EtherType type)
    {
        destination.Write(octets[DestinationOffset..]);
        source.Write(octets[SourceOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[TypeOffset..], (ushort)type);
    }
}
