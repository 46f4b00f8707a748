using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Sync;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Sync;

/// <summary>Two guards on one wire that the test carries, datagram by datagram.</summary>
public sealed class SyncGuardTests
{
    private static readonly SyncKey Key = KeyOf('1');
    private static readonly SyncKey Other = KeyOf('2');
    private static readonly byte[] Hello = MakeHello();

    private readonly List<byte[]> _recorded = [];

    private Instant Now { get; set; } = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void Boxes_with_one_key_hear_each_other_after_both_challenges()
    {
        (Side a, Side b) = Meet();

        a.Guard.Send(Said(1));
        b.Guard.Send(Said(2));
        Carry(a, b);

        Assert.Equal([Said(1)], b.Heard);
        Assert.Equal([Said(2)], a.Heard);
        Assert.Equal((1, 1), (a.Guard.Sessions, b.Guard.Sessions));
    }

    [Fact]
    public void What_was_recorded_before_a_restart_is_nothing_after_it()
    {
        (Side a, Side b) = Meet();
        a.Guard.Send(Said(1));
        a.Guard.Send(Hello);
        Carry(a, b);
        byte[][] yesterday = [.. _recorded];
        (_, Side today) = Meet(seed: 50);
        int heard = today.Heard.Count;

        foreach (byte[] datagram in yesterday)
        {
            today.Take(datagram, Now);
        }

        Assert.Equal(heard, today.Heard.Count);
        Assert.Equal(1, today.Guard.Sessions);
        Assert.Contains(SyncRefusal.OtherSession, today.Refusals);
    }

    [Fact]
    public void A_datagram_is_heard_once_and_in_any_order_within_the_window()
    {
        (Side a, Side b) = Meet();
        for (byte number = 1; number <= 70; number++)
        {
            a.Guard.Send(Said(number));
        }

        byte[][] sent = [.. a.Sent];
        a.Sent.Clear();
        b.Take(sent[69], Now);
        b.Take(sent[10], Now);
        b.Take(sent[10], Now);
        b.Take(sent[2], Now); // 67 behind: its number may have been heard

        Assert.Equal([Said(70), Said(11)], b.Heard);
        Assert.Equal([SyncRefusal.Replayed, SyncRefusal.Replayed], b.Refusals);
    }

    [Fact]
    public void One_bit_changed_anywhere_makes_it_unheard()
    {
        (Side a, Side b) = Meet();
        a.Guard.Send(Said(1));
        byte[] good = a.Sent.Single();

        for (int at = 0; at < good.Length; at++)
        {
            byte[] bent = [.. good];
            bent[at] ^= 0x10;
            b.Take(bent, Now);
        }

        Assert.Empty(b.Heard);
        Assert.Equal(1, b.Guard.Sessions);
        b.Take(good, Now);
        Assert.Equal([Said(1)], b.Heard);
    }

    [Fact]
    public void A_box_that_restarts_is_heard_again_after_its_first_hello()
    {
        (_, Side b) = Meet();
        Side again = new(Key, seed: 99);

        again.Guard.Send(Hello);
        Carry(again, b);
        again.Guard.Send(Hello);
        Carry(again, b);

        Assert.Equal(2, b.Guard.Sessions);
        Assert.Equal([Hello], b.Heard);
    }

    /// <summary>Each datagram may be lost in turn; the next hello mends it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_lost_word_of_the_greeting_costs_a_hello_interval(int lost)
    {
        (_, Side b) = Meet();
        Side again = new(Key, seed: 99);
        int carried = 0;

        for (int hello = 0; hello < 4; hello++)
        {
            Now += TimeSpan.FromMilliseconds(160);
            again.Guard.Send(Hello);
            b.Guard.Send(Hello);
            Carry(again, b, _ => carried++ != lost);
        }

        b.Heard.Clear();
        again.Heard.Clear();
        again.Guard.Send(Said(1));
        b.Guard.Send(Said(2));
        Carry(again, b);
        Assert.Equal([Said(1)], b.Heard);
        Assert.Equal([Said(2)], again.Heard);
    }

