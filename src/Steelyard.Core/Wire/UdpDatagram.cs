using System;
using System.Runtime.InteropServices;

namespace Steelyard.Core.Wire;

/// <summary>A view of a UDP datagram. RFC 768.</summary>
public readonly ref struct UdpDatagram
{
    public const int HeaderLength = 8;

    private readonly Span<byte> _octets;

    // Lies over the first eight octets: checked once, read often.
    private readonly ref Header _header;

    private UdpDatagram(Span<byte> octets)
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

    /// <summary>Header and data, in octets.</summary>
    public int Length => _octets.Length;

    /// <summary>Zero means that the sender made none.</summary>
    public ushort Checksum
    {
        get => NetworkOrder.Swap(_header.Checksum);
        set => _header.Checksum = NetworkOrder.Swap(value);
    }

    public Span<byte> Octets => _octets;

    public static bool TryParse(Span<byte> octets, out UdpDatagram datagram)
    {
        datagram = default;
        if (octets.Length < HeaderLength)
        {
            return false;
        }

        int length = NetworkOrder.Swap(MemoryMarshal.AsRef<Header>(octets).Length);
        if (length < HeaderLength || length > octets.Length)
        {
            return false;
        }

        datagram = new(octets[..length]);
        return true;
    }

    /// <summary>
    /// Writes a header without a checksum. The span is the whole datagram, its data behind it.
    /// </summary>
    public static UdpDatagram Write(
        Span<byte> octets, ushort sourcePort, ushort destinationPort)
    {
        MemoryMarshal.AsRef<Header>(octets) = new()
        {
            SourcePort = NetworkOrder.Swap(sourcePort),
            DestinationPort = NetworkOrder.Swap(destinationPort),
            Length = NetworkOrder.Swap((ushort)octets.Length),
        };
        return new(octets);
    }

    /// <summary>The port in a header whose datagram may have been cut off.</summary>
    /// <param name="octets">At least the header.</param>
    public static ushort DestinationPortOf(ReadOnlySpan<byte> octets) =>
        NetworkOrder.Swap(MemoryMarshal.AsRef<Header>(octets).DestinationPort);

    /// <summary>Sums header and data anew, and never writes the zero that means none.</summary>
    /// <param name="pseudoHeaderSum">The sum of the pseudo-header, not folded.</param>
    public void RewriteChecksum(uint pseudoHeaderSum)
    {
        Checksum = 0;
        ushort checksum = InternetChecksum.Finish(InternetChecksum.Sum(_octets, pseudoHeaderSum));
        Checksum = checksum == 0 ? InternetChecksum.UdpZero : checksum;
    }

    /// <summary>In wire order and the network's octet order.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Header
    {
        public ushort SourcePort;
        public ushort DestinationPort;
        public ushort Length;
        public ushort Checksum;
    }
}
