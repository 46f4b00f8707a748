using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Reassembly;

/// <summary>Cuts packets by hand, as RFC 791 §3.2 and RFC 8200 §4.5 word it.</summary>
internal static class Cutting
{
    public static readonly Instant Start = new(7_000_000_000);

    /// <summary>An IPv4 packet in pieces whose payloads end at the given offsets.</summary>
    public static byte[][] Ipv4(byte[] packet, params int[] ends)
    {
        int headerLength = (packet[0] % 16) * 4;
        List<byte[]> pieces = [];
        int start = 0;
        foreach (int end in (int[])[.. ends, packet.Length - headerLength])
        {
            byte[] piece =
            [
                .. packet[..headerLength],
                .. packet[(headerLength + start)..(headerLength + end)],
            ];
            bool isLast = end == packet.Length - headerLength;
            int word = (start / 8) + (isLast ? 0 : 0x2000) + (packet[6] & 0x40) * 256;
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(2), (ushort)piece.Length);
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(6), (ushort)word);
            SumHeader(piece);
            pieces.Add(piece);
            start = end;
        }

        return [.. pieces];
    }

    /// <summary>An IPv4 packet whose header was changed.</summary>
    public static byte[] Summed(byte[] packet)
    {
        SumHeader(packet);
        return packet;
    }

    /// <summary>An IPv6 packet; extensions stand before the place of a fragment header.</summary>
    public static byte[] Ipv6(byte[] extensions, byte protocol, byte[] payload)
    {
        byte[] packet = new byte[40 + extensions.Length + payload.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        packet[6] = extensions.Length == 0 ? protocol : (byte)60;
        packet[7] = 64;
        IpAddress.Parse("2001:db8::1").Write(packet.AsSpan(8));
        IpAddress.Parse("2001:db8:1::2").Write(packet.AsSpan(24));
        extensions.CopyTo(packet, 40);
        if (extensions.Length > 0)
        {
            packet[40] = protocol;
            packet[41] = (byte)((extensions.Length / 8) - 1);
        }

        payload.CopyTo(packet, 40 + extensions.Length);
        return packet;
    }

    /// <summary>The same packet in pieces.</summary>
    public static byte[][] Ipv6Pieces(
        byte[] extensions, byte protocol, byte[] payload, uint identification, params int[] ends)
    {
        List<byte[]> pieces = [];
        int start = 0;
        foreach (int end in (int[])[.. ends, payload.Length])
        {
            byte[] header = new byte[8];
            header[0] = protocol;
            int word = start + (end == payload.Length ? 0 : 1);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)word);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), identification);
            pieces.Add(Ipv6(extensions, 44, [.. header, .. payload[start..end]]));
            start = end;
        }

        return [.. pieces];
    }

    public static void SumHeader(byte[] packet)
    {
        packet[10] = 0;
        packet[11] = 0;
        ushort sum = SlowChecksum.Of(packet.AsSpan(0, (packet[0] % 16) * 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), sum);
    }

    public static byte[] Numbers(int length, int seed = 0)
    {
        byte[] octets = new byte[length];
        for (int index = 0; index < length; index++)
        {
            octets[index] = unchecked((byte)((index * 7) + (index >> 8) + seed));
        }

        return octets;
    }

    /// <summary>Reads a copy of a packet and offers what it finds.</summary>
    public static ReassemblyOutcome Offer(
        this ReassemblyTable table, byte[] packet, Instant now, out int handle)
    {
        byte[] copy = [.. packet];
        Assert.True(Fragment.TryRead(copy, out Fragment fragment));
        return table.Offer(fragment, now, out handle);
    }

    public static ReassemblyOutcome Offer(this ReassemblyTable table, byte[] packet) =>
        table.Offer(packet, Start, out _);

    /// <summary>The IP packet of a whole datagram.</summary>
    public static byte[] Packet(this ReassemblyTable table, int handle) =>
        table.Frame(handle)[14..].ToArray();
}
