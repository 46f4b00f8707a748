using System;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Cuts a packet for a link that is too small for it. RFC 791 §3.2.</summary>
internal static class Fragments
{
    // Offsets count in units of eight octets.
    private const int Unit = 8;

    /// <summary>Sends all of a packet, whose header has no options and allows cutting.</summary>
    /// <param name="frame">The whole frame; its Ethernet header is written per fragment.</param>
    public static void Send(
        Departures departures,
        ForwardingCounters from,
        int hop,
        ReadOnlySpan<byte> frame,
        Instant now)
    {
        Invariant.Holds(
            (frame[EthernetFrame.HeaderLength] & 0xF) * 4 == Ipv4Packet.MinimumHeaderLength,
            "a packet with options is not cut");
        const int Headers = EthernetFrame.HeaderLength + Ipv4Packet.MinimumHeaderLength;
        int room = departures.PortOf(hop).MaximumTransmissionUnit - Ipv4Packet.MinimumHeaderLength;
        int step = Math.Max(Unit, room / Unit * Unit);
        ReadOnlySpan<byte> header = frame[..Headers];
        ReadOnlySpan<byte> payload = frame[Headers..];
        for (int offset = 0; offset < payload.Length; offset += step)
        {
            int length = Math.Min(step, payload.Length - offset);
            Span<byte> fragment = departures.Take(Headers + length);
            header.CopyTo(fragment);
            payload.Slice(offset, length).CopyTo(fragment[Headers..]);
            Ipv4Packet.WriteFragment(
                fragment[EthernetFrame.HeaderLength..],
                offset,
                isLast: offset + length == payload.Length);
            if (departures.Send(from, hop, fragment, default, isMade: true, now)
                != DropReason.None)
            {
                from.MadeLost++;
            }
        }
    }
}
