using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>
/// Virtual routers over IPv6: adverts, and Neighbour Discovery in ARP's place.
/// </summary>
public sealed class Ipv6RouterTests
{
    private const int Eth0 = 1;
    private static readonly IpAddress Virtual = IpAddress.Parse("2001:db8::10");
    private static readonly IpAddress Other = IpAddress.Parse("2001:db8::11");
    private static readonly IpAddress Client = IpAddress.Parse("2001:db8::c");
    private static readonly MacAddress ClientStation = new(0x0200_0000_00CC);
    private static readonly MacAddress Router = MacAddress.VirtualRouterIpv6(51);

    private readonly ControlWorld _world = new(2);
    private readonly List<(int Interface, byte[] Frame)> _sent = [];

    private ControlBox Box => _world.A;

    [Fact]
    [Rfc("9568 §7.2")]
    public void A_master_advertises_from_its_link_local_address_to_the_group()
    {
        BecomeMaster(Six());
        _sent.Clear();

        _world.RunFor(100);

        byte[] frame = Assert.Single(_sent).Frame;
        Assert.Equal("333300000012" + "00005e000233" + "86dd", Hex(frame)[..28]);
        Assert.Equal("6c000000", Hex(frame)[28..36]);
        Assert.Equal((112, 255), (frame[20], frame[21]));
        Assert.Equal(
            "fe800000000000000000000000000001" + "ff020000000000000000000000000012",
            Hex(frame)[44..108]);
        Assert.True(VrrpAdvertisement.TryParse(
            frame.AsSpan(54),
            IpAddress.Parse("fe80::1"),
            VrrpAdvertisement.GroupIpv6,
            frame[21],
            out VrrpAdvertisement advert,
            out _));
        Assert.Equal(Virtual, Assert.Single(advert.Addresses));
    }

    [Fact]
    [Rfc("9568 §6.4.1")]
    public void A_new_master_announces_its_addresses_to_everyone()
    {
        BecomeMaster(Six() with { GratuitousArpRepeat = 2 });

        List<NeighbourDiscovery> said = Discovery();

        Assert.Equal(2, said.Count);
        Assert.All(said, one => Assert.Equal(
            NeighbourDiscovery.Announcement(Router, Virtual), one));
        Assert.All(
            _sent.Where(sent => sent.Frame[20] == 58),
            sent => Assert.Equal("333300000001" + "00005e000233", Hex(sent.Frame)[..24]));
    }

    [Fact]
    [Rfc("9568 §8.2.2")]
    public void Who_asks_for_a_held_address_is_told_the_routers_station()
    {
        BecomeMaster(Six());
        _sent.Clear();

        Ask(NeighbourDiscovery.Request(ClientStation, Client, Virtual));
        Ask(NeighbourDiscovery.RequestAgain(ClientStation, Client, Virtual));

        List<NeighbourDiscovery> said = Discovery();
        Assert.Equal(2, said.Count);
        Assert.All(said, one => Assert.Equal(
            new NeighbourDiscovery(
                NeighbourMessage.Advertisement,
                Virtual,
                Client,
                Virtual,
                Router,
                NeighbourFlags.Router | NeighbourFlags.Solicited | NeighbourFlags.Override),
            one));
        Assert.All(
            _sent,
            sent => Assert.Equal("0200000000cc" + "00005e000233", Hex(sent.Frame)[..24]));
    }

    [Fact]
    [Rfc("4862 §5.4.3")]
    public void A_newcomer_that_wants_a_held_address_is_told_before_everyone()
    {
        BecomeMaster(Six());
        _sent.Clear();

        Ask(new(
            NeighbourMessage.Solicitation,
            default,
            NeighbourDiscovery.GroupOf(Virtual),
            Virtual,
            Station: null));

        Assert.Equal(
            NeighbourDiscovery.Announcement(Router, Virtual), Assert.Single(Discovery()));
        Assert.Equal("333300000001", Hex(_sent[0].Frame)[..12]);
    }

