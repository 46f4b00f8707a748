using System;

namespace Steelyard.Core.Connections;

/// <summary>
/// How long a connection stays without a packet, by state. The defaults are those of LVS; three
/// can be set (<c>ipvsadm --set</c>, <c>lvs_timeouts</c>) and hold from each connection's next
/// packet on.
/// </summary>
public sealed class Timeouts
{
    private readonly TimeSpan[] _byState = new TimeSpan[(int)ConnectionState.SctpClosed + 1];

    public Timeouts()
    {
        Set(ConnectionState.None, 2);
        Set(ConnectionState.Established, 15 * 60);
        Set(ConnectionState.SynSent, 2 * 60);
        Set(ConnectionState.SynReceived, 60);
        Set(ConnectionState.FinWait, 2 * 60);
        Set(ConnectionState.TimeWait, 2 * 60);
        Set(ConnectionState.Close, 10);
        Set(ConnectionState.CloseWait, 60);
        Set(ConnectionState.LastAck, 30);
        Set(ConnectionState.Listen, 2 * 60);
        Set(ConnectionState.SynAck, 2 * 60);
        Set(ConnectionState.Udp, 5 * 60);
        for (var state = ConnectionState.SctpInit; state <= ConnectionState.SctpClosed; state++)
        {
            // RTO.Max, and a second. RFC 9260 §16.
            Set(state, 60 + 1);
        }

        Set(ConnectionState.SctpEstablished, 15 * 60);
        Set(ConnectionState.SctpInit1, 4);
        Set(ConnectionState.SctpRejected, 4);
    }

    /// <summary>From the making of a connection to its first state.</summary>
    public static TimeSpan Initial { get; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long the answer to a lone datagram is waited for with full NAT: twice the 5 s after
    /// which resolvers ask again.
    /// </summary>
    public static TimeSpan Answer { get; } = TimeSpan.FromSeconds(10);

    /// <summary>31 days: the most that <c>--set</c> takes.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(31);

    /// <summary>ESTABLISHED.</summary>
    public TimeSpan Tcp
    {
        get => this[ConnectionState.Established];
        set => _byState[(int)ConnectionState.Established] = value;
    }

    /// <summary>FIN_WAIT.</summary>
    public TimeSpan TcpFin
    {
        get => this[ConnectionState.FinWait];
        set => _byState[(int)ConnectionState.FinWait] = value;
    }

    public TimeSpan Udp
    {
        get => this[ConnectionState.Udp];
        set => _byState[(int)ConnectionState.Udp] = value;
    }

    public TimeSpan this[ConnectionState state] => _byState[(int)state];

    private void Set(ConnectionState state, int seconds) =>
        _byState[(int)state] = TimeSpan.FromSeconds(seconds);
}
