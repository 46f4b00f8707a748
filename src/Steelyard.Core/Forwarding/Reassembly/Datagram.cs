using System;
using System.Buffers.Binary;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Reassembly;

internal enum DatagramState : byte
{
    Free = 0,

    /// <summary>Fragments are missing.</summary>
    Making,

    /// <summary>Its fragments contradicted each other; kept so that it stays refused.</summary>
    Poisoned,

    /// <summary>Made whole, and its reader's until it is freed.</summary>
    Whole,
}

/// <summary>What is known of a datagram, beside its octets.</summary>
internal struct Datagram
{
    /// <summary>Nothing yet says where the datagram ends.</summary>
    public const int UnknownLength = -1;

    // The two lowest bits of the traffic class. RFC 3168 §5.
    private const int CongestionMask = 0b11;
    private const int NotCapable = 0b00;
    private const int CongestionExperienced = 0b11;

    private const int Ipv4FlagsOffset = 6;
    private const byte Ipv4DontFragmentBit = 0x40;
    private const int Ipv4TypeOfServiceOffset = 1;
    private const int Ipv6PayloadLengthOffset = 4;

    public DatagramKey Key;
    public Instant Begun;
    public DatagramState State;

    /// <summary>Payload octets that are there; none is there twice.</summary>
    public int Received;

    /// <summary>The end of the furthest fragment, in octets of payload.</summary>
    public int FurthestEnd;

    /// <summary>The end of the last fragment, or <see cref="UnknownLength"/>.</summary>
    public int PayloadLength;

    /// <summary>Zero until the first fragment is there.</summary>
    public int HeaderLength;

    /// <summary>Octets of the largest IP packet among the fragments.</summary>
    public int LargestFragment;

    /// <summary>The same among those that said that they must not be cut.</summary>
    public int LargestUncuttable;

    // One bit for each of the four codes of congestion that were seen.
    private int _congestionSeen;

    /// <summary>
    /// The fragment says another length of the datagram than one that came before it.
    /// </summary>
    public readonly bool Contradicts(in Fragment fragment)
    {
        int end = fragment.Offset + fragment.Payload.Length;
        if (fragment.HasMore)
        {
            return PayloadLength != UnknownLength && end >= PayloadLength;
        }

        return PayloadLength == UnknownLength ? end <= FurthestEnd : end != PayloadLength;
    }

    public void Count(in Fragment fragment)
    {
        int end = fragment.Offset + fragment.Payload.Length;
        Received += fragment.Payload.Length;
        FurthestEnd = Math.Max(FurthestEnd, end);
        PayloadLength = fragment.HasMore ? PayloadLength : end;
        LargestFragment = Math.Max(LargestFragment, fragment.PacketLength);
        if (!Key.IsIpv6 && (fragment.Header[Ipv4FlagsOffset] & Ipv4DontFragmentBit) != 0)
        {
            LargestUncuttable = Math.Max(LargestUncuttable, fragment.PacketLength);
        }

        _congestionSeen |= 1 << CodeOf(fragment.Header);
    }

    /// <summary>
    /// Makes the first fragment's header that of the whole datagram. False when the datagram is
    /// too long for one, or when routers marked congestion for a sender that knows no such marks.
    /// </summary>
    /// <param name="packet">Header and payload.</param>
    public readonly bool TryFinish(Span<byte> packet)
    {
        bool isMarked = Saw(CongestionExperienced);
        int length = Key.IsIpv6 ? packet.Length - Ipv6Packet.HeaderLength : packet.Length;
        if (length > ushort.MaxValue || (isMarked && Saw(NotCapable)))
        {
            return false;
        }

        if (!Key.IsIpv6)
        {
            if (isMarked)
            {
                packet[Ipv4TypeOfServiceOffset] |= CongestionExperienced;
            }

            Ipv4Packet.WriteFragment(
                packet,
                offset: 0,
                isLast: true,
                dontFragment: LargestUncuttable == LargestFragment);
            return true;
        }

        if (isMarked)
        {
            packet[1] |= CongestionExperienced << 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(
            packet[Ipv6PayloadLengthOffset..], (ushort)length);
        return true;
    }

    private readonly bool Saw(int code) => (_congestionSeen >> code & 1) != 0;

    /// <summary>IPv6's traffic class lies across the first two octets. RFC 8200 §3.</summary>
    private readonly int CodeOf(ReadOnlySpan<byte> header) =>
        (Key.IsIpv6 ? header[1] >> 4 : header[Ipv4TypeOfServiceOffset]) & CongestionMask;
}
