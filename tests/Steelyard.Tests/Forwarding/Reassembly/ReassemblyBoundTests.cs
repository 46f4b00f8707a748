using System;
using System.Buffers.Binary;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding.Reassembly;

/// <summary>How many, for how long, and who gives way.</summary>
public sealed class ReassemblyBoundTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ReassemblyTable _table = new(8);

    [Fact]
    public void A_sender_with_a_quarter_of_the_table_loses_its_oldest()
    {
        _table.Offer(Piece("10.0.0.1", 1, 0));
        _table.Offer(Piece("10.0.0.1", 2, 0));
        _table.Offer(Piece("10.0.0.9", 1, 0));
        _table.Offer(Piece("10.0.0.1", 3, 0));

        Assert.Equal(1, _table.Evicted);
        Assert.Equal(3, _table.InFlight);
        Assert.Equal(ReassemblyOutcome.Complete, _table.Offer(Piece("10.0.0.1", 2, 1)));
        Assert.Equal(ReassemblyOutcome.Complete, _table.Offer(Piece("10.0.0.1", 3, 1)));
        Assert.Equal(ReassemblyOutcome.Complete, _table.Offer(Piece("10.0.0.9", 1, 1)));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(Piece("10.0.0.1", 1, 1)));
    }

    [Fact]
    public void All_addresses_of_an_IPv6_network_are_one_sender()
    {
        for (byte host = 1; host <= 3; host++)
        {
            byte[] piece = Cutting.Ipv6Pieces([], 17, new byte[16], 1, 8)[0];
            piece[23] = host;
            _table.Offer(piece);
        }

        Assert.Equal(1, _table.Evicted);
    }

    [Fact]
    public void In_a_full_table_the_oldest_of_all_gives_way()
    {
        for (int number = 0; number < 9; number++)
        {
            _table.Offer(
                Piece($"10.0.0.{number}", 1, 0), Cutting.Start + (Second * number), out _);
        }

        Instant now = Cutting.Start + (Second * 9);

        Assert.Equal(1, _table.Evicted);
        Assert.Equal(8, _table.InFlight);
        Assert.Equal(
            ReassemblyOutcome.Complete, _table.Offer(Piece("10.0.0.1", 1, 1), now, out _));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(Piece("10.0.0.0", 1, 1), now, out _));
    }

    [Fact]
    public void The_oldest_may_be_of_the_other_family()
    {
        ReassemblyTable table = new(2);
        table.Offer(Cutting.Ipv6Pieces([], 17, new byte[16], 1, 8)[0]);
        table.Offer(Piece("10.0.0.1", 1, 0), Cutting.Start + Second, out _);

        table.Offer(Piece("10.0.0.2", 1, 0), Cutting.Start + (Second * 2), out _);

        Assert.Equal(
            ReassemblyOutcome.Complete,
            table.Offer(Piece("10.0.0.1", 1, 1), Cutting.Start + (Second * 2), out _));
    }

    [Fact]
    public void Whole_datagrams_that_nobody_freed_leave_no_room()
    {
        ReassemblyTable table = new(1);
        table.Offer(Piece("10.0.0.1", 1, 0));
        table.Offer(Piece("10.0.0.1", 1, 1), Cutting.Start, out int handle);

        Assert.Equal(ReassemblyOutcome.TableFull, table.Offer(Piece("10.0.0.2", 1, 0)));
        Assert.Equal(1, table.Refused);

        table.Free(handle);

        Assert.Equal(ReassemblyOutcome.Kept, table.Offer(Piece("10.0.0.2", 1, 0)));
        Assert.Throws<InvariantException>(() => table.Free(handle));
    }

    [Fact]
    public void Time_ends_a_datagram_after_half_a_minute_with_IPv4_and_a_whole_one_with_IPv6()
    {
        _table.Offer(Cutting.Ipv6Pieces([], 17, new byte[16], 1, 8)[0]);
        _table.Offer(Piece("10.0.0.1", 1, 0));

        Assert.Equal(Cutting.Start + (Second * 30), _table.Deadline);
        Assert.Equal(0, _table.Expire(Cutting.Start + (Second * 29.9), 10));
        Assert.Equal(1, _table.Expire(Cutting.Start + (Second * 30), 10));
        Assert.Equal(0, _table.Expire(Cutting.Start + (Second * 59.9), 10));
        Assert.Equal(1, _table.Expire(Cutting.Start + (Second * 60), 10));
        Assert.Equal(2, _table.TimedOut);
        Assert.Equal(0, _table.InFlight);
        Assert.Equal(Instant.Never, _table.Deadline);
    }

    [Fact]
    public void A_late_fragment_does_not_join_what_should_have_ended()
    {
        _table.Offer(Piece("10.0.0.1", 1, 0));

        Instant late = Cutting.Start + (Second * 31);

        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(Piece("10.0.0.1", 1, 1), late, out _));
        Assert.Equal(1, _table.TimedOut);
    }

    [Fact]
    public void Expiry_ends_no_more_than_its_budget()
    {
        for (int number = 0; number < 8; number++)
        {
            _table.Offer(Piece($"10.0.0.{number}", 1, 0));
        }

        Instant later = Cutting.Start + (Second * 100);

        Assert.Equal(3, _table.Expire(later, 3));
        Assert.Equal(5, _table.Expire(later, 100));
    }

    [Fact]
    public void Families_do_not_meet_even_where_a_stranger_writes_mapped_addresses()
    {
        byte[] mapped = Cutting.Ipv6Pieces([], 0, new byte[16], 1, 8)[1];
        IpAddress.Parse("10.0.0.1").Write(mapped.AsSpan(8 + 12));
        IpAddress.Parse("10.0.0.2").Write(mapped.AsSpan(24 + 12));
        foreach (int start in (int[])[8, 24])
        {
            mapped.AsSpan(start, 10).Clear();
            mapped.AsSpan(start + 10, 2).Fill(0xFF);
        }

        byte[] ipv4 = Piece("10.0.0.1", 1, 0);
        ipv4[9] = 0;

        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(mapped));
        Assert.Equal(ReassemblyOutcome.Kept, _table.Offer(ipv4));
        Assert.Equal(2, _table.InFlight);
    }

    [Fact]
    public void A_thousand_datagrams_allocate_nothing()
    {
        byte[] packet =
            PacketBuilder.Other(17, "10.0.0.1", "10.0.0.2", new byte[3000]).MayBeCut().Build();
        byte[][] pieces = Cutting.Ipv4(packet, 1480, 2960);
        byte[] alone = Piece("10.0.0.9", 1, 0);
        byte[] ipv6 = Cutting.Ipv6Pieces(new byte[8], 17, new byte[2000], 1, 1200)[1];
        Instant now = Cutting.Start;
        Live(pieces, alone, ipv6, ref now);

        long allocated = Allocation.LeastOf(() => Live(pieces, alone, ipv6, ref now));

        Assert.Equal(0, allocated);
        Assert.True(_table.Completed > 1_000 && _table.TimedOut > 100 && _table.Evicted > 100);
    }

    /// <summary>A datagram is made; of others one fragment comes.</summary>
    private void Live(byte[][] pieces, byte[] alone, byte[] ipv6, ref Instant now)
    {
        for (int round = 0; round < 200; round++)
        {
            now += Second * (round % 40);
            for (int index = pieces.Length - 1; index >= 0; index--)
            {
                Take(pieces[index], now);
            }

            alone[5] = (byte)(round % 256);
            Take(alone, now);
            Take(ipv6, now);
            _table.Expire(now, 4);
        }
    }

    private void Take(byte[] packet, Instant now)
    {
        if (Fragment.TryRead(packet, out Fragment fragment)
            && _table.Offer(fragment, now, out int handle) == ReassemblyOutcome.Complete)
        {
            _table.Free(handle);
        }
    }

    /// <summary>The first or the last of a datagram's two fragments.</summary>
    private static byte[] Piece(string source, ushort identification, int index)
    {
        byte[] packet = PacketBuilder.Other(17, source, "10.0.0.2", Cutting.Numbers(32))
            .MayBeCut().Build();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), identification);
        return Cutting.Ipv4(packet, 16)[index];
    }
}
