using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace Steelyard.Host.Loops;

/// <summary>
/// The right to serve an interface: an abstract Unix socket of a name made from its index. Such
/// names belong to the network namespace and go with the process, so a crash leaves nothing behind.
/// </summary>
internal sealed class InterfaceClaim : IDisposable
{
    private const int SolSocket = 1;
    private const int SoPeerCredentials = 17;
    private const int CredentialsLength = 12;

    private readonly Socket _socket;

    private InterfaceClaim(Socket socket) => _socket = socket;

    /// <summary>Claims the interface, or says which process has.</summary>
    /// <param name="holder">The other process's id; 0 when it cannot be told.</param>
    public static InterfaceClaim? TryTake(int interfaceIndex, out int holder)
    {
        holder = 0;
        UnixDomainSocketEndPoint name = NameOf(interfaceIndex);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(name);
            socket.Listen(1);
            return new InterfaceClaim(socket);
        }
        catch (SocketException inUse)
            when (inUse.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            holder = AskHolder(name);
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static UnixDomainSocketEndPoint NameOf(int interfaceIndex) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\0steelyard/interface/{interfaceIndex}"));

    private static int AskHolder(UnixDomainSocketEndPoint name)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(name);
            Span<byte> credentials = stackalloc byte[CredentialsLength];
            _ = socket.GetRawSocketOption(SolSocket, SoPeerCredentials, credentials);
            return BinaryPrimitives.ReadInt32LittleEndian(credentials);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
