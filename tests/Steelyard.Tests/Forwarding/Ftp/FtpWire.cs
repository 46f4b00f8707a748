using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>IPv4 packets with TCP segments and options, built by hand.</summary>
internal static class FtpWire
{
    private const int HeadersLength = 40;

    /// <param name="options">A whole number of words.</param>
    public static byte[] Packet(
        uint sequence,
        uint acknowledgment,
        byte[] options,
        byte[] payload,
        TcpFlags flags = TcpFlags.Acknowledgment)
    {
        byte[] segment = new byte[20 + options.Length + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, 40001);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 21);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        segment[12] = (byte)((5 + (options.Length / 4)) << 4);
        segment[13] = (byte)flags;
        options.CopyTo(segment, 20);
        payload.CopyTo(segment, 20 + options.Length);
        byte[] packet =
            PacketBuilder.Other(6, "10.0.0.1", "10.9.0.1", segment).Build();
        Seal(packet);
        return packet;
    }

    /// <summary>Sums the segment anew.</summary>
    public static void Seal(byte[] packet)
    {
        packet[36] = 0;
        packet[37] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(
            packet.AsSpan(36), SlowChecksum.OfTransport(packet));
    }

    public static uint Sequence(byte[] packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(24));

    public static uint Acknowledgment(byte[] packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(28));

    public static byte[] Options(byte[] packet) => packet[HeadersLength..DataOffset(packet)];

    public static byte[] Payload(byte[] packet) => packet[DataOffset(packet)..];

    private static int DataOffset(byte[] packet) => 20 + ((packet[32] >> 4) * 4);
}
