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
/// <param name="Protocol">Unknown for a template of a firewall mark.</param>
/// <param name="State">As LVS names it: ESTABLISHED, FIN_WAIT, UDP, …</param>
/// <param name="TimeoutS">Seconds until it ends, unless packets come.</param>
/// <param name="Template">A persistence template, not a connection.</param>
/// <param name="Mark">The firewall mark of its service; 0 for none.</param>
/// <param name="CallId">Of a template of the persistence engine sip.</param>
internal sealed record ConnectionEntry(
    TransportProtocol Protocol,
    Endpoint Client,
    Endpoint Virtual,
    Endpoint Server,
    ForwardingMethod Method,
    string State,
    bool Inactive,
    double TimeoutS,
    bool Template = false,
    uint Mark = 0,
    string? CallId = null)
{
    public static ConnectionEntry From(in ConnectionRecord record) => new(
        record.Protocol,
        record.Client,
        record.Virtual,
        record.Server,
        record.Method,
        ConnectionStateNames.Name(record),
        record.IsInactive,
        record.Timeout.TotalSeconds,
        record.IsTemplate,
        record.Mark,
        record.IsTemplate ? record.CallId.ToText() : null);

    public ConnectionRecord ToRecord() => new(
        Protocol,
        Client,
        Virtual,
        Server,
        Method,
        ConnectionStateNames.Find(Protocol, State),
        Inactive,
        TimeSpan.FromSeconds(TimeoutS))
    {
        IsTemplate = Template,
        Mark = Mark,
        CallId = CallIdText.Of(CallId),
    };
}

/// <summary>States of connections under the names that users of LVS know.</summary>
internal static class ConnectionStateNames
{
    private const string Assured = "ASSURED";

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
        (ConnectionState.SctpInit1, "INIT1"),
        (ConnectionState.SctpInit, "INIT"),
        (ConnectionState.SctpCookieSent, "C-SENT"),
        (ConnectionState.SctpCookieReplied, "C-REPLIED"),
        (ConnectionState.SctpCookieWait, "C-WAIT"),
        (ConnectionState.SctpCookie, "COOKIE"),
        (ConnectionState.SctpCookieEchoed, "C-ECHOED"),
        (ConnectionState.SctpEstablished, "ESTABLISHED"),
        (ConnectionState.SctpShutdownSent, "S-SENT"),
        (ConnectionState.SctpShutdownReceived, "S-RECEIVED"),
        (ConnectionState.SctpShutdownAckSent, "S-ACK-SENT"),
        (ConnectionState.SctpRejected, "REJECTED"),
        (ConnectionState.SctpClosed, "CLOSED"),
    ];

    /// <summary>A template is ASSURED or NONE.</summary>
    public static string Name(in ConnectionRecord record) =>
        !record.IsTemplate ? Name(record.State)
        : record.State == ConnectionState.None ? "NONE"
        : Assured;

    /// <summary>ESTABLISHED is a state of two protocols.</summary>
    public static ConnectionState Find(TransportProtocol protocol, string name)
    {
        if (name == Assured)
        {
            return ConnectionState.Established;
        }

        foreach ((ConnectionState state, string known) in Names)
        {
            bool isSctp = protocol == TransportProtocol.Sctp;
            if (known == name && (!isSctp || SctpStates.Has(state)))
            {
                return state;
            }
        }

        return ConnectionState.None;
    }

    private static string Name(ConnectionState state)
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
}
