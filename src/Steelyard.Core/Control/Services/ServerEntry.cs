using Steelyard.Core.Configuration;
using Steelyard.Core.Health;
using Steelyard.Core.Services;

namespace Steelyard.Core.Control.Services;

/// <summary>
/// A real server as control sees it: what was asked for, what is believed, what is in force.
/// </summary>
internal sealed class ServerEntry(RealServer server, RealServerConfig config)
{
    /// <summary>
    /// The engine's object: ours, or the one of old that came back in its place.
    /// </summary>
    public RealServer Server => server.InUse;

    public RateEstimator Rates { get; } = new(server.Counters);

    public RealServerConfig Config { get; set; } = config;

    /// <summary>
    /// What the file says; null for a server that a command added, which goes at the next reload.
    /// </summary>
    public ServerSettings? FileSettings { get; set; }

    public SettingsOrigin Origin => SettingsOrigins.Of(FileSettings, Config.Settings);

    /// <summary>
    /// Asked for now, by the file or by a command; one that is not is forgotten with the next
    /// <see cref="ServiceControl.Enforce"/>.
    /// </summary>
    public bool IsWanted { get; set; } = true;

    /// <summary>Null for a server that nobody checks.</summary>
    public ServerHealth? Health { get; set; }

    /// <summary>In the engine's service now.</summary>
    public bool IsInService { get; set; }

    /// <summary>The settings last sent to the engine.</summary>
    public ServerSettings SentSettings { get; set; } = config.Settings;

    public HealthState HealthState => Health?.State ?? HealthState.Unknown;

    public bool IsAlive => Health?.IsAlive ?? true;

    public bool TakesConnections => Health?.TakesConnections ?? true;
}
