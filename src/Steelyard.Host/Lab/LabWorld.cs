using System;
using System.Linq;
using Steelyard.Core.Wire;
using Steelyard.Linux.Network;

namespace Steelyard.Host.Lab;

/// <summary>
/// The lab's networks: an outside and an inside switch, clients, two boxes between them, and the
/// real servers. All are nameless namespaces: they end with the lab, however it ends.
/// </summary>
internal sealed class LabWorld : IDisposable
{
    private const string Loopback = "lo";
    private const string Switch = "switch";

    private readonly NetworkNamespace _outside = NetworkNamespace.Create();
    private readonly NetworkNamespace _inside = NetworkNamespace.Create();

    private LabWorld()
    {
    }

    public NetworkNamespace Clients { get; } = NetworkNamespace.Create();

    public NetworkNamespace[] Boxes { get; } = Several(LabPlan.BoxCount);

    public NetworkNamespace[] Servers { get; } = Several(LabPlan.ServerCount);

    public static LabWorld Build()
    {
        LabWorld world = new();
        try
        {
            world.Wire();
            return world;
        }
        catch
        {
            world.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (NetworkNamespace place in (NetworkNamespace[])
            [.. Boxes, .. Servers, Clients, _outside, _inside])
        {
            place.Dispose();
        }
    }

    private static NetworkNamespace[] Several(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => NetworkNamespace.Create())];

    private void Wire()
    {
        using LinkEditor outside = AddSwitch(_outside);
        using LinkEditor inside = AddSwitch(_inside);
        Plug(outside, "clients", Clients, LabPlan.HostLeg, LabPlan.Client);
        for (int box = 0; box < Boxes.Length; box++)
        {
            string name = LabPlan.BoxName(box);
            Plug(outside, name, Boxes[box], LabPlan.OutsideLeg, LabPlan.BoxOutside(box));
            Plug(inside, name, Boxes[box], LabPlan.InsideLeg, LabPlan.BoxInside(box));
        }

        for (int server = 0; server < Servers.Length; server++)
        {
            Plug(
                inside,
                LabPlan.ServerName(server),
                Servers[server],
                LabPlan.HostLeg,
                LabPlan.Server(server));
            using LinkEditor editor = LinkEditor.Inside(Servers[server]);
            editor.AddRoute(LabPlan.Everywhere, LabPlan.VirtualInside.Address);
        }
    }

    private static LinkEditor AddSwitch(NetworkNamespace place)
    {
        LinkEditor editor = LinkEditor.Inside(place);
        editor.AddBridge(Switch);
        editor.SetUp(Switch);
        return editor;
    }

    /// <summary>A wire from the switch's port to a leg with an address.</summary>
    private static void Plug(
        LinkEditor atSwitch, string port, NetworkNamespace place, string leg, IpPrefix address)
    {
        atSwitch.AddVethPair(port, leg, null, place);
        atSwitch.SetBridge(port, Switch);
        atSwitch.SetUp(port);
        using LinkEditor editor = LinkEditor.Inside(place);
        editor.SetUp(Loopback);
        editor.AddAddress(leg, address);
        editor.SetUp(leg);
    }
}
