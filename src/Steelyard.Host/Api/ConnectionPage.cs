using System;
using System.Collections.Immutable;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Api;

/// <summary>A bounded part of the connection table.</summary>
/// <param name="HasMore">The table holds more than were asked for.</param>
internal sealed record ConnectionPage(ImmutableArray<ConnectionEntry> Connections, bool HasMore);

/// <summary>A connection in JSON.</summary>
/// <param name="State">As LVS names it: ESTABLISHED, FIN_WAIT, UDP, …</param>
/// <param name="TimeoutS">Seconds until it ends, unless packets come.</param>
internal sealed record ConnectionEntry(
    TransportProtocol Protocol,
    Endpoint Client,
    Endpoint Virtual,
    Endpoint Server,
    ForwardingMethod Method,
    string State,
    bool Inactive,
    double TimeoutS)
{
    public static ConnectionEntry From(in ConnectionRecord record) => new(
        record.Protocol,
        record.Client,
        record.Virtual,
        record.Server,
        record.Method,
        ConnectionStateNames.Name(record.State),
        record.IsInactive,
        record.Timeout.TotalSeconds);

    public ConnectionRecord ToRecord() => new(
        Protocol,
        Client,
        Virtual,
        Server,
        Method,
        ConnectionStateNames.Find(State),
        Inactive,
        TimeSpan.FromSeconds(TimeoutS));
}

/// <summary>States of connections under the names that users of LVS know.</summary>
internal static class ConnectionStateNames
{
    private static readonly ImmutableArray<(ConnectionState State, string Name)> Names =
    [
        (ConnectionState.None, "NONE"),
        (ConnectionState.Established, "ESTABLISHED"),
        (ConnectionState.SynSent, "SYN_SENT"),
        (ConnectionState.SynReceived, "SYN_RECV"),
        (ConnectionState.FinWait, "FIN_WAIT"),
        (ConnectionState.TimeWait, "TIME_WAIT"),
        (ConnectionState.Close, "CLOSE"),
        (ConnectionState.CloseWait, "CLOSE_WAIT"),
        (ConnectionState.LastAck, "LAST_ACK"),
        (ConnectionState.Listen, "LISTEN"),
        (ConnectionState.SynAck, "SYNACK"),
        (ConnectionState.Udp, "UDP"),
    ];

    public static string Name(ConnectionState state)
    {
        foreach ((ConnectionState named, string name) in Names)
        {
            if (named == state)
            {
                return name;
            }
        }

        return "ERR!";
    }

    public static ConnectionState Find(string name)
    {
        foreach ((ConnectionState state, string known) in Names)
        {
            if (known == name)
            {
                return state;
            }
        }

        return ConnectionState.None;
    }
}
