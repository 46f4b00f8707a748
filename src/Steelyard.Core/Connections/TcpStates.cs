using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// How a balancer that sees segments, but not their order, follows a TCP connection: the tables
/// of LVS, in its names. (RFC 9293 §3.3.2 describes the ends' own view.)
/// </summary>
public static class TcpStates
{
    private const ConnectionState No = ConnectionState.None;
    private const ConnectionState Es = ConnectionState.Established;
    private const ConnectionState Ss = ConnectionState.SynSent;
    private const ConnectionState Sr = ConnectionState.SynReceived;
    private const ConnectionState Fw = ConnectionState.FinWait;
    private const ConnectionState Tw = ConnectionState.TimeWait;
    private const ConnectionState Cl = ConnectionState.Close;
    private const ConnectionState Cw = ConnectionState.CloseWait;
    private const ConnectionState La = ConnectionState.LastAck;
    private const ConnectionState Li = ConnectionState.Listen;
    private const ConnectionState Sa = ConnectionState.SynAck;

    private const int StateCount = 11;
    private const int EventCount = 4;

    /// <summary>The states in which a connection counts as active.</summary>
    private const ulong ActiveStates =
        (1UL << (int)Es) | (1UL << (int)Ss) | (1UL << (int)Sr) | (1UL << (int)Sa)
        | (1UL << (int)ConnectionState.SctpEstablished);

    // Rows: who sent the segment, and its event in the order SYN, FIN, ACK, RST.
    // Columns: the state before, in the order of ConnectionState.
    private static ReadOnlySpan<ConnectionState> Normal =>
    [
        // No  Es  Ss  Sr  Fw  Tw  Cl  Cw  La  Li  Sa      from the client
        Sr, Es, Es, Sr, Sr, Sr, Sr, Sr, Sr, Sr, Sr,
        Cl, Cw, Ss, Tw, Tw, Tw, Cl, Cw, La, Li, Tw,
        Es, Es, Ss, Es, Fw, Tw, Cl, Cw, Cl, Li, Es,
        Cl, Cl, Cl, Sr, Cl, Cl, Cl, Cl, La, Li, Sr,

        // from the server
        Ss, Es, Ss, Sr, Ss, Ss, Ss, Ss, Ss, Li, Sr,
        Tw, Fw, Ss, Tw, Fw, Tw, Cl, Tw, La, Li, Tw,
        Es, Es, Ss, Es, Fw, Tw, Cl, Cw, La, Es, Es,
        Cl, Cl, Ss, Cl, Cl, Tw, Cl, Cl, Cl, Cl, Cl,

        // from the client, of a connection whose replies we do not see
        Sr, Es, Es, Sr, Sr, Sr, Sr, Sr, Sr, Sr, Sr,
        Cl, Fw, Ss, Tw, Fw, Tw, Cl, Cw, La, Li, Tw,
        Es, Es, Ss, Es, Fw, Tw, Cl, Cw, Cl, Li, Es,
        Cl, Cl, Cl, Sr, Cl, Cl, Cl, Cl, La, Li, Cl,
    ];

    // A SYN opens nothing by itself: the third segment of the handshake must come first.
    private static ReadOnlySpan<ConnectionState> Secure =>
    [
        // No  Es  Ss  Sr  Fw  Tw  Cl  Cw  La  Li  Sa      from the client
        Sr, Es, Es, Sr, Sr, Sr, Sr, Sr, Sr, Sr, Sa,
        Cl, Cw, Ss, Tw, Tw, Tw, Cl, Cw, La, Li, Sa,
        Es, Es, Ss, Sr, Fw, Tw, Cl, Cw, Cl, Li, Sa,
        Cl, Cl, Cl, Sr, Cl, Cl, Cl, Cl, La, Li, Cl,

        // from the server
        Ss, Es, Ss, Sa, Ss, Ss, Ss, Ss, Ss, Li, Sa,
        Tw, Fw, Ss, Tw, Fw, Tw, Cl, Tw, La, Li, Tw,
        Es, Es, Ss, Es, Fw, Tw, Cl, Cw, La, Es, Es,
        Cl, Cl, Ss, Cl, Cl, Tw, Cl, Cl, Cl, Cl, Cl,

        // from the client, of a connection whose replies we do not see
        Sa, Es, Es, Sr, Sa, Sa, Sa, Sa, Sa, Sa, Sa,
        Cl, Fw, Ss, Tw, Fw, Tw, Cl, Cw, La, Li, Tw,
        Es, Es, Ss, Es, Fw, Tw, Cl, Cw, Cl, Li, Es,
        Cl, Cl, Cl, Sr, Cl, Cl, Cl, Cl, La, Li, Cl,
    ];

    /// <summary>The state after a segment.</summary>
    /// <param name="current">The state before; one of TCP's.</param>
    /// <param name="sender">Whose segment it is.</param>
    /// <param name="flags">RST counts before SYN, SYN before FIN, FIN before ACK.</param>
    /// <param name="seesReplies">False while no packet from the server passed through us.</param>
    /// <param name="secure">By the table that distrusts SYNs (<c>secure_tcp</c>).</param>
    public static ConnectionState Next(
        ConnectionState current,
        FlowDirection sender,
        TcpFlags flags,
        bool seesReplies,
        bool secure = false)
    {
        int happening;
        if ((flags & TcpFlags.Reset) != 0)
        {
            happening = 3;
        }
        else if ((flags & TcpFlags.Syn) != 0)
        {
            happening = 0;
        }
        else if ((flags & TcpFlags.Fin) != 0)
        {
            happening = 1;
        }
        else if ((flags & TcpFlags.Acknowledgment) != 0)
        {
            happening = 2;
        }
        else
        {
            return ConnectionState.Close;
        }

        int side = sender == FlowDirection.FromServer ? 1 : seesReplies ? 0 : 2;
        int row = (side * EventCount) + happening;
        return (secure ? Secure : Normal)[(row * StateCount) + (int)current];
    }

    /// <summary>
    /// Whether a connection in this state, of any protocol, is counted as active; UDP never is.
    /// </summary>
    public static bool IsActive(ConnectionState state) => (ActiveStates >> (int)state & 1) != 0;
}
