using System;
using System.Collections.Generic;
using System.Net.Sockets;
using Steelyard.Core.Wire;

namespace Steelyard.Linux.Ports;

/// <summary>
/// Groups of IPv6 that the kernel is in on our behalf: it tells switches and routers so, and
/// answers when they ask (MLD, RFC 3810). A switch that snoops keeps frames for a group from a
/// port that has never named it, and only ff02::1 is excepted (RFC 4541 §3).
/// </summary>
/// <remarks>
/// What is sent to the groups the packet socket receives; the socket here stays unbound and empty.
/// An interface without IPv6 has no group to be in, and nobody who would ask.
/// </remarks>
internal sealed class Ipv6Groups(int interfaceIndex) : IDisposable
{
    private readonly HashSet<IpAddress> _groups = [];
    private Socket? _socket;

    /// <summary>Joins or leaves; false when it is so already.</summary>
    internal bool Set(IpAddress group, bool joins)
    {
        if (!(joins ? _groups.Add(group) : _groups.Remove(group)))
        {
            return false;
        }

        try
        {
            _socket ??= new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            _socket.SetSocketOption(
                SocketOptionLevel.IPv6,
                joins ? SocketOptionName.AddMembership : SocketOptionName.DropMembership,
                new IPv6MulticastOption(group.ToIPAddress(), interfaceIndex));
        }
        catch (SocketException)
        {
            // No IPv6 in this kernel or on this interface, or the interface is gone.
        }

        return true;
    }

    public void Dispose() => _socket?.Dispose();
}
