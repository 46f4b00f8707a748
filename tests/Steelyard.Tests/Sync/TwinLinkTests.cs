using System;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;

namespace Steelyard.Tests.Sync;

/// <summary>Both ends say hello every 100 ms, and a word takes 1 ms.</summary>
public sealed class TwinLinkTests
{
    private readonly Pair _pair = new();

    private End A => _pair.A;

    private End B => _pair.B;

    [Fact]
    public void Twins_find_each_other_at_their_first_words()
    {
        _pair.Start(A);
        _pair.Start(B);

        _pair.RunFor(3);

        Assert.Contains("found b", A.Log);
        Assert.Contains("found a", B.Log);
        Assert.True(A.Link.IsAlive);
        Assert.Equal("b", A.Link.Twin?.BoxName);
        Assert.Equal(51, A.Link.Twin!.Roles.Single().VirtualRouterId);
    }

    [Fact]
    public void A_silent_twin_is_lost_after_three_intervals()
    {
        Both();
        Instant last = _pair.Now;
        _pair.Crash(B);

        _pair.RunFor(1000);

        Assert.False(A.Link.IsAlive);
        Assert.Contains("lost: no word for 3 intervals", A.Log);
        Assert.Equal("no living twin", A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
        Assert.True(last < _pair.Now);
    }

    [Fact]
    public void Two_lost_hellos_in_a_row_do_not_lose_the_twin()
    {
        Both();
        _pair.Copies = index => index % 3 == 0 ? 1 : 0;

        _pair.RunFor(5000);

        Assert.DoesNotContain(A.Log.Concat(B.Log), line => line.StartsWith("lost"));
    }

    [Fact]
    public void A_goodbye_loses_the_twin_at_once()
    {
        Both();
        B.Link.Stop();
        _pair.Crash(B);

        _pair.RunFor(2);

        Assert.Equal("lost: it said goodbye", A.Log[^1]);
    }

    [Fact]
    public void The_twin_takes_over_once_though_every_word_comes_twice()
    {
        Both();
        _pair.Copies = _ => 2;

        Assert.Null(A.Link.RequestHandOver("G", Pair.Ids(51, 52), _pair.Now));
        _pair.RunFor(500);

        Assert.Equal(1, B.Log.Count(line => line == "take over G 51,52"));
        Assert.Equal(1, A.Log.Count(line => line == "G: done"));
    }

    [Fact]
    public void A_lost_request_or_answer_is_repeated_and_done_once()
    {
        Both();
        int first = _pair.Sent.Count;
        _pair.Copies = index => index - first is 0 or 2 ? 0 : 1; // request, then answer

        Assert.Null(A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
        _pair.RunFor(95);

        Assert.Equal(1, B.Log.Count(line => line.StartsWith("take over")));
        Assert.Contains("G: done", A.Log);
    }

    [Fact]
    public void A_refusal_comes_back_with_its_reason()
    {
        Both();
        B.Refusal = "eth0 is down";

        Assert.Null(A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
        _pair.RunFor(5);

        Assert.Equal("G: eth0 is down", A.Log[^1]);
    }

    [Fact]
    public void A_request_without_an_answer_ends_after_four_tries()
    {
        Both();
        int before = _pair.Sent.Count;
        _pair.Copies = _ => 0;

        Assert.Null(A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
        _pair.RunFor(121);

        Assert.Equal("G: the twin did not answer", A.Log[^1]);
        Assert.Equal(4, _pair.Sent.Skip(before).Count(datagram => datagram[5] == 2));
    }

    [Fact]
    public void A_twin_that_cannot_take_over_is_not_asked()
    {
        Both();
        B.CanTakeOver = false;
        B.Link.SayHello(_pair.Now);
        _pair.RunFor(2);

        Assert.Equal(
            "the twin b cannot take over", A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
    }

    [Fact]
    public void A_request_to_an_earlier_life_of_the_twin_is_not_heard()
    {
        Both();
        int before = _pair.Sent.Count;
        Assert.Null(A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now));
        byte[] request = _pair.Sent[before];
        B.Link = new(3, 7, TimeSpan.FromMilliseconds(100), B);
        _pair.Start(B);
        _pair.RunFor(50);

        B.Log.Clear();
        B.Link.OnDatagram(request, _pair.Now);

        Assert.Empty(B.Log);
    }

    [Fact]
    public void A_backup_can_ask_to_be_handed_to()
    {
        Both();

        Assert.Null(B.Link.WishHandOver("G", Pair.Ids(51), _pair.Now));
        _pair.RunFor(5);

        Assert.Equal("hand over G", A.Log[^1]);
    }

    [Fact]
    public void A_box_that_starts_learns_all_connections_before_it_can_take_over()
    {
        A.State = VirtualRouterState.Master;
        A.Own.AddRange(Enumerable.Range(1, 250).Select(number => Pair.Record(number)));
        _pair.Start(A);
        _pair.RunFor(1000);
        _pair.Start(B);

        _pair.RunFor(3);
        Assert.True(B.Link.IsLearning);
        Assert.NotNull(A.Link.FindObstacle());
        _pair.RunFor(110);

        Assert.False(B.Link.IsLearning);
        Assert.Contains("learnt 250 all", B.Log);
        Assert.Equal(A.Own, B.Known);
        Assert.Null(A.Link.FindObstacle());
        Assert.Contains("learnt 0 or less", A.Log); // it was alone when it started
    }

    [Fact]
    public void A_listing_that_was_cut_short_is_taken_again()
    {
        A.State = VirtualRouterState.Master;
        A.Own.AddRange(Enumerable.Range(1, 250).Select(number => Pair.Record(number)));
        A.FailedCollections = 3;
        _pair.Start(A);
        _pair.RunFor(1000);
        _pair.Start(B);
        _pair.RunFor(1000);

        Assert.Contains("learnt 250 all", B.Log);
        Assert.Equal(A.Own, B.Known);
    }

    [Fact]
    public void What_cannot_be_listed_whole_is_not_believed_to_be_all()
    {
        A.State = VirtualRouterState.Master;
        A.Own.AddRange(Enumerable.Range(1, 50).Select(number => Pair.Record(number)));
        A.FailedCollections = int.MaxValue;
        _pair.Start(A);
        _pair.RunFor(1000);
        _pair.Start(B);
        _pair.RunFor(1500);

        Assert.Contains("learnt 50 or less", B.Log);
        Assert.False(B.Link.IsLearning);
    }

    [Fact]
    public void A_box_that_starts_alone_waits_for_three_intervals_only()
    {
        _pair.Start(A);

        _pair.RunFor(299);
        Assert.True(A.Link.IsLearning);
        _pair.RunFor(1);

        Assert.False(A.Link.IsLearning);
    }

    [Fact]
    public void A_large_table_is_learnt_whole_however_long_it_takes()
    {
        A.State = VirtualRouterState.Master;
        _pair.Start(A);
        _pair.RunFor(1000);
        for (int round = 0; round < 4; round++) // 2,400 batches of 100, 1 ms apart
        {
            A.Own.AddRange(Enumerable.Range(1, 60_000).Select(number => Pair.Record(number)));
        }

        _pair.Start(B);

        _pair.RunFor(2010);
        Assert.True(B.Link.IsLearning);
        _pair.RunFor(600);

        Assert.False(B.Link.IsLearning);
        Assert.Contains("learnt 240000 all", B.Log);
    }

    [Fact]
    public void A_master_does_not_ask_its_twin_when_that_comes_back()
    {
        Both();
        A.State = VirtualRouterState.Master;
        A.Log.Clear();
        _pair.Crash(B);
        _pair.RunFor(1000);
        _pair.Start(B);

        _pair.RunFor(100);

        Assert.Contains("found b", A.Log);
        Assert.DoesNotContain(A.Log, line => line.StartsWith("learnt"));
        Assert.Contains(B.Log, line => line.StartsWith("learnt"));
    }

    [Fact]
    public void A_third_box_on_the_channel_is_named_and_not_believed()
    {
        Both();
        var stranger = new End(_pair, "c", 9);
        _pair.Sent.Clear();
        stranger.Link.SayHello(_pair.Now);

        A.Link.OnDatagram(_pair.Sent[^1], _pair.Now);
        A.Link.OnDatagram(_pair.Sent[^1], _pair.Now);

        Assert.Equal("b", A.Link.Twin?.BoxName);
        Assert.Equal(
            1, A.Log.Count(line => line == "c speaks on the sync channel too; the twin is b"));
    }

    [Fact]
    public void Its_own_words_coming_back_are_not_a_twin()
    {
        A.Link.Start(_pair.Now);

        A.Link.OnDatagram(_pair.Sent[0], _pair.Now);

        Assert.False(A.Link.IsAlive);
    }

    [Fact]
    public void Garbage_is_counted_and_harms_nothing()
    {
        Both();
        var chance = new SeededChance(1);
        byte[][] words = [.. _pair.Sent];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] word = [.. words[chance.Next(words.Length)]];
            word[chance.Next(word.Length)] = (byte)chance.Next(256);
            A.Link.OnDatagram(word.AsSpan(0, chance.Next(word.Length + 1)), _pair.Now);
        }

        Assert.True(A.Link.Malformed > 1000);
    }

    /// <summary>The kernel takes bytes 2 and 3 for the datagram's length.</summary>
    [Fact]
    public void A_kernel_on_the_channel_finds_our_words_bogus()
    {
        Both();
        _ = A.Link.RequestHandOver("G", Pair.Ids(51), _pair.Now);

        Assert.All(_pair.Sent, word => Assert.NotEqual(word.Length, (word[2] << 8) | word[3]));
        Assert.All(_pair.Sent, word => Assert.True(word.Length <= 1400));
    }

    private void Both()
    {
        _pair.Start(A);
        _pair.Start(B);
        _pair.RunFor(50);
        Assert.True(A.Link.IsAlive && B.Link.IsAlive);
        Assert.False(A.Link.IsLearning || B.Link.IsLearning);
        A.Link.SayHello(_pair.Now);
        B.Link.SayHello(_pair.Now);
        _pair.RunFor(2);
    }
}
