using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// Moves connections from state to state as their packets pass, with all that hangs on it: the
/// deadline, the server's counts, the template that made the connection.
/// </summary>
internal sealed class ConnectionProgress(ConnectionStore store, Timeouts timeouts)
{
    private const int Nothing = -1;

    /// <summary>Follow TCP by the table that distrusts SYNs (<c>secure_tcp</c>).</summary>
    public bool DistrustsSyn { get; set; }

    /// <summary>A TCP segment of the connection: moves its state and its deadline.</summary>
    /// <returns>True when the state changed.</returns>
    public bool OnTcp(int handle, FlowDirection sender, TcpFlags flags, Instant now)
    {
        ref Connection connection = ref store[handle];
        CountPacket(ref connection, sender);
        if (connection.IsOnProbation
            && connection.State == ConnectionState.Established
            && (flags & (TcpFlags.Syn | TcpFlags.Reset)) == 0
            && IsProof(connection, sender))
        {
            store.Room.Prove(handle);
        }

        ConnectionState next = TcpStates.Next(
            connection.State, sender, flags, connection.SeesReplies, DistrustsSyn);
        return Enter(handle, next, now + timeouts[next], now);
    }

    /// <summary>An SCTP packet of the connection, by the chunk that decides.</summary>
    /// <returns>True when the state changed.</returns>
    public bool OnSctp(int handle, FlowDirection sender, SctpChunkType chunk, Instant now)
    {
        ref Connection connection = ref store[handle];
        CountPacket(ref connection, sender);
        if (connection.IsOnProbation
            && connection.State == ConnectionState.SctpEstablished
            && chunk != SctpChunkType.Abort
            && IsProof(connection, sender))
        {
            store.Room.Prove(handle);
        }

        ConnectionState next = SctpStates.Next(
            connection.State, sender, chunk, connection.SeesReplies);
        return Enter(handle, next, now + timeouts[next], now);
    }

    /// <summary>A UDP datagram of the connection.</summary>
    /// <returns>True when it is the first.</returns>
    public bool OnUdp(int handle, FlowDirection sender, Instant now)
    {
        ref Connection connection = ref store[handle];
        CountPacket(ref connection, sender);
        if (connection.IsOnProbation
            && (connection.SeesServer || connection.ClientPackets > 1)
            && IsProof(connection, sender))
        {
            store.Room.Prove(handle);
        }

        if (sender == FlowDirection.FromServer)
        {
            Assure(handle);
        }

        return Enter(handle, ConnectionState.Udp, now + timeouts.Udp, now);
    }

    /// <summary>Gives a connection a state and a deadline; true when the state is new.</summary>
    public bool Enter(int handle, ConnectionState next, Instant deadline, Instant now)
    {
        ref Connection connection = ref store[handle];
        ConnectionState before = connection.State;
        uint tick = DeadlineWheel.TickOf(deadline);
        if (before != next && before == ConnectionState.None)
        {
            // Fresh from Create: filed for 3 s, and cheap to move while its slot is in the cache.
            store.Wheel.Refile(handle, tick, now);
        }
        else
        {
            store.Wheel.Move(handle, tick, now);
        }

        if (before == next)
        {
            return false;
        }

        connection.CurrentState = next;
        if (before == ConnectionState.Listen
            && (connection.Flags & ConnectionFlags.Expected) != 0)
        {
            store.Begin(handle);
        }

        if (next is ConnectionState.Established or ConnectionState.SctpEstablished)
        {
            Assure(handle);
        }

        bool isInactive = !TcpStates.IsActive(next);
        if (isInactive != connection.IsInactive)
        {
            connection.Flags ^= ConnectionFlags.Inactive;
            RealServer server = store.Servers[connection.ServerSlot];
            int change = isInactive ? -1 : 1;
            server.ActiveConnections += change;
            server.InactiveConnections -= change;
        }

        return true;
    }

    private static void CountPacket(ref Connection connection, FlowDirection sender)
    {
        if (sender == FlowDirection.FromServer)
        {
            connection.Flags &= ~ConnectionFlags.NoOutput;
        }
        else if (connection.ClientPackets < Connection.MostPackets)
        {
            connection.Packets++;
        }
    }

    /// <summary>
    /// Of a connection whose ends have met: a packet of the one who was asked, where both pass
    /// here, shows that the one who asked is there. Where replies do not pass, whoever asked must
    /// go on.
    /// </summary>
    private bool IsProof(in Connection connection, FlowDirection sender)
    {
        if (!connection.SeesServer)
        {
            return sender == FlowDirection.FromClient;
        }

        // Masqueraded hosts are in the servers' place, and ask.
        bool isAskedFromInside = store.Servers[connection.ServerSlot].IsStranger;
        return sender
            == (isAskedFromInside ? FlowDirection.FromClient : FlowDirection.FromServer);
    }

    /// <summary>The server answered by this connection: its template was right.</summary>
    private void Assure(int handle)
    {
        int controller = (store[handle].Flags & ConnectionFlags.Tied) != 0
            ? store.Rest(handle).ControllerPlusOne - 1
            : Nothing;
        if (controller >= 0 && store[controller].IsTemplate)
        {
            store[controller].CurrentState = ConnectionState.Established;
        }
    }
}
