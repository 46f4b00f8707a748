using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Sync;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Sync;

/// <summary>One end of a sync channel, with what its box was told and what it answers.</summary>
internal sealed class End : ITwinEffects
{
    private readonly Pair _pair;

    public End(Pair pair, string name, ulong bootId)
    {
        _pair = pair;
        Name = name;
        Link = new(bootId, 7, TimeSpan.FromMilliseconds(100), this);
        Replica = new(7, this);
    }

    public string Name { get; }

    public TwinLink Link { get; set; }

    public ConnectionReplica Replica { get; }

    public VirtualRouterState State { get; set; } = VirtualRouterState.Backup;

    public bool CanTakeOver { get; set; } = true;

    public string? Refusal { get; set; }

    /// <summary>How many listings of its connections will not be whole.</summary>
    public int FailedCollections { get; set; }

    /// <summary>What happened, in order.</summary>
    public List<string> Log { get; } = [];

    public List<ConnectionRecord> Known { get; } = [];

    public List<ConnectionRecord> Own { get; } = [];

    public void SendToTwin(ReadOnlySpan<byte> datagram) => _pair.Send(this, datagram.ToArray());

    public TwinHello Describe() => new(Name, CanTakeOver, [new(51, State, 100)]);

    public void OnTwinFound(TwinHello twin, Instant now) => Log.Add($"found {twin.BoxName}");

    public void OnTwinLost(string why, Instant now) => Log.Add($"lost: {why}");

    public void OnTwinConnection(in ConnectionRecord connection, Instant now)
    {
        Known.Add(connection);
        Log.Add("connection");
    }

    public string? TakeOver(string group, ReadOnlySpan<byte> virtualRouterIds, Instant now)
    {
        Log.Add($"take over {group} {string.Join(',', virtualRouterIds.ToArray())}");
        return Refusal;
    }

    public string? HandOver(string group, ReadOnlySpan<byte> virtualRouterIds, Instant now)
    {
        Log.Add($"hand over {group}");
        return Refusal;
    }

    public void OnHandOverAnswered(string group, string? refusal, Instant now) =>
        Log.Add($"{group}: {refusal ?? "done"}");

    public void CollectConnections(long cursor, Instant now)
    {
        if (FailedCollections > 0)
        {
            FailedCollections--;
            if (Link.TryCollectAgain(now))
            {
                return;
            }
        }

        ConnectionRecord[] batch = [.. Own.Skip((int)cursor).Take(100)];
        long next = cursor + batch.Length;
        Link.OnConnections(batch, next, next == Own.Count, now);
    }

    public void OnLearnt(bool isComplete, long connections, Instant now) =>
        Log.Add($"learnt {connections} {(isComplete ? "all" : "or less")}");

    public void OnTwinNotice(string sentence, Instant now) => Log.Add(sentence);
}

/// <summary>Two ends with a channel of 1 ms between them, in virtual time.</summary>
internal sealed class Pair
{
    private readonly List<(Instant At, End To, byte[] Datagram)> _wire = [];
    private readonly HashSet<End> _started = [];

    public Pair()
    {
        A = new(this, "a", 1);
        B = new(this, "b", 2);
    }

    public End A { get; }

    public End B { get; }

    public Instant Now { get; private set; }

    public List<byte[]> Sent { get; } = [];

    /// <summary>How often a datagram arrives; 1 unless told.</summary>
    public Func<int, int> Copies { get; set; } = _ => 1;

    public void Start(End end)
    {
        _ = _started.Add(end);
        end.Link.Start(Now);
    }

    public void Crash(End end) => _ = _started.Remove(end);

    public void Send(End from, byte[] datagram)
    {
        int copies = Copies(Sent.Count);
        Sent.Add(datagram);
        for (int copy = 0; copy < copies; copy++)
        {
            _wire.Add((
                Now + TimeSpan.FromMilliseconds(1 + copy), from == A ? B : A, datagram));
        }
    }

    public void RunFor(double milliseconds)
    {
        Instant end = Now + TimeSpan.FromMilliseconds(milliseconds);
        while (true)
        {
            Instant next = _wire.Count == 0 ? Instant.Never : _wire.Min(sent => sent.At);
            foreach (End box in _started)
            {
                next = Instant.Earlier(
                    next, Instant.Earlier(box.Link.Deadline, box.Replica.Deadline));
            }

            if (next > end)
            {
                Now = end;
                return;
            }

            Now = next > Now ? next : Now;
            foreach (var sent in _wire.Where(sent => sent.At <= Now).ToArray())
            {
                _ = _wire.Remove(sent);
                if (_started.Contains(sent.To))
                {
                    sent.To.Link.OnDatagram(sent.Datagram, Now);
                }
            }

            foreach (End box in _started.ToArray())
            {
                if (box.Link.Deadline <= Now)
                {
                    box.Link.OnDeadline(Now);
                }

                box.Replica.OnDeadline(Now);
            }
        }
    }

    public static ConnectionRecord Record(int number, bool isIpv6 = false)
    {
        string client = isIpv6 ? "fd00:c::1" : "10.0.0.1";
        string service = isIpv6 ? "fd00:9::1" : "10.9.0.1";
        string server = isIpv6 ? "fd00:1::b" : "10.1.0.11";
        return new(
            TransportProtocol.Tcp,
            new(IpAddress.Parse(client), (ushort)number),
            new(IpAddress.Parse(service), 80),
            new(IpAddress.Parse(server), 8080),
            ForwardingMethod.Nat,
            ConnectionState.Established,
            false,
            TimeSpan.FromSeconds(900));
    }

    public static ImmutableArray<byte> Ids(params byte[] ids) => [.. ids];
}
