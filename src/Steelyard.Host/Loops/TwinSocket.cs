using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Steelyard.Core.Configuration;
using Steelyard.Linux.Ports;

namespace Steelyard.Host.Loops;

/// <summary>
/// The sync channel: UDP multicast on one interface, as the kernel's sync daemon uses it.
/// </summary>
internal sealed class TwinSocket : IPollSource, IDisposable
{
    /// <summary>Room for 4,000 records while the loop is busy elsewhere.</summary>
    private const int BufferBytes = 1 << 18;

    private readonly Socket _socket;
    private readonly SocketAddress _group;

    public TwinSocket(SyncConfig config, int interfaceIndex)
    {
        Config = config;
        InterfaceIndex = interfaceIndex;
        IPAddress group = config.Group.ToIPAddress();
        _group = new IPEndPoint(group, config.Port).Serialize();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = BufferBytes,
            SendBufferSize = BufferBytes,
        };
        try
        {
            int networkOrder = IPAddress.HostToNetworkOrder(interfaceIndex);
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _socket.SetSocketOption(
                SocketOptionLevel.IP, SocketOptionName.MulticastInterface, networkOrder);
            _socket.SetSocketOption(
                SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, config.TimeToLive);
            _socket.SetSocketOption(
                SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, false);
            _socket.Bind(new IPEndPoint(group, config.Port));
            _socket.SetSocketOption(
                SocketOptionLevel.IP,
                SocketOptionName.AddMembership,
                new MulticastOption(group, interfaceIndex));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public SyncConfig Config { get; }

    public int InterfaceIndex { get; }

    SafeHandle IPollSource.Descriptor => _socket.SafeHandle;

    bool IPollSource.HasInput => false;

    /// <summary>Takes one datagram without waiting; its length, or −1.</summary>
    public int TryReceive(Span<byte> buffer)
    {
        int length = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
        return error == SocketError.Success ? length : -1;
    }

    /// <summary>Sends without waiting; a full queue or a lost link drops the datagram.</summary>
    public bool Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, _group) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    void IPollSource.OnError() =>
        _ = _socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error);

    public void Dispose() => _socket.Dispose();
}
