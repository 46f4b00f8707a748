using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control.Front;
using Steelyard.Core.Control.Network;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Control.Twin;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Hardware;
using Steelyard.Core.Health;
using Steelyard.Core.Routing;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control;

/// <summary>
/// The box's will: the one place that translates between rooms. Everything that happens comes in
/// here with its time; everything that shall happen goes out through the effects.
/// </summary>
public sealed class Controller
{
    private readonly NetworkControl _network;
    private readonly RouterControl _routers;
    private readonly LocalControl _local;
    private readonly ServiceControl _services;
    private readonly ForwardingControl _forwarding;
    private readonly TableWatch _table;
    private readonly TwinControl _twin;
    private readonly OfficeControl _office;
    private readonly FrameInlet _inlet;
    private readonly IControlEffects _effects;
    private readonly Engine _engine;
    private readonly BoxIdentity _identity;
    private bool _isConfigured;
    private bool _hasNewRole;

    /// <param name="engine">Its counters are read; its state is changed by commands alone.</param>
    /// <param name="chance">All of the box's chance.</param>
    /// <param name="warnings">Where others than control's rooms say theirs, too.</param>
    public Controller(
        BoxIdentity identity, Engine engine, IControlEffects effects, SeededChance chance,
        StandingWarnings? warnings = null)
    {
        Warnings = warnings ?? new();
        _identity = identity;
        _engine = engine;
        _effects = effects;
        _network = new NetworkControl(effects, Warnings);
        _forwarding = new ForwardingControl(effects, _network);
        _table = new TableWatch(engine.Counters, effects);
        _routers = new RouterControl(effects, _network) { OnRole = OnRole };
        _local = new LocalControl(effects, _network);
        _services = new ServiceControl(effects, chance.Fork())
        {
            FindLocal = address =>
                _local.Contains(address, Config.HasVirtualAddress(address), out IpAddress other)
                    ? other : null,
        };
        _twin = new TwinControl(engine, effects, _routers, identity.Name, chance.Fork())
        {
            OnHandOverEnded = OnHandOverEnded,
            FindPage = () => PagePlace.Of(Config, Network),
        };
        _office = new OfficeControl(effects, _routers, _twin);
        Front = new PanelControl(effects, _office);
        Board = new HardwareControl(effects, Warnings);
        _inlet = new FrameInlet(_network, _routers);
        Daemons = new SyncDaemons(engine, effects, _network, _routers, _services, _twin);
        Commands = new ServiceCommands(
            _services, effects, OnServicesChanged, () => Daemons.IsAny);
    }

    /// <summary>The configuration in force.</summary>
    public ApplianceConfig Config { get; private set; } = ApplianceConfig.Empty;

    /// <summary>The timeouts in force.</summary>
    public Timeouts Timeouts { get; } = new();

    /// <summary>What a person should know of the box.</summary>
    public StandingWarnings Warnings { get; }

    /// <summary>The network as last seen.</summary>
    public NetworkPicture Network => _network.Picture;

    /// <summary>Interfaces that the box serves, there or not.</summary>
    public ImmutableArray<string> WantedInterfaces { get; private set; } = [];

    /// <summary>What the link to the box's own processes must be like.</summary>
    public LocalPlan LocalPlan => _local.Plan;

    /// <summary>Changes of services by commands.</summary>
    public ServiceCommands Commands { get; }

    /// <summary>Sync daemons by commands.</summary>
    public SyncDaemons Daemons { get; }

    /// <summary>How late <see cref="OnDeadline"/> was called.</summary>
    public Lateness Lateness { get; } = new();

    /// <summary>A person works on this box: the twin has all, or is just taking it.</summary>
    public bool IsInMaintenance => _office.IsInMaintenance;

    public bool IsHandingOver => _routers.IsHandingOver;

    /// <summary>When <see cref="OnDeadline"/> has something to do next.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    internal IReadOnlyList<VirtualRouter> Routers => _routers.Routers;

    internal IReadOnlyList<ServiceEntry> Services => _services.Services;

    internal ImmutableArray<AttachPort> Ports { get; private set; } = [];

    internal PanelControl Front { get; }

    internal HardwareControl Board { get; }

    internal TwinStatus Twin => _twin.Status;

