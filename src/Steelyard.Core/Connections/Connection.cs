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
    internal uint Packets;

    // Neighbours in the wheel's slot; the free list uses NextInSlot.
    internal int NextInSlot;
    internal int PreviousInSlot;

    /// <summary>When the twin's copy ends, by what it was told last.</summary>
    internal uint TwinsDeadline;

    public readonly TransportProtocol Protocol => TransportProtocol;

    public readonly ConnectionState State => CurrentState;

    /// <summary>The method of the server when the connection was made.</summary>
    public readonly ForwardingMethod Method => ForwardingMethod;

    public readonly Endpoint Client => new(ClientAddress, ClientPort);

    public readonly Endpoint Virtual => new(VirtualAddress, VirtualPort);

    /// <summary>Packets from the client so far.</summary>
    public readonly uint ClientPackets => Packets;

    public readonly bool IsInactive => (Flags & ConnectionFlags.Inactive) != 0;

    /// <summary>Replies pass through us; false with direct routing and tunnels.</summary>
    public readonly bool SeesReplies => (Flags & ConnectionFlags.NoOutput) == 0;

    /// <summary>
    /// A SYN on these ports starts a new connection, on a server chosen anew, because the old one
    /// has ended (<c>conn_reuse_mode=1</c>).
    /// </summary>
    public readonly bool IsReusable =>
        CurrentState is ConnectionState.TimeWait or ConnectionState.Close;

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
}
