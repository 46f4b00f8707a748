using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Sync;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Twin;

/// <summary>How the start or stop of a sync daemon by a command ended.</summary>
public enum DaemonAnswer : byte
{
    Unknown = 0,
    Done,
    NoDevice,
    RunsAlready,
    RunsNot,

    /// <summary>
    /// Some service has a server of the other family: the protocol has no word for that.
    /// </summary>
    HasMixedFamilies,
}

/// <summary>
/// The sync daemons of LVS, as <c>ipvsadm</c> starts and stops them: the master tells of
/// connections, the backup learns them, whatever the routers' roles. They speak the kernel's
/// protocol and nothing else, and they end with the next reload. What the configuration says of
/// the twin runs beside them; a command can stop its telling or its learning.
/// </summary>
public sealed class SyncDaemons : ISyncChannel
{
    // Of IP and UDP.
    private const int Ipv4HeadersLength = 28;
    private const int Ipv6HeadersLength = 48;
    private const int EthernetLength = 1500;
    private const int LongestPacket = ushort.MaxValue;

    /// <summary>A receiver takes at least so much.</summary>
    private const int ShortestReceived = 1024;

    /// <summary>Connections that begin while the others are listed.</summary>
    private const int CollectionMargin = 1024;

    /// <summary>Connections that there were already are told at this pace.</summary>
    private const int BatchLength = 380;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    /// <summary>A listing that was not whole is taken again, several times.</summary>
    private static readonly TimeSpan CollectAgainAfter = TimeSpan.FromMilliseconds(100);

    private const int MostCollections = 8;

    private readonly Engine _engine;
    private readonly IControlEffects _effects;
    private readonly NetworkControl _network;
    private readonly RouterControl _routers;
    private readonly ServiceControl _services;
    private readonly TwinControl _twin;
    private readonly List<ConnectionRecord> _learnt = [];
    private SyncConfig? _configured;
    private ConnectionReplica? _replica;
    private ReadOnlyMemory<ConnectionRecord> _untold;
    private Instant _tellAt = Instant.Never;
    private bool _awaitsCollection;
    private Instant _collectAt = Instant.Never;
    private int _collections;

    internal SyncDaemons(
        Engine engine,
        IControlEffects effects,
        NetworkControl network,
        RouterControl routers,
        ServiceControl services,
        TwinControl twin)
    {
        _engine = engine;
        _effects = effects;
        _network = network;
        _routers = routers;
        _services = services;
        _twin = twin;
    }

    /// <summary>What a command started as master; null while there is none.</summary>
    public SyncConfig? Master { get; private set; }

    /// <summary>What a command started as backup; null while there is none.</summary>
    public SyncConfig? Backup { get; private set; }

    /// <summary>Messages that are not the protocol's, or of another syncid.</summary>
    public long Refused { get; private set; }

    /// <summary>A command has started one that still runs.</summary>
    internal bool IsCommanded => Master is not null || Backup is not null;

    internal bool IsAny => Find(true) is not null || Find(false) is not null;

    internal Instant Deadline => Instant.Earlier(
        _replica?.Deadline ?? Instant.Never, Instant.Earlier(_tellAt, _collectAt));

    /// <summary>Those that run, the configuration's too, the master first.</summary>
    public ImmutableArray<ListedDaemon> List()
    {
        var running = ImmutableArray.CreateBuilder<ListedDaemon>(2);
        if (Find(isMaster: true) is SyncConfig master)
        {
            running.Add(new ListedDaemon(true, master));
        }

        if (Find(isMaster: false) is SyncConfig backup)
        {
            running.Add(new ListedDaemon(false, backup));
        }

        return running.ToImmutable();
    }

    /// <param name="wish">Its length is chosen by the link when it is 0.</param>
    public DaemonAnswer Start(bool isMaster, SyncConfig wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (_services.Services.Any(HasMixedFamilies))
        {
            return DaemonAnswer.HasMixedFamilies;
        }

        if (_network.Find(wish.Interface) is not InterfaceState state)
        {
            return DaemonAnswer.NoDevice;
        }

        if (Find(isMaster) is not null)
        {
            return DaemonAnswer.RunsAlready;
        }

        SyncConfig fitted = wish with { MaximumLength = Length(isMaster, wish, state) };
        if (!isMaster)
        {
            Backup = fitted;
            return DaemonAnswer.Done;
        }

        Master = fitted;
        _replica = new ConnectionReplica(fitted.SyncId, this, fitted.MaximumLength);
        _collections = 0;
        Collect();
        return DaemonAnswer.Done;
    }

