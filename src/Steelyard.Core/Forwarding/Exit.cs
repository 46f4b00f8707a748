using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>A route with its port, and where its gateway was found last.</summary>
internal struct Exit
{
    public EnginePort? Port;
    public IpAddress Gateway;
    public int Neighbour;
    public int Generation;
}
