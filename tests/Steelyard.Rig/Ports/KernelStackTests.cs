using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Steelyard.Core.Wire;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>
/// What the engine receives for a virtual station, the kernel must neither answer nor forward,
/// however it is configured. Each test shows with the interface's own address that the kernel
/// would have done so.
/// </summary>
public sealed class KernelStackTests
{
    private static readonly MacAddress Virtual = MacAddress.VirtualRouterIpv4(51);
    private static readonly IpAddress BoxAddress = IpAddress.Parse("10.8.0.1");
    private static readonly IpAddress PeerAddress = IpAddress.Parse("10.8.0.2");

    [RootFact]
    public void The_kernel_does_not_answer_for_the_virtual_station()
    {
        using Wire wire = MakeWire();
        using AfPacketPort box = wire.OpenNear(new());
        box.AcceptStation(Virtual, accepts: true);
        using Socket echo = wire.Near.Run(() => Udp(BoxAddress, 7));
        using Socket peer = wire.Far.Run(() => Udp(PeerAddress, 4000));
        wire.FarEditor.SetNeighbour(Wire.FarName, BoxAddress, Wire.NearAddress);

        Say(peer, BoxAddress);
        Assert.True(Hears(echo, Wire.Patience));
        wire.FarEditor.SetNeighbour(Wire.FarName, BoxAddress, Virtual);
        Say(peer, BoxAddress);

        Assert.Single(Wire.Collect(box, 1, Wire.Patience));
        Assert.False(Hears(echo, Wire.Quiet));
    }

    [RootFact]
    public void The_kernel_does_not_forward_what_came_for_the_virtual_station()
    {
        using Wire wire = MakeWire();
        using NetworkNamespace beyond = NetworkNamespace.Create();
        using LinkEditor beyondEditor = LinkEditor.Inside(beyond);
        IpAddress target = IpAddress.Parse("10.7.0.2");
        wire.NearEditor.AddVethPair("out0", "in0", wire.Near, beyond);
        wire.NearEditor.AddAddress("out0", new(IpAddress.Parse("10.7.0.1"), 24));
        beyondEditor.AddAddress("in0", new(target, 24));
        wire.NearEditor.SetUp("out0");
        beyondEditor.SetUp("in0");
        Wire.WaitUntilUp(wire.Near, "out0");
        Wire.WaitUntilUp(beyond, "in0");
        wire.FarEditor.AddRoute(new(target, 24), BoxAddress);
        wire.Near.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));
        using AfPacketPort box = wire.OpenNear(new());
        box.AcceptStation(Virtual, accepts: true);
        using Socket server = beyond.Run(() => Udp(target, 7));
        using Socket peer = wire.Far.Run(() => Udp(PeerAddress, 4000));
        wire.FarEditor.SetNeighbour(Wire.FarName, BoxAddress, Wire.NearAddress);

        Say(peer, target);
        Assert.True(Hears(server, Wire.Patience));
        wire.FarEditor.SetNeighbour(Wire.FarName, BoxAddress, Virtual);
        Say(peer, target);

        Assert.Single(Wire.Collect(box, 1, Wire.Patience));
        Assert.False(Hears(server, Wire.Quiet));
    }

    /// <summary>
    /// A macvlan interface filters station addresses, as network cards do and veth does not: the
    /// kernel then adds ours to its list, and need not let everything in.
    /// </summary>
    [RootFact]
    public void An_interface_that_filters_does_not_become_promiscuous()
    {
        using Wire wire = new();
        _ = Ip(wire.Near, $"link add mac0 link {Wire.NearName} up type macvlan mode bridge");
        using AfPacketPort box = wire.Near.Run(() => new AfPacketPort("mac0"));

        box.AcceptStation(Virtual, accepts: true);

        string description = Ip(wire.Near, "-d link show mac0");
        Assert.Contains("promiscuity 0 ", description, StringComparison.Ordinal);
        Assert.DoesNotContain("PROMISC", description, StringComparison.Ordinal);
    }

    private static Wire MakeWire()
    {
        Wire wire = new();
        wire.NearEditor.AddAddress(Wire.NearName, new(BoxAddress, 24));
        wire.FarEditor.AddAddress(Wire.FarName, new(PeerAddress, 24));
        return wire;
    }

    private static Socket Udp(IpAddress address, int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address.ToIPAddress(), port));
        return socket;
    }

    private static void Say(Socket socket, IpAddress to) =>
        _ = socket.SendTo("weigh"u8, new IPEndPoint(to.ToIPAddress(), 7));

    private static bool Hears(Socket socket, TimeSpan time)
    {
        if (!socket.Poll(time, SelectMode.SelectRead))
        {
            return false;
        }

        _ = socket.Receive(new byte[100]);
        return true;
    }

    private static string Ip(NetworkNamespace place, string arguments)
    {
        using Process process = place.Start(
            new("ip", arguments) { RedirectStandardOutput = true });
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
