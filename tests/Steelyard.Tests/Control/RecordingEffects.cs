using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>
/// Remembers what control wanted. Commands reach the engine at once, so that what a test reads
/// there is what the data thread would have made of them.
/// </summary>
internal sealed class RecordingEffects(Engine engine) : IControlEffects
{
    /// <summary>An engine that is cheap to make.</summary>
    public static Engine MakeEngine() => new(new EngineOptions { ConnectionCapacity = 64 });

    public static Controller MakeController(Engine engine) => new(
        new BoxIdentity("a", "1", Instant.Zero),
        engine,
        new RecordingEffects(engine),
        new SeededChance(1));

    public Instant Now { get; set; }

    /// <summary>The data thread hangs.</summary>
    public bool IsQueueFull { get; set; }

    public Action<int, byte[]> OnFrame { get; set; } = (_, _) => { };

    public Action<byte[]> OnDatagram { get; set; } = _ => { };

    public Action<byte[]> OnSyncMaster { get; set; } = _ => { };

    public List<IEngineCommand> Commands { get; } = [];

    public List<(int Id, CheckConfig Check)> Probes { get; } = [];

    public List<BoxEvent> Events { get; } = [];

    public HashSet<(int InterfaceIndex, MacAddress Station)> Stations { get; } = [];

    public HashSet<(int InterfaceIndex, IpAddress Group)> Groups { get; } = [];

    public PanelState Panel { get; private set; }

    public void SendFrame(int interfaceIndex, ReadOnlySpan<byte> frame) =>
        OnFrame(interfaceIndex, frame.ToArray());

    public void SendToTwin(ReadOnlySpan<byte> datagram) => OnDatagram(datagram.ToArray());

    public void SendAsSyncMaster(ReadOnlySpan<byte> datagram) =>
        OnSyncMaster(datagram.ToArray());

    public bool TryCommand(IEngineCommand command)
    {
        if (IsQueueFull)
        {
            return false;
        }

        Commands.Add(command);
        command.Apply(engine, Now);
        return true;
    }

    public void AcceptStation(int interfaceIndex, MacAddress address, bool accepts) =>
        _ = accepts
            ? Stations.Add((interfaceIndex, address))
            : Stations.Remove((interfaceIndex, address));

    public ImmutableArray<IpAddress> Routed { get; private set; } = [];

    public void TakeRouted(ImmutableArray<IpAddress> held) => Routed = held;

    public void JoinGroup(int interfaceIndex, IpAddress group, bool joins) =>
        _ = joins ? Groups.Add((interfaceIndex, group)) : Groups.Remove((interfaceIndex, group));

    public void StartProbe(int probeId, CheckConfig check) => Probes.Add((probeId, check));

    public void CollectConnections(int capacity) => Collections++;

    /// <summary>How often a listing of all connections was asked for.</summary>
    public int Collections { get; private set; }

    public void ShowPanel(PanelState state) => Panel = state;

    /// <summary>How often the box was to forget everything.</summary>
    public int Resets { get; private set; }

    /// <summary>Why the world does not let it; null when it does.</summary>
    public string? ResetRefusal { get; set; }

    public string? ResetToFactory()
    {
        Resets++;
        return ResetRefusal;
    }

    public void Report(BoxEvent happening) => Events.Add(happening);
}
