using System;
using System.Buffers.Binary;
using Steelyard.Core.Connections;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Ftp;

/// <summary>
/// Rewrites a payload, and the numbers of all segments around it. RFC 9293 §3.4; RFC 2018.
/// </summary>
internal static class SequenceRewrite
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte SelectiveAcknowledgment = 5;
    private const int OptionHeaderLength = 2;
    private const int BlockLength = 8;
    private const int EdgeLength = 4;

    /// <summary>Moves a segment's numbers, and keeps its checksum right.</summary>
    /// <param name="segment">A segment on its way through the box.</param>
    /// <param name="own">Of the direction in which it goes.</param>
    /// <param name="other">Of the direction that it acknowledges.</param>
    /// <param name="isUnfinished">The sending device is still to sum header and data.</param>
    public static void Move(
        TcpSegment segment, in SequenceShift own, in SequenceShift other, bool isUnfinished)
    {
        uint difference = 0;
        if (!own.IsNone)
        {
            uint before = segment.SequenceNumber;
            segment.SequenceNumber = own.Apply(before);
            difference += InternetChecksum.Difference(before, segment.SequenceNumber);
        }

        if (!other.IsNone && (segment.Flags & TcpFlags.Acknowledgment) != 0)
        {
            uint before = segment.AcknowledgmentNumber;
            segment.AcknowledgmentNumber = other.ApplyAck(before);
            difference += InternetChecksum.Difference(before, segment.AcknowledgmentNumber);
            difference += MoveBlocks(segment.Options, other);
        }

        if (!isUnfinished)
        {
            segment.Checksum = InternetChecksum.Update(segment.Checksum, difference);
        }
    }

    /// <summary>Replaces a part of a payload, and moves what stands behind it.</summary>
    /// <param name="payload">The payload, and room behind it for what it grows by.</param>
    /// <param name="length">Octets of the payload.</param>
    /// <param name="start">Where the part starts.</param>
    /// <param name="oldLength">Octets of the part.</param>
    /// <param name="text">What takes its place.</param>
    /// <param name="difference">
    /// For the segment's checksum, with the length that the pseudo-header says.
    /// </param>
    /// <returns>Octets of the payload now.</returns>
    public static int Replace(
        Span<byte> payload,
        int length,
        int start,
        int oldLength,
        ReadOnlySpan<byte> text,
        out uint difference)
    {
        int newLength = length - oldLength + text.Length;
        ushort before = Sum(payload[..length]);
        payload[(start + oldLength)..length].CopyTo(payload[(start + text.Length)..]);
        text.CopyTo(payload[start..]);
        difference = unchecked(
            InternetChecksum.Difference(before, Sum(payload[..newLength]))
            + InternetChecksum.Difference((ushort)length, (ushort)newLength));
        return newLength;
    }

    /// <summary>
    /// Moves the blocks of a selective acknowledgment. When one would be empty the whole option is
    /// blanked: a receiver may forget it at any time. RFC 2018 §8.
    /// </summary>
    /// <returns>The difference for the segment's checksum.</returns>
    private static uint MoveBlocks(Span<byte> options, in SequenceShift shift)
    {
        ushort before = Sum(options);
        Span<byte> rest = options;
        while (rest.Length > 0 && rest[0] != EndOfOptions)
        {
            if (rest[0] == NoOperation)
            {
                rest = rest[1..];
                continue;
            }

            if (rest.Length < OptionHeaderLength
                || rest[1] < OptionHeaderLength
                || rest[1] > rest.Length)
            {
                break;
            }

            if (rest[0] == SelectiveAcknowledgment
                && !TryMoveBlocks(rest[OptionHeaderLength..rest[1]], shift))
            {
                int length = rest[1];
                rest[..length].Fill(NoOperation);
                rest = rest[length..];
                continue;
            }

            rest = rest[rest[1]..];
        }

        return InternetChecksum.Difference(before, Sum(options));
    }

    private static bool TryMoveBlocks(Span<byte> blocks, in SequenceShift shift)
    {
        while (blocks.Length >= BlockLength)
        {
            uint left =
                shift.ApplyLeftEdge(BinaryPrimitives.ReadUInt32BigEndian(blocks));
            uint right =
                shift.ApplyAck(BinaryPrimitives.ReadUInt32BigEndian(blocks[EdgeLength..]));
            if (unchecked((int)(right - left)) <= 0)
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32BigEndian(blocks, left);
            BinaryPrimitives.WriteUInt32BigEndian(blocks[EdgeLength..], right);
            blocks = blocks[BlockLength..];
        }

        return true;
    }

    private static ushort Sum(ReadOnlySpan<byte> octets) =>
        InternetChecksum.Fold(InternetChecksum.Sum(octets));
}
