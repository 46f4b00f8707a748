using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;

namespace Steelyard.Simulation;

/// <summary>What the pair serves in a run; drawn once, before anything happens.</summary>
/// <param name="Protocol">TCP, or UDP: in datagrams clients and servers say the same.</param>
/// <param name="Method">How packets reach the servers.</param>
/// <param name="Scheduler">As after <c>ipvsadm -s</c>.</param>
/// <param name="IsPersistent">Sixteen neighbours of the clients share a server.</param>
public sealed record Scenario(
    TransportProtocol Protocol, ForwardingMethod Method, string Scheduler, bool IsPersistent)
{
    private static readonly ForwardingMethod[] Methods =
    [
        ForwardingMethod.Nat, ForwardingMethod.Direct, ForwardingMethod.Tunnel,
        ForwardingMethod.FullNat,
    ];

    private static readonly string[] Schedulers =
        ["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "mh"];

    /// <summary>Address translation, one server after the other.</summary>
    public static Scenario Plain { get; } =
        new(TransportProtocol.Tcp, ForwardingMethod.Nat, "rr", false);

    /// <summary>The service as its settings say it.</summary>
    public ServiceSettings Settings => new()
    {
        Scheduler = Scheduler,
        Persistence = IsPersistent
            ? new PersistenceSettings(TimeSpan.FromSeconds(360), Netmask: 0xFFFF_FFF0)
            : null,
    };

    /// <summary>Servers answer through the box; else by themselves.</summary>
    public bool AnswersPassTheBox =>
        Method is ForwardingMethod.Nat or ForwardingMethod.FullNat;

    /// <summary>
    /// A planned failover breaks no connection. The twin does not hear of full NAT's own ends.
    /// </summary>
    public bool SurvivesFailover => Method != ForwardingMethod.FullNat;

    public static Scenario Draw(SeededChance chance) => new(
        chance.Happens(0.5) ? TransportProtocol.Tcp : TransportProtocol.Udp,
        Methods[chance.Next(Methods.Length)],
        Schedulers[chance.Next(Schedulers.Length)],
        chance.Happens(0.3));
}
