using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Probes;

/// <summary><c>TCP_CHECK</c>: a connection that opens is a good answer.</summary>
internal static class TcpProbe
{
    public static async Task<ProbeOutcome> RunAsync(CheckConfig check, CancellationToken deadline)
    {
        using Socket socket = await ConnectAsync(check.Target, deadline);
        return ProbeOutcome.Good;
    }

    public static async Task<Socket> ConnectAsync(Endpoint target, CancellationToken deadline)
    {
        Socket socket = new(target.Address.Family, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        try
        {
            await socket.ConnectAsync(target.Address.ToIPAddress(), target.Port, deadline);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
