using System.Collections.Immutable;
using Steelyard.Core.Hardware;
using Steelyard.Core.Telemetry;

namespace Steelyard.Core.Control;

/// <summary>
/// A picture of the whole box at one moment: what <c>status --json</c> prints, what telemetry
/// publishes and what the dashboard draws. Names become snake_case in JSON.
/// </summary>
public sealed record BoxStatus(
    string Box,
    string Version,
    double UptimeS,
    ImmutableArray<VirtualRouterStatus> VirtualRouters,
    ImmutableArray<ServiceStatus> Services,
    ImmutableArray<PortStatus> Ports,
    FastPathStatus FastPath,
    PanelStatus Panel,
    TwinStatus Twin,
    bool Maintenance,
    ConnectionTotals Connections)
{
    /// <summary>What the engine met and no port's drops tell.</summary>
    public IncidentCounts Incidents { get; init; } = new();

    /// <summary>What the board says of itself; what it does not tell is left out.</summary>
    public HardwareReading Hardware { get; init; } = new();

    /// <summary>Sentences that a person should know, for as long as they are so.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>How late the control loop came to what was due.</summary>
    public LatenessCounts ControlLateness { get; init; } = LatenessCounts.None;
}

/// <param name="State">MASTER, BACKUP, FAULT or INIT.</param>
/// <param name="Since">Seconds since the state began.</param>
public sealed record VirtualRouterStatus(
    string Name,
    string State,
    int Vrid,
    int Priority,
    string Interface,
    ImmutableArray<string> Addresses,
    double Since,
    long Transitions)
{
    /// <summary>
    /// Adverts that differ from the configuration, by what differs: version, interval, addresses,
    /// password, own_address, virtual_source; only what occurred.
    /// </summary>
    public ImmutableSortedDictionary<string, long> AdvertFaults { get; init; } =
        ImmutableSortedDictionary<string, long>.Empty;
}

public sealed record ServiceStatus(
    string Service,
    string Scheduler,
    bool Up,
    int Quorum,
    bool OnSorryServer,
    ImmutableArray<RealServerStatus> RealServers)
{
    /// <summary>
    /// Who asked for it: file; command, when the file does not have it; edited, when a command
    /// gave it other settings. A reload makes everything the file's.
    /// </summary>
    public string Origin { get; init; } = "file";
}

/// <param name="Method">nat, direct, tunnel, local or fullnat.</param>
/// <param name="Weight">As configured.</param>
/// <param name="EffectiveWeight">In force now.</param>
/// <param name="Health">up, down, drain or unknown.</param>
/// <param name="Detail">Why the last check failed; empty when it did not.</param>
public sealed record RealServerStatus(
    string Address,
    string Method,
    int Weight,
    int EffectiveWeight,
    string Health,
    int Active,
    int Inactive,
    long Connections,
    long InPackets,
    long OutPackets,
    long InBytes,
    long OutBytes,
    string Detail)
{
    /// <summary>As of a service: file, command or edited.</summary>
    public string Origin { get; init; } = "file";
}

/// <param name="Drops">Dropped frames by reason; only reasons that occurred.</param>
public sealed record PortStatus(
    string Name,
    bool Up,
    long RxPackets,
    long TxPackets,
    long RxBytes,
    long TxBytes,
    ImmutableSortedDictionary<string, long> Drops);

public sealed record FastPathStatus(string Mode, int Flows);

/// <summary>
/// What the LEDs show; of a panel that is not there, nothing. A box without a panel tells what one
/// would show: its page draws it, and the board's own LED bears the role.
/// </summary>
/// <param name="Ready">off, on, blink or fast_blink.</param>
public sealed record PanelStatus(string Ready, string Role, string Fault)
{
    /// <summary>What each LED says, in the words of the table in steelyard(8).</summary>
    public string ReadyMeans { get; init; } = string.Empty;

    public string RoleMeans { get; init; } = string.Empty;

    public string FaultMeans { get; init; } = string.Empty;

    /// <summary>Why the configuration's panel cannot be used; empty otherwise.</summary>
    public string Missing { get; init; } = string.Empty;
}

/// <param name="Alive">A word from the twin came within its time.</param>
/// <param name="Name">The twin's name, if it ever spoke.</param>
public sealed record TwinStatus(bool Alive, string Name)
{
    /// <summary>It says that it is well and could be MASTER now: not in maintenance.</summary>
    public bool CanTakeOver { get; init; }

    /// <summary>Where its dashboard is, as a URL; empty while it tells of none.</summary>
    public string Dashboard { get; init; } = string.Empty;

    /// <summary>
    /// The box has a twin by its configuration, and hears nothing of it: the fault LED blinks.
    /// </summary>
    public bool Missed { get; init; }

    /// <summary>
    /// The sync channel has a key: only a twin that has it too is heard.
    /// </summary>
    public bool Secured { get; init; }

    /// <summary>What came over the sync channel and was not heard, by reason.</summary>
    public ImmutableSortedDictionary<string, long> Refused { get; init; } =
        ImmutableSortedDictionary<string, long>.Empty;
}

public sealed record ConnectionTotals(int Current, long Created, long Expired);

/// <summary>
/// What went wrong in the engine since its start, beside the drops of its ports.
/// </summary>
public sealed record IncidentCounts
{
    /// <summary>Unproven connections that gave way to new ones in a short table.</summary>
    public long ConnectionsEvicted { get; init; }

    /// <summary>Of these, half-open ones.</summary>
    public long EvictedHalfOpen { get; init; }

    /// <summary>Of these, ones with a handshake and nothing more.</summary>
    public long EvictedHandshakeOnly { get; init; }

    /// <summary>Of these, datagrams' flows of one direction.</summary>
    public long EvictedUnanswered { get; init; }

    /// <summary>Of these, persistence templates without a proven connection.</summary>
    public long EvictedPromises { get; init; }

    /// <summary>New connections that the table had no room for.</summary>
    public long ConnectionsRefused { get; init; }

    /// <summary>Of these, ones of a service that had its share.</summary>
    public long RefusedServiceShare { get; init; }

    /// <summary>Of these, ones of a network of clients that had its share.</summary>
    public long RefusedSourceShare { get; init; }

    /// <summary>Connections that <c>drop_entry</c> threw out.</summary>
    public long ConnectionsThrownOut { get; init; }

    /// <summary>The twin's connections that this box could not go on with.</summary>
    public long ConnectionsSkipped { get; init; }

    /// <summary>SIP dialogues for which too many Call-IDs were known.</summary>
    public long CallIdsNotKept { get; init; }

    /// <summary>
    /// Connections of hosts behind the box, refused since too many hosts have some.
    /// </summary>
    public long HostsRefused { get; init; }

    /// <summary>Datagrams in fragments that were not whole in time.</summary>
    public long DatagramsTimedOut { get; init; }

    /// <summary>Datagrams in fragments that gave way to newer ones.</summary>
    public long DatagramsEvicted { get; init; }

    /// <summary>Datagrams given up because their fragments overlapped.</summary>
    public long DatagramsOverlapping { get; init; }

    /// <summary>ICMP errors and resets beyond the budget for answers.</summary>
    public long AnswersWithheld { get; init; }

    /// <summary>News for the control loop that found its queue full.</summary>
    public long EventsLost { get; init; }
}
