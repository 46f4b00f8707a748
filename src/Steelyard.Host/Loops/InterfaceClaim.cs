using System;
using System.Globalization;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Listening;

namespace Steelyard.Host.Loops;

/// <summary>
/// The right to serve an interface: an abstract Unix socket of a name made from its index. Such
/// names belong to the network namespace and go with the process, so a crash leaves nothing behind.
/// </summary>
internal sealed class InterfaceClaim : IDisposable
{
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
            socket.Listen();
            _ = DismissAskersAsync(socket);
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

    /// <summary>Lets those go who asked who holds it, so that others can ask.</summary>
    private static async Task DismissAskersAsync(Socket socket)
    {
        AcceptLoop loop = AcceptLoop.On(socket, _ => { });
        while (await loop.NextAsync(CancellationToken.None) is { } asker)
        {
            asker.Dispose();
        }
    }

    private static UnixDomainSocketEndPoint NameOf(int interfaceIndex) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\0steelyard/interface/{interfaceIndex}"));

    private static int AskHolder(UnixDomainSocketEndPoint name)
    {
        // Not blocking: the control thread asks, and a holder that hangs must not hold it too.
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            Blocking = false,
        };
        try
        {
            socket.Connect(name);
            return SocketPeer.ProcessOf(socket);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
