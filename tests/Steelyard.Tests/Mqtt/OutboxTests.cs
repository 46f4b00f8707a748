using System;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class OutboxTests
{
    [Fact]
    public void Of_a_retained_topic_only_the_newest_value_is_sent()
    {
        Outbox outbox = new();

        outbox.Put(Value("a", "1"));
        outbox.Put(Value("b", "1"));
        outbox.Put(Value("a", "2"));

        Assert.Equal(["a=2", "b=1"], Drain(outbox));
        Assert.Equal(0, outbox.Dropped);
    }

    [Fact]
    public void Passing_messages_keep_their_order_and_go_first()
    {
        Outbox outbox = new();

        outbox.Put(Value("state", "1"));
        outbox.Put(Passing("event", "1"));
        outbox.Put(Passing("event", "2"));

        Assert.Equal(["event=1", "event=2", "state=1"], Drain(outbox));
    }

    [Fact]
    public void Too_many_passing_messages_drop_the_oldest_and_are_counted()
    {
        Outbox outbox = new(passingMost: 2);

        outbox.Put(Passing("event", "1"));
        outbox.Put(Passing("event", "2"));
        outbox.Put(Passing("event", "3"));

        Assert.Equal(1, outbox.Dropped);
        Assert.Equal(["event=2", "event=3"], Drain(outbox));
    }

    [Fact]
    public void Too_many_topics_are_dropped_and_counted()
    {
        Outbox outbox = new(topicsMost: 1);

        outbox.Put(Value("a", "1"));
        outbox.Put(Value("b", "1"));

        Assert.Equal(1, outbox.Dropped);
        Assert.Equal(["a=1"], Drain(outbox));
    }

    [Fact]
    public void A_broker_that_comes_back_hears_every_value_again()
    {
        Outbox outbox = new();
        outbox.Put(Value("a", "1"));
        outbox.Put(Value("b", "1"));
        outbox.Put(Passing("event", "1"));
        Drain(outbox);
        outbox.Put(Value("b", "2"));

        outbox.MakeAllDue();

        Assert.Equal(["b=2", "a=1"], Drain(outbox));
    }

    [Fact]
    public void A_topic_that_ended_is_told_once_and_then_forgotten()
    {
        Outbox outbox = new();
        outbox.Put(Value("a", "1"));
        Drain(outbox);

        outbox.Put(Value("a", string.Empty));

        Assert.Equal(["a="], Drain(outbox));
        outbox.MakeAllDue();
        Assert.Empty(Drain(outbox));
        Assert.False(outbox.Holds("a"));
    }

    [Fact]
    public void What_could_not_be_sent_comes_first_next_time()
    {
        Outbox outbox = new();
        outbox.Put(Passing("event", "1"));
        outbox.Put(Passing("event", "2"));
        Assert.True(outbox.TryTake(out Outgoing taken));

        outbox.Return(taken);

        Assert.Equal(["event=1", "event=2"], Drain(outbox));
    }

    [Fact]
    public void A_value_that_could_not_be_sent_does_not_replace_a_newer_one()
    {
        Outbox outbox = new();
        outbox.Put(Value("a", "1"));
        Assert.True(outbox.TryTake(out Outgoing taken));
        outbox.Put(Value("a", "2"));

        outbox.Return(taken);

        Assert.Equal(["a=2"], Drain(outbox));
    }

    [Fact]
    public void An_end_that_could_not_be_told_is_told_later()
    {
        Outbox outbox = new();
        outbox.Put(Value("a", string.Empty));
        Assert.True(outbox.TryTake(out Outgoing taken));

        outbox.Return(taken);

        Assert.Equal(["a="], Drain(outbox));
    }

    [Fact]
    public async Task Waiting_ends_when_something_is_put()
    {
        Outbox outbox = new();
        Task waiting = outbox.WaitAsync(default);
        Assert.False(waiting.IsCompleted);

        outbox.Put(Value("a", "1"));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static Outgoing Value(string topic, string text) =>
        new(topic, Encoding.ASCII.GetBytes(text), IsRetained: true);

    private static Outgoing Passing(string topic, string text) =>
        new(topic, Encoding.ASCII.GetBytes(text), IsRetained: false);

    private static List<string> Drain(Outbox outbox)
    {
        List<string> sent = [];
        while (outbox.TryTake(out Outgoing message))
        {
            sent.Add($"{message.Topic}={Encoding.ASCII.GetString(message.Payload.Span)}");
        }

        return sent;
    }
}
