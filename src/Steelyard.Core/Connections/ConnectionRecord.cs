using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>A connection as others see it: what is listed, and what is sent to the twin.</summary>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="Client">Where the connection comes from.</param>
/// <param name="Virtual">The virtual service's address and port that it came to.</param>
/// <param name="Server">The real server's address and port.</param>
/// <param name="Method">How its packets are forwarded.</param>
/// <param name="State">State by <see cref="ConnectionState"/>.</param>
/// <param name="IsInactive">Counted as inactive.</param>
/// <param name="Timeout">
/// What is left until it ends, unless packets come; of a twin's news 0 stands for all that its
/// state gives.
/// </param>
public readonly record struct ConnectionRecord(
    TransportProtocol Protocol,
    Endpoint Client,
    Endpoint Virtual,
    Endpoint Server,
    ForwardingMethod Method,
    ConnectionState State,
    bool IsInactive,
    TimeSpan Timeout)
{
    /// <summary>What a persistent client was promised, rather than a connection.</summary>
    public bool IsTemplate { get; init; }

    /// <summary>The firewall mark by which the service was found.</summary>
    public uint Mark { get; init; }

    /// <summary>
    /// The Call-ID that a template of the persistence engine sip is for, or the template that made
    /// a connection.
    /// </summary>
    public CallIdText CallId { get; init; }

    /// <summary>Full NAT: whom the server sees as the client.</summary>
    public Endpoint Local { get; init; }

    /// <summary>How far its sequence numbers have moved, as payloads were resized.</summary>
    public SyncShifts Shifts { get; init; }

    /// <summary>
    /// The client's port of the FTP session that announced the connection; 0 for none.
    /// </summary>
    public ushort ControlPort { get; init; }
}
