using System.Collections.Generic;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// A server as <c>lblc</c> and <c>lblcr</c> remember it: also while it is out of the service. Who
/// is added again at the same endpoint finds its seat, and its destinations, kept.
/// </summary>
internal sealed class Seat(RealServer server)
{
    public RealServer Server = server;

    /// <summary>Memories that lead here.</summary>
    public int Uses;

    /// <summary>In the service, and with a weight; an upper threshold does not count.</summary>
    public bool IsAlive => !Server.IsRemoved && Server.Weight > 0;
}

/// <summary>The seats of one service.</summary>
internal sealed class Seats
{
    // Looked up, never enumerated.
    private readonly Dictionary<Endpoint, Seat> _byEndpoint = [];
    private readonly List<Seat> _all = [];

    public Seat Of(RealServer server) => _byEndpoint[server.Endpoint];

    public void OnServersChanged(VirtualService service)
    {
        foreach (RealServer server in service.Servers)
        {
            if (_byEndpoint.TryGetValue(server.Endpoint, out Seat? seat))
            {
                seat.Server = server;
                continue;
            }

            seat = new(server);
            _byEndpoint.Add(server.Endpoint, seat);
            _all.Add(seat);
        }

        for (int index = _all.Count - 1; index >= 0; index--)
        {
            Seat seat = _all[index];
            if (seat.Uses == 0 && seat.Server.IsRemoved)
            {
                _byEndpoint.Remove(seat.Server.Endpoint);
                _all.RemoveAt(index);
            }
        }
    }
}
