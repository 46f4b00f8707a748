using System;
using System.Buffers.Binary;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Cuts a packet for a link that is too small for it. RFC 791 §3.2; RFC 8200 §4.5.
/// </summary>
internal static class Fragments
{
    // Offsets count in units of eight octets.
    private const int Unit = 8;

    private const int Ipv6FragmentHeader = 8;
    private const int Ipv6NextHeaderOffset = 6;

    /// <summary>
    /// Sends all of a packet, which may be cut; one of IPv4 has no options, and one of IPv6 no
    /// extension headers. Fragments of one that forbids it, and came in fragments, forbid it too.
    /// </summary>
    /// <param name="frame">The whole frame; its Ethernet header is written per fragment.</param>
    /// <param name="mtu">No fragment is larger, in octets of the IP packet.</param>
    public static void Send(
        Departures departures,
        ForwardingCounters from,
        int hop,
        ReadOnlySpan<byte> frame,
        int mtu,
        Instant now)
    {
        bool isIpv4 = frame[EthernetFrame.HeaderLength] >> 4 == 4;
        int header = isIpv4 ? Ipv4Packet.MinimumHeaderLength : Ipv6Packet.HeaderLength;
        Invariant.Holds(
            !isIpv4 || (frame[EthernetFrame.HeaderLength] & 0xF) * 4 == header,
            "a packet with options is not cut");
        int headers = EthernetFrame.HeaderLength + header;
        int extra = isIpv4 ? 0 : Ipv6FragmentHeader;
        int step = Math.Max(Unit, (mtu - header - extra) / Unit * Unit);
        uint identification = isIpv4 ? 0 : departures.NextIdentification();
        bool dontFragment = new IpPacketHead(frame[EthernetFrame.HeaderLength..]).DontFragment;
        ReadOnlySpan<byte> payload = frame[headers..];
        for (int offset = 0; offset < payload.Length; offset += step)
        {
            int length = Math.Min(step, payload.Length - offset);
            bool isLast = offset + length == payload.Length;
            Span<byte> fragment = departures.Take(headers + extra + length);
            frame[..headers].CopyTo(fragment);
            payload.Slice(offset, length).CopyTo(fragment[(headers + extra)..]);
            Span<byte> packet = fragment[EthernetFrame.HeaderLength..];
            if (isIpv4)
            {
                Ipv4Packet.WriteFragment(packet, offset, isLast, dontFragment);
            }
            else
            {
                WriteIpv6(packet, offset, isLast, identification);
            }

            if (departures.Send(from, hop, fragment, default, isMade: true, now)
                != DropReason.None)
            {
                from.MadeLost++;
            }
        }
    }

    /// <summary>The fragment header, and what it changes in the fixed one.</summary>
    private static void WriteIpv6(
        Span<byte> packet, int offset, bool isLast, uint identification)
    {
        Span<byte> header = packet[Ipv6Packet.HeaderLength..];
        header[0] = packet[Ipv6NextHeaderOffset];
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(
            header[2..], (ushort)(offset | (isLast ? 0 : 1)));
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], identification);
        packet[Ipv6NextHeaderOffset] = (byte)IpProtocol.Ipv6Fragment;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[4..], (ushort)(packet.Length - Ipv6Packet.HeaderLength));
    }
}
