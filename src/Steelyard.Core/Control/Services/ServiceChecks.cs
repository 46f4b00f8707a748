using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Services;

/// <summary>What LVS refuses of services and servers, by the same rules as the kernel.</summary>
internal static class ServiceChecks
{
    /// <summary>There is such a scheduler, and such a persistence engine if one is named.</summary>
    public static bool IsKnown(ServiceSettings settings) =>
        Schedulers.Exists(settings.Scheduler) && settings.PersistenceEngine is "" or "sip";

    /// <summary>What is wrong with a server's settings, whether it is there or not.</summary>
    /// <param name="mayMix">A tunnel may lead to a server of the other family.</param>
    public static ServiceAnswer OfServer(
        in ServiceKey service, in Endpoint server, ServerSettings settings, bool mayMix)
    {
        bool isTunnel = settings.Method == ForwardingMethod.Tunnel;
        if (!(isTunnel && mayMix) && server.Address.IsIpv4 != service.Address.IsIpv4)
        {
            return ServiceAnswer.Invalid;
        }

        if (settings.Weight < 0
            || settings.LowerThreshold < 0
            || settings.LowerThreshold > settings.UpperThreshold)
        {
            return ServiceAnswer.OutOfRange;
        }

        return isTunnel && settings.Tunnel is { Kind: TunnelKind.Gue, Port: 0 }
            ? ServiceAnswer.Invalid
            : ServiceAnswer.Done;
    }

    /// <summary>
    /// One machine's address. IPv4: not 0.0.0.0, a multicast or the broadcast address. IPv6: not
    /// ::, multicast or link-local.
    /// </summary>
    public static bool MayBeServer(in IpAddress address)
    {
        const ulong LinkLocal = 0xFE80_0000_0000_0000;
        const ulong LinkLocalMask = 0xFFC0_0000_0000_0000;
        bool isUnicast = !address.IsNone && !address.IsMulticast;
        return address.IsIpv4
            ? isUnicast && address.Ipv4 is not (0 or uint.MaxValue)
            : isUnicast && (address.High & LinkLocalMask) != LinkLocal;
    }
}
