using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>A controller's world in which nothing moves.</summary>
internal sealed class StillEffects : IControlEffects
{
    public static Engine MakeEngine() => new(new EngineOptions { ConnectionCapacity = 64 });

    public static Controller MakeController(Engine engine) => new(
        new BoxIdentity("a", "1", Instant.Zero), engine, new StillEffects(), new SeededChance(1));

    public void SendFrame(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
    }

    public void SendToTwin(ReadOnlySpan<byte> datagram)
    {
    }

    public bool TryCommand(IEngineCommand command) => true;

    public void AcceptStation(int interfaceIndex, MacAddress address, bool accepts)
    {
    }

    public void StartProbe(int probeId, CheckConfig check)
    {
    }

    public void CollectConnections(int capacity)
    {
    }

    public void ShowPanel(PanelState state)
    {
    }

    public void Report(BoxEvent happening)
    {
    }
}
