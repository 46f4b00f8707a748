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

    /// <param name="receives">Else it only sends.</param>
    public TwinSocket(SyncConfig config, int interfaceIndex, bool receives = true)
    {
        Config = config;
        InterfaceIndex = interfaceIndex;
        Receives = receives;
        IPAddress group = config.Group.ToIPAddress();
        if (!config.Group.IsIpv4)
        {
            group.ScopeId = interfaceIndex;
        }

        IPEndPoint endpoint = new(group, config.Port);
        _group = endpoint.Serialize();
        _socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = BufferBytes,
            SendBufferSize = BufferBytes,
        };
        try
        {
            SocketOptionLevel level =
                config.Group.IsIpv4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _socket.SetSocketOption(
                level,
                SocketOptionName.MulticastInterface,
                config.Group.IsIpv4
                    ? IPAddress.HostToNetworkOrder(interfaceIndex)
                    : interfaceIndex);
            _socket.SetSocketOption(
                level, SocketOptionName.MulticastTimeToLive, config.TimeToLive);
            _socket.SetSocketOption(level, SocketOptionName.MulticastLoopback, false);
            if (receives)
            {
                _socket.Bind(endpoint);
                Join(level, group);
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public SyncConfig Config { get; }

    public int InterfaceIndex { get; }

    public bool Receives { get; }

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

    private void Join(SocketOptionLevel level, IPAddress group) => _socket.SetSocketOption(
        level,
        SocketOptionName.AddMembership,
        level == SocketOptionLevel.IP
            ? new MulticastOption(group, InterfaceIndex)
            : new IPv6MulticastOption(group, InterfaceIndex));

    public void Dispose() => _socket.Dispose();
}
