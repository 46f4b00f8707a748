using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

/// <summary>A broker in memory that can be slow, refuse, and go away, on the test's word.</summary>
internal sealed class FakeBroker
{
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();
    private Link? _link;

    /// <summary>Set to hold every send back until it is set anew.</summary>
    public TaskCompletionSource? Holds { get; set; }

    public bool IsGone { get; set; }

    /// <summary>Set to throw every client out as soon as it has said hello.</summary>
    public bool ThrowsOut { get; set; }

    /// <summary>Which messages it does not want, as <c>topic=payload</c>.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>Goodbyes that it heard.</summary>
    public int Goodbyes { get; private set; }

    /// <summary>Retained topics that an earlier run left behind.</summary>
    public string[] LeftBehind { get; set; } = [];

    public int Tries { get; private set; }

    /// <summary>Why it ends a connection.</summary>
    public LinkEnd End { get; set; } = LinkEnd.Closed;

    /// <summary>What it hangs up on, as <c>topic=payload</c>, instead of an answer.</summary>
    public Func<string, bool> HangsUpOn { get; set; } = _ => false;

    public IBrokerLink Connect() => new Link(this);

    /// <summary>The next message, as <c>topic=payload</c>.</summary>
    public async Task<string> HearAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        return await _heard.Reader.ReadAsync(patience.Token);
    }

    public async Task<List<string>> HearAsync(int count)
    {
        List<string> heard = [];
        while (heard.Count < count)
        {
            heard.Add(await HearAsync());
        }

        return heard;
    }

    public bool HasMore => _heard.Reader.TryPeek(out _);

    public Task CutAsync() => _link!.CutAsync();

    private sealed class Link(FakeBroker broker) : IBrokerLink
    {
        private readonly CancellationTokenSource _lost = new();

        public CancellationToken Lost => _lost.Token;

        public LinkEnd End => broker.End;

        public bool Confirms { get; set; }

        public Task ConnectAsync(CancellationToken cancellation)
        {
            broker.Tries++;
            broker._link = this;
            return broker.IsGone
                ? Task.FromException(new InvalidOperationException("nobody is there"))
                : Task.CompletedTask;
        }

        public async Task<string?> SendAsync(Outgoing message, CancellationToken cancellation)
        {
            if (broker.Holds is { } holds)
            {
                await holds.Task.WaitAsync(cancellation);
            }

            ObjectDisposedException.ThrowIf(_lost.IsCancellationRequested, this);
            string text = Encoding.UTF8.GetString(message.Payload.Span);
            if (broker.Refuses($"{message.Topic}={text}"))
            {
                return "NotAuthorized";
            }

            if (broker.HangsUpOn($"{message.Topic}={text}"))
            {
                await CutAsync();
                if (Confirms)
                {
                    throw new InvalidOperationException("cut off before the answer");
                }

                return null; // It went out, and that is all that is known.
            }

            broker._heard.Writer.TryWrite($"{message.Topic}={text}");
            if (broker.ThrowsOut)
            {
                await CutAsync();
            }

            return null;
        }

        public Task PartAsync(CancellationToken cancellation)
        {
            broker.Goodbyes++;
            return Task.CompletedTask;
        }

        public Task<string[]> ListRetainedAsync(string filter, CancellationToken cancellation) =>
            Task.FromResult(broker.LeftBehind);

        public Task CutAsync() => _lost.CancelAsync();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
