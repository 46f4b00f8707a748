using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Sync;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Sync;

/// <summary>38 IPv4 records of 36 bytes, or 19 IPv6 ones of 72, fit into 1,400 bytes.</summary>
public sealed class ConnectionReplicaTests
{
    private readonly Pair _pair = new();

    private ConnectionReplica Replica => _pair.A.Replica;

    [Fact]
    public void A_record_leaves_after_two_milliseconds()
    {
        Replica.Add(Pair.Record(1), Instant.Zero);

        Assert.Equal(Instant.Zero + TimeSpan.FromMilliseconds(2), Replica.Deadline);
        Assert.Empty(_pair.Sent);
        Replica.OnDeadline(Replica.Deadline);

        Assert.Single(_pair.Sent);
        Assert.Equal(Instant.Never, Replica.Deadline);
    }

    [Theory]
    [InlineData(false, 38)]
    [InlineData(true, 38)]
    public void A_full_message_leaves_at_once(bool isIpv6, int records)
    {
        for (int number = 1; number < records; number++)
        {
            Replica.Add(Pair.Record(number, isIpv6), Instant.Zero);
        }

        Assert.Empty(_pair.Sent);
        Replica.Add(Pair.Record(records, isIpv6), Instant.Zero);

        Assert.Single(_pair.Sent);
        Assert.True(_pair.Sent[0].Length <= ConnectionReplica.MaximumLength);
        Assert.Equal(isIpv6 ? 19 : 38, Read(_pair.Sent).Count);
    }

    /// <summary>A header of 8 bytes, and 36 for a record: 200 bytes have room for five.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(79, 1)]
    [InlineData(80, 2)]
    [InlineData(200, 5)]
    [InlineData(65_507, 8)]
    public void A_message_is_as_long_as_asked_for_and_holds_one_record_at_least(
        int maximumLength, int records)
    {
        ConnectionReplica replica = new(7, _pair.A, maximumLength);
        for (int number = 1; number <= 8; number++)
        {
            replica.Add(Pair.Record(number), Instant.Zero);
        }

        replica.Flush();

        Assert.Equal(records, _pair.Sent[0][4]);
        Assert.Equal(8 + (36 * records), _pair.Sent[0].Length);
        Assert.Equal(8, Read(_pair.Sent).Count);
    }

    [Fact]
    public void Records_arrive_whole_and_in_order()
    {
        ConnectionRecord[] records = [.. Enumerable.Range(1, 500).Select(
            number => Pair.Record(number, number % 3 == 0))];

        foreach (ConnectionRecord record in records)
        {
            Replica.Add(record, Instant.Zero);
        }

        Replica.Flush();

        Assert.Equal(records, Read(_pair.Sent));
        Assert.Equal(500, Replica.SentRecords);
        Assert.Equal(Instant.Never, Replica.Deadline);
    }

    [Fact]
    public void Above_the_pace_the_oldest_are_dropped_and_counted()
    {
        for (int number = 0; number < 10_000; number++)
        {
            Replica.Add(Pair.Record(number), Instant.Zero);
        }

        Replica.Flush();

        // 32 messages of 38 in the first millisecond, then 4,096 wait.
        Assert.Equal(10_000 - (32 * 38) - 4096, Replica.Dropped);
        List<ConnectionRecord> read = Read(_pair.Sent);
        Assert.Equal(Pair.Record(9999), read[^1]);
        Assert.Equal((32 * 38) + 4096, read.Count);
    }

    [Fact]
    public void What_waits_leaves_at_the_pace()
    {
        for (int number = 0; number < 5_000; number++)
        {
            Replica.Add(Pair.Record(number), Instant.Zero);
        }

        Assert.Equal(32, _pair.Sent.Count);
        Replica.OnDeadline(Replica.Deadline);
        Assert.Equal(64, _pair.Sent.Count);
        Instant second = Replica.Deadline;
        Replica.OnDeadline(second);

        Assert.Equal(96, _pair.Sent.Count);
        Assert.True(Replica.Deadline > second);
    }

    [Theory]
    [InlineData(ConnectionState.SynReceived, false)]
    [InlineData(ConnectionState.SynAck, false)]
    [InlineData(ConnectionState.Established, false)]
    [InlineData(ConnectionState.FinWait, true)]
    [InlineData(ConnectionState.TimeWait, true)]
    [InlineData(ConnectionState.Close, true)]
    public void Every_state_is_told_half_open_ones_too(ConnectionState state, bool isInactive)
    {
        ConnectionRecord record = Pair.Record(1) with { State = state, IsInactive = isInactive };

        Replica.Add(record, Instant.Zero);
        Replica.Flush();

        Assert.Equal([record], Read(_pair.Sent));
    }

