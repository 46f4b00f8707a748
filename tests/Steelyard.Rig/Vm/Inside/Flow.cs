using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>A conversation of a client with a virtual service.</summary>
internal sealed class Flow(bool isTcp, Endpoint client, Endpoint service)
{
    internal bool IsTcp { get; } = isTcp;

    internal Endpoint Client { get; } = client;

    internal Endpoint Service { get; } = service;

    /// <summary>The server that translated packets went to; null when none did.</summary>
    internal Endpoint? Server { get; set; }

    internal byte[] FromClient(TcpFlags flags, int payloadBytes = 0) => IsTcp
        ? Frames.Tcp(Client, Service, flags, payloadBytes)
        : Frames.Udp(Client, Service, payloadBytes);

    internal byte[] FromServer(TcpFlags flags, int payloadBytes = 0) => IsTcp
        ? Frames.Tcp(Server!.Value, Client, flags, payloadBytes)
        : Frames.Udp(Server!.Value, Client, payloadBytes);
}
