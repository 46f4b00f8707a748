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

/// <summary>A view of an ICMP message for IPv4. RFC 792.</summary>
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

    public byte Code => _octets[CodeOffset];

    public ushort Checksum
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[ChecksumOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[ChecksumOffset..], value);
    }

    /// <summary>The packet that an error is about, as far as it was quoted.</summary>
    public Span<byte> Quoted => _octets[HeaderLength..];

    public bool HasRightChecksum =>
        InternetChecksum.Finish(InternetChecksum.Sum(_octets)) == 0;

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
    public static void WriteHeader(Span<byte> octets, IcmpType type, byte code, uint rest)
    {
        octets[TypeOffset] = (byte)type;
        octets[CodeOffset] = code;
        BinaryPrimitives.WriteUInt32BigEndian(octets[RestOffset..], rest);
        new IcmpMessage(octets).RewriteChecksum();
    }

    /// <summary>Sums the whole message anew.</summary>
    public void RewriteChecksum()
    {
        Checksum = 0;
        Checksum = InternetChecksum.Finish(InternetChecksum.Sum(_octets));
    }
}
