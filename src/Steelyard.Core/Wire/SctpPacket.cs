using System;
using System.Buffers.Binary;

namespace Steelyard.Core.Wire;

/// <summary>
/// Kinds of chunks. RFC 9260 §3.2; the two of ECN are those of RFC 4960 appendix A.
/// </summary>
public enum SctpChunkType : byte
{
    Data = 0,
    Init = 1,
    InitAck = 2,
    Sack = 3,
    Heartbeat = 4,
    HeartbeatAck = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAck = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAck = 11,
    CongestionEcho = 12,
    CongestionWindowReduced = 13,
    ShutdownComplete = 14,
}

/// <summary>
/// A view of an SCTP packet: the common header and the first chunks' headers. RFC 9260 §3.1.
/// </summary>
public readonly ref struct SctpPacket
{
    /// <summary>Octets of the common header.</summary>
    public const int CommonHeaderLength = 12;

    /// <summary>Octets of a chunk's header: type, flags, length. RFC 9260 §3.2.</summary>
    public const int ChunkHeaderLength = 4;

    private const int SourcePortOffset = 0;
    private const int DestinationPortOffset = 2;
    private const int VerificationTagOffset = 4;
    private const int ChecksumOffset = 8;
    private const int ChunkLengthOffset = 2;

    // A chunk is padded to a multiple of four octets, which its length does not count.
    private const int ChunkAlignment = 4;

    private readonly Span<byte> _octets;

    private SctpPacket(Span<byte> octets) => _octets = octets;

    public ushort SourcePort
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[SourcePortOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[SourcePortOffset..], value);
    }

    public ushort DestinationPort
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_octets[DestinationPortOffset..]);
        set => BinaryPrimitives.WriteUInt16BigEndian(_octets[DestinationPortOffset..], value);
    }

    public uint VerificationTag =>
        BinaryPrimitives.ReadUInt32BigEndian(_octets[VerificationTagOffset..]);

    /// <summary>
    /// CRC32c over the whole packet with this field zero; the lowest octet comes first. It covers
    /// no address. RFC 9260 appendix A.
    /// </summary>
    public uint Checksum
    {
        get => BinaryPrimitives.ReadUInt32LittleEndian(_octets[ChecksumOffset..]);
        set => BinaryPrimitives.WriteUInt32LittleEndian(_octets[ChecksumOffset..], value);
    }

    public Span<byte> Octets => _octets;

    public SctpChunkType FirstChunk => (SctpChunkType)_octets[CommonHeaderLength];

    /// <summary>
    /// The chunk by which LVS follows an association: the first; but an ABORT that comes second
    /// behind COOKIE ECHO or COOKIE ACK.
    /// </summary>
    public SctpChunkType DecisiveChunk
    {
        get
        {
            if (FirstChunk is not (SctpChunkType.CookieEcho or SctpChunkType.CookieAck))
            {
                return FirstChunk;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(
                _octets[(CommonHeaderLength + ChunkLengthOffset)..]);
            int padded = (length + ChunkAlignment - 1) / ChunkAlignment * ChunkAlignment;
            int second = CommonHeaderLength + padded;
            bool isAborted = length >= ChunkHeaderLength
                && second + ChunkHeaderLength <= _octets.Length
                && (SctpChunkType)_octets[second] == SctpChunkType.Abort;
            return isAborted ? SctpChunkType.Abort : FirstChunk;
        }
    }

    public bool HasRightChecksum => Checksum == ComputeChecksum();

    /// <summary>False when there is no room for the common header and one chunk's header.</summary>
    /// <param name="octets">All of the IP packet's payload, as the checksum covers it.</param>
    /// <summary>A view of a packet that has been parsed before.</summary>
    internal static SctpPacket Over(Span<byte> octets) => new(octets);

    public static bool TryParse(Span<byte> octets, out SctpPacket packet)
    {
        bool hasChunk = octets.Length >= CommonHeaderLength + ChunkHeaderLength;
        packet = hasChunk ? new(octets) : default;
        return hasChunk;
    }

    public void RewriteChecksum() => Checksum = ComputeChecksum();

    private uint ComputeChecksum()
    {
        ReadOnlySpan<byte> zero = [0, 0, 0, 0];
        uint register = Crc32c.Append(Crc32c.Start, _octets[..ChecksumOffset]);
        register = Crc32c.Append(register, zero);
        return Crc32c.Finish(Crc32c.Append(register, _octets[CommonHeaderLength..]));
    }
}
