using System;
using System.Runtime.InteropServices;

namespace Steelyard.Core.Wire;

/// <summary>IP protocol numbers that the box knows. IANA.</summary>
public enum IpProtocol : byte
{
    Unknown = 0,
    Icmp = 1,

    /// <summary>IPv4 in whatever carries it. RFC 2003.</summary>
    Ipip = 4,
    Tcp = 6,
    Udp = 17,

    /// <summary>IPv6 in whatever carries it. RFC 2473.</summary>
    Ipv6 = 41,

    /// <summary>The fragment header of IPv6. RFC 8200 §4.5.</summary>
    Ipv6Fragment = 44,
    Gre = 47,

    /// <summary>ESP. RFC 4303.</summary>
    EncapsulatingSecurity = 50,

    /// <summary>AH. RFC 4302.</summary>
    Authentication = 51,
    Icmpv6 = 58,
    Vrrp = 112,
    Sctp = 132,
}

/// <summary>
/// A view of an IPv4 packet, without what may follow it in the frame. RFC 791 §3.1.
/// </summary>
public readonly ref struct Ipv4Packet
{
    /// <summary>Octets of a header without options.</summary>
    public const int MinimumHeaderLength = 20;

    private const int DontFragmentBit = 0x4000;
    private const int MoreFragmentsBit = 0x2000;
    private const int FragmentOffsetMask = 0x1FFF;

    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    private readonly Span<byte> _octets;

    // Lies over the first twenty octets: checked once, read often.
    private readonly ref Header _header;

    private Ipv4Packet(Span<byte> octets, int headerLength)
    {
        _octets = octets;
        _header = ref MemoryMarshal.AsRef<Header>(octets);
        HeaderLength = headerLength;
    }

    /// <summary>A view of a packet that has been parsed before.</summary>
    internal static Ipv4Packet Over(Span<byte> octets, int headerLength) =>
        new(octets, headerLength);

    /// <summary>The header with its options, in octets.</summary>
    public int HeaderLength { get; }

    /// <summary>The whole packet, in octets.</summary>
    public int TotalLength => _octets.Length;

    public Span<byte> Octets => _octets;

    public Span<byte> Options => _octets[MinimumHeaderLength..HeaderLength];

    public Span<byte> Payload => _octets[HeaderLength..];

    public byte TypeOfService
    {
        get => _header.TypeOfService;
        set => _header.TypeOfService = value;
    }

    public ushort Identification
    {
        get => NetworkOrder.Swap(_header.Identification);
        set => _header.Identification = NetworkOrder.Swap(value);
    }

    /// <summary>Flags and fragment offset as they stand in the header.</summary>
    public ushort FragmentWord
    {
        get => NetworkOrder.Swap(_header.FragmentWord);
        set => _header.FragmentWord = NetworkOrder.Swap(value);
    }

    public bool DontFragment => (FragmentWord & DontFragmentBit) != 0;

    /// <summary>Part of a datagram, not a whole one.</summary>
    public bool IsFragment => (FragmentWord & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    public byte TimeToLive
    {
        get => _header.TimeToLive;
        set => _header.TimeToLive = value;
    }

    public IpProtocol Protocol => _header.Protocol;

    public ushort Checksum
    {
        get => NetworkOrder.Swap(_header.Checksum);
        set => _header.Checksum = NetworkOrder.Swap(value);
    }

    /// <summary>The source address, in host order.</summary>
    public uint Source
    {
        get => NetworkOrder.Swap(_header.Source);
        set => _header.Source = NetworkOrder.Swap(value);
    }

    /// <summary>The destination address, in host order.</summary>
    public uint Destination
    {
        get => NetworkOrder.Swap(_header.Destination);
        set => _header.Destination = NetworkOrder.Swap(value);
    }

    /// <summary>The header's sum comes out as it must. RFC 1122 §3.2.1.2.</summary>
    public bool HasRightChecksum => HeaderLength == MinimumHeaderLength
        ? _header.SumsToZero
        : InternetChecksum.Finish(InternetChecksum.Sum(_octets[..HeaderLength])) == 0;

    /// <summary>
    /// The sender prescribes the way, or its options cannot be read. RFC 791 §3.1.
    /// </summary>
    public bool HasSourceRoute
    {
        get
        {
            ReadOnlySpan<byte> options = Options;
            while (options.Length > 0 && options[0] != EndOfOptions)
            {
                if (options[0] == NoOperation)
                {
                    options = options[1..];
                    continue;
                }

                if (options[0] is LooseSourceRoute or StrictSourceRoute
                    || options.Length < 2
                    || options[1] < 2
                    || options[1] > options.Length)
                {
                    return true;
                }

                options = options[options[1]..];
            }

            return false;
        }
    }

    public static bool TryParse(Span<byte> octets, out Ipv4Packet packet)
    {
        packet = default;
        if (octets.Length < MinimumHeaderLength)
        {
            return false;
        }

        ref readonly Header header = ref MemoryMarshal.AsRef<Header>(octets);
        int headerLength = (header.VersionAndLength & 0xF) * 4;
        int totalLength = NetworkOrder.Swap(header.TotalLength);
        if (header.VersionAndLength >> 4 != 4
            || headerLength < MinimumHeaderLength
            || totalLength < headerLength
            || totalLength > octets.Length)
        {
            return false;
        }

        packet = new(octets[..totalLength], headerLength);
        return true;
    }

    /// <summary>
    /// Writes a header without options and with its checksum. The span is the whole packet.
    /// </summary>
    public static void Write(
        Span<byte> octets,
        byte typeOfService,
        ushort identification,
        bool dontFragment,
        byte timeToLive,
        IpProtocol protocol,
        uint source,
        uint destination)
    {
        MemoryMarshal.AsRef<Header>(octets) = new()
        {
            VersionAndLength = 0x45,
            TypeOfService = typeOfService,
            TotalLength = NetworkOrder.Swap((ushort)octets.Length),
            Identification = NetworkOrder.Swap(identification),
            FragmentWord =
                NetworkOrder.Swap(dontFragment ? (ushort)DontFragmentBit : (ushort)0),
            TimeToLive = timeToLive,
            Protocol = protocol,
            Source = NetworkOrder.Swap(source),
            Destination = NetworkOrder.Swap(destination),
        };
        new Ipv4Packet(octets, MinimumHeaderLength).RewriteChecksum();
    }

    /// <summary>Sets the total length and the fragment word of a copied header.</summary>
    public static void WriteFragment(
        Span<byte> octets, int offset, bool isLast, bool dontFragment)
    {
        ref Header header = ref MemoryMarshal.AsRef<Header>(octets);
        int headerLength = (header.VersionAndLength & 0xF) * 4;
        int word = (offset / 8)
            | (isLast ? 0 : MoreFragmentsBit)
            | (dontFragment ? DontFragmentBit : 0);
        header.TotalLength = NetworkOrder.Swap((ushort)octets.Length);
        header.FragmentWord = NetworkOrder.Swap((ushort)word);
        new Ipv4Packet(octets, headerLength).RewriteChecksum();
    }

    /// <summary>
    /// Sets the total length of a packet that became longer or shorter. The span is the packet.
    /// </summary>
    public static void WriteTotalLength(Span<byte> octets)
    {
        ref Header header = ref MemoryMarshal.AsRef<Header>(octets);
        header.TotalLength = NetworkOrder.Swap((ushort)octets.Length);
        new Ipv4Packet(octets, (header.VersionAndLength & 0xF) * 4).RewriteChecksum();
    }

    /// <summary>Sums the header anew.</summary>
    public void RewriteChecksum()
    {
        Checksum = 0;
        Checksum = InternetChecksum.Finish(InternetChecksum.Sum(_octets[..HeaderLength]));
    }

    /// <summary>
    /// One hop less, with the checksum kept right. The time to live is above zero.
    /// </summary>
    public void DecrementTimeToLive(uint furtherDifference = 0)
    {
        // The word is the time to live and the protocol.
        ushort before = unchecked((ushort)((_header.TimeToLive << 8) | (byte)_header.Protocol));
        ushort after = unchecked((ushort)(before - 0x0100));
        _header.TimeToLive = unchecked((byte)(after >> 8));
        uint difference = InternetChecksum.Difference(before, after);
        Checksum = InternetChecksum.Update(
            Checksum, unchecked(difference + furtherDifference));
    }

    /// <summary>The header without options, in wire order and the network's octet order.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Header
    {
        public byte VersionAndLength;
        public byte TypeOfService;
        public ushort TotalLength;
        public ushort Identification;
        public ushort FragmentWord;
        public byte TimeToLive;
        public IpProtocol Protocol;
        public ushort Checksum;
        public uint Source;
        public uint Destination;

        /// <summary>The sum of all words is all ones; in any octet order (RFC 1071 §2).</summary>
        public readonly bool SumsToZero
        {
            get
            {
                ulong sum = (ulong)Source + Destination + TotalLength + Identification
                    + FragmentWord + Checksum;
                uint first = BitConverter.IsLittleEndian
                    ? VersionAndLength + ((uint)TypeOfService << 8)
                        + TimeToLive + ((uint)Protocol << 8)
                    : TypeOfService + ((uint)VersionAndLength << 8)
                        + (uint)Protocol + ((uint)TimeToLive << 8);
                return InternetChecksum.Fold(sum + first) == ushort.MaxValue;
            }
        }
    }
}
