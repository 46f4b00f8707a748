using System.Collections.Generic;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>A flow of the recording, as its two ends see it.</summary>
internal sealed class Conversation(FlowKey flow)
{
    public FlowKey Flow { get; } = flow;

    /// <summary>The server that had the client's last packet; null before.</summary>
    public Endpoint? Server { get; private set; }

    /// <summary>Whom that server takes for the client.</summary>
    public Endpoint ClientAtServer { get; private set; } = flow.Client;

    public byte[] FromClient(TcpFlags flags, int length) =>
        GoldenPacket.Tcp(Flow.Client, Flow.Virtual, flags, length);

    public byte[] FromClient(byte[] payload) =>
        GoldenPacket.Udp(Flow.Client, Flow.Virtual, payload);

    public byte[] FromServer(TcpFlags flags, int length) =>
        GoldenPacket.Tcp(Server!.Value, ClientAtServer, flags, length);

    public byte[] FromServer(byte[] payload) =>
        GoldenPacket.Udp(Server!.Value, ClientAtServer, payload);

    /// <summary>Where the client's packet came out, in the recordings' words.</summary>
    public string Describe(IReadOnlyList<Sighting> seen)
    {
        if (seen.Count == 0)
        {
            return Words.Nothing;
        }

        Sighting one = Assert.Single(seen);
        if (!one.IsOnServerSide)
        {
            Assert.Equal(Flow.Client.Address, one.Destination.Address);
            return Words.Answered(one.AsAnswer, one.From);
        }

        (Endpoint server, string via) = one.AsForwarded(Flow.Virtual);
        Server = server;
        ClientAtServer = via == "nat" ? one.Source : Flow.Client;
        return Words.Forwarded(server.ToString(), via);
    }

    /// <summary>Where the server's packet came out.</summary>
    public string DescribeReply(IReadOnlyList<Sighting> seen)
    {
        if (seen.Count == 0)
        {
            return Words.Nothing;
        }

        Sighting one = Assert.Single(seen);
        if (one.IsOnServerSide)
        {
            return Words.ServerGets(one.AsAnswer);
        }

        Assert.Equal(Flow.Client, one.Destination);
        return Words.ClientGetsFrom(one.Source.ToString());
    }
}
