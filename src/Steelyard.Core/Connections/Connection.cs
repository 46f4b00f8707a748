using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// One connection, in 64 bytes: a cache line holds all that a packet needs. It lives in a
/// <see cref="ConnectionTable"/> and is read there; who keeps a copy keeps an old picture.
/// </summary>
public struct Connection
{
    // What every packet's search compares comes first, 40 bytes: the array starts 8 to 24 bytes
    // into a cache line, and so one line holds them all.
    internal IpAddress ClientAddress;
    internal IpAddress VirtualAddress;
    internal ushort ClientPort;
    internal ushort VirtualPort;
    internal TransportProtocol TransportProtocol;
    internal ConnectionState CurrentState;
    internal ForwardingMethod ForwardingMethod;
    internal ConnectionFlags Flags;

    internal int ServerSlot;
    internal uint Deadline;

    // The highest bit says that nobody has proven the connection; the others count.
    internal uint Packets;

    // Neighbours in the wheel's slot; the free list uses NextInSlot.
    internal int NextInSlot;
    internal int PreviousInSlot;

    /// <summary>When the twin's copy ends, by what it was told last.</summary>
    internal uint TwinsDeadline;

    /// <summary>What marks a template in the protocol, so that no packet's flow is one.</summary>
    internal const byte TemplateBit = 0x40;

    /// <summary>What <see cref="Packets"/> of an unproven one has beside its count.</summary>
    internal const uint ProbationBit = 1u << 31;

    /// <summary>As far as packets are counted.</summary>
    internal const uint MostPackets = ProbationBit - 1;

    /// <summary>
    /// TCP, UDP or SCTP; a template for a firewall mark has none (IP), but its clients' own.
    /// </summary>
    public readonly TransportProtocol Protocol =>
        (TransportProtocol)((byte)TransportProtocol & ~TemplateBit);

    /// <summary>
    /// It stands for what a persistent client was promised, and not for packets.
    /// </summary>
    public readonly bool IsTemplate => ((byte)TransportProtocol & TemplateBit) != 0;

    public readonly ConnectionState State => CurrentState;

    /// <summary>The method of the server when the connection was made.</summary>
    public readonly ForwardingMethod Method => ForwardingMethod;

    public readonly Endpoint Client => new(ClientAddress, ClientPort);

    public readonly Endpoint Virtual => new(VirtualAddress, VirtualPort);

    /// <summary>Packets from the client so far.</summary>
    public readonly uint ClientPackets => Packets & MostPackets;

    public readonly bool IsInactive => (Flags & ConnectionFlags.Inactive) != 0;

    /// <summary>Replies pass through us; false with direct routing and tunnels.</summary>
    public readonly bool SeesReplies => (Flags & ConnectionFlags.NoOutput) == 0;

    /// <summary>
    /// A SYN, or an INIT, on these ports starts a new connection, on a server chosen anew, because
    /// the old one has ended (<c>conn_reuse_mode=1</c>).
    /// </summary>
    public readonly bool IsReusable =>
        CurrentState is ConnectionState.TimeWait or ConnectionState.Close
            or ConnectionState.SctpClosed;

    /// <summary>
    /// Nobody has proven yet that he means it: half-open, announced, or not even that. A template
    /// is proven by its first connection that a server answered.
    /// </summary>
    internal readonly bool IsEmbryonic => CurrentState
        is ConnectionState.None or ConnectionState.SynReceived
        or ConnectionState.SynSent or ConnectionState.SynAck or ConnectionState.Listen
        or (>= ConnectionState.SctpInit1 and <= ConnectionState.SctpCookieEchoed);

    /// <summary>
    /// Nothing has been seen of it yet that a forger of senders cannot cause: a short table may
    /// give it up.
    /// </summary>
    internal readonly bool IsOnProbation => (Packets & ProbationBit) != 0;

    /// <summary>For one datagram alone.</summary>
    internal readonly bool IsOnePacket => (Flags & ConnectionFlags.OnePacket) != 0;

    /// <summary>
    /// For one datagram, whose answer comes to an end of the box's own: only this connection knows
    /// whose it is.
    /// </summary>
    internal readonly bool AwaitsAnswer =>
        IsOnePacket && ForwardingMethod == ForwardingMethod.FullNat;

    /// <summary>The server is addressed by its own name, not by the virtual one.</summary>
    internal readonly bool SeesServer => NamesServer(ForwardingMethod);

    /// <summary>Packets are translated to the server, and its replies pass by us.</summary>
    internal static bool NamesServer(ForwardingMethod method) => method
        is ForwardingMethod.Nat or ForwardingMethod.FullNat or ForwardingMethod.Local;

    internal readonly bool IsTied => (Flags & ConnectionFlags.Tied) != 0;

    internal readonly bool HasRest => (Flags & ConnectionFlags.HasRest) != 0;

    internal readonly bool IsInUse => (Flags & ConnectionFlags.InUse) != 0;
}

[Flags]
internal enum ConnectionFlags : byte
{
    None = 0,
    InUse = 1,

    /// <summary>Counted as inactive on its server.</summary>
    Inactive = 2,

    /// <summary>No packet of the server passed through us yet.</summary>
    NoOutput = 4,

    /// <summary>The server's side of it is told by <see cref="ConnectionRest"/>.</summary>
    HasOwnEnds = 8,

    /// <summary>For one datagram alone: no other of its client's finds it.</summary>
    OnePacket = 16,

    /// <summary>It is controlled, or controls others.</summary>
    Tied = 32,

    /// <summary>
    /// <see cref="ConnectionRest"/> says something of it. All others leave that memory alone, which
    /// is one line less for each of their packets.
    /// </summary>
    HasRest = 64,

    /// <summary>Another connection announced it; its client's port is not known yet.</summary>
    Expected = 128,
}
