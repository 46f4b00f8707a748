using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>Where the box's own processes are: behind a link that ends in its own kernel.</summary>
/// <param name="InterfaceIndex">The engine's end of that link; 0 for none.</param>
/// <param name="Address">The kernel's end.</param>
/// <param name="Station">The kernel's end too.</param>
public readonly record struct LocalNode(
    int InterfaceIndex, IpAddress Address, MacAddress Station);
