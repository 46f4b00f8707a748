using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>A client's segment as a server finds it on its link.</summary>
/// <param name="Server">Whom the box chose.</param>
/// <param name="Tcp">The segment, out of its tunnel.</param>
internal readonly record struct Arrived(IpAddress Server, TcpFrame Tcp)
{
    private const int Ipip = 4;
    private const int EthernetLength = 14;
    private const int OuterLength = EthernetLength + 20;

    /// <summary>False for what is no such segment, or was damaged on the way.</summary>
    public static bool TryRead(Scenario scenario, byte[] octets, out Arrived arrived)
    {
        arrived = default;
        IpAddress outer = default;
        byte[] frame = octets;
        if (scenario.Method == ForwardingMethod.Tunnel)
        {
            if (octets.Length <= OuterLength
                || octets[EthernetLength + 9] != Ipip
                || SlowSum.FindFault(octets, false) is not null)
            {
                return false;
            }

            outer = IpAddress.ReadIpv4(octets.AsSpan(EthernetLength + 16));
            frame = [.. octets[..EthernetLength], .. octets[OuterLength..]];
        }

        if (!TcpFrame.TryRead(frame, out TcpFrame tcp))
        {
            return false;
        }

        // By direct routing the station alone tells who it is for; its number is the server's.
        IpAddress server = scenario.Method switch
        {
            ForwardingMethod.Tunnel => outer,
            ForwardingMethod.Direct =>
                SimulatedServer.AddressOf((int)(MacAddress.Read(octets).Bits & 0xFF)),
            _ => tcp.Destination.Address,
        };
        ushort port = scenario.AnswersPassTheBox ? SimulatedServer.Port : Layout.Service.Port;
        arrived = new(server, tcp);
        return tcp.Destination.Port == port;
    }
}
