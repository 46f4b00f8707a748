using System;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Scheduling;

/// <summary>
/// Two drawn by weight, and of these the less loaded for its weight (<c>twos</c>); the first
/// drawn of equals. Mitzenmacher, "The power of two choices in randomized load balancing" (1996).
/// </summary>
public sealed class PowerOfTwoChoices : ISchedule
{
    private readonly SeededChance _chance;

    // Drawn before they are needed, so that who only looks ahead moves nothing.
    private ulong _first;
    private ulong _second;

    /// <param name="chance">Its own: nobody else draws from it.</param>
    public PowerOfTwoChoices(SeededChance chance)
    {
        _chance = chance;
        Draw();
    }

    public string Name => "twos";

    public RealServer? Pick(VirtualService service, in FlowKey flow, Instant now)
    {
        RealServer? server = Peek(service, flow, now);
        Draw();
        return server;
    }

    public RealServer? Peek(VirtualService service, in FlowKey flow, Instant now)
    {
        ReadOnlySpan<RealServer> servers = service.Servers;
        long total = 0;
        foreach (RealServer server in servers)
        {
            total += server.TakesNewConnections ? server.Weight : 0;
        }

        if (total == 0)
        {
            return null;
        }

        RealServer first = At(servers, Lot(_first, total));
        RealServer second = At(servers, Lot(_second, total));
        return second.Weight * Load.Connections(first) > first.Weight * Load.Connections(second)
            ? second
            : first;
    }

    public void OnServersChanged(VirtualService service)
    {
    }

    /// <summary>From 0 to the total, both included: the first server has one lot more.</summary>
    private static long Lot(ulong bits, long total) =>
        (long)Math.BigMul(bits, (ulong)total + 1, out _);

    private static RealServer At(ReadOnlySpan<RealServer> servers, long lot)
    {
        int index = -1;
        do
        {
            index++;
            lot -= servers[index].TakesNewConnections ? servers[index].Weight : 0;
        }
        while (lot > 0 || !servers[index].TakesNewConnections);

        return servers[index];
    }

    private void Draw()
    {
        _first = _chance.NextBits();
        _second = _chance.NextBits();
    }
}
