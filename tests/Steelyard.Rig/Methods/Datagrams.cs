using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading;
using Steelyard.Rig.Box;

namespace Steelyard.Rig.Methods;

/// <summary>A UDP server that gives each datagram back reversed, and a client that asks.</summary>
internal sealed class Datagrams : IDisposable
{
    // Only what the path cannot carry yet is asked again: the sender's kernel learns by then.
    private const int AskAgainMs = 1_000;

    private readonly Socket _server;
    private readonly Socket _client;
    private readonly ConcurrentQueue<string> _seen = [];

    internal Datagrams(MethodsWorld world, string address)
    {
        IPAddress virtualAddress = IPAddress.Parse(address);
        AddressFamily family = virtualAddress.AddressFamily;
        _server = world.Open("server11", family, SocketType.Dgram, (int)ProtocolType.Udp);
        _client = world.Open("client", family, SocketType.Dgram, (int)ProtocolType.Udp);
        bool isIpv4 = family == AddressFamily.InterNetwork;
        if (!isIpv4)
        {
            _server.DualMode = false;
            _client.DualMode = false;
        }

        _server.ReceiveTimeout = 0;
        _client.ReceiveTimeout = AskAgainMs;
        _server.Bind(new IPEndPoint(
            isIpv4 ? IPAddress.Any : IPAddress.IPv6Any, MethodsConfig.UdpServer));
        _client.Connect(virtualAddress, MethodsConfig.Udp);
        new Thread(Serve) { IsBackground = true }.Start();
    }

    /// <summary>Asks with so many random octets, and checks both ways.</summary>
    internal void Ask(int size)
    {
        byte[] question = RandomNumberGenerator.GetBytes(size);
        byte[] answer = new byte[ushort.MaxValue];
        int length = 0;
        Shell.Until($"a datagram of {size} octets is answered", () => TryAsk(
            question, answer, out length));

        Assert.Equal(question.AsEnumerable().Reverse(), answer.Take(length));
        Assert.Contains(Convert.ToHexString(SHA256.HashData(question)), _seen);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private bool TryAsk(byte[] question, byte[] answer, out int length)
    {
        length = 0;
        try
        {
            _client.Send(question);
            length = _client.Receive(answer);
            return true;
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock
                or SocketError.MessageSize)
        {
            return false;
        }
    }

    private void Serve()
    {
        byte[] buffer = new byte[ushort.MaxValue];
        EndPoint any = new IPEndPoint(
            _server.AddressFamily == AddressFamily.InterNetwork
                ? IPAddress.Any
                : IPAddress.IPv6Any,
            0);
        try
        {
            while (true)
            {
                EndPoint sender = any;
                int length = _server.ReceiveFrom(buffer, ref sender);
                _seen.Enqueue(Convert.ToHexString(SHA256.HashData(buffer.AsSpan(0, length))));
                buffer.AsSpan(0, length).Reverse();
                _server.SendTo(buffer, length, SocketFlags.None, sender);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
