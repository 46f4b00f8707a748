using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;

namespace Steelyard.Host.Api;

/// <summary>Who listens on a Unix socket.</summary>
internal static class SocketPeer
{
    // <sys/socket.h> of Linux on every machine that .NET runs on.
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>struct ucred: pid, uid, gid; four bytes each.</summary>
    private const int CredentialBytes = 12;

    /// <summary>
    /// The listener as <c>process 123 (steelyard)</c>, or null when nobody listens.
    /// </summary>
    public static string? FindHolder(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refused) when (refused.SocketErrorCode
            is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
            || !File.Exists(path))
        {
            return null;
        }
        catch (SocketException denied)
        {
            return $"somebody ({denied.Message})";
        }

        int processId = ProcessOf(socket);
        return processId > 0 ? $"process {processId} ({NameOf(processId)})" : "a process";
    }

    /// <summary>The process at the other end; 0 when the kernel does not tell.</summary>
    public static int ProcessOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialBytes];
        int length = socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return length >= sizeof(int) ? ReadHostOrder(credentials) : 0;
    }

    private static int ReadHostOrder(ReadOnlySpan<byte> bytes) => BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReadInt32LittleEndian(bytes)
        : BinaryPrimitives.ReadInt32BigEndian(bytes);

    private static string NameOf(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/comm").Trim();
        }
        catch (IOException)
        {
            return "gone since";
        }
    }
}
