using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Host.Lab;
using Steelyard.Tests.Configuration;

namespace Steelyard.Tests.Host.Lab;

/// <summary>What the lab writes, read by the parser that boxes read it with.</summary>
public sealed class LabConfigurationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_box_s_configuration_has_no_fault(int box)
    {
        ConfigurationResult result = Read(box);

        Assert.Empty(result.Faults);
        Assert.NotNull(result.Config);
    }

    [Fact]
    public void The_twins_agree_on_all_but_name_priority_and_panel()
    {
        ApplianceConfig a = Read(0).Config!;
        ApplianceConfig b = Read(1).Config!;

        Assert.Equal(("a", "b"), (a.BoxName, b.BoxName));
        Assert.Equal("simulated:/tmp/panel-a", a.Panel?.Chip);
        Assert.Equal(
            a.VirtualRouters.Select(router => (router.VirtualRouterId, router.Interface)),
            b.VirtualRouters.Select(router => (router.VirtualRouterId, router.Interface)));
        Assert.All(a.VirtualRouters, router => Assert.Equal(3, router.Version));
        Assert.All(a.VirtualRouters, router => Assert.False(router.Preempts));
        Assert.All(
            a.VirtualRouters,
            router => Assert.Equal(LabPlan.AdvertisementInterval, router.AdvertisementInterval));
        Assert.Equal(["outside", "inside"], Assert.Single(a.SyncGroups).Members);
        Assert.NotNull(a.Sync);
    }

    [Fact]
    public void Both_services_lead_to_every_server_and_check_it_each_period()
    {
        ApplianceConfig config = Read(0).Config!;

        Assert.Equal(
            [TransportProtocol.Tcp, TransportProtocol.Udp],
            config.VirtualServers.Select(service => service.Key.Protocol));
        Assert.All(config.VirtualServers, service =>
        {
            Assert.Equal(LabPlan.ServerCount, service.RealServers.Length);
            Assert.All(service.RealServers, server =>
            {
                CheckConfig check = Assert.Single(server.Checks);
                Assert.Equal(LabPlan.WebPort, check.Target.Port);
                Assert.Equal(TimeSpan.FromMilliseconds(200), check.DelayLoop);
            });
        });
    }

    private static ConfigurationResult Read(int box)
    {
        string text = LabConfiguration.Write(box, $"/tmp/panel-{(box == 0 ? "a" : "b")}");
        MemoryFiles files = new() { ["lab.conf"] = text };
        return ConfigurationFile.Load("lab.conf", files, "host");
    }
}
