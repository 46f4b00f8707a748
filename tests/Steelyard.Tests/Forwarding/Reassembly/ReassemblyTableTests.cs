using System;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Time;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Reassembly;

public sealed class ReassemblyTableTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ReassemblyTable _table = new(8);

    [Fact]
    [Rfc("791 §3.2")]
    public void Fragments_in_any_order_make_the_datagram()
    {
        byte[] packet = Datagram(3000);
        byte[][] pieces = Cutting.Ipv4(packet, 1480, 2960);

        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(pieces[2]));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(pieces[0]));
        Assert.Equal(1, _table.InFlight);
        ReassemblyOutcome outcome = _table.Offer(pieces[1], Cutting.Start, out int handle);

        Assert.Equal(ReassemblyOutcome.Complete, outcome);
        Assert.Equal(packet, _table.Packet(handle));
        Assert.Equal(1500, _table.LargestFragment(handle));
        Assert.Equal(0, _table.InFlight);
        Assert.Equal(1, _table.Completed);
    }

    [Fact]
    [Rfc("8200 §4.5")]
    public void Fragments_of_IPv6_make_the_datagram_without_the_fragment_header()
    {
        byte[] payload = Cutting.Numbers(2000);
        byte[][] pieces = Cutting.Ipv6Pieces(new byte[8], 17, payload, 77, 1200);

        _table.Offer(pieces[1]);
        ReassemblyOutcome outcome = _table.Offer(pieces[0], Cutting.Start, out int handle);

        Assert.Equal(ReassemblyOutcome.Complete, outcome);
        Assert.Equal(Cutting.Ipv6(new byte[8], 17, payload), _table.Packet(handle));
        Assert.Equal(40 + 8 + 8 + 1200, _table.LargestFragment(handle));
    }

    [Fact]
    [Rfc("6946 §4")]
    public void A_datagram_of_one_fragment_has_nothing_to_do_with_others()
    {
        byte[] payload = Cutting.Numbers(24);
        _table.Offer(Cutting.Ipv6Pieces([], 17, Cutting.Numbers(24, seed: 9), 5, 16)[1]);

        ReassemblyOutcome outcome = _table.Offer(
            Cutting.Ipv6Pieces([], 17, payload, 5)[0], Cutting.Start, out int handle);

        Assert.Equal(ReassemblyOutcome.Complete, outcome);
        Assert.Equal(Cutting.Ipv6([], 17, payload), _table.Packet(handle));
        Assert.Equal(1, _table.InFlight);
    }

    [Fact]
    public void Options_of_the_first_fragment_are_those_of_the_datagram()
    {
        byte[] packet = PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", Cutting.Numbers(40))
            .MayBeCut().IpOptions(1, 1, 1, 0).Build();
        byte[] last = Cutting.Ipv4(
            PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", Cutting.Numbers(40))
                .MayBeCut().Build(),
            16)[1];

        _table.Offer(last);
        _table.Offer(Cutting.Ipv4(packet, 16)[0], Cutting.Start, out int handle);

        Assert.Equal(packet, _table.Packet(handle));
    }

    [Fact]
    public void A_repeated_fragment_changes_nothing()
    {
        byte[] packet = Datagram(64);
        byte[][] pieces = Cutting.Ipv4(packet, 16, 48);

        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(pieces[2]));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(pieces[2]));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(pieces[1]));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(pieces[1]));
        _table.Offer(pieces[0], Cutting.Start, out int handle);

        Assert.Equal(packet, _table.Packet(handle));
    }

    [Theory]
    [InlineData(8, 24)]
    [InlineData(16, 24)]
    [InlineData(24, 40)]
    [InlineData(8, 48)]
    [InlineData(16, 48)]
    [Rfc("5722 §3")]
    public void An_overlap_discards_the_datagram_and_all_that_follows(int from, int to)
    {
        byte[] packet = Datagram(64);
        byte[][] pieces = Cutting.Ipv4(packet, 16, 32, 48);
        _table.Offer(pieces[1]);
        _table.Offer(pieces[2]);

        Assert.Equal(
            ReassemblyOutcome.Overlap, _table.Offer(Cutting.Ipv4(packet, from, to)[1]));

        Assert.All(
            pieces, piece => Assert.Equal(ReassemblyOutcome.Overlap, _table.Offer(piece)));
        Assert.Equal(0, _table.InFlight);
        Assert.Equal(1, _table.Overlaps);
    }

    [Fact]
    public void What_was_poisoned_is_forgotten_after_its_time()
    {
        byte[] packet = Datagram(64);
        _table.Offer(Cutting.Ipv4(packet, 32)[0]);
        _table.Offer(Cutting.Ipv4(packet, 16)[1]);

        Instant later = Cutting.Start + ReassemblyTable.Ipv4Timeout;

        Assert.Equal(
            ReassemblyOutcome.Overlap,
            _table.Offer(Cutting.Ipv4(packet, 32)[0], later - Second, out _));
        Assert.Equal(
            ReassemblyOutcome.Kept, _table.Offer(Cutting.Ipv4(packet, 32)[0], later, out _));
        Assert.Equal(0, _table.TimedOut);
    }

    [Fact]
    public void Two_ends_of_one_datagram_poison_it()
    {
        byte[][] longer = Cutting.Ipv4(Datagram(64), 16, 32);
        _table.Offer(longer[2]);

        byte[] shorter = Cutting.Ipv4(Datagram(24), 16)[1];

        Assert.Equal(ReassemblyOutcome.Malformed, _table.Offer(shorter));
        Assert.Equal(ReassemblyOutcome.Overlap, _table.Offer(longer[0]));
    }

    [Fact]
    public void A_fragment_beyond_the_end_poisons()
    {
        _table.Offer(Cutting.Ipv4(Datagram(24), 16)[1]);

        Assert.Equal(
            ReassemblyOutcome.Malformed, _table.Offer(Cutting.Ipv4(Datagram(64), 32, 48)[1]));
    }

    [Fact]
    public void An_end_before_what_came_already_poisons()
    {
        _table.Offer(Cutting.Ipv4(Datagram(64), 32, 48)[1]);

        Assert.Equal(
            ReassemblyOutcome.Malformed, _table.Offer(Cutting.Ipv4(Datagram(24), 16)[1]));
    }

    [Theory]
    [InlineData(0x2000, 15)]
    [InlineData(0x2001, 9)]
    [InlineData(0x2000, 0)]
    [InlineData(0x0001, 0)]
    [InlineData(0x1FFF, 100)]
    [InlineData(0x3FFF, 8)]
    public void Lengths_that_no_datagram_has_are_refused(int word, int length)
    {
        byte[] packet = PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", new byte[length])
            .FragmentWord((ushort)word)
            .Build();

        Assert.Equal(ReassemblyOutcome.Malformed, _table.Offer(packet));
        Assert.Equal(0, _table.InFlight);
        Assert.Equal(1, _table.Malformed);
    }

    /// <summary>65,535 octets are the most: 20 of header and 65,515 of payload.</summary>
    [Theory]
    [InlineData(65_515, 0, ReassemblyOutcome.Complete)]
    [InlineData(65_515, 4, ReassemblyOutcome.Malformed)]
    [InlineData(65_511, 4, ReassemblyOutcome.Complete)]
    public void The_longest_datagram_is_made_and_none_that_is_longer(
        int length, int options, ReassemblyOutcome expected)
    {
        byte[] packet = PacketBuilder
            .Other(47, "10.0.0.1", "10.0.0.2", Cutting.Numbers(65_511))
            .MayBeCut().IpOptions(new byte[options]).Build();
        byte[] last = PacketBuilder
            .Other(47, "10.0.0.1", "10.0.0.2", Cutting.Numbers(length)[65_504..])
            .FragmentWord(65_504 / 8).Build();

        _table.Offer(last);
        ReassemblyOutcome outcome = _table.Offer(
            Cutting.Ipv4(packet, 65_504)[0], Cutting.Start, out int handle);

        Assert.Equal(expected, outcome);
        if (handle >= 0)
        {
            Assert.Equal(20 + options + length, _table.Packet(handle).Length);
            Assert.Null(SlowChecksum.FaultOf(_table.Packet(handle)));
        }
    }

    /// <summary>Extensions count in IPv6's length: 65,535 octets after the fixed header.</summary>
    [Theory]
    [InlineData(0, ReassemblyOutcome.Complete)]
    [InlineData(8, ReassemblyOutcome.Malformed)]
    public void Extensions_count_in_the_longest_datagram(
        int extensions, ReassemblyOutcome expected)
    {
        byte[] payload = Cutting.Numbers(65_535);
        byte[] first = Cutting.Ipv6Pieces(new byte[extensions], 17, payload[..65_520], 1, 65_512)
            [0];
        byte[] last = Cutting.Ipv6Pieces([], 17, payload[..31], 1, 8)[1];
        payload[65_512..].CopyTo(last, 48);
        last[42] = 65_512 >> 8;
        last[43] = 65_512 & 0xFF;

        _table.Offer(first);
        ReassemblyOutcome outcome = _table.Offer(last, Cutting.Start, out int handle);

        Assert.Equal(expected, outcome);
        if (handle >= 0)
        {
            Assert.Equal(payload, _table.Packet(handle)[40..]);
            Assert.Equal([0xFF, 0xFF], _table.Packet(handle)[4..6]);
        }
    }

    [Fact]
    public void Headers_beyond_our_limit_are_refused()
    {
        byte[] extensions = new byte[ReassemblyTable.LongestHeader - 40];
        byte[] longer = [.. extensions, .. new byte[8]];

        Assert.Equal(
            ReassemblyOutcome.Kept,
            _table.Offer(Cutting.Ipv6Pieces(extensions, 17, new byte[16], 1, 8)[0]));
        Assert.Equal(
            ReassemblyOutcome.Malformed,
            _table.Offer(Cutting.Ipv6Pieces(longer, 17, new byte[16], 2, 8)[0]));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    public void The_largest_fragment_tells_whether_it_may_be_cut_again(
        bool largest, bool smallest, bool expected)
    {
        byte[] open = Datagram(64);
        byte[] closed = [.. open];
        closed[6] |= 0x40;

        _table.Offer(Cutting.Ipv4(largest ? closed : open, 48)[0]);
        _table.Offer(
            Cutting.Ipv4(smallest ? closed : open, 48)[1], Cutting.Start, out int handle);

        Assert.Equal(expected ? Cutting.Summed(closed) : open, _table.Packet(handle));
    }

    /// <summary>Codes: 0 not capable, 1 and 2 capable, 3 congestion experienced.</summary>
    [Theory]
    [InlineData(2, 3, 3)]
    [InlineData(3, 1, 3)]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(0, 3, -1)]
    [InlineData(3, 0, -1)]
    [Rfc("3168 §5.3")]
    public void A_mark_of_congestion_is_not_lost(byte first, byte last, int expected)
    {
        byte[] payload = Cutting.Numbers(32);
        byte[][] ipv6 = Cutting.Ipv6Pieces([], 17, payload, 1, 16);
        ipv6[0][1] = (byte)(first << 4);
        ipv6[1][1] = (byte)(last << 4);
        byte[][] ipv4 = Cutting.Ipv4(Datagram(32), 16);
        ipv4[0][1] = first;
        ipv4[1][1] = last;

        _table.Offer(ipv6[1]);
        _table.Offer(ipv6[0], Cutting.Start, out int handle6);
        _table.Offer(ipv4[1]);
        _table.Offer(ipv4[0], Cutting.Start, out int handle4);

        Assert.Equal(expected, handle6 < 0 ? -1 : _table.Packet(handle6)[1] >> 4);
        Assert.Equal(expected, handle4 < 0 ? -1 : _table.Packet(handle4)[1]);
        Assert.Equal(expected < 0 ? 2 : 0, _table.Malformed);
    }

    private static byte[] Datagram(int payload, string source = "10.0.0.1") =>
        PacketBuilder.Other(17, source, "10.0.0.2", Cutting.Numbers(payload)).MayBeCut().Build();
}
