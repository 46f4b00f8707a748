using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.FrontPanel;
using Steelyard.Core.Routing;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>The kernel's addresses and the virtual ones are not the same.</summary>
public sealed class AddressWatchTests
{
    private const string Virtual = "192.0.2.10";
    private const string VirtualIpv6 = "fe80::10";

    private readonly ControlWorld _world = new(1);

    private ControlBox Box => _world.A;

    [Fact]
    public void An_interface_whose_only_address_is_the_virtual_one_has_nothing_to_speak_from()
    {
        int frames = 0;
        Box.Effects.OnFrame = (_, _) => frames++;

        Start(Configs.Outside(), $"{Virtual}/24");
        _world.RunFor(5000);

        Assert.Equal("FAULT", Box.Roles);
        Assert.Equal(0, frames);
        Assert.True(Box.Said("eth0 has no own address"));
        Assert.True(Box.Said($"ip addr del {Virtual}/24 dev eth0"));
    }

    [Fact]
    public void It_takes_part_as_soon_as_it_has_an_address_of_its_own()
    {
        Start(Configs.Outside(), $"{Virtual}/24");

        Kernel($"{Virtual}/24", "192.0.2.1/24");
        _world.RunFor(5000);

        Assert.Equal("MASTER", Box.Roles);
    }

    [Fact]
    public void Adverts_and_questions_leave_from_the_own_address_beside_the_virtual_one()
    {
        IpAddress? source = null;
        Box.Effects.OnFrame = (_, frame) =>
        {
            Assert.True(EthernetFrame.TryParse(frame, out EthernetFrame ethernet));
            if (ethernet.Type == EtherType.Ipv4
                && Ipv4Packet.TryParse(ethernet.Payload, out Ipv4Packet packet))
            {
                source = IpAddress.FromIpv4(packet.Source);
            }
        };

        Start(Configs.Outside(), $"{Virtual}/24", "192.0.2.1/24");
        _world.RunFor(5000);

        Assert.Equal(IpAddress.Parse("192.0.2.1"), source);
    }

    [Fact]
    public void Over_IPv6_a_virtual_link_local_address_is_none_of_the_interface()
    {
        Start(
            Configs.Outside() with { Addresses = [Prefix($"{VirtualIpv6}/64")] },
            $"{VirtualIpv6}/64");
        _world.RunFor(5000);

        Assert.Equal("FAULT", Box.Roles);
        Assert.True(Box.Said($"ip addr del {VirtualIpv6}/64 dev eth0"));
    }

    [Fact]
    public void The_owner_speaks_from_its_address_which_is_no_fault()
    {
        Start(Configs.Outside(255), $"{Virtual}/24");
        _world.RunFor(1000);

        Assert.Equal("MASTER", Box.Roles);
        Assert.Empty(Box.Controller.Status(_world.Now).Warnings);
    }

    [Fact]
    public void A_source_address_that_is_the_virtual_one_is_passed_over()
    {
        Start(
            Configs.Outside() with { SourceAddress = IpAddress.Parse(Virtual) },
            $"{Virtual}/24");
        _world.RunFor(5000);

        Assert.Equal("FAULT", Box.Roles);
    }

    [Fact]
    public void An_address_on_any_interface_stands_in_the_status_until_it_is_taken_away()
    {
        Start(Configs.Outside(), "192.0.2.1/24");
        Assert.Empty(Box.Controller.Status(_world.Now).Warnings);

        Kernel(["192.0.2.1/24"], $"{Virtual}/32");

        string warning = Assert.Single(Box.Controller.Status(_world.Now).Warnings);
        Assert.Contains($"ip addr del {Virtual}/32 dev eth1", warning, StringComparison.Ordinal);
        Assert.Equal(LedPattern.On, Box.Effects.Panel.Fault);
        Assert.Equal(
            EventSeverity.Error,
            Box.Effects.Events.Last(happening => happening.Kind == "address").Severity);

        Kernel("192.0.2.1/24");

        Assert.Empty(Box.Controller.Status(_world.Now).Warnings);
        Assert.True(Box.Said("mended: "));
    }

    [Fact]
    public void It_is_said_again_when_the_office_is_taken_and_not_at_each_look()
    {
        Start(Configs.Outside(), "192.0.2.1/24", $"{Virtual}/24");
        Kernel("192.0.2.1/24", $"{Virtual}/24");
        Assert.Single(Box.Effects.Events, happening => happening.Kind == "address");

        _world.RunFor(5000);

        Assert.Equal("MASTER", Box.Roles);
        Assert.Equal(2, Box.Effects.Events.Count(happening => happening.Kind == "address"));
    }

    [Fact]
    public void What_is_held_is_taken_from_routers_too_and_the_lateness_is_counted()
    {
        Start(Configs.Outside(), "192.0.2.1/24");
        Assert.Empty(Box.Effects.Routed);

        _world.RunFor(5000);

        Assert.Equal(IpAddress.Parse(Virtual), Assert.Single(Box.Effects.Routed));
        LatenessCounts late = Box.Controller.Status(_world.Now).ControlLateness;
        Assert.True(late.Buckets[0].Count > 0);
        Assert.Equal(0, late.Over(1));

        Box.Cable(0, isOut: true);

        Assert.Empty(Box.Effects.Routed);
    }

    [Fact]
    public void A_gateway_that_is_a_virtual_address_is_named()
    {
        Start(Configs.Outside(), "192.0.2.1/24");

        Box.Controller.OnNetwork(
            Picture(["192.0.2.1/24"], []) with
            {
                Routes = [new RouteEntry(Prefix("0.0.0.0/0"), IpAddress.Parse(Virtual), 1, 0)],
            },
            _world.Now);

        Assert.Contains(
            Box.Controller.Status(_world.Now).Warnings,
            warning => warning.Contains("its own gateway", StringComparison.Ordinal));
    }

    [Fact]
    public void A_peer_that_has_our_own_address_is_named()
    {
        ControlWorld pair = new(2);
        pair.Configure(pair.A, Configs.Apart(Configs.Outside(150)));
        pair.Configure(
            pair.B,
            Configs.Apart(Configs.Outside() with { SourceAddress = IpAddress.Parse("192.0.2.1") }));
        pair.Cuts.Add(pair.A);

        pair.RunFor(2000);

        Assert.True(pair.A.Said("hears adverts from 192.0.2.1, its own address"));
    }

    private void Start(VirtualRouterConfig router, params string[] addresses)
    {
        Kernel(addresses);
        _world.Configure(Box, Configs.Apart(router));
    }

    private void Kernel(params string[] addresses) => Kernel(addresses, []);

    private void Kernel(string[] addresses, params string[] others) =>
        _world.Do(now => Box.Controller.OnNetwork(Picture(addresses, others), now));

    private NetworkPicture Picture(string[] addresses, string[] others) => new(
        [
            new InterfaceState(1, "eth0", Box.StationOf(1), 1500, true, Prefixes(addresses)),
            new InterfaceState(2, "eth1", Box.StationOf(2), 1500, true, Prefixes(others)),
        ],
        []);

    private static ImmutableArray<IpPrefix> Prefixes(string[] texts) => [.. texts.Select(Prefix)];

    private static IpPrefix Prefix(string text)
    {
        Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
        return prefix;
    }
}
