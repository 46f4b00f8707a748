using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// From now on the engine answers for a virtual address, and takes frames for its virtual
/// router's station address on this interface.
/// </summary>
/// <param name="settling">
/// For so long a segment of an unknown connection is dropped and not answered by a reset: the
/// twin's last records may still be on their way, and the client sends it again.
/// </param>
public sealed class HoldAddress(
    int interfaceIndex,
    IpAddress address,
    MacAddress virtualStation,
    TimeSpan settling = default) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        Instant settled = now + settling;
        engine.SettlesUntil = settled > engine.SettlesUntil ? settled : engine.SettlesUntil;
        engine.Held.Hold(interfaceIndex, address, virtualStation);
        engine.RenewStations(interfaceIndex);
    }
}