    [Theory]
    [InlineData(true, false, SyncRefusal.Plain, SyncRefusal.Sealed)]
    [InlineData(true, true, SyncRefusal.UnknownKey, SyncRefusal.UnknownKey)]
    public void A_key_on_one_side_or_another_key_is_named_on_both(
        bool aHasKey, bool bHasOther, SyncRefusal atA, SyncRefusal atB)
    {
        Side a = new(aHasKey ? Key : null, seed: 1);
        Side b = new(bHasOther ? Other : null, seed: 2);

        a.Guard.Send(Hello);
        b.Guard.Send(Hello);
        Carry(a, b);

        Assert.Equal([atA], a.Refusals);
        Assert.Equal([atB], b.Refusals);
        Assert.Empty(a.Heard);
        Assert.Empty(b.Heard);
    }

    [Fact]
    public void A_key_is_changed_in_three_steps_and_every_word_is_heard()
    {
        (Side a, Side b) = Meet();
        byte number = 0;
        foreach ((SyncKey[] forA, SyncKey[] forB) in new (SyncKey[], SyncKey[])[]
        {
            ([Key, Other], [Key]),
            ([Key, Other], [Key, Other]),
            ([Other, Key], [Key, Other]),
            ([Other, Key], [Other, Key]),
            ([Other], [Other, Key]),
            ([Other], [Other]),
        })
        {
            a.Guard.UseKeys([.. forA]);
            b.Guard.UseKeys([.. forB]);
            number++;
            a.Guard.Send(Said(number));
            b.Guard.Send(Said(number));
            Carry(a, b);
        }

        Assert.Equal(number, a.Heard.Count);
        Assert.Equal(number, b.Heard.Count);
        Assert.Equal(1, a.Guard.Sessions);
    }

    [Fact]
    public void A_flood_of_strangers_words_is_answered_by_nothing_longer_and_seldom()
    {
        (_, Side b) = Meet();
        Side stranger = new(Other, seed: 7);
        stranger.Guard.Send(Hello);
        byte[] challenge = stranger.Sent.Single();
        SeededChance chance = new(3);

        for (int round = 0; round < 1000; round++)
        {
            byte[] noise = new byte[chance.Next(1500)];
            for (int at = 0; at < noise.Length; at++)
            {
                noise[at] = (byte)chance.Next(256);
            }

            challenge.AsSpan(0, Math.Min(8, noise.Length)).CopyTo(noise);
            b.Take(noise, Now);
            b.Take(challenge, Now);
        }

        Assert.Empty(b.Sent);
        Assert.Empty(b.Heard);
        Assert.Equal(2000, b.Refusals.Count);
    }

    [Fact]
    public void A_recorded_challenge_again_and_again_gets_few_answers_and_ends_no_session()
    {
        (Side a, Side b) = Meet();
        Side past = new(Key, seed: 77);
        past.Guard.Send(Hello);
        byte[] challenge = past.Sent.Single();

        for (int round = 0; round < 1000; round++)
        {
            b.Take(challenge, Now);
        }

        Assert.InRange(b.Sent.Count, 1, 8);
        Assert.All(b.Sent, answer => Assert.True(answer.Length <= challenge.Length));
        b.Sent.Clear();
        a.Guard.Send(Said(1));
        Carry(a, b);
        Assert.Equal([Said(1)], b.Heard);
        Assert.Equal(1, b.Guard.Sessions);
    }

    [Fact]
    public void A_flood_of_strangers_words_keeps_no_twin_out_that_starts()
    {
        Side a = new(Key, seed: 1);
        Side b = new(Key, seed: 2);
        a.Guard.Send(Hello);
        byte[] noise = [.. a.Sent.Single(), .. new byte[100]];
        a.Sent.Clear();
        noise[5] = 2; // data, of no session

        for (int round = 0; round < 1000; round++)
        {
            a.Take(noise, Now);
            b.Take(noise, Now);
        }

        Assert.InRange(b.Sent.Count, 1, 4);
        a.Sent.Clear();
        b.Sent.Clear();
        a.Guard.Send(Hello);
        Carry(a, b);
        Assert.Equal((1, 1), (a.Guard.Sessions, b.Guard.Sessions));
    }

