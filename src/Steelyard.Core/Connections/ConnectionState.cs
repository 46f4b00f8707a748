namespace Steelyard.Core.Connections;

/// <summary>
/// States of connections, as LVS names and numbers them: TCP's eleven, UDP's one, and SCTP's,
/// whose numbers begin at 32 and whose NONE is TCP's.
/// </summary>
public enum ConnectionState : byte
{
    None = 0,
    Established = 1,
    SynSent = 2,
    SynReceived = 3,
    FinWait = 4,
    TimeWait = 5,
    Close = 6,
    CloseWait = 7,
    LastAck = 8,
    Listen = 9,
    SynAck = 10,

    /// <summary>The state of every UDP connection.</summary>
    Udp = 16,

    /// <summary>The client's first INIT.</summary>
    SctpInit1 = 33,

    /// <summary>Further ones.</summary>
    SctpInit = 34,

    /// <summary>The server's INIT ACK.</summary>
    SctpCookieSent = 35,

    /// <summary>The client's COOKIE ECHO.</summary>
    SctpCookieReplied = 36,

    /// <summary>The server's INIT.</summary>
    SctpCookieWait = 37,

    /// <summary>The client's INIT ACK.</summary>
    SctpCookie = 38,

    /// <summary>The server's COOKIE ECHO.</summary>
    SctpCookieEchoed = 39,

    SctpEstablished = 40,
    SctpShutdownSent = 41,
    SctpShutdownReceived = 42,
    SctpShutdownAckSent = 43,

    /// <summary>The server answered INIT with ABORT.</summary>
    SctpRejected = 44,

    SctpClosed = 45,
}