    [Fact]
    public void A_datagram_connection_has_state_0_on_the_wire()
    {
        ConnectionRecord record = Pair.Record(1) with
        {
            Protocol = TransportProtocol.Udp,
            State = ConnectionState.Udp,
            IsInactive = true,
        };

        Assert.True(SyncRecords.TryToEntry(record, out SyncEntry entry));
        Assert.Equal((0, 0x100u), (entry.State, entry.Flags)); // as in Data/ipvs/sync/v6.json
        Assert.True(SyncRecords.TryToRecord(entry, default, out ConnectionRecord back));
        Assert.Equal(record, back);
    }

    [Theory]
    [InlineData(ForwardingMethod.Nat, 0x0u)]
    [InlineData(ForwardingMethod.Direct, 0x83u)]
    [InlineData(ForwardingMethod.Tunnel, 0x82u)]
    public void Methods_have_the_kernels_numbers(ForwardingMethod method, uint flags)
    {
        Assert.True(SyncRecords.TryToEntry(
            Pair.Record(1) with { Method = method }, out SyncEntry entry));

        Assert.Equal(flags, entry.Flags); // as in Data/ipvs/sync/mixed-methods.json
    }

    [Fact]
    public void What_the_protocol_has_no_word_for_is_counted()
    {
        ConnectionRecord mixed = Pair.Record(1) with
        {
            Method = ForwardingMethod.Tunnel,
            Server = new(IpAddress.Parse("fd00:1::b"), 80),
        };

        Replica.Add(mixed, Instant.Zero);

        Assert.Equal(1, Replica.Untold);
        Assert.Equal(Instant.Never, Replica.Deadline);
    }

    [Fact]
    public void A_rest_of_a_second_is_a_second()
    {
        Assert.True(SyncRecords.TryToEntry(
            Pair.Record(1) with { Timeout = TimeSpan.FromMilliseconds(1) }, out SyncEntry entry));

        Assert.Equal(1u, entry.TimeoutSeconds);
    }

    [Theory]
    [InlineData(0, 0u, 1)] // only a firewall mark's template has no protocol
    [InlineData(0, 0x1000u, 1)] // and that has a mark
    [InlineData(6, 4u, 1)] // bypass
    [InlineData(6, 0u, 11)] // no such state
    [InlineData(17, 0u, 1)]
    [InlineData(50, 0u, 0)]
    public void What_is_no_connection_is_not_believed(byte protocol, uint flags, ushort state)
    {
        Assert.True(SyncRecords.TryToEntry(Pair.Record(1), out SyncEntry entry));

        Assert.False(SyncRecords.TryToRecord(
            entry with { Protocol = protocol, Flags = flags, State = state }, default, out _));
    }

    [Fact]
    public void The_twin_knows_each_record_before_it_is_asked_to_take_over()
    {
        _pair.Start(_pair.A);
        _pair.Start(_pair.B);
        _pair.RunFor(150);
        Replica.Add(Pair.Record(1), _pair.Now);

        Replica.Flush();
        Assert.Null(_pair.A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
        _pair.RunFor(5);

        Assert.Equal(["connection", "take over G 51"], _pair.B.Log[^2..]);
    }

    /// <summary>36 octets, and options of 2 + 8 and 2 + 3: as in Data/ipvs/sync.</summary>
    [Fact]
    public void A_template_that_has_ended_while_its_news_waited_is_not_told()
    {
        CallIdSlab slab = new();
        slab.Allocate();
        int kept = slab.Add("call-1@a"u8);
        int gone = slab.Add("call-2@a"u8);
        ConnectionRecord template = Pair.Record(0) with
        {
            Protocol = TransportProtocol.Udp,
            State = ConnectionState.None,
            IsInactive = true,
            IsTemplate = true,
        };
        Replica.Add(template with { CallId = slab.TextOf(gone) }, Instant.Zero);
        Replica.Add(template with { CallId = slab.TextOf(kept) }, Instant.Zero);

        slab.Remove(gone);
        Replica.Flush();

        Assert.Equal(8 + 51, Assert.Single(_pair.Sent).Length);
        Assert.Equal("call-1@a", Assert.Single(Read(_pair.Sent)).CallId.ToText());
        Assert.Equal(1, Replica.SentRecords);
    }

    [Fact]
    public void When_nothing_is_left_to_tell_no_message_leaves()
    {
        CallIdSlab slab = new();
        slab.Allocate();
        int gone = slab.Add("call-2@a"u8);
        Replica.Add(
            Pair.Record(0) with { IsTemplate = true, CallId = slab.TextOf(gone) }, Instant.Zero);

        slab.Remove(gone);
        Replica.OnDeadline(Replica.Deadline);

        Assert.Empty(_pair.Sent);
        Assert.Equal(Instant.Never, Replica.Deadline);
    }

    private static List<ConnectionRecord> Read(IEnumerable<byte[]> datagrams) =>
        Channel.Hear(datagrams);
}
