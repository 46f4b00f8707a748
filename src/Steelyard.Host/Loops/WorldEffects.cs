using System;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Loops;

/// <summary>The controller's hands in the real world. Belongs to the control loop.</summary>
internal sealed class WorldEffects(DataLoop data, ILogger log) : IControlEffects
{
    /// <summary>Set by the loop that owns them.</summary>
    public InterfaceRoom? Interfaces { get; set; }

    /// <summary>Set by the loop that owns it.</summary>
    public ShieldRoom? Shield { get; set; }

    /// <summary>The sync channel, while there is one.</summary>
    public TwinSocket? Twin { get; set; }

    /// <summary>Where a sync daemon that a command has started sends, while it runs.</summary>
    public TwinSocket? SyncMaster { get; set; }

    /// <summary>Where a sync daemon that a command has started receives.</summary>
    public TwinSocket? SyncBackup { get; set; }

    /// <summary>Told by the data thread what it has listed.</summary>
    public required Action<SnapshotConnections> OnCollected { get; init; }

    public required Action<int, CheckConfig> OnProbeWanted { get; init; }

    public required Action<PanelState> OnPanel { get; init; }

    public required Func<string?> OnReset { get; init; }

    public required Action<BoxEvent> OnEvent { get; init; }

    public void SendFrame(int interfaceIndex, ReadOnlySpan<byte> frame) =>
        _ = Interfaces?.Find(interfaceIndex)?.Control.Send(frame);

    public void SendToTwin(ReadOnlySpan<byte> datagram) => _ = Twin?.Send(datagram);

    public void SendAsSyncMaster(ReadOnlySpan<byte> datagram) => _ = SyncMaster?.Send(datagram);

    public bool TryCommand(IEngineCommand command) => data.TryCommand(command);

    public void AcceptStation(int interfaceIndex, MacAddress address, bool accepts) =>
        Interfaces?.Find(interfaceIndex)?.AcceptStation(address, accepts);

    public void TakeRouted(ImmutableArray<IpAddress> held)
    {
        Shield?.Set(held);
        if (Interfaces is InterfaceRoom interfaces)
        {
            interfaces.TakesRouted = !held.IsEmpty;
        }
    }

    public void JoinGroup(int interfaceIndex, IpAddress group, bool joins) =>
        Interfaces?.Find(interfaceIndex)?.Control.Join(group, joins);

    public void StartProbe(int probeId, CheckConfig check) => OnProbeWanted(probeId, check);

    public void CollectConnections(int capacity)
    {
        SnapshotConnections wish = new(new ConnectionRecord[capacity], OnCollected);
        if (!data.TryCommand(wish))
        {
            // Answered as it is: empty, and not whole.
            OnCollected(wish);
        }
    }

    public void ShowPanel(PanelState state) => OnPanel(state);

    public string? ResetToFactory() => OnReset();

    public void Report(BoxEvent happening)
    {
        switch (happening.Severity)
        {
            case EventSeverity.Error:
                Log.Failed(log, happening.Sentence);
                break;
            case EventSeverity.Warning:
                Log.Warned(log, happening.Sentence);
                break;
            default:
                Log.Happened(log, happening.Sentence);
                break;
        }

        OnEvent(happening);
    }
}
