using System;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// Each in turn (<c>rr</c>): the next server after the one picked last. Weights count only as
/// zero or not.
/// </summary>
public sealed class RoundRobin : ISchedule
{
    private RealServer[] _known = [];

    /// <summary>Index of the server picked last; -1 before the first.</summary>
    private int _last = -1;

    public string Name => "rr";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        ReadOnlySpan<RealServer> servers = service.Servers;
        for (int step = 1; step <= servers.Length; step++)
        {
            int index = (_last + step) % servers.Length;
            if (servers[index].TakesNewConnections)
            {
                _last = index;
                return servers[index];
            }
        }

        return null;
    }

    public RealServer? Peek(VirtualService service, in FlowKey flow, Instant now)
    {
        int last = _last;
        RealServer? next = Pick(service, flow, now);
        _last = last;
        return next;
    }

    /// <summary>
    /// The turn stays with the server picked last; if it left, with the one before.
    /// </summary>
    public void OnServersChanged(VirtualService service)
    {
        RealServer[] servers = service.Picture;
        int index = -1;
        for (int before = _last; before >= 0 && index < 0; before--)
        {
            index = Array.IndexOf(servers, _known[before]);
        }

        _last = index;
        _known = servers;
    }
}
