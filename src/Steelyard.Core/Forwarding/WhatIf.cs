using Steelyard.Core.Connections;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Follows a packet that does not exist through the tables, in the <see cref="Forwarder"/>'s
/// order, and leaves them as they are.
/// </summary>
internal static class WhatIf
{
    public static Explanation Explain(Engine engine, in FlowKey flow, Instant now)
    {
        ConnectionTable connections = engine.Connections;
        int handle = connections.Find(
            flow.Protocol, flow.Client, flow.Virtual, out FlowDirection direction);
        VirtualService? service = engine.Services.Match(
            MarkRule.MarkOf(engine.MarkRules.AsSpan(), flow, interfaceName: null),
            flow.Protocol,
            flow.Virtual.Address,
            flow.Virtual.Port);
        Explanation answer = new() { Scheduler = service?.SchedulerName ?? string.Empty };
        if (handle >= 0 && direction == FlowDirection.FromClient)
        {
            answer = answer with
            {
                Kind = connections.Server(handle).IsRemoved
                    ? ExplanationKind.ServerRemoved
                    : ExplanationKind.ExistingConnection,
                Server = connections.ServerEndpoint(handle),
                Method = connections[handle].Method,
                State = connections[handle].State,
            };
            return WithRoute(engine, answer);
        }

        if (!engine.Held.Contains(flow.Virtual.Address) && service is not { Key.Mark: not 0 })
        {
            return answer with { Kind = ExplanationKind.NotHeld };
        }

        if (service is null)
        {
            return answer with { Kind = ExplanationKind.NoService };
        }

        RealServer? server = Promised(engine, service, flow)
            ?? service.Schedule.Peek(service, flow, now);
        if (server is null)
        {
            return answer with { Kind = ExplanationKind.NoDestination };
        }

        answer = answer with
        {
            Kind = engine.Connections.Count == engine.Connections.Capacity
                ? ExplanationKind.ConnectionTableFull
                : ExplanationKind.NewConnection,
            Method = server.Method,
            Server = server.Endpoint.Port != 0
                ? server.Endpoint
                : server.Endpoint with { Port = flow.Virtual.Port },
        };
        return WithRoute(engine, answer);
    }

    /// <summary>
    /// The server that a persistent client was promised, whatever SIP dialogues it may have.
    /// </summary>
    private static RealServer? Promised(
        Engine engine, VirtualService service, in FlowKey flow)
    {
        if (service.Settings.Persistence is null)
        {
            return null;
        }

        int template = engine.Connections.Templates.Find(
            Persistence.PromiseOf(service, flow), callId: default);
        return template >= 0 ? engine.Connections.Server(template) : null;
    }

    private static Explanation WithRoute(Engine engine, Explanation answer)
    {
        bool goesOn = answer.Kind
            is ExplanationKind.NewConnection or ExplanationKind.ExistingConnection;
        if (!goesOn)
        {
            return answer;
        }

        bool isLocal = answer.Method == ForwardingMethod.Local;
        NextHop hop;
        MacAddress station;
        DropReason reason = isLocal
            ? engine.Departures.ExplainLocal(out hop, out station)
            : engine.Departures.Explain(answer.Server.Address, out hop, out station);
        return reason switch
        {
            DropReason.None => answer with
            {
                InterfaceIndex = hop.InterfaceIndex,
                NextHop = hop.Address,
                Station = station,
            },
            DropReason.NoPort => answer with { Kind = ExplanationKind.NoPort },
            _ => answer with { Kind = ExplanationKind.NoRoute },
        };
    }
}
