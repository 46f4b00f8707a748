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
