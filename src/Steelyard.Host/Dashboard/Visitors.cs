using System;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Steelyard.Host.Listening;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Dashboard;

/// <summary>
/// Who may be connected to the page at one time: so many in all, so many of one address, before
/// any of them has said a word. The box itself has places of its own, which no stranger can take:
/// the health gate looks at the page through them.
/// </summary>
internal sealed class Visitors(ILogger log)
{
    /// <summary>Connections of others, in all.</summary>
    public const int Most = 128;

    /// <summary>A browser opens six at most, and one for the events; a few browsers.</summary>
    public const int OfOneMost = 32;

    /// <summary>Connections of the box itself, or of a proxy on it.</summary>
    public const int OwnMost = 32;

    private readonly ConnectionQuota _others = new(Most, OfOneMost);
    private readonly ConnectionQuota _own = new(OwnMost, OwnMost);
    private readonly Seldom _full = new(TimeProvider.System);

    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        EndPoint? remote = connection.RemoteEndPoint;
        ConnectionQuota places = IsOwn(remote, connection.LocalEndPoint) ? _own : _others;
        ConnectionQuota.Answer answer = places.Enter(remote);
        if (answer != ConnectionQuota.Answer.Welcome)
        {
            SayFull(answer, remote, places);
            await connection.DisposeAsync();
            return;
        }

        try
        {
            await serve(connection);
        }
        finally
        {
            places.Leave(remote);
        }
    }

    /// <summary>
    /// From the address that it came to, or from loopback: the kernel lets nobody else have these.
    /// </summary>
    internal static bool IsOwn(EndPoint? remote, EndPoint? local) =>
        remote is IPEndPoint { Address: IPAddress from }
        && (IPAddress.IsLoopback(Plain(from))
            || (local is IPEndPoint { Address: IPAddress to } && Plain(to).Equals(Plain(from))));

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private void SayFull(
        ConnectionQuota.Answer answer, EndPoint? remote, ConnectionQuota places)
    {
        if (!_full.May())
        {
            return;
        }

        if (answer == ConnectionQuota.Answer.OneTooMany)
        {
            Log.DashboardAddressFull(log, OfOneMost, (remote as IPEndPoint)?.Address);
        }
        else
        {
            Log.DashboardFull(log, places.Count);
        }
    }
}
