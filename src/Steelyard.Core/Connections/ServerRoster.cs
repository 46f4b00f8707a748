using System.Runtime.CompilerServices;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Connections;

/// <summary>
/// The servers that have connections, by small numbers: a connection keeps a number, so that the
/// garbage collector has no million references to follow.
/// </summary>
internal sealed class ServerRoster
{
    // Servers with connections at one time: more than a balancer's configuration ever names.
    private const int LargestCount = 65_536;

    private readonly ServiceLoad _ofNoService = new();
    private readonly RealServer?[] _servers;
    private readonly int[] _free;
    private int _freeCount;

    /// <param name="connectionCount">
    /// Connections that there may be: no more servers have one.
    /// </param>
    public ServerRoster(int connectionCount)
    {
        _servers = new RealServer?[int.Min(connectionCount, LargestCount)];
        _free = new int[_servers.Length];
        for (int slot = _servers.Length - 1; slot >= 0; slot--)
        {
            _free[_freeCount++] = slot;
        }
    }

    public RealServer this[int slot] => _servers[slot]!;

    /// <summary>
    /// Where the connections of a server are counted: as long as it has any, at the service that
    /// it served when the first one came.
    /// </summary>
    public ServiceLoad LoadOf(RealServer server) =>
        server.TableLoad ?? server.Service?.Load ?? _ofNoService;

    /// <summary>Where a connection's packets go: the server, on its port or the client's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Endpoint EndpointOf(in Connection connection)
    {
        Endpoint endpoint = this[connection.ServerSlot].Endpoint;
        return endpoint.Port != 0 ? endpoint : endpoint with { Port = connection.VirtualPort };
    }

    /// <summary>
    /// Gives the server a number, unless it has one; false when there is none left.
    /// </summary>
    public bool TryEnter(RealServer server)
    {
        if (server.TableSlot >= 0)
        {
            return true;
        }

        if (_freeCount == 0)
        {
            return false;
        }

        server.TableLoad = LoadOf(server);
        server.TableSlot = _free[--_freeCount];
        _servers[server.TableSlot] = server;
        return true;
    }

    /// <summary>The server's last connection has ended.</summary>
    public void Leave(RealServer server)
    {
        _servers[server.TableSlot] = null;
        _free[_freeCount++] = server.TableSlot;
        server.TableSlot = -1;
        server.TableLoad = null;
    }
}
