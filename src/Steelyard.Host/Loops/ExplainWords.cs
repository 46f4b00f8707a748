using System.Collections.Immutable;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Host.Loops;

/// <summary>Puts the engine's explanation into words.</summary>
internal static class ExplainWords
{
    public static ExplainAnswer Of(
        Explanation found, ExplainQuestion question, NetworkPicture network)
    {
        bool hasServer = found.Method != ForwardingMethod.Unknown;
        bool hasHop = found.InterfaceIndex > 0;
        string name = network.Find(found.InterfaceIndex)?.Name ?? string.Empty;
        ServiceKey key = new(question.Protocol, question.Virtual.Address, question.Virtual.Port);
        var steps = ImmutableArray.CreateBuilder<string>();
        steps.Add(Reason(found, question, key));
        if (hasServer)
        {
            steps.Add($"method {Words.Of(found.Method)} to {found.Server}");
        }

        if (hasHop)
        {
            string station = found.Station.IsZero ? "not asked for yet" : $"at {found.Station}";
            steps.Add($"next hop {found.NextHop} on {name}, {station}");
        }

        return new ExplainAnswer(
            Verdict(found.Kind),
            found.Scheduler.Length > 0 ? key.ToString() : string.Empty,
            hasServer ? found.Server.ToString() : string.Empty,
            hasServer ? Words.Of(found.Method) : string.Empty,
            name,
            hasHop ? found.NextHop.ToString() : string.Empty,
            found.Station.IsZero ? string.Empty : found.Station.ToString(),
            Verdict(found.Kind) == ExplainVerdict.Forward ? string.Empty : Words.Of(found.Kind),
            steps.ToImmutable());
    }

    private static ExplainVerdict Verdict(ExplanationKind kind) => kind switch
    {
        ExplanationKind.ExistingConnection or ExplanationKind.NewConnection =>
            ExplainVerdict.Forward,
        ExplanationKind.NotHeld => ExplainVerdict.Local,
        ExplanationKind.NoService or ExplanationKind.NoDestination => ExplainVerdict.Reject,
        _ => ExplainVerdict.Drop,
    };

    private static string Reason(Explanation found, ExplainQuestion question, ServiceKey key) =>
        found.Kind switch
        {
            ExplanationKind.ExistingConnection =>
                $"{key}: an existing connection in state {Words.Of(found.State)}",
            ExplanationKind.NewConnection =>
                $"{key}: scheduler {found.Scheduler} picks {found.Server} for a new connection",
            ExplanationKind.NotHeld =>
                $"this box does not hold {question.Virtual.Address} now: the packet is not its own",
            ExplanationKind.NoService =>
                $"no service {key}: answered with a port unreachable or a reset",
            ExplanationKind.NoDestination =>
                $"{key}: scheduler {found.Scheduler} has no server to give: port unreachable",
            ExplanationKind.ServerRemoved =>
                $"{found.Server} was taken out of {key}: its connection's packets are dropped",
            ExplanationKind.ConnectionTableFull => $"{key}: the connection table is full",
            ExplanationKind.NoRoute => $"{key}: no route to {found.Server}",
            ExplanationKind.NoPort =>
                $"{key}: the route to {found.Server} leaves by an interface that is not served",
            _ => $"{key}: unknown",
        };
}
