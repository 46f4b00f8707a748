using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>What a connection is made of.</summary>
internal struct NewConnection
{
    public required FlowKey Flow { get; init; }

    public required RealServer Server { get; init; }

    public required ForwardingMethod Method { get; init; }

    /// <summary>A persistence template, that packets do not belong to.</summary>
    public bool IsTemplate { get; init; }

    /// <summary>For one datagram alone: no other of its client's finds it.</summary>
    public bool IsOnePacket { get; init; }

    /// <summary>Its client's port is still to be seen.</summary>
    public bool IsExpected { get; init; }

    public uint Mark { get; init; }

    /// <summary>A template's Call-ID in the slab; -1 for none.</summary>
    public int CallIdSlot { get; init; } = -1;

    /// <summary>Handle of the connection that controls this one; -1 for none.</summary>
    public int Controller { get; init; } = -1;

    /// <summary>The port on the server, where the server's own does not say it; else 0.</summary>
    public ushort ServerPort { get; init; }

    /// <summary>Full NAT: whom the server sees as the client.</summary>
    public Endpoint Local { get; set; }

    /// <summary>The address on a local process's packets, if that is not its own.</summary>
    public readonly IpAddress Reach =>
        Method == ForwardingMethod.Local ? Server.Settings.LocalAddress : default;

    /// <summary>There is something to be kept beside what every connection has.</summary>
    public readonly bool HasRest =>
        Mark != 0 || ServerPort != 0 || IsTemplate || !Local.Address.IsNone || !Reach.IsNone;

    public NewConnection()
    {
    }
}
