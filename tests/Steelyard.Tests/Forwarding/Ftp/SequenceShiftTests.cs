using System;
using System.Buffers.Binary;
using CsCheck;
using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Ftp;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Ftp;

/// <summary>
/// Numbers by hand: a payload at 1000 of 20 octets becomes longer or shorter by 3.
/// </summary>
public class SequenceShiftTests
{
    [Theory]
    [InlineData(999u, 999u)]
    [InlineData(1000u, 1000u)]
    [InlineData(1020u, 1023u)]
    [InlineData(5000u, 5003u)]
    public void What_follows_a_longer_payload_moves_on(uint before, uint after)
    {
        SequenceShift shift = Shift(1000, 3);

        Assert.Equal(after, shift.Apply(before));
        Assert.Equal(before, shift.ApplyAck(after));
        Assert.Equal(before, shift.ApplyLeftEdge(after));
    }

    [Theory]
    [InlineData(1000u, 1000u)]
    [InlineData(1020u, 1017u)]
    [InlineData(5000u, 4997u)]
    public void What_follows_a_shorter_payload_moves_back(uint before, uint after)
    {
        SequenceShift shift = Shift(1000, -3);

        Assert.Equal(after, shift.Apply(before));
        Assert.Equal(before, shift.ApplyAck(after));
        Assert.Equal(before, shift.ApplyLeftEdge(after));
    }

    [Theory]
    [InlineData(3, 1001u)]
    [InlineData(3, 1022u)]
    [InlineData(-3, 1001u)]
    [InlineData(-3, 1016u)]
    public void A_part_of_a_resized_payload_counts_as_none_of_it(int difference, uint after)
    {
        SequenceShift shift = Shift(1000, difference);

        Assert.Equal(1000u, shift.ApplyAck(after));
        Assert.Equal(1020u, shift.ApplyLeftEdge(after));
    }

    [Fact]
    public void Numbers_wrap()
    {
        SequenceShift shift = Shift(0xFFFF_FFF8, 5);

        Assert.Equal(0x11u, shift.Apply(0x0C));
        Assert.Equal(0x0Cu, shift.ApplyAck(0x11));
        Assert.Equal(0xFFFF_FFF8u, shift.Apply(0xFFFF_FFF8));
        Assert.Equal(0xFFFF_FFF8u, shift.ApplyAck(0xFFFF_FFF8));
    }

    [Fact]
    public void A_retransmission_shifts_nothing_and_a_second_payload_adds_up()
    {
        SequenceShift shift = Shift(1000, 3);
        shift.Resize(1000, 20, 3);
        Assert.Equal((1000u, 3, 0), (shift.From, shift.Delta, shift.PreviousDelta));

        shift.Resize(2000, 20, -5);

        Assert.Equal((2000u, -2, 3), (shift.From, shift.Delta, shift.PreviousDelta));
        Assert.Equal(1503u, shift.Apply(1500));
        Assert.Equal(2018u, shift.Apply(2020));
        Assert.Equal(1500u, shift.ApplyAck(1503));
        Assert.Equal(2020u, shift.ApplyAck(2018));
        Assert.True(shift.IsForgotten(1000));
        Assert.False(shift.IsForgotten(2000));
    }

    [Fact]
    public void A_payload_that_keeps_its_length_shifts_nothing()
    {
        SequenceShift shift = default;

        shift.Resize(1000, 20, 0);

        Assert.True(shift.IsNone);
        Assert.Equal(7u, shift.Apply(7));
        Assert.Equal(7u, shift.ApplyAck(7));
        Assert.False(shift.IsForgotten(0));
    }

    [Fact]
    public void A_shift_learnt_from_the_twin_goes_on()
    {
        SequenceShift shift = default;

        shift.Adopt(new(1000, 7, 3));

        Assert.Equal(1003u, shift.Apply(1000));
        Assert.Equal(1027u, shift.Apply(1020));
        Assert.Equal(1020u, shift.ApplyAck(1027));
        Assert.Equal(1000u, shift.ApplyAck(1005));
    }

    [Theory]
    [InlineData(1000u, 3)] // our own is of a later payload
    [InlineData(2000u, 3)]
    [InlineData(2001u, 9)]
    public void What_the_twin_tells_counts_if_it_is_newer(uint from, int expected)
    {
        SequenceShift shift = default;
        shift.Resize(2000, 20, 3);

        shift.Adopt(new(from, 9, 3));

        Assert.Equal(expected, shift.Delta);
    }