    /// <summary>Puts a configuration in force; only what differs changes.</summary>
    public void Configure(ApplianceConfig config, Instant now)
    {
        Config = config;
        _isConfigured = true;
        _network.Configure(config);
        _forwarding.Configure(config);
        _services.Configure(config, now);
        ChooseInterfaces();
        _routers.Configure(config, now);
        _twin.Configure(config, now);
        Daemons.Configure(config);
        Timeouts defaults = new();
        SetTimeouts(
            config.Timeouts.Tcp ?? defaults.Tcp,
            config.Timeouts.TcpFin ?? defaults.TcpFin,
            config.Timeouts.Udp ?? defaults.Udp);
        Settle(now);
    }

    /// <summary>Sets how long quiet connections stay; null leaves a value as it is.</summary>
    public void SetTimeouts(TimeSpan? tcp, TimeSpan? tcpFin, TimeSpan? udp)
    {
        Timeouts.Tcp = tcp ?? Timeouts.Tcp;
        Timeouts.TcpFin = tcpFin ?? Timeouts.TcpFin;
        Timeouts.Udp = udp ?? Timeouts.Udp;
        _ = _effects.TryCommand(new SetTimeouts(Timeouts.Tcp, Timeouts.TcpFin, Timeouts.Udp));
    }

    /// <summary>Services in the order they were asked for, with what is in force.</summary>
    public ImmutableArray<ListedService> ListServices() =>
        [.. _services.Services.Select(ListedService.Of)];

    /// <summary>The kernel's interfaces, addresses or routes have changed.</summary>
    public void OnNetwork(NetworkPicture picture, Instant now)
    {
        _network.OnPicture(picture);
        _forwarding.OnNetwork();
        _services.OnAddresses();
        ChooseInterfaces();
        _routers.OnNetwork(now);
        Settle(now);
    }

    /// <summary>
    /// These interfaces cannot be served though they are there: their routers are at fault.
    /// </summary>
    public void OnRefused(ImmutableArray<string> interfaces, Instant now)
    {
        if (interfaces.SequenceEqual(_network.Refused))
        {
            return;
        }

        _network.Refused = interfaces;
        _routers.OnNetwork(now);
        Settle(now);
    }

    /// <summary>
    /// Ports and sockets have been opened: they are told what was said before they came.
    /// </summary>
    /// <param name="ports">All ports that the engine drives now.</param>
    public void OnPortsChanged(ImmutableArray<AttachPort> ports, Instant now)
    {
        Ports = ports;
        _network.OnPicture(_network.Picture);
        _local.OnPortsChanged();
        _routers.OnPortsChanged();
        Settle(now);
    }

    /// <summary>A frame that control hears: ARP, Neighbour Discovery or VRRP.</summary>
    public void OnFrame(int interfaceIndex, Span<byte> frame, Instant now)
    {
        _inlet.OnFrame(interfaceIndex, frame, now);
        Settle(now);
    }

    /// <summary>A datagram of the sync channel.</summary>
    public void OnTwinDatagram(ReadOnlySpan<byte> datagram, Instant now)
    {
        _twin.OnDatagram(datagram, now);
        Settle(now);
    }

    /// <summary>A datagram for the sync daemon that a command started as backup.</summary>
    public void OnSyncDatagram(ReadOnlySpan<byte> datagram) => Daemons.OnDatagram(datagram);

    /// <summary>
    /// The connections that <see cref="IControlEffects.CollectConnections"/> asked for.
    /// </summary>
    /// <param name="isWhole">No connection is missing from them.</param>
    public void OnCollected(ReadOnlySpan<ConnectionRecord> records, bool isWhole, Instant now)
    {
        _twin.OnCollected(records, isWhole, now);
        Daemons.OnCollected(records, isWhole, now);
        Settle(now);
    }

    public void OnProbe(int probeId, ProbeOutcome outcome, Instant now)
    {
        _services.OnProbe(probeId, outcome, now);
        Settle(now);
    }

    /// <summary>An edge of the front-panel button.</summary>
    /// <param name="at">The edge's own time.</param>
    public void OnButton(bool isDown, Instant at)
    {
        Front.OnEdge(isDown, at);
        Settle(at);
    }

    /// <summary>The front panel came or went; null when the configuration names none.</summary>
    public void OnPanel(PanelPresence? presence, Instant now)
    {
        Front.OnPresence(presence, Warnings);
        Settle(now);
    }

    /// <summary>What the board says of itself, every few seconds.</summary>
    public void OnHardware(HardwareReading reading, Instant now)
    {
        Board.OnReading(reading, now);
        Settle(now);
    }

