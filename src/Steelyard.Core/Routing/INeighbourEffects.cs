using Steelyard.Core.Wire;

namespace Steelyard.Core.Routing;

/// <summary>What the neighbour table makes happen.</summary>
public interface INeighbourEffects
{
    /// <summary>Sends a request for an address.</summary>
    /// <param name="station">
    /// Whom to ask: the old station, or everyone (broadcast; in IPv6 the address's own group).
    /// </param>
    void Ask(int interfaceIndex, IpAddress address, MacAddress station);

    /// <summary>A neighbour's station address is known, or is another one now.</summary>
    void Learned(int interfaceIndex, IpAddress address, MacAddress station);

    /// <summary>A neighbour is not there, or was forgotten: what waits for it is dropped.</summary>
    void Failed(int interfaceIndex, IpAddress address);
}
