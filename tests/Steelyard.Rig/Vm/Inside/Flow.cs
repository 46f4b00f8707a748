using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>What a packet of a conversation says: flags of TCP, or a chunk of SCTP.</summary>
internal readonly record struct Saying(TcpFlags Flags, SctpChunkType Chunk, int PayloadBytes)
{
    internal string In(TransportProtocol protocol) => protocol switch
    {
        TransportProtocol.Tcp => $"tcp {Flags}, {PayloadBytes} octets",
        TransportProtocol.Sctp => $"sctp {Chunk}, {PayloadBytes} octets",
        _ => $"udp, {PayloadBytes} octets",
    };
}

/// <summary>A conversation of a client with a virtual service.</summary>
internal sealed class Flow(
    TransportProtocol protocol, Endpoint client, Endpoint service, bool isOnePacket)
{
    internal TransportProtocol Protocol { get; } = protocol;

    internal Endpoint Client { get; } = client;

    internal Endpoint Service { get; } = service;

    /// <summary>Nothing is remembered of it, so that no reply belongs to it.</summary>
    internal bool IsOnePacket { get; } = isOnePacket;

    /// <summary>The server that translated packets went to; null when none did.</summary>
    internal Endpoint? Server { get; set; }

    /// <summary>What that server got last.</summary>
    internal byte[] AtServer { get; set; } = [];

    internal byte[] FromClient(Saying saying) => Packet(Client, Service, saying);

    internal byte[] FromServer(Saying saying) => Packet(Server!.Value, Client, saying);

    /// <summary>As the client gets it, when all is well.</summary>
    internal byte[] AtClient(Saying saying) => Packet(Service, Client, saying);

    private byte[] Packet(Endpoint from, Endpoint to, Saying saying) => Protocol switch
    {
        TransportProtocol.Tcp => Frames.Tcp(from, to, saying.Flags, saying.PayloadBytes),
        TransportProtocol.Sctp => Frames.Sctp(from, to, saying.Chunk, saying.PayloadBytes),
        _ => Frames.Udp(from, to, saying.PayloadBytes),
    };
}
