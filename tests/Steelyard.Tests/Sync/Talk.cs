using System;
using System.Buffers.Binary;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Sync;

/// <summary>What clients and servers say through a box, and what came out of it.</summary>
internal static class Talk
{
    public const string Client = "10.0.0.1:40001";
    public const string Web = "10.9.0.1:80";

    public static void Establish(
        TestBox box, string service, string server, string client = Client)
    {
        Assert.Single(box.FromClient(PacketBuilder.Tcp(client, service)));
        Assert.Single(box.FromServer(PacketBuilder.Tcp(server, client)
            .Flags(TcpFlags.Syn | TcpFlags.Acknowledgment)));
        Assert.Single(box.FromClient(
            PacketBuilder.Tcp(client, service).Flags(TcpFlags.Acknowledgment)));
    }

    public static byte[] One(SentFrame[] sent)
    {
        byte[] packet = Assert.Single(sent).Packet;
        Assert.Equal(0, SlowChecksum.Of(packet.AsSpan(0, 20)));
        Assert.True(packet[9] == 132 || SlowChecksum.OfTransport(packet) == 0);
        return packet;
    }

    public static string SourceOf(byte[] packet) => EndOf(packet, 12, 20);

    public static string DestinationOf(byte[] packet) => EndOf(packet, 16, 22);

    private static string EndOf(byte[] packet, int address, int port) => new Endpoint(
        IpAddress.ReadIpv4(packet.AsSpan(address)),
        BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(port))).ToString();
}
