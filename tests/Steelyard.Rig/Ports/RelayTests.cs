using System;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>
/// Two ordinary hosts speak through two ports. Over veth their frames carry unfinished checksums
/// and come as super-frames of up to 64 KiB; the hosts verify every sum.
/// </summary>
public sealed class RelayTests
{
    /// <summary>Longest frame on the wire with an MTU of 1500.</summary>
    private const int LongestWireFrame = 1514;

    [RootTheory]
    [InlineData(ReceiveRing.PerFrame, 0)]
    [InlineData(ReceiveRing.PerFrame, 128 << 10)]
    [InlineData(ReceiveRing.Blocks, 0)]
    public void Bulk_data_arrives_whole_through_super_frames(ReceiveRing ring, int slotBytes)
    {
        const int Length = 64 << 20;
        byte[] data = new byte[Length];
        new Random(1).NextBytes(data);
        using Relay relay = new(new()
        {
            Ring = ring,
            SlotBytes = slotBytes,
            AcceptsAllStations = true,
        });

        byte[] received = Transfer(relay, data);

        Assert.Equal(SHA256.HashData(data), SHA256.HashData(received));
        Assert.True(relay.LongestFrame > 8 * LongestWireFrame, $"{relay.LongestFrame} bytes");
        Assert.True(relay.UnfinishedChecksums > 0);
        Assert.Equal(0, relay.LeftCounters.TransmitRefused);
        Assert.Equal(0, relay.RightCounters.TransmitRefused);
    }

    [RootFact]
    public void A_datagram_with_an_unfinished_checksum_arrives()
    {
        using Relay relay = new(new() { AcceptsAllStations = true });
        using Socket receiver = relay.Right.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(Relay.RightAddress.ToIPAddress(), 5000));
        receiver.ReceiveTimeout = (int)Wire.Patience.TotalMilliseconds;
        using Socket sender = relay.Left.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        byte[] buffer = new byte[100];

        _ = sender.SendTo("weigh"u8, new IPEndPoint(Relay.RightAddress.ToIPAddress(), 5000));
        int length = receiver.Receive(buffer);

        Assert.Equal("weigh"u8.ToArray(), buffer.AsSpan(0, length).ToArray());
        Assert.Equal(1, relay.UnfinishedChecksums);
    }

    /// <summary>Sends from left to right over TCP, and returns what came.</summary>
    private static byte[] Transfer(Relay relay, byte[] data)
    {
        IPEndPoint address = new(Relay.RightAddress.ToIPAddress(), 5001);
        using Socket listener = relay.Right.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(address);
        listener.Listen();
        using Socket sender = relay.Left.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        sender.Connect(address);
        using Socket receiver = listener.Accept();
        receiver.ReceiveTimeout = 3 * (int)Wire.Patience.TotalMilliseconds;
        Thread sending = new(() => SendAll(sender, data));
        sending.Start();
        byte[] received = new byte[data.Length];
        int got = 0;
        while (got < received.Length)
        {
            int part = receiver.Receive(received, got, received.Length - got, SocketFlags.None);
            if (part == 0)
            {
                break;
            }

            got += part;
        }

        sending.Join();
        return received;
    }

    private static void SendAll(Socket sender, byte[] data)
    {
        try
        {
            int sent = 0;
            while (sent < data.Length)
            {
                sent += sender.Send(data, sent, data.Length - sent, SocketFlags.None);
            }

            sender.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The receiver gave up, and says so.
        }
    }
}