    [Fact]
    public void Our_own_words_thrown_back_are_not_a_twin()
    {
        Side a = new(Key, seed: 1);
        a.Guard.Send(Hello);

        a.Take(a.Sent.Single(), Now);

        Assert.Equal(0, a.Guard.Sessions);
        Assert.Equal([SyncRefusal.Replayed], a.Refusals);
    }

    [Fact]
    public void Without_a_key_everything_passes_as_it_is()
    {
        Side a = new(null, seed: 1);

        a.Guard.Send(Said(5));
        a.Take(Said(6), Now);

        Assert.Equal([Said(5)], a.Sent);
        Assert.Equal([Said(6)], a.Heard);
    }

    [Fact]
    public void A_key_is_never_shown()
    {
        Assert.DoesNotContain("1111", Key.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(Key, Other);
        Assert.Equal(Key, KeyOf('1'));
        Assert.False(SyncKey.TryParse(new string('1', 62), out _));
        Assert.False(SyncKey.TryParse(new string('g', 64), out _));
    }

    private static SyncKey KeyOf(char digit)
    {
        Assert.True(SyncKey.TryParse(new string(digit, 64), out SyncKey? key));
        return key;
    }

    private static byte[] Said(byte number) => [0xa5, number, 0xa5, 0xa5, number];

    private static byte[] MakeHello()
    {
        byte[] datagram = new byte[TwinMessage.MaximumLength];
        int length = new TwinMessage(
            TwinMessageKind.Hello, 7, 0, 1, 0, 0, "a", [], 100, [], 0).Write(datagram);
        return datagram[..length];
    }

    private (Side A, Side B) Meet(ulong seed = 1)
    {
        Side a = new(Key, seed);
        Side b = new(Key, seed + 1);
        a.Guard.Send(Hello);
        b.Guard.Send(Hello);
        Carry(a, b);
        Assert.Equal(1, a.Guard.Sessions);
        Assert.Equal(1, b.Guard.Sessions);
        a.Refusals.Clear();
        b.Refusals.Clear();
        return (a, b);
    }

    /// <summary>Until both have said all.</summary>
    private void Carry(Side a, Side b, Func<byte[], bool>? passes = null)
    {
        int storm = 0;
        while (a.Sent.Count + b.Sent.Count > 0)
        {
            Assert.True(++storm < 100, "guards answer each other without end");
            (Side from, Side to) = a.Sent.Count > 0 ? (a, b) : (b, a);
            byte[] datagram = from.Sent[0];
            from.Sent.RemoveAt(0);
            _recorded.Add(datagram);
            if (passes?.Invoke(datagram) != false)
            {
                to.Take(datagram, Now);
            }
        }
    }

    private sealed class Side : ISyncChannel
    {
        public Side(SyncKey? key, ulong seed)
        {
            Guard = new(
                7,
                TimeSpan.FromMilliseconds(100),
                new SeededChance(seed),
                this,
                (reason, _) => Refusals.Add(reason));
            Guard.UseKeys(key is null ? [] : [key]);
        }

        public SyncGuard Guard { get; }

        public List<byte[]> Sent { get; } = [];

        public List<byte[]> Heard { get; } = [];

        public List<SyncRefusal> Refusals { get; } = [];

        public void SendToTwin(ReadOnlySpan<byte> datagram) => Sent.Add(datagram.ToArray());

        public void Take(byte[] datagram, Instant now)
        {
            if (Guard.TryOpen(datagram, now, out ReadOnlySpan<byte> said))
            {
                Heard.Add(said.ToArray());
            }
        }
    }
}
