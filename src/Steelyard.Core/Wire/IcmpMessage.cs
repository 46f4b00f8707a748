using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>Types of ICMP messages. RFC 792.</summary>
public enum IcmpType : byte
{
    EchoReply = 0,
    DestinationUnreachable = 3,
    SourceQuench = 4,
    Redirect = 5,
    EchoRequest = 8,
    TimeExceeded = 11,
    ParameterProblem = 12,
}

/// <summary>Types of ICMPv6 messages; those below 128 are errors. RFC 4443 §2.1.</summary>
public enum Icmpv6Type : byte
{
    DestinationUnreachable = 1,
    PacketTooBig = 2,
    TimeExceeded = 3,
    ParameterProblem = 4,
    EchoRequest = 128,
    EchoReply = 129,
}

/// <summary>A view of an ICMP message of either family. RFC 792; RFC 4443 §2.1.</summary>
public readonly ref struct IcmpMessage
{
    /// <summary>Octets before the data or the quoted packet.</summary>
    public const int HeaderLength = 8;

    private const int TypeOffset = 0;
    private const int CodeOffset = 1;
    private const int ChecksumOffset = 2;
    private const int RestOffset = 4;

    private readonly Span<byte> _octets;

    private IcmpMessage(Span<byte> octets) => _octets = octets;

    public IcmpType Type
    {
        get => (IcmpType)_octets[TypeOffset];
        set => _octets[TypeOffset] = (byte)value;
    }

    /// <summary>The same octet, as ICMPv6 numbers its types.</summary>
    public Icmpv6Type TypeIpv6
    {
        get => (Icmpv6Type)_octets[TypeOffset];
        set => _octets[TypeOffset] = (byte)value;
    }

    /// <summary>The second word: for some errors the MTU of the next hop.</summary>
    public uint Rest
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_octets[RestOffset..]);
        set => BinaryPrimitives.WriteUInt32BigEndian(_octets[RestOffset..], value);
    }

    public Span<byte> Octets => _octets;

    public byte Code => _octets[CodeOffset];

    public ushort Checksum
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[ChecksumOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[ChecksumOffset..], value);
    }

    /// <summary>The packet that an error is about, as far as it was quoted.</summary>
    public Span<byte> Quoted => _octets[HeaderLength..];

    /// <param name="pseudoHeader">The sum of ICMPv6's pseudo-header; ICMP has none.</param>
    public bool HasRightChecksum(uint pseudoHeader = 0) =>
        InternetChecksum.Finish(InternetChecksum.Sum(_octets, pseudoHeader)) == 0;

    public static bool TryParse(Span<byte> octets, out IcmpMessage message)
    {
        message = octets.Length >= HeaderLength ? new(octets) : default;
        return octets.Length >= HeaderLength;
    }

    /// <summary>
    /// Writes the header, with the checksum over the whole span; what is quoted stands already
    /// behind it.
    /// </summary>
    /// <param name="rest">The second word, for example the MTU of the next hop.</param>
    /// <param name="pseudoHeader">The sum of ICMPv6's pseudo-header; ICMP has none.</param>
    public static void WriteHeader(
        Span<byte> octets, byte type, byte code, uint rest, uint pseudoHeader = 0)
    {
        octets[TypeOffset] = type;
        octets[CodeOffset] = code;
        BinaryPrimitives.WriteUInt32BigEndian(octets[RestOffset..], rest);
        new IcmpMessage(octets).RewriteChecksum(pseudoHeader);
    }

    /// <summary>Sums the whole message anew.</summary>
    public void RewriteChecksum(uint pseudoHeader = 0)
    {
        Checksum = 0;
        Checksum = InternetChecksum.Finish(InternetChecksum.Sum(_octets, pseudoHeader));
    }
}
