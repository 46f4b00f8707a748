using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Configuration;

public sealed class ConfigDifferenceTests
{
    private static readonly Gen<CheckConfig> Checks =
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 3], (kind, retry) => new CheckConfig
        {
            Kind = (CheckKind)kind,
            Target = new Endpoint(IpAddress.FromIpv4(0x0A00_0001), 80),
            Retry = retry,
            Urls = [new HttpUrlConfig { Path = $"/{retry}", StatusCodes = [(200, 200 + kind)] }],
        });

    private static readonly Gen<RealServerConfig> Servers = Gen.Select(
        Gen.UInt[1, 5], Gen.Int[0, 2], Checks.Array[0, 2], (host, weight, checks) =>
            new RealServerConfig
            {
                Endpoint = new Endpoint(IpAddress.FromIpv4(0x0A00_0000 + host), 80),
                Settings = new ServerSettings
                {
                    Method = ForwardingMethod.Nat,
                    Weight = weight,
                },
                Checks = ConfigList.From(checks),
            });

    private static readonly Gen<VirtualServerConfig> Services = Gen.Select(
        Gen.UInt[1, 3], Gen.Bool, Servers.Array[0, 4], Gen.Int[1, 2],
        (host, isWeighted, servers, quorum) => new VirtualServerConfig
        {
            Key = new ServiceKey(TransportProtocol.Tcp, IpAddress.FromIpv4(0xC000_0200 + host), 80),
            Settings = new ServiceSettings { Scheduler = isWeighted ? "wlc" : "rr" },
            Quorum = quorum,
            RealServers = ConfigList.From(servers.DistinctBy(server => server.Endpoint)),
        });

    private static readonly Gen<VirtualRouterConfig> Routers = Gen.Select(
        Gen.Byte[1, 3], Gen.Byte[99, 101], (id, priority) => new VirtualRouterConfig
        {
            Name = $"r{id}",
            Interface = "eth0",
            VirtualRouterId = id,
            Priority = priority,
            Addresses = [new IpPrefix(IpAddress.FromIpv4(0xC000_0200u + id), 24)],
        });

    private static readonly Gen<ApplianceConfig> Configs = Gen.Select(
        Routers.Array[0, 3], Services.Array[0, 3], Gen.Bool, Gen.Int[0, 2],
        (routers, services, hasSync, choice) => new ApplianceConfig
        {
            BoxName = $"box{choice}",
            VirtualRouters = ConfigList.From(routers.DistinctBy(router => router.Name)),
            SyncGroups = choice > 0 ? [new SyncGroupConfig("g", [$"r{choice}"])] : [],
            VirtualServers = ConfigList.From(services.DistinctBy(service => service.Key)),
            Sync = hasSync ? new SyncConfig("eth1", 5) : null,
            Panel = choice == 1 ? new PanelConfig("gpiochip0") : null,
        });

    [Fact]
    public void Nothing_differs_from_itself_however_often_it_is_read()
    {
        const string Text = """
            vrrp_instance a {
                interface eth0
                virtual_router_id 1
                virtual_ipaddress { 192.0.2.1/24 }
            }
            virtual_server 192.0.2.1 80 {
                protocol TCP
                real_server 10.0.0.1 80 {
                    HTTP_GET {
                        url {
                            path /
                            status_code 200 204
                        }
                    }
                }
            }
            """;

        ApplianceConfig first = MemoryFiles.Accept(Text);
        ApplianceConfig second = MemoryFiles.Accept("\n# moved down a line\n" + Text);

        Assert.Equal(first, second);
        Assert.NotSame(first, second);
        Assert.True(ConfigDifference.Between(first, second).IsEmpty);
    }

    [Fact]
    public void The_order_of_a_file_means_nothing() => Configs.Sample(
        config => ConfigDifference.Between(config, Reversed(config)).IsEmpty);

    [Fact]
    public void Applying_a_difference_gives_the_new_configuration() =>
        Gen.Select(Configs, Configs).Sample((before, after) =>
        {
            ConfigDifference difference = ConfigDifference.Between(before, after);

            ApplianceConfig applied = Apply(difference, before);

            Assert.Equal(Sorted(after), Sorted(applied));
            Assert.Equal(Sorted(before) == Sorted(after), difference.IsEmpty);
        });

    [Fact]
    public void A_weight_alone_touches_its_server_alone()
    {
        RealServerConfig server = new()
        {
            Endpoint = new Endpoint(IpAddress.Parse("10.0.0.1"), 80),
            Settings = new ServerSettings { Method = ForwardingMethod.Nat },
        };
        RealServerConfig other = server with { Endpoint = server.Endpoint with { Port = 81 } };
        VirtualServerConfig service = new()
        {
            Key = new ServiceKey(TransportProtocol.Tcp, IpAddress.Parse("192.0.2.1"), 80),
            RealServers = [server, other],
        };
        RealServerConfig heavier = server with
        {
            Settings = server.Settings with { Weight = 5 },
        };

        ConfigDifference difference = ConfigDifference.Between(
            new ApplianceConfig { VirtualServers = [service] },
            new ApplianceConfig
            {
                VirtualServers = [service with { RealServers = [other, heavier] }],
            });

        ServiceDifference changed = Assert.Single(difference.ChangedServices);
        Assert.Empty(difference.AddedServices);
        Assert.Empty(difference.RemovedServices);
        Assert.Empty(changed.RealServers.Added);
        Assert.Empty(changed.RealServers.Removed);
        Assert.Equal(
            new ConfigChange<RealServerConfig>(server, heavier),
            Assert.Single(changed.RealServers.Changed));
        Assert.Equal(changed.Old.Settings, changed.New.Settings);
        Assert.False(changed.SorryServerChanged);
        Assert.False(changed.QuorumChanged);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("/etc/a.crt", true)]
    public void A_dashboard_with_another_certificate_is_a_change(string? path, bool differs)
    {
        ApplianceConfig before = new() { Dashboard = new() { UsesTls = true } };
        ApplianceConfig after = new()
        {
            Dashboard = new()
            {
                UsesTls = true,
                Certificate = path is null ? null : new CertificateConfig(path, "/etc/a.key"),
            },
        };

        Assert.Equal(differs, ConfigDifference.Between(before, after).Dashboard is not null);
        Assert.NotNull(ConfigDifference.Between(new ApplianceConfig(), after).Dashboard);
    }

    [Fact]
    public void A_setting_of_the_box_is_a_change_from_and_to()
    {
        ApplianceConfig before = new() { BoxName = "a" };
        ApplianceConfig after = before with { Panel = new PanelConfig("gpiochip0") };

        ConfigDifference difference = ConfigDifference.Between(before, after);

        Assert.Equal(new ConfigChange<PanelConfig?>(null, after.Panel), difference.Panel);
        Assert.Null(difference.BoxName);
        Assert.Null(difference.Telemetry);
        Assert.False(difference.IsEmpty);
    }

    /// <summary>The consumer's work, done the slow way.</summary>
    private static ApplianceConfig Apply(ConfigDifference difference, ApplianceConfig old)
    {
        return old with
        {
            BoxName = difference.BoxName is { } name ? name.New : old.BoxName,
            Sync = difference.Sync is { } sync ? sync.New : old.Sync,
            Panel = difference.Panel is { } panel ? panel.New : old.Panel,
            Telemetry = difference.Telemetry is { } telemetry ? telemetry.New : old.Telemetry,
            Dashboard = difference.Dashboard is { } dashboard ? dashboard.New : old.Dashboard,
            Timeouts = difference.Timeouts is { } timeouts ? timeouts.New : old.Timeouts,
            VirtualRouters = Apply(difference.VirtualRouters, old.VirtualRouters),
            SyncGroups = Apply(difference.SyncGroups, old.SyncGroups),
            VirtualServers = ConfigList.From(old.VirtualServers
                .Except(difference.RemovedServices)
                .Select(service => difference.ChangedServices
                    .Where(changed => changed.Old == service)
                    .Select(changed => changed.New with
                    {
                        RealServers = Apply(changed.RealServers, changed.Old.RealServers),
                    })
                    .FirstOrDefault(service))
                .Concat(difference.AddedServices)),
        };
    }

    private static ConfigList<T> Apply<T>(ListDifference<T> difference, ConfigList<T> old)
    {
        List<T> items = [.. old.Except(difference.Removed)];
        foreach (ConfigChange<T> change in difference.Changed)
        {
            items[items.IndexOf(change.Old)] = change.New;
        }

        return ConfigList.From(items.Concat(difference.Added));
    }

    private static ApplianceConfig Reversed(ApplianceConfig config) => config with
    {
        VirtualRouters = ConfigList.From(config.VirtualRouters.Reverse()),
        VirtualServers = ConfigList.From(config.VirtualServers.Reverse().Select(service =>
            service with { RealServers = ConfigList.From(service.RealServers.Reverse()) })),
    };

    private static ApplianceConfig Sorted(ApplianceConfig config) => config with
    {
        VirtualRouters = ConfigList.From(config.VirtualRouters.OrderBy(router => router.Name)),
        VirtualServers = ConfigList.From(config.VirtualServers
            .OrderBy(service => service.Key.Address)
            .Select(service => service with
            {
                RealServers = ConfigList.From(
                    service.RealServers.OrderBy(server => server.Endpoint.Address)),
            })),
    };
}
