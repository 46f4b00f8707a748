using System;
using System.Linq;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Network;
using Steelyard.Linux.Ports;

namespace Steelyard.Rig.Ports;

/// <summary>Interfaces, addresses and routes of a namespace, as netlink tells them.</summary>
public sealed class LinkMonitorTests
{
    [RootFact]
    public void The_picture_holds_interfaces_addresses_and_routes()
    {
        using Wire wire = new();
        IpPrefix own = Prefix("10.6.0.1/24");
        wire.NearEditor.AddAddress(Wire.NearName, own);
        wire.NearEditor.SetMaximumTransmissionUnit(Wire.NearName, 1400);
        wire.NearEditor.AddRoute(Prefix("0.0.0.0/0"), IpAddress.Parse("10.6.0.254"));
        wire.NearEditor.AddRoute(Prefix("10.20.0.0/16"), null, Wire.NearName);
        using LinkMonitor monitor = wire.Near.Run(() => new LinkMonitor());

        NetworkPicture picture = WaitFor(monitor, one => Find(one)?.IsUp == true);

        InterfaceState state = Find(picture)!;
        Assert.Equal(Wire.NearAddress, state.HardwareAddress);
        Assert.Equal(1400, state.MaximumTransmissionUnit);
        Assert.Equal(own, Assert.Single(state.Addresses));
        Assert.Equal(
            [
                new(Prefix("0.0.0.0/0"), IpAddress.Parse("10.6.0.254"), state.Index, 0),
                new(Prefix("10.6.0.0/24"), null, state.Index, 0),
                new(Prefix("10.20.0.0/16"), null, state.Index, 0),
            ],
            picture.Routes.Where(route => route.Destination.Address.IsIpv4)
                .OrderBy(route => route.Destination.Address));
    }

    [RootFact]
    public void Ipv6_addresses_and_routes_are_told()
    {
        using Wire wire = new();
        wire.Near.Run(() => System.IO.File.WriteAllText(
            $"/proc/sys/net/ipv6/conf/{Wire.NearName}/disable_ipv6", "0"));
        wire.NearEditor.AddAddress(Wire.NearName, Prefix("2001:db8::1/64"));
        wire.NearEditor.AddRoute(Prefix("::/0"), IpAddress.Parse("2001:db8::fe"));
        using LinkMonitor monitor = wire.Near.Run(() => new LinkMonitor());

        NetworkPicture picture = WaitFor(monitor, one => Find(one)?.IsUp == true);

        InterfaceState state = Find(picture)!;
        Assert.Contains(Prefix("2001:db8::1/64"), state.Addresses);
        Assert.Contains(
            picture.Routes,
            route => route.Destination == Prefix("::/0")
                && route.Gateway == IpAddress.Parse("2001:db8::fe")
                && route.InterfaceIndex == state.Index);
    }

    [RootFact]
    public void Changes_wake_the_poller()
    {
        using Wire wire = new();
        using LinkMonitor monitor = wire.Near.Run(() => new LinkMonitor());
        using PortPoller poller = new();
        _ = WaitFor(monitor, one => Find(one)?.IsUp == true);
        poller.Add(monitor);
        Assert.False(poller.Wait(MonotonicClock.Now + Wire.Quiet));
        Assert.False(monitor.TakeChanges());

        wire.NearEditor.AddAddress(Wire.NearName, Prefix("10.6.0.1/24"));

        Assert.True(poller.Wait(MonotonicClock.Now + Wire.Patience));
        Assert.True(monitor.TakeChanges());
        wire.FarEditor.SetUp(Wire.FarName, isUp: false);
        _ = WaitFor(monitor, one => Find(one)?.IsUp == false);
        wire.FarEditor.Delete(Wire.FarName);
        _ = WaitFor(monitor, one => Find(one) is null);
    }

    [RootFact]
    public void Lost_news_are_news()
    {
        using Wire wire = new();
        using LinkMonitor monitor = wire.Near.Run(() => new LinkMonitor());

        // Some 300 octets of message, more in the socket's queue: past any default buffer.
        for (int count = 0; count < 1000; count++)
        {
            wire.NearEditor.SetMaximumTransmissionUnit(Wire.NearName, 1400 + (count & 1));
        }

        Assert.True(monitor.TakeChanges());
        Assert.False(monitor.TakeChanges());
        Assert.Equal(1401, Find(monitor.Read())!.MaximumTransmissionUnit);
    }

    private static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
        return prefix;
    }

    private static InterfaceState? Find(NetworkPicture picture) =>
        picture.Interfaces.FirstOrDefault(one => one.Name == Wire.NearName);

    /// <summary>
    /// Reads, waits for changes, and reads again, until the picture is as wanted.
    /// </summary>
    private static NetworkPicture WaitFor(LinkMonitor monitor, Func<NetworkPicture, bool> isWanted)
    {
        using PortPoller poller = new();
        poller.Add(monitor);
        Instant end = MonotonicClock.Now + Wire.Patience;
        NetworkPicture picture = monitor.Read();
        while (!isWanted(picture))
        {
            Assert.True(MonotonicClock.Now < end, picture.ToString());
            _ = poller.Wait(end);
            _ = monitor.TakeChanges();
            picture = monitor.Read();
        }

        poller.Remove(monitor);
        return picture;
    }
}
