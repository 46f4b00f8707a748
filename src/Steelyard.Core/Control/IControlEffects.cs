using System;
using System.Collections.Immutable;
using Steelyard.Core.Configuration;
using Steelyard.Core.Forwarding;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control;

/// <summary>
/// What the controller makes happen. The program's body touches the world; the simulation's body
/// is the world. No call waits, and none calls back into the controller.
/// </summary>
public interface IControlEffects
{
    /// <summary>Sends a whole Ethernet frame out of an interface.</summary>
    void SendFrame(int interfaceIndex, ReadOnlySpan<byte> frame);

    /// <summary>Sends a datagram to the twin, over the sync channel.</summary>
    void SendToTwin(ReadOnlySpan<byte> datagram);

    /// <summary>
    /// Sends a datagram as the sync daemon does that a command has started as master.
    /// </summary>
    void SendAsSyncMaster(ReadOnlySpan<byte> datagram);

    /// <summary>Hands a command to the data thread. False when its queue is full.</summary>
    bool TryCommand(IEngineCommand command);

    /// <summary>
    /// Makes an interface accept frames for a further station address, or no longer.
    /// </summary>
    void AcceptStation(int interfaceIndex, MacAddress address, bool accepts);

    /// <summary>
    /// These addresses are held now: what comes for them to the interfaces' own stations is the
    /// engine's too, and the kernel does not handle it.
    /// </summary>
    void TakeRouted(ImmutableArray<IpAddress> held);

    /// <summary>
    /// Makes an interface receive for control what is sent to a group of IPv6, or no longer; and
    /// lets switches know, which else keep it from us (RFC 4541 §3). Again is as good as once.
    /// </summary>
    void JoinGroup(int interfaceIndex, IpAddress group, bool joins);

    /// <summary>Starts a probe; its outcome comes back as <c>Controller.OnProbe</c>.</summary>
    void StartProbe(int probeId, CheckConfig check);

    /// <summary>
    /// Has the data thread list its connections, at most so many; they come back as
    /// <c>Controller.OnCollected</c>.
    /// </summary>
    void CollectConnections(int capacity);

    void ShowPanel(PanelState state);

    /// <summary>
    /// Has the box forget everything and start again, soon. Null when that is on its way, else why
    /// it cannot be.
    /// </summary>
    string? ResetToFactory();

    void Report(BoxEvent happening);
}
