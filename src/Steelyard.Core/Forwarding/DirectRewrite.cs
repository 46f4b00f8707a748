using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Direct routing: the packet stays as it is but for one hop less; that it reaches the server is
/// the work of the server's station address.
/// </summary>
internal static class DirectRewrite
{
    public static void ToServer(Ipv4Packet packet) => packet.DecrementTimeToLive();
}