    public void OnEngineEvent(in EngineEvent happening, Instant now)
    {
        switch (happening.Kind)
        {
            case EngineEventKind.NeighbourWanted:
                _network.OnNeighbourWanted(happening.InterfaceIndex, happening.Address, now);
                break;
            case EngineEventKind.ConnectionChanged:
                _twin.OnConnection(happening.Connection, now);
                Daemons.OnConnection(happening.Connection, now);
                break;
        }

        Deadline = Instant.Earlier(
            Instant.Earlier(Deadline, Daemons.Deadline),
            Instant.Earlier(_twin.Deadline, _network.Deadline));
    }

    public void OnDeadline(Instant now)
    {
        if (now < Deadline)
        {
            return;
        }

        Lateness.Add(Deadline, now);
        _routers.OnDeadline(now);
        _twin.OnDeadline(now);
        Daemons.OnDeadline(now);
        _network.OnDeadline(now);
        _services.OnDeadline(now);
        _table.Look(now);
        Front.OnDeadline(now);
        Settle(now);
    }

    /// <summary>
    /// The pair swaps roles: what is MASTER here goes to the twin, and if nothing is, what the twin
    /// holds comes here. Null when begun, else why not.
    /// </summary>
    /// <param name="router">A router's or group's name; null for all.</param>
    /// <param name="force">Resigns even if nobody is known to take over.</param>
    public string? FailOver(string? router, bool force, Instant now)
    {
        string? refusal = _office.FailOver(router, force, now);
        Settle(now);
        return refusal;
    }

    /// <summary>Takes the box out of the pair, or back in. Null when done, else why not.</summary>
    public string? SetMaintenance(bool on, bool force, Instant now)
    {
        string? refusal = _office.SetMaintenance(on, force, now);
        Settle(now);
        return refusal;
    }

    /// <summary>
    /// The box is about to stop: begins to hand over. True when somebody takes over, and
    /// <see cref="IsHandingOver"/> is worth waiting for.
    /// </summary>
    public bool PrepareStop(Instant now)
    {
        // And takes nothing back in its last moments.
        _twin.RefusesOffice = true;
        _office.GiveAwayAll(now);
        Settle(now);
        return IsHandingOver;
    }

    /// <summary>Resigns everywhere and says goodbye.</summary>
    public void Stop(Instant now)
    {
        _routers.Stop(now);
        _twin.Stop();
        Daemons.End();
        _effects.ShowPanel(PanelState.Dark);
    }

    /// <summary>A picture of the whole box.</summary>
    public BoxStatus Status(Instant now)
    {
        Warnings.Set("vrrp", RouterNews.Standing(_routers.Routers, now));
        Warnings.Set("sync", _twin.Standing(Config, Daemons.IsCommanded, now));
        return StatusPicture.Take(this, _identity, _engine, now);
    }

    private void OnServicesChanged()
    {
        ChooseInterfaces();
        Deadline = Instant.Earlier(Deadline, _services.Deadline);
    }

    private void OnRole(VirtualRouter router) => _hasNewRole = true;

    private void OnHandOverEnded(SyncGroup group, string? refusal, Instant now)
    {
        if (refusal is not null)
        {
            _office.ReportRefusal(group.Name, refusal);
            _office.OnHandOverRefused(refusal);
            Front.OnPressRefused(now);
        }
    }

    /// <summary>What follows from whatever has just happened.</summary>
    private void Settle(Instant now)
    {
        if (!_office.Settle(now))
        {
            Front.OnPressRefused(now);
            _hasNewRole = true; // the twin hears that this box can take over again
        }

        if (_hasNewRole)
        {
            _hasNewRole = false;
            _twin.OnRole(now);
        }

        Front.Show(
            PanelPicture.Take(_routers, _services, _office, Front, Board) with
            {
                IsConfigured = _isConfigured,
                HasAddressFault = _network.Addresses.HasHeld,
                MissesTwin = _twin.IsMissed,
            },
            now);
        Deadline = Instant.Earlier(
            Instant.Earlier(
                _routers.Deadline, Instant.Earlier(_twin.Deadline, Daemons.Deadline)),
            Instant.Earlier(
                Instant.Earlier(_network.Deadline, _services.Deadline), Front.Deadline));
    }

    private void ChooseInterfaces()
    {
        _local.Follow(_services.Services, Config.HasVirtualAddress);
        WantedInterfaces = InterfaceChoice.Of(
            Config, _services.Servers, _network.Picture, _local.Plan.IsWanted);
    }
}
