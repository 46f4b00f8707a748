using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Listening;

/// <summary>
/// Takes connections for as long as somebody listens. When the process or the machine has no
/// descriptor left, it waits and goes on; and before that, it hangs up on those who come, for the
/// last descriptors are those of the box's own work: probes, files, libraries that are yet to be
/// loaded.
/// </summary>
/// <param name="accept">Waits for the next; throws as a socket does.</param>
/// <param name="pause">Waits until a failure may be over.</param>
/// <param name="most">A descriptor of this number or above is not to be had by a stranger.</param>
/// <param name="say">Told what is wrong, each time.</param>
internal sealed class AcceptLoop(
    Func<CancellationToken, ValueTask<Socket>> accept,
    Func<CancellationToken, Task> pause,
    int most,
    Action<string> say)
{
    /// <summary>As a socket is listened on.</summary>
    public static AcceptLoop On(Socket socket, Action<string> say) => new(
        socket.AcceptAsync,
        cancellation => Task.Delay(TimeSpan.FromSeconds(1), cancellation),
        Descriptors.ForStrangers,
        say);

    /// <returns>The next that may come in; null when nobody listens any more.</returns>
    public async Task<Socket?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                Socket socket = await accept(cancellation);
                if (Descriptors.NumberOf(socket) < most)
                {
                    return socket;
                }

                socket.Dispose();
                say("it is short of descriptors (LimitNOFILE): who comes is turned away");
            }
            catch (Exception end) when (end is ObjectDisposedException
                or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException gone) when (gone.SocketErrorCode
                is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // It left while it waited for us.
            }
            catch (SocketException failure)
            {
                // EMFILE, ENFILE, ENOBUFS, ENOMEM: accept(2) fails at once, however often tried.
                say($"nobody can be let in: {failure.Message}; tried again each second");
                await pause(cancellation);
            }
        }
    }
}
