using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Tests.Api;

/// <summary>A box that answers from memory and keeps what it was asked.</summary>
internal sealed class FakeBox : IBoxControl
{
    public List<string> Asked { get; } = [];

    public ControlAnswer NextAnswer { get; set; } = ControlAnswer.Done("so be it");

    /// <summary>The control loop does not answer.</summary>
    public bool IsStuck { get; set; }

    /// <summary>It answers, and says no more than that.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Nobody answers.</summary>
    public bool IsGone { get; set; }

    public ImmutableArray<ConnectionRecord> Connections { get; set; } = [];

    public IpvsListing Listing { get; set; } = new(4096, new(900, 120, 300), [], []);

    public List<IpvsChange> Changes { get; } = [];

    public static BoxStatus Status { get; } = new(
        "box-a",
        "0.1.0",
        12.5,
        [new("outside", "MASTER", 51, 150, "eth0", ["192.168.100.1/24"], 10, 3)],
        [
            new("tcp 192.168.100.1:80", "wlc", true, 1, false,
            [
                new("10.0.0.11:8080", "nat", 1, 1, "up", 3, 4, 100, 500, 400, 50_000, 400_000, ""),
                new("10.0.0.12:8080", "nat", 1, 0, "down", 0, 1, 9, 50, 40, 5_000, 4_000,
                    "connection refused"),
            ]),
        ],
        [
            new("eth0", true, 10, 20, 1_000, 2_000,
                ImmutableSortedDictionary<string, long>.Empty.Add("not_ours", 7)),
        ],
        new("off", 0),
        new("on", "on", "off"),
        new(true, "box-b") { CanTakeOver = true },
        false,
        new(8, 109, 101));

    /// <summary>What a wish does to it.</summary>
    public Action<string> OnAsked { get; set; } = _ => { };

    /// <summary>What it says of itself now.</summary>
    public BoxStatus Now { get; set; } = Status;

    public Task<BoxStatus> StatusAsync(CancellationToken cancellationToken)
    {
        Asked.Add("status");
        return IsGone
            ? Task.FromException<BoxStatus>(new NoBoxException("no box answers"))
            : IsBusy
            ? Task.FromException<BoxStatus>(new BoxRefusedException("the box is busy"))
            : IsStuck
            ? Task.FromException<BoxStatus>(new InvalidOperationException("too many wishes"))
            : Task.FromResult(Now);
    }

    public Task<ControlAnswer> FailoverAsync(
        string? router, bool force, CancellationToken cancellationToken) =>
        Answer($"failover {router ?? "all"} {(force ? "by force" : "in peace")}");

    public Task<ControlAnswer> ReloadAsync(CancellationToken cancellationToken) => Answer("reload");

    public Task<ControlAnswer> SetMaintenanceAsync(bool on, CancellationToken cancellationToken) =>
        Answer($"maintenance {(on ? "on" : "off")}");

    public Task<ExplainAnswer> ExplainAsync(
        ExplainQuestion question, CancellationToken cancellationToken)
    {
        Asked.Add($"explain {question.Protocol} {question.Client} {question.Virtual}");
        return Task.FromResult(new ExplainAnswer(
            ExplainVerdict.Forward,
            "tcp 192.168.100.1:80",
            "10.0.0.11:8080",
            "nat",
            "eth1",
            "10.0.0.11",
            "02:00:00:00:00:11",
            "",
            ["the packet is for tcp 192.168.100.1:80", "wlc picks 10.0.0.11:8080"]));
    }

    public Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken)
    {
        Asked.Add($"connections {limit}");
        return Task.FromResult(Connections.Take(limit).ToImmutableArray());
    }

    public Task<IpvsListing> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Listing);

    public Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken)
    {
        Changes.Add(change);
        return Answer($"change {change.Verb}");
    }

    public static ConnectionRecord Connection(ushort clientPort) => new(
        TransportProtocol.Tcp,
        new(IpAddress.Parse("10.0.0.1"), clientPort),
        new(IpAddress.Parse("192.168.100.1"), 80),
        new(IpAddress.Parse("10.0.0.11"), 8080),
        ForwardingMethod.Nat,
        ConnectionState.FinWait,
        true,
        TimeSpan.FromSeconds(119.5));

    private Task<ControlAnswer> Answer(string asked)
    {
        Asked.Add(asked);
        OnAsked(asked);
        return Task.FromResult(NextAnswer);
    }
}
