using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>
/// What names a virtual service: protocol, address and port; or, when <paramref name="Mark"/> is
/// not zero, the firewall mark and the family of the address (0.0.0.0 or ::).
/// </summary>
public readonly record struct ServiceKey(
    TransportProtocol Protocol, IpAddress Address, ushort Port, uint Mark = 0)
{
    /// <summary>As in commands and topics: <c>tcp 192.168.100.1:80</c>, <c>fwmark 3</c>.</summary>
    public override string ToString()
    {
        string protocol = Protocol.ToString().ToLowerInvariant();
        return Mark != 0 ? $"fwmark {Mark}" : $"{protocol} {new Endpoint(Address, Port)}";
    }
}
