using System;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Mqtt;

/// <summary>Why a port could not be opened, said with the mend.</summary>
internal static class ListenFault
{
    public static string Describe(Endpoint listen, Exception failure) => CodeOf(failure) switch
    {
        SocketError.AddressAlreadyInUse =>
            $"{listen} is in use by {PortHolder.Find(listen.Port) ?? "another program"}; "
            + "stop it, or give another address and port with `listen`.",
        SocketError.AddressNotAvailable =>
            $"no interface has the address {listen.Address}; add it, or give another "
            + "with `listen`.",
        SocketError.AccessDenied =>
            $"{listen} may not be opened by this user; ports below 1024 need root or "
            + "CAP_NET_BIND_SERVICE.",
        _ => $"{listen} could not be opened: {failure.Message}.",
    };

    private static SocketError CodeOf(Exception failure) => failure switch
    {
        AddressInUseException => SocketError.AddressAlreadyInUse,
        SocketException socket => socket.SocketErrorCode,
        { InnerException: { } inner } => CodeOf(inner),
        _ => SocketError.SocketError,
    };
}
