using System;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Health;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>
/// One box of the world: eth0 is 192.0.2.0/24, eth1 10.1.2.0/24 and eth2 10.1.3.0/24, and it is
/// .1 or .2 on all of them, and fe80::1 or fe80::2.
/// </summary>
internal sealed class ControlBox
{
    private static readonly (string Name, string Network)[] Wires =
        [("eth0", "192.0.2.0"), ("eth1", "10.1.2.0"), ("eth2", "10.1.3.0")];

    private static readonly IpPrefix[] Nothing = [];

    private readonly bool[] _isDown = new bool[Wires.Length];
    private readonly int _number;

    public ControlBox(int number)
    {
        _number = number;
        Engine = new Engine(new EngineOptions { ConnectionCapacity = 64 });
        Effects = new RecordingEffects(Engine);
        Controller = new Controller(
            new BoxIdentity($"box{number}", "test", Instant.Zero),
            Engine,
            Effects,
            new SeededChance((ulong)number));
        Controller.OnNetwork(Picture(), Instant.Zero);
    }

    /// <summary>False until duplicate address detection is through.</summary>
    public bool HasIpv6 { get; private set; } = true;

    public Engine Engine { get; }

    public RecordingEffects Effects { get; }

    public Controller Controller { get; }

    /// <summary>The states of all routers, in the file's order.</summary>
    public string Roles => string.Join(
        ' ',
        Controller.Status(Effects.Now).VirtualRouters.Select(router => router.State));

    public bool Said(string sentence) => Effects.Events.Any(
        happening => happening.Sentence.Contains(sentence, StringComparison.Ordinal));

    public void Cable(int wire, bool isOut)
    {
        _isDown[wire] = isOut;
        Controller.OnNetwork(Picture(), Effects.Now);
    }

    public void SetIpv6(bool hasIpv6)
    {
        HasIpv6 = hasIpv6;
        Controller.OnNetwork(Picture(), Effects.Now);
    }

    /// <summary>The station of an interface, by its index.</summary>
    public MacAddress StationOf(int interfaceIndex) =>
        new(0x02_00_00_00_00_00 + ((ulong)_number << 8) + (ulong)interfaceIndex - 1);

    /// <summary>Answers all probes that wait for an answer.</summary>
    public void Answer(bool isGood)
    {
        ProbeOutcome outcome = isGood ? ProbeOutcome.Good : ProbeOutcome.Bad("it is dead");
        (int Id, CheckConfig)[] waiting = [.. Effects.Probes];
        Effects.Probes.Clear();
        foreach ((int id, _) in waiting)
        {
            Controller.OnProbe(id, outcome, Effects.Now);
        }
    }

    public RealServerStatus[] Servers() =>
        [.. Controller.Status(Effects.Now).Services.SelectMany(service => service.RealServers)];

    private NetworkPicture Picture() => new(
        [.. Wires.Select((wire, index) => new InterfaceState(
            index + 1,
            wire.Name,
            StationOf(index + 1),
            1500,
            !_isDown[index],
            [
                new IpPrefix(
                    IpAddress.FromIpv4(IpAddress.Parse(wire.Network).Ipv4 + (uint)_number), 24),
                .. HasIpv6 ? [new IpPrefix(IpAddress.Parse($"fe80::{_number}"), 64)] : Nothing,
            ]))],
        [.. Wires.Select((wire, index) => new RouteEntry(
            new IpPrefix(IpAddress.Parse(wire.Network), 24), null, index + 1, 0))]);
}
