using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>Marks, switches and pools of the file reach the engine, each when it changes.</summary>
public sealed class ForwardingControlTests
{
    private static readonly IpPrefix Inside = new(IpAddress.Parse("10.1.2.0"), 24);

    private readonly ControlWorld _world = new(1);

    private ControlBox Box => _world.A;

    [Fact]
    public void Each_part_is_sent_once_and_again_only_when_it_differs()
    {
        ApplianceConfig config = Configs.Pair(100) with
        {
            MarkRules = [new MarkRule(5)],
            LvsSettings = new LvsSettings { DropEntry = 3 },
            SourcePool = [IpAddress.Parse("10.1.2.254")],
            Masquerades = [new MasqueradeConfig(Inside, IpAddress.Parse("192.0.2.10"))],
        };

        _world.Configure(Box, config);
        _world.Configure(Box, config with { BoxName = "other" });

        Assert.Equal(new MarkRule(5), Assert.Single(Box.Engine.MarkRules));
        Assert.Equal(3, Box.Engine.Settings.DropEntry);
        Assert.Equal(IpAddress.Parse("10.1.2.254"), Assert.Single(Box.Engine.SourcePool));
        Assert.Equal(
            new MasqueradeRule(Inside, IpAddress.Parse("192.0.2.10")),
            Assert.Single(Box.Engine.Masquerades));
        Assert.Equal(1, Sent<ReplaceMarkRules>());
        Assert.Equal(1, Sent<SetLvsSettings>());
        Assert.Equal(1, Sent<ReplaceSourcePool>());
        Assert.Equal(1, Sent<ReplaceMasquerades>());

        _world.Configure(Box, Configs.Pair(100));

        Assert.Empty(Box.Engine.MarkRules);
        Assert.Equal(LvsSettings.Default, Box.Engine.Settings);
        Assert.Empty(Box.Engine.SourcePool);
        Assert.Empty(Box.Engine.Masquerades);
    }

    /// <summary>eth1 leads to the hosts; 10.1.2.254 is there, 192.0.2.10 is on eth0.</summary>
    [Fact]
    public void Hosts_go_out_under_the_first_virtual_address_of_another_interface()
    {
        _world.Configure(Box, Configs.Apart(Configs.Inside(), Configs.Outside()) with
        {
            Masquerades = [new MasqueradeConfig(Inside, null)],
        });

        Assert.Equal(
            new MasqueradeRule(Inside, IpAddress.Parse("192.0.2.10")),
            Assert.Single(Box.Engine.Masquerades));
    }

    [Fact]
    public void What_no_address_can_stand_for_is_said()
    {
        _world.Configure(Box, Configs.Apart(Configs.Inside()) with
        {
            Masquerades = [new MasqueradeConfig(Inside, null)],
        });

        Assert.Empty(Box.Engine.Masquerades);
        Assert.True(Box.Said("no virtual address of another interface can stand for 10.1.2.0/24"));
    }

    private int Sent<T>()
        where T : IEngineCommand => Box.Effects.Commands.OfType<T>().Count();
}