    [Fact]
    public void Who_asks_for_another_address_or_a_backup_hears_nothing()
    {
        BecomeMaster(Six());
        _sent.Clear();

        Ask(NeighbourDiscovery.Request(ClientStation, Client, Other));
        Ask(NeighbourDiscovery.Request(ClientStation, Client, Virtual), interfaceIndex: 2);
        _world.B.Effects.OnFrame = (index, frame) => _sent.Add((index, frame));
        Ask(NeighbourDiscovery.Request(ClientStation, Client, Virtual), box: _world.B);

        Assert.Empty(_sent);
    }

    [Fact]
    public void An_ipv6_address_of_an_ipv4_router_has_that_routers_station()
    {
        BecomeMaster(Configs.Outside() with
        {
            ExcludedAddresses = [new IpPrefix(Virtual, 64)],
            GratuitousArpRepeat = 1,
        });
        NeighbourDiscovery announced = Assert.Single(Discovery());
        _sent.Clear();

        Ask(NeighbourDiscovery.Request(ClientStation, Client, Virtual));

        MacAddress station = MacAddress.VirtualRouterIpv4(51);
        Assert.Equal(NeighbourDiscovery.Announcement(station, Virtual), announced);
        Assert.Equal(station, Assert.Single(Discovery()).Station);
        Assert.Contains((Eth0, station), Box.Effects.Stations);
    }

    [Fact]
    [Rfc("9568 §6.4.3")]
    public void Held_addresses_are_asked_for_in_their_groups_and_one_group_may_serve_two()
    {
        IpAddress alike = IpAddress.Parse("2001:db8:1::10");
        VirtualRouterConfig both = Six() with
        {
            ExcludedAddresses = [new IpPrefix(alike, 64), new IpPrefix(Other, 64)],
        };
        BecomeMaster(both);
        (int, IpAddress) group = (Eth0, IpAddress.Parse("ff02::1:ff00:10"));
        (int, IpAddress) others = (Eth0, IpAddress.Parse("ff02::1:ff00:11"));
        (int, IpAddress) vrrp = (Eth0, IpAddress.Parse("ff02::12"));
        Assert.Equivalent(
            new[] { group, others, vrrp }, Box.Effects.Groups, strict: true);

        _world.Configure(Box, Configs.Apart(
            both with { ExcludedAddresses = [new IpPrefix(Other, 64)] }));
        Assert.Equivalent(
            new[] { group, others, vrrp }, Box.Effects.Groups, strict: true);
        _world.Configure(Box, Configs.Apart(both with { ExcludedAddresses = [] }));
        Assert.Equivalent(new[] { group, vrrp }, Box.Effects.Groups, strict: true);
        _world.Do(now => Box.Controller.Stop(now));

        Assert.Equivalent(new[] { vrrp }, Box.Effects.Groups, strict: true);
    }

    [Fact]
    public void Of_two_boxes_one_is_master_and_the_other_takes_over()
    {
        _world.Configure(_world.A, Configs.Apart(Six(150)));
        _world.Configure(_world.B, Configs.Apart(Six(100)));
        _world.RunFor(3000);
        Assert.Equal(("MASTER", "BACKUP"), (_world.A.Roles, _world.B.Roles));

        _world.Cuts.Add(_world.A);
        _world.RunFor(1000);
        Assert.Equal("MASTER", _world.B.Roles);
        _world.Cuts.Clear();
        _world.RunFor(1000);

        Assert.Equal(("MASTER", "BACKUP"), (_world.A.Roles, _world.B.Roles));
    }

    /// <summary>fe80::2 is above fe80::1, as 16 octets are compared. RFC 9568 §6.4.3.</summary>
    [Fact]
    [Rfc("9568 §6.4.3")]
    public void Of_equal_priorities_the_higher_address_wins()
    {
        _world.Cuts.UnionWith(_world.Boxes);
        _world.Configure(_world.A, Configs.Apart(Six()));
        _world.Configure(_world.B, Configs.Apart(Six()));
        _world.RunFor(1000);
        Assert.Equal(("MASTER", "MASTER"), (_world.A.Roles, _world.B.Roles));

        _world.Cuts.Clear();
        _world.RunFor(1000);

        Assert.Equal(("BACKUP", "MASTER"), (_world.A.Roles, _world.B.Roles));
    }

