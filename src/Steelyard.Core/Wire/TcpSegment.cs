using System;
using System.Runtime.InteropServices;

namespace Steelyard.Core.Wire;

/// <summary>The control bits of a TCP header, as on the wire. RFC 9293 §3.1.</summary>
[Flags]
public enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledgment = 0x10,
    Urgent = 0x20,
    EcnEcho = 0x40,
    CongestionWindowReduced = 0x80,
}

/// <summary>A view of a TCP segment. RFC 9293 §3.1.</summary>
public readonly ref struct TcpSegment
{
    /// <summary>Octets of a header without options.</summary>
    public const int MinimumHeaderLength = 20;

    private readonly Span<byte> _octets;

    // Lies over the first twenty octets: checked once, read often.
    private readonly ref Header _header;

    private TcpSegment(Span<byte> octets)
    {
        _octets = octets;
        _header = ref MemoryMarshal.AsRef<Header>(octets);
    }

    public ushort SourcePort
    {
        get => NetworkOrder.Swap(_header.SourcePort);
        set => _header.SourcePort = NetworkOrder.Swap(value);
    }

    public ushort DestinationPort
    {
        get => NetworkOrder.Swap(_header.DestinationPort);
        set => _header.DestinationPort = NetworkOrder.Swap(value);
    }

    public uint SequenceNumber
    {
        get => NetworkOrder.Swap(_header.SequenceNumber);
        set => _header.SequenceNumber = NetworkOrder.Swap(value);
    }

    public uint AcknowledgmentNumber
    {
        get => NetworkOrder.Swap(_header.AcknowledgmentNumber);
        set => _header.AcknowledgmentNumber = NetworkOrder.Swap(value);
    }

    /// <summary>The header with its options, in octets.</summary>
    public int HeaderLength => (_header.DataOffset >> 4) * 4;

    /// <summary>What stands in the header behind its first twenty octets.</summary>
    public Span<byte> Options => _octets[MinimumHeaderLength..HeaderLength];

    public Span<byte> Payload => _octets[HeaderLength..];

    public TcpFlags Flags => _header.Flags;

    public ushort Checksum
    {
        get => NetworkOrder.Swap(_header.Checksum);
        set => _header.Checksum = NetworkOrder.Swap(value);
    }

    /// <summary>SEG.LEN: octets of data, SYN and FIN counting one each. RFC 9293 §3.3.1.</summary>
    public int SequenceLength =>
        _octets.Length - HeaderLength
        + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0)
        + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    public static bool TryParse(Span<byte> octets, out TcpSegment segment)
    {
        segment = default;
        if (octets.Length < MinimumHeaderLength)
        {
            return false;
        }

        int headerLength = (MemoryMarshal.AsRef<Header>(octets).DataOffset >> 4) * 4;
        if (headerLength < MinimumHeaderLength || headerLength > octets.Length)
        {
            return false;
        }

        segment = new(octets);
        return true;
    }

    /// <summary>
    /// Writes a header without options, window or data, with its checksum. The span holds exactly
    /// twenty octets.
    /// </summary>
    public static void WriteBare(
        Span<byte> octets,
        ushort sourcePort,
        ushort destinationPort,
        uint sequenceNumber,
        uint acknowledgmentNumber,
        TcpFlags flags,
        uint pseudoHeaderSum)
    {
        ref Header header = ref MemoryMarshal.AsRef<Header>(octets);
        header = new()
        {
            SourcePort = NetworkOrder.Swap(sourcePort),
            DestinationPort = NetworkOrder.Swap(destinationPort),
            SequenceNumber = NetworkOrder.Swap(sequenceNumber),
            AcknowledgmentNumber = NetworkOrder.Swap(acknowledgmentNumber),
            DataOffset = (MinimumHeaderLength / 4) << 4,
            Flags = flags,
        };
        uint sum = InternetChecksum.Sum(octets[..MinimumHeaderLength], pseudoHeaderSum);
        header.Checksum = NetworkOrder.Swap(InternetChecksum.Finish(sum));
    }

    /// <summary>The header without options, in wire order and the network's octet order.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Header
    {
        public ushort SourcePort;
        public ushort DestinationPort;
        public uint SequenceNumber;
        public uint AcknowledgmentNumber;
        public byte DataOffset;
        public TcpFlags Flags;
        public ushort Window;
        public ushort Checksum;
        public ushort UrgentPointer;
    }
}