    public DaemonAnswer Stop(bool isMaster)
    {
        if (Find(isMaster) is null)
        {
            return DaemonAnswer.RunsNot;
        }

        bool isConfigured = IsConfigured(isMaster);
        if (isMaster)
        {
            EndMaster();
            _twin.TellsConnections &= !isConfigured;
        }
        else
        {
            Backup = null;
            _twin.LearnsConnections &= !isConfigured;
        }

        return DaemonAnswer.Done;
    }

    void ISyncChannel.SendToTwin(ReadOnlySpan<byte> datagram) =>
        _effects.SendAsSyncMaster(datagram);

    /// <summary>The file was read: what commands changed is over.</summary>
    internal void Configure(ApplianceConfig config)
    {
        End();
        _configured = config.Sync;
        _twin.TellsConnections = true;
        _twin.LearnsConnections = true;
    }

    /// <summary>Ends both; what waits to be told leaves now.</summary>
    internal void End()
    {
        EndMaster();
        Backup = null;
    }

    /// <summary>A message came in for the backup.</summary>
    internal void OnDatagram(ReadOnlySpan<byte> datagram)
    {
        if (Backup is null
            || !SyncMessage.TryParse(datagram, Backup.SyncId, out SyncMessage message, out _))
        {
            Refused++;
            return;
        }

        _learnt.Clear();
        SyncMessage.Enumerator entries = message.GetEnumerator();
        while (entries.MoveNext())
        {
            if (SyncRecords.TryToRecord(
                entries.Current, entries.Engine, out ConnectionRecord record))
            {
                _learnt.Add(record);
            }
        }

        _ = _effects.TryCommand(new LearnConnections(
            [.. _learnt], includesHeld: _routers.Routers.Count == 0));
    }

    /// <summary>A connection of ours has changed.</summary>
    internal void OnConnection(in ConnectionRecord record, Instant now) =>
        _replica?.Add(record, now);

    /// <summary>The connections that there were when the master started.</summary>
    internal void OnCollected(
        ReadOnlySpan<ConnectionRecord> records, bool isWhole, Instant now)
    {
        if (!_awaitsCollection)
        {
            return;
        }

        if (!isWhole && _collections < MostCollections)
        {
            _collectAt = now + CollectAgainAfter;
            return;
        }

        _awaitsCollection = false;
        _collectAt = Instant.Never;
        _untold = records.ToArray();
        _tellAt = now;
    }

    internal void OnDeadline(Instant now)
    {
        if (now >= _collectAt)
        {
            Collect();
        }

        if (now >= _tellAt)
        {
            int count = Math.Min(BatchLength, _untold.Length);
            foreach (ref readonly ConnectionRecord record in _untold.Span[..count])
            {
                _replica?.Add(record, now);
            }

            _untold = _untold[count..];
            _tellAt = _untold.IsEmpty ? Instant.Never : now + Pace;
        }

        _replica?.OnDeadline(now);
    }

    private void Collect()
    {
        _awaitsCollection = true;
        _collectAt = Instant.Never;
        _collections++;
        _effects.CollectConnections(_engine.Counters.Connections + CollectionMargin);
    }

    /// <summary>
    /// As the kernel: a sender fills Ethernet's frames, a receiver takes what the link brings.
    /// </summary>
    private static int Length(bool isMaster, SyncConfig wish, InterfaceState state)
    {
        int headers = wish.Group.IsIpv4 ? Ipv4HeadersLength : Ipv6HeadersLength;
        if (wish.MaximumLength > 0)
        {
            return Math.Clamp(
                wish.MaximumLength, isMaster ? 1 : ShortestReceived, LongestPacket - headers);
        }

        int packet = isMaster
            ? EthernetLength
            : Math.Clamp(state.MaximumTransmissionUnit, EthernetLength, LongestPacket);
        return packet - headers;
    }

    private static bool HasMixedFamilies(ServiceEntry service) => service.All.Any(server =>
        server.IsInService
        && server.Server.Endpoint.Address.IsIpv4 != service.Service.Key.Address.IsIpv4);

    /// <summary>The daemon of this role that runs, whoever started it.</summary>
    private SyncConfig? Find(bool isMaster)
    {
        bool isHeard = isMaster ? _twin.TellsConnections : _twin.LearnsConnections;
        return (isMaster ? Master : Backup)
            ?? (isHeard && IsConfigured(isMaster) ? _configured : null);
    }

    /// <summary>
    /// By the state of the router that the configuration names; both without one.
    /// </summary>
    private bool IsConfigured(bool isMaster) => _configured is not null
        && (_configured.VirtualRouter is not string name
            || isMaster == _routers.Routers.Any(router =>
                router.Name == name && router.State == VirtualRouterState.Master));

    private void EndMaster()
    {
        _replica?.Flush();
        _replica = null;
        Master = null;
        _untold = default;
        _tellAt = Instant.Never;
        _collectAt = Instant.Never;
        _awaitsCollection = false;
    }
}
