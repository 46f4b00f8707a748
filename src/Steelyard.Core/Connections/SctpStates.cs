using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// How a balancer that sees packets pass follows an SCTP association: the tables of LVS, in its
/// names. (RFC 9260 §4 describes the ends' own view.)
/// </summary>
public static class SctpStates
{
    /// <summary>What lies between a state's value and the number that LVS gives it.</summary>
    internal const int Offset = 32;

    private const ConnectionState No = ConnectionState.None;
    private const ConnectionState I1 = ConnectionState.SctpInit1;
    private const ConnectionState In = ConnectionState.SctpInit;
    private const ConnectionState Cs = ConnectionState.SctpCookieSent;
    private const ConnectionState Cr = ConnectionState.SctpCookieReplied;
    private const ConnectionState Cw = ConnectionState.SctpCookieWait;
    private const ConnectionState Co = ConnectionState.SctpCookie;
    private const ConnectionState Ce = ConnectionState.SctpCookieEchoed;
    private const ConnectionState Es = ConnectionState.SctpEstablished;
    private const ConnectionState Ss = ConnectionState.SctpShutdownSent;
    private const ConnectionState Sr = ConnectionState.SctpShutdownReceived;
    private const ConnectionState Sa = ConnectionState.SctpShutdownAckSent;
    private const ConnectionState Rj = ConnectionState.SctpRejected;
    private const ConnectionState Cl = ConnectionState.SctpClosed;

    private const int StateCount = 14;
    private const int EventCount = 10;

    // Rows: who sent the packet, and its chunk: data, INIT, INIT ACK, COOKIE ECHO, COOKIE ACK,
    // SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE, ERROR, ABORT.
    // Columns: the state before, NONE and then in the order of ConnectionState.
    private static ReadOnlySpan<ConnectionState> Table =>
    [
        // No  I1  In  Cs  Cr  Cw  Co  Ce  Es  Ss  Sr  Sa  Rj  Cl      from the client
        Es, I1, In, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        I1, In, In, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, In, In,
        Cw, Cw, Cw, Cs, Cr, Co, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Cr, In, In, Cr, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Es, I1, In, Cs, Cr, Cw, Co, Es, Es, Ss, Sr, Sa, Rj, Cl,
        Sr, I1, In, Cs, Cr, Cw, Co, Ce, Sr, Ss, Sr, Sa, Rj, Cl,
        Cl, In, In, Cs, Cr, Cw, Co, Ce, Es, Cl, Sr, Cl, Rj, Cl,
        Cl, Cl, Cl, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Cl, Rj, Cl,
        Cl, I1, In, Cs, Cr, Cw, Co, Cl, Es, Ss, Sr, Sa, Rj, Cl,
        Cl, Cl, Cl, Cl, Cl, Rj, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl,

        // from the server
        Es, I1, In, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Cw, Cw, Cw, Cw, Cw, Cw, Cw, Cw, Es, Cw, Cw, Cw, Cw, Cw,
        Cs, Cs, Cs, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Ce, Ce, Ce, Ce, Ce, Ce, Ce, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Es, Es, Es, Es, Es, Es, Es, Es, Es, Ss, Sr, Sa, Rj, Cl,
        Ss, Ss, Ss, Ss, Ss, Ss, Ss, Ss, Ss, Ss, Sr, Sa, Rj, Cl,
        Sa, Sa, Sa, Sa, Sa, Cw, Co, Ce, Es, Sa, Sa, Sa, Rj, Cl,
        Cl, I1, In, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Cl, Cl, Cl, Cl, Cl, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Cl, Rj, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl,

        // from the client, of a connection whose replies we do not see
        Es, I1, In, Cs, Cr, Es, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        I1, In, In, In, In, In, Co, Ce, Es, Ss, Sr, Sa, In, In,
        Ce, Ce, Ce, Ce, Ce, Ce, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Es, Es, Es, Es, Es, Es, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Es, I1, In, Es, Es, Cw, Es, Es, Es, Ss, Sr, Sa, Rj, Cl,
        Sr, I1, In, Cs, Cr, Cw, Co, Ce, Sr, Ss, Sr, Sa, Rj, Cl,
        Cl, In, In, Cs, Cr, Cw, Co, Ce, Cl, Cl, Sr, Cl, Rj, Cl,
        Cl, Cl, Cl, Cl, Cl, Cw, Co, Ce, Es, Ss, Cl, Cl, Rj, Cl,
        Cl, I1, In, Cs, Cr, Cw, Co, Ce, Es, Ss, Sr, Sa, Rj, Cl,
        Cl, Cl, Cl, Cl, Cl, Rj, Cl, Cl, Cl, Cl, Cl, Cl, Cl, Cl,
    ];

    /// <summary>The state after a packet.</summary>
    /// <param name="current">The state before; NONE or one of SCTP's.</param>
    /// <param name="sender">Whose packet it is.</param>
    /// <param name="chunk">Its <see cref="SctpPacket.DecisiveChunk"/>.</param>
    /// <param name="seesReplies">False while no packet from the server passed through us.</param>
    public static ConnectionState Next(
        ConnectionState current, FlowDirection sender, SctpChunkType chunk, bool seesReplies)
    {
        int side = sender == FlowDirection.FromServer ? 1 : seesReplies ? 0 : 2;
        int row = (side * EventCount) + EventOf(chunk);
        return Table[(row * StateCount) + NumberOf(current)];
    }

    /// <summary>The number of one of SCTP's states with LVS, 0 for NONE.</summary>
    public static int NumberOf(ConnectionState state) =>
        state == No ? 0 : (int)state - Offset;

    /// <summary>The state of a number; false when there is none.</summary>
    public static bool TryFind(int number, out ConnectionState state)
    {
        state = number == 0 ? No : (ConnectionState)((number & 0xF) + Offset);
        return number is >= 0 and < StateCount;
    }

    /// <summary>Whether a state is one of an association.</summary>
    public static bool Has(ConnectionState state) => state is No or (>= I1 and <= Cl);

    /// <summary>Unknown chunks, heartbeats and acknowledgments count as data.</summary>
    private static int EventOf(SctpChunkType chunk) => chunk switch
    {
        SctpChunkType.Init => 1,
        SctpChunkType.InitAck => 2,
        SctpChunkType.CookieEcho => 3,
        SctpChunkType.CookieAck => 4,
        SctpChunkType.Shutdown => 5,
        SctpChunkType.ShutdownAck => 6,
        SctpChunkType.ShutdownComplete => 7,
        SctpChunkType.Error => 8,
        SctpChunkType.Abort => 9,
        _ => 0,
    };
}
