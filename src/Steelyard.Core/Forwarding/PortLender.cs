using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Finds a free port of one of the box's own addresses towards a far end. One port serves many
/// far ends at once: it is the pair that must be new. RFC 4787 §4.1.
/// </summary>
internal static class PortLender
{
    // The upper half of the ports is ours; services stand below.
    private const int FirstPort = 32_768;
    private const int PortCount = 32_768;

    // So many tries fail all only when nearly every port towards the far end is taken.
    private const int MostTries = 128;
    private const ushort LowestFreePort = 1024;

    // Odd, so that numbers in a row fall on all ports before one comes again, and far apart.
    private const uint Stride = 0x9E37_79B1;

    /// <param name="far">With whom the address will talk.</param>
    /// <param name="wish">Tried first: the sender's own port.</param>
    public static bool TryLend(
        Engine engine,
        TransportProtocol protocol,
        IpAddress address,
        in Endpoint far,
        ushort wish,
        out Endpoint lent)
    {
        lent = new(address, wish);
        if (wish >= LowestFreePort && IsFree(engine, protocol, far, lent))
        {
            return true;
        }

        // A secret place for each far end, and another one for each connection: the tries of two
        // do not run over the same ports. RFC 6056 §3.3.3.
        uint start = unchecked(engine.Connections.HashOf(protocol, far, lent)
            + ((uint)engine.Connections.Created * Stride));
        for (uint attempt = 0; attempt < MostTries; attempt++)
        {
            uint offset = unchecked(start + attempt) % PortCount;
            lent = new(address, (ushort)(FirstPort + offset));
            if (IsFree(engine, protocol, far, lent))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFree(
        Engine engine, TransportProtocol protocol, in Endpoint far, in Endpoint own) =>
        engine.Services.Match(0, protocol, own.Address, own.Port) is null
        && engine.Connections.Find(protocol, far, own, out _) < 0;
}