    [Fact]
    public void Every_number_of_a_segment_moves_and_its_sum_stays_right()
    {
        byte[] packet = Segment(1500, 2500, [1, 5, 18, .. Block(2600, 2700), .. Block(1, 2), 1]);

        Move(packet, Shift(1000, 3), Shift(2000, -4));

        Assert.Equal(
            Segment(1503, 2504, [1, 5, 18, .. Block(2604, 2704), .. Block(1, 2), 1]), packet);
    }

    [Fact]
    public void A_block_that_holds_nothing_whole_takes_its_option_with_it()
    {
        byte[] packet = Segment(1, 2000, [1, 1, 5, 10, .. Block(2001, 2004)]);

        Move(packet, default, Shift(2000, 3));

        Assert.Equal(Segment(1, 2000, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), packet);
    }

    [Fact]
    public void A_segment_without_acknowledgment_keeps_that_field()
    {
        byte[] packet = Segment(1500, 2500, [], TcpFlags.Reset);

        Move(packet, Shift(1000, 3), Shift(2000, -4));

        Assert.Equal(Segment(1503, 2500, [], TcpFlags.Reset), packet);
    }

    [Fact]
    public void An_unfinished_checksum_is_left_to_the_device()
    {
        byte[] packet = Segment(1500, 2500, []);
        byte[] expected = Segment(1503, 2504, []);
        packet.AsSpan(36, 2).CopyTo(expected.AsSpan(36));

        Move(packet, Shift(1000, 3), Shift(2000, -4), isUnfinished: true);

        Assert.Equal(expected, packet);
    }

    [Fact]
    public void Random_options_do_no_harm_and_leave_the_sum_right()
    {
        Gen.Select(Gen.Int[0, 10], Gen.Byte.Array[40], Gen.UInt, Gen.Int[-30, 30]).Sample(
            (words, octets, from, difference) =>
            {
                byte[] options = octets[..(words * 4)];
                if (words > 3)
                {
                    options[0] = 5;
                    options[1] = (byte)(octets[39] % 44);
                }

                byte[] packet =
                    Segment(unchecked(from + 100), unchecked(from + 200), options);
                SequenceShift shift = Shift(from, difference);

                Move(packet, shift, shift);

                Assert.Null(SlowChecksum.FaultOf(packet));
            });
    }

    [Fact]
    public void A_replaced_part_moves_the_rest_and_the_sum_stays_right()
    {
        Gen.Select(
            Gen.Byte.Array[0, 40], Gen.Int[0, 40], Gen.Int[0, 40], Gen.Byte.Array[0, 40]).Sample(
            (payload, at, size, text) =>
            {
                int start = Math.Min(at, payload.Length);
                int length = Math.Min(size, payload.Length - start);
                byte[] expected = [.. payload[..start], .. text, .. payload[(start + length)..]];
                byte[] room = new byte[100];
                payload.CopyTo(room, 0);

                int written = SequenceRewrite.Replace(
                    room, payload.Length, start, length, text, out uint difference);

                Assert.Equal(expected, room[..written]);
                ushort before = SlowChecksum.Of(payload, payload.Length);
                ushort after = InternetChecksum.Update(before, difference);
                Assert.Equal(SlowChecksum.Of(expected, expected.Length) % 0xFFFF, after % 0xFFFF);
            });
    }

    private static SequenceShift Shift(uint from, int difference)
    {
        SequenceShift shift = default;
        shift.Resize(from, 20, difference);
        return shift;
    }

    private static void Move(
        byte[] packet, SequenceShift own, SequenceShift other, bool isUnfinished = false)
    {
        Assert.True(TcpSegment.TryParse(packet.AsSpan(20), out TcpSegment segment));
        SequenceRewrite.Move(segment, own, other, isUnfinished);
    }

    private static byte[] Segment(
        uint sequence,
        uint acknowledgment,
        byte[] options,
        TcpFlags flags = TcpFlags.Acknowledgment) =>
        FtpWire.Packet(sequence, acknowledgment, options, [1, 2, 3], flags);

    private static byte[] Block(uint left, uint right)
    {
        byte[] block = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(block, left);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(4), right);
        return block;
    }
}
