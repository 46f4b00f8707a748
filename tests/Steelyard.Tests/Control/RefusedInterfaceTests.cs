using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Control;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

public sealed class RefusedInterfaceTests
{
    private const string Wire = "outside";

    private readonly Controller _controller =
        RecordingEffects.MakeController(RecordingEffects.MakeEngine());

    private Instant _now = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void A_router_on_an_interface_that_cannot_be_served_is_at_fault()
    {
        Start();
        _controller.OnRefused([Wire], _now);
        Assert.Equal("FAULT", State());

        Silence();
        Assert.Equal("FAULT", State());
    }

    [Fact]
    public void A_master_whose_interface_is_lost_to_it_gives_up_its_office()
    {
        Start();
        Silence();
        Assert.Equal("MASTER", State());

        _controller.OnRefused([Wire], _now);

        Assert.Equal("FAULT", State());
    }

    [Fact]
    public void It_takes_part_again_when_the_interface_is_served_after_all()
    {
        Start();
        _controller.OnRefused([Wire], _now);
        _controller.OnRefused([], _now);
        Assert.Equal("BACKUP", State());

        Silence();
        Assert.Equal("MASTER", State());
    }

    /// <summary>Also of a configuration that is loaded when the network is long known.</summary>
    [Fact]
    public void An_interface_that_is_missing_stands_in_the_status_for_as_long_as_it_is_wanted()
    {
        const string Sentence = $"interface {Wire} is missing: waiting for it";
        Start();
        NetworkPicture there = _controller.Network;
        ApplianceConfig config = _controller.Config;
        Assert.DoesNotContain(Sentence, Warnings());

        _controller.OnNetwork(new NetworkPicture([], []), _now);
        Assert.Contains(Sentence, Warnings());
        _controller.OnNetwork(there, _now);
        Assert.DoesNotContain(Sentence, Warnings());

        _controller.OnNetwork(new NetworkPicture([], []), _now);
        _controller.Configure(new ApplianceConfig(), _now);
        Assert.DoesNotContain(Sentence, Warnings());
        _controller.Configure(config, _now);
        Assert.Contains(Sentence, Warnings());
    }

    private void Start()
    {
        Assert.True(IpPrefix.TryParse("10.0.0.1/24", out IpPrefix own));
        Assert.True(IpPrefix.TryParse("10.0.0.10/24", out IpPrefix held));
        InterfaceState state = new(
            1, Wire, new MacAddress(0x02_00_00_00_00_01), 1500, IsUp: true, [own]);
        _controller.OnNetwork(new NetworkPicture([state], []), _now);
        _controller.Configure(
            new ApplianceConfig
            {
                BoxName = "a",
                VirtualRouters =
                [
                    new()
                    {
                        Name = "VI",
                        Interface = Wire,
                        VirtualRouterId = 51,
                        Priority = 100,
                        Version = 3,
                        AdvertisementInterval = TimeSpan.FromMilliseconds(100),
                        Addresses = [held],
                    },
                ],
            },
            _now);
    }

    /// <summary>Nobody else says anything for a long while.</summary>
    private void Silence()
    {
        Instant end = _now + TimeSpan.FromSeconds(5);
        VirtualTime.Pass(
            end,
            () => _controller.Deadline,
            now =>
            {
                _now = now > _now ? now : _now;
                _controller.OnDeadline(_now);
            });
        _now = end;
    }

    private ImmutableArray<string> Warnings() => _controller.Status(_now).Warnings;

    private string State() => _controller.Status(_now).VirtualRouters.Single().State;
}
