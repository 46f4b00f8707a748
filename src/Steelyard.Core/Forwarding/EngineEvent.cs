using Steelyard.Core.Connections;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

public enum EngineEventKind : byte
{
    Unknown = 0,

    /// <summary>
    /// Frames wait for the station address of <see cref="EngineEvent.Address"/>, or it is in use
    /// and was learned a while ago: ask.
    /// </summary>
    NeighbourWanted,

    /// <summary>A connection was made, changed state, or ended: tell the twin.</summary>
    ConnectionChanged,
}

/// <summary>What the data thread tells the control loop.</summary>
/// <param name="Kind">Which of the fields below count.</param>
/// <param name="InterfaceIndex">
/// The kernel's index of the interface, for a wanted neighbour.
/// </param>
/// <param name="Address">The next hop wanted.</param>
/// <param name="Connection">The connection as it is now.</param>
public readonly record struct EngineEvent(
    EngineEventKind Kind, int InterfaceIndex, IpAddress Address, ConnectionRecord Connection);
