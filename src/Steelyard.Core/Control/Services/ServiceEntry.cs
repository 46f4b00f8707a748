using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Control.Services;

/// <summary>A virtual service as control sees it.</summary>
internal sealed class ServiceEntry(VirtualService service, VirtualServerConfig config)
{
    public VirtualService Service { get; } = service;

    public RateEstimator Rates { get; } = new(service.Counters);

    public VirtualServerConfig Config { get; set; } = config;

    /// <summary>
    /// What the file says; null for a service that a command added, which goes at the next reload.
    /// </summary>
    public ServiceSettings? FileSettings { get; set; }

    public SettingsOrigin Origin => SettingsOrigins.Of(FileSettings, Config.Settings);

    /// <summary>The settings last sent to the engine.</summary>
    public ServiceSettings SentSettings { get; set; } = config.Settings;

    /// <summary>Those that are wanted, in the order they were asked for.</summary>
    public List<ServerEntry> Servers { get; } = [];

    public ServerEntry? Sorry { get; set; }

    /// <summary>Each once: the sorry server may be one of the others.</summary>
    public IEnumerable<ServerEntry> All =>
        Servers.Append(Sorry).OfType<ServerEntry>().Distinct();

    public Quorum Quorum { get; set; } = new(config.Quorum, config.Hysteresis);

    /// <summary>The sorry server stands in for the others.</summary>
    public bool IsOnSorryServer => Sorry is not null && !Quorum.IsUp;

    public ServerEntry? Find(Endpoint endpoint)
    {
        foreach (ServerEntry server in Servers)
        {
            if (server.Server.Endpoint == endpoint)
            {
                return server;
            }
        }

        return null;
    }

    /// <summary>Sum of the weights asked for of servers that are alive.</summary>
    public long AliveWeight()
    {
        long weight = 0;
        foreach (ServerEntry server in Servers)
        {
            weight += server.IsWanted && server.IsAlive ? server.Config.Settings.Weight : 0;
        }

        return weight;
    }
}