    [Fact]
    [Rfc("9568 §5.2.3")]
    public void Routers_of_two_families_with_one_number_do_not_hear_each_other()
    {
        _world.Configure(_world.A, Configs.Apart(Configs.Outside(150), Six(100)));
        _world.Configure(_world.B, Configs.Apart(Configs.Outside(100), Six(150)));

        _world.RunFor(3000);

        Assert.Equal(("MASTER BACKUP", "BACKUP MASTER"), (_world.A.Roles, _world.B.Roles));
    }

    [Fact]
    public void A_router_whose_family_a_reload_changes_is_another_router()
    {
        BecomeMaster(Six());

        _world.Configure(Box, Configs.Apart(Configs.Outside()));
        Assert.Equal("BACKUP", Box.Roles);
        _sent.Clear();
        Ask(NeighbourDiscovery.Request(ClientStation, Client, Virtual));

        Assert.Empty(Discovery());
    }

    [Fact]
    public void Without_a_link_local_address_a_router_is_at_fault_until_it_has_one()
    {
        Box.SetIpv6(false);
        _world.Configure(Box, Configs.Apart(Six()));
        Assert.Equal("FAULT", Box.Roles);
        Assert.True(Box.Said("eth0 has no own link-local IPv6 address"));

        _world.Do(_ => Box.SetIpv6(true));
        _world.RunFor(1000);

        Assert.Equal("MASTER", Box.Roles);
    }

    /// <summary>::ffff:192.0.2.9 with a higher priority is no router of ours.</summary>
    [Fact]
    public void An_advert_from_a_mapped_address_is_discarded()
    {
        BecomeMaster(Configs.Outside());
        VrrpAdvertisement advert = new(
            3, 51, 254, TimeSpan.FromSeconds(1), [IpAddress.Parse("192.0.2.10")]);
        byte[] packet = new byte[40 + advert.Length];
        Ipv6Packet.Write(
            packet, IpProtocol.Vrrp, 255, Client, VrrpAdvertisement.GroupIpv6);
        Convert.FromHexString("00000000000000000000ffffc0000209").CopyTo(packet, 8);
        _ = advert.Write(
            packet.AsSpan(40),
            IpAddress.Parse("192.0.2.9"),
            VrrpAdvertisement.GroupIpv6,
            checksumsPseudoHeader: false);

        Hear(Wire.PacketBuilder.InFrame(packet, Router, ClientStation, 0x86DD));

        Assert.Equal("MASTER", Box.Roles);
    }

    private static VirtualRouterConfig Six(byte priority = 100) =>
        Configs.Router("VI_SIX", "eth0", 51, priority, "2001:db8::10");

    private static string Hex(byte[] octets) =>
        Convert.ToHexString(octets).ToLowerInvariant();

    private void BecomeMaster(VirtualRouterConfig router)
    {
        Action<int, byte[]> deliver = Box.Effects.OnFrame;
        Box.Effects.OnFrame = (index, frame) =>
        {
            _sent.Add((index, frame));
            deliver(index, frame);
        };
        _world.Configure(Box, Configs.Apart(router));
        _world.RunFor(500);
        Assert.Equal("MASTER", Box.Roles);
    }

    /// <summary>What was said in Neighbour Discovery.</summary>
    private List<NeighbourDiscovery> Discovery()
    {
        List<NeighbourDiscovery> said = [];
        foreach ((_, byte[] frame) in _sent)
        {
            if (Ipv6Packet.TryParse(frame.AsSpan(14), out Ipv6Packet packet)
                && NeighbourDiscovery.TryParse(packet, out NeighbourDiscovery message, out _))
            {
                said.Add(message);
            }
        }

        return said;
    }

    private void Ask(
        NeighbourDiscovery question, int interfaceIndex = Eth0, ControlBox? box = null)
    {
        byte[] frame = new byte[NeighbourDiscovery.LongestFrameLength];
        int length = question.Write(frame, Router, ClientStation);
        Hear(frame[..length], interfaceIndex, box);
    }

    private void Hear(byte[] frame, int interfaceIndex = Eth0, ControlBox? box = null) =>
        _world.Do(now => (box ?? Box).Controller.OnFrame(interfaceIndex, frame, now));
}
