using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>
/// A whole configuration as data: what the file says, with every default filled in.
/// </summary>
/// <remarks>
/// Every record here compares as a value, lists included: <see cref="ConfigDifference"/> relies
/// on it.
/// </remarks>
public sealed record ApplianceConfig
{
    public static ApplianceConfig Empty { get; } = new();

    /// <summary>
    /// The box's name in topics and logs; <c>router_id</c>, else the host's name.
    /// </summary>
    public string BoxName { get; init; } = string.Empty;

    public ConfigList<VirtualRouterConfig> VirtualRouters { get; init; } = [];

    public ConfigList<SyncGroupConfig> SyncGroups { get; init; } = [];

    public ConfigList<VirtualServerConfig> VirtualServers { get; init; } = [];

    public SyncConfig? Sync { get; init; }

    /// <summary>
    /// <c>sync { key … }</c>: the first signs, each is accepted; none when the link is trusted.
    /// </summary>
    public ConfigList<SyncKey> SyncKeys { get; init; } = [];

    public PanelConfig? Panel { get; init; }

    public TelemetryConfig Telemetry { get; init; } = new();

    public DashboardConfig Dashboard { get; init; } = new();

    /// <summary>Timeouts of TCP ESTABLISHED, FIN_WAIT and UDP: <c>lvs_timeouts</c>.</summary>
    public TimeoutsConfig Timeouts { get; init; } = new();

    /// <summary>
    /// Which packets carry which firewall mark: <c>mark</c>, in the order of the file.
    /// </summary>
    public ConfigList<MarkRule> MarkRules { get; init; } = [];

    /// <summary><c>lvs_settings</c>.</summary>
    public LvsSettings LvsSettings { get; init; } = LvsSettings.Default;

    /// <summary>
    /// Connections that fit, <c>connection_limit</c>; none means that memory decides.
    /// </summary>
    public int? ConnectionLimit { get; init; }

    /// <summary>
    /// Under these the servers of full NAT see their clients: <c>source_pool</c>.
    /// </summary>
    public ConfigList<IpAddress> SourcePool { get; init; } = [];

    public ConfigList<MasqueradeConfig> Masquerades { get; init; } = [];

    /// <summary>Some virtual router holds this address.</summary>
    public bool HasVirtualAddress(IpAddress address)
    {
        foreach (VirtualRouterConfig router in VirtualRouters)
        {
            if (router.Holds(address))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Who reaches the world through the box: a line of <c>masquerade</c>.</summary>
/// <param name="Address">
/// Under which of the box's virtual addresses; none means the first of the same family on another
/// interface than the one where the source is.
/// </param>
public sealed record MasqueradeConfig(IpPrefix Source, IpAddress? Address);

public sealed record TimeoutsConfig(
    TimeSpan? Tcp = null, TimeSpan? TcpFin = null, TimeSpan? Udp = null);

/// <summary>A VRRP instance: <c>vrrp_instance</c>.</summary>
public sealed record VirtualRouterConfig
{
    public required string Name { get; init; }

    public required string Interface { get; init; }

    /// <summary>VRID, 1 to 255.</summary>
    public required byte VirtualRouterId { get; init; }

    /// <summary>
    /// 1 to 255, where 255 says that this box owns the addresses. RFC 9568 §5.2.4.
    /// </summary>
    public byte Priority { get; init; } = 100;

    /// <summary>2 or 3.</summary>
    public int Version { get; init; } = 2;

    /// <summary><c>advert_int</c>; whole seconds in version 2, centiseconds in version 3.</summary>
    public TimeSpan AdvertisementInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The file says <c>state MASTER</c>.</summary>
    public bool StartsAsMaster { get; init; }

    /// <summary>False with <c>nopreempt</c>.</summary>
    public bool Preempts { get; init; } = true;

    public TimeSpan PreemptDelay { get; init; }

    /// <summary>
    /// What adverts carry: <c>virtual_ipaddress</c>, all of one family.
    /// </summary>
    public ConfigList<IpPrefix> Addresses { get; init; } = [];

    /// <summary>
    /// The adverts go over IPv6. A router of each family may have one VRID. RFC 9568 §5.2.3.
    /// </summary>
    public bool IsIpv6 => Addresses is [IpPrefix first, ..] && !first.Address.IsIpv4;

    /// <summary>
    /// Held but not advertised: <c>virtual_ipaddress_excluded</c>, of either family.
    /// </summary>
    public ConfigList<IpPrefix> ExcludedAddresses { get; init; } = [];

    /// <summary>
    /// Source of adverts; none means the interface's first IPv4 or link-local IPv6 address.
    /// </summary>
    public IpAddress? SourceAddress { get; init; }

    /// <summary>
    /// The same, unless it is a virtual one: that is its owner's alone, and who holds it as MASTER
    /// would take the adverts for its own.
    /// </summary>
    public IpAddress? UsableSource =>
        SourceAddress is IpAddress wished && !IsOwner && Holds(wished) ? null : SourceAddress;

    /// <summary>Priority 255: the addresses are this box's own. RFC 9568 §6.1.</summary>
    public bool IsOwner => Priority == byte.MaxValue;

    /// <summary>
    /// <c>auth_pass</c> of version 2, one to eight ASCII characters: sent and demanded in every
    /// advert (RFC 2338 §5.3.6.2; RFC 3768 removed it, keepalived's users still have it). None
    /// means that adverts carry no authentication.
    /// </summary>
    public string? AuthenticationPassword { get; init; }

    /// <summary>
    /// Version 3 over IPv4: sum the pseudo-header as keepalived does (RFC 5798), not RFC 9568.
    /// </summary>
    public bool ChecksumsPseudoHeader { get; init; } = true;

    /// <summary>
    /// Gratuitous ARPs, or unsolicited Neighbour Advertisements, at once on becoming MASTER.
    /// </summary>
    public int GratuitousArpRepeat { get; init; } = 5;

    /// <summary>And again after this long: <c>garp_master_delay</c>.</summary>
    public TimeSpan GratuitousArpDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The address is one of its virtual ones.</summary>
    public bool Holds(IpAddress address) =>
        Holds(Addresses, address) || Holds(ExcludedAddresses, address);

    private static bool Holds(ConfigList<IpPrefix> prefixes, IpAddress address)
    {
        foreach (IpPrefix prefix in prefixes)
        {
            if (prefix.Address == address)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary><c>vrrp_sync_group</c>: routers that change state together.</summary>
public sealed record SyncGroupConfig(string Name, ConfigList<string> Members);

public sealed record VirtualServerConfig
{
    public required ServiceKey Key { get; init; }

    /// <summary>Its scheduler is always one that exists.</summary>
    public ServiceSettings Settings { get; init; } = new();

    /// <summary>Period between checks of one server; <c>delay_loop</c>.</summary>
    public TimeSpan DelayLoop { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Sum of weights that the service needs to be up.</summary>
    public int Quorum { get; init; } = 1;

    public int Hysteresis { get; init; }

    public ConfigList<RealServerConfig> RealServers { get; init; } = [];

    /// <summary>Takes all connections while the quorum is lost.</summary>
    public RealServerConfig? SorryServer { get; init; }
}

public sealed record RealServerConfig
{
    public required Endpoint Endpoint { get; init; }

    public required ServerSettings Settings { get; init; }

    /// <summary>A failed server keeps its place with weight 0 instead of being removed.</summary>
    public bool InhibitOnFailure { get; init; }

    public ConfigList<CheckConfig> Checks { get; init; } = [];
}

public enum CheckKind
{
    Unknown = 0,
    Tcp,
    Http,
}

/// <summary>How one server is probed: <c>TCP_CHECK</c> or <c>HTTP_GET</c>.</summary>
public sealed record CheckConfig
{
    public required CheckKind Kind { get; init; }

    /// <summary>
    /// Where to connect: the server, unless <c>connect_ip</c> or <c>connect_port</c> say otherwise.
    /// </summary>
    public required Endpoint Target { get; init; }

    /// <summary>The whole probe ends within this time.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan DelayLoop { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Further tries after a failure before the server is down: falls after retry + 1.
    /// </summary>
    public int Retry { get; init; } = 1;

    public TimeSpan DelayBeforeRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Good checks in a row until the server is up.</summary>
    public int Rise { get; init; } = 1;

    /// <summary>
    /// Failed checks in a row until it is down; retry + 1 unless <c>fall</c> is given.
    /// </summary>
    public int Fall { get; init; } = 2;

    /// <summary>
    /// Longest random wait before the first check; the period unless <c>warmup</c> says.
    /// </summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The check begins as failed: its server waits for the first good answer.</summary>
    public bool Alpha { get; init; }

    public ConfigList<HttpUrlConfig> Urls { get; init; } = [];

    public string? VirtualHost { get; init; }
}

/// <summary>One <c>url</c> of an <c>HTTP_GET</c>.</summary>
public sealed record HttpUrlConfig
{
    public required string Path { get; init; }

    /// <summary>Good status codes; empty means 200 to 299.</summary>
    public ConfigList<(int First, int Last)> StatusCodes { get; init; } = [];

    /// <summary>MD5 of the body in lower-case hexadecimal, as genhash prints it.</summary>
    public string? Digest { get; init; }

    public string? VirtualHost { get; init; }
}

/// <summary>The front panel's gpiochip and its lines by name.</summary>
/// <param name="Chip">
/// Path or name of the gpiochip; <c>simulated:PATH</c> names the lab's panel.
/// </param>
public sealed record PanelConfig(string Chip)
{
    /// <summary>
    /// The board profile that maps names to lines of the chip: a folder of board/, or auto, which
    /// is what the device tree says.
    /// </summary>
    public string Board { get; init; } = "auto";

    public string ReadyLine { get; init; } = "LED_READY";

    public string RoleLine { get; init; } = "LED_ROLE";

    public string FaultLine { get; init; } = "LED_FAULT";

    public string ButtonLine { get; init; } = "BUTTON";
}

public sealed record TelemetryConfig
{
    /// <summary>An external broker; null means the embedded one.</summary>
    public BrokerConfig? Broker { get; init; }

    /// <summary>Time between samples.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where the embedded broker listens for plain MQTT; loopback unless told.</summary>
    public Endpoint EmbeddedListen { get; init; } = new(IpAddress.FromIpv4(0x7F00_0001), 1883);
}

public sealed record BrokerConfig(string Host, ushort Port)
{
    public bool UsesTls { get; init; }

    public string? UserName { get; init; }

    /// <summary>
    /// A file with the password alone; passwords do not stand in the configuration.
    /// </summary>
    public string? PasswordFile { get; init; }

    /// <summary>The version of MQTT that is spoken; without one, 5 is tried, then 3.1.1.</summary>
    public MqttVersion Version { get; init; }

    /// <summary>
    /// A PEM file with whom to believe that the broker is who it says, instead of whom the
    /// machine believes.
    /// </summary>
    public string? AuthorityFile { get; init; }

    /// <summary>
    /// SHA-256 of the broker's certificate or of its public key (SPKI), in capital hexadecimal
    /// digits: one of them must be the broker's.
    /// </summary>
    public ConfigList<string> Pins { get; init; } = [];

    /// <summary>What the box shows of itself.</summary>
    public CertificateConfig? Certificate { get; init; }
}

/// <summary>Versions of MQTT that a broker is spoken to by.</summary>
public enum MqttVersion
{
    Any = 0,
    V311,
    V5,
}

public sealed record DashboardConfig
{
    public bool IsEnabled { get; init; } = true;

    /// <summary>Where the dashboard is served; loopback unless told.</summary>
    public Endpoint Listen { get; init; } = new(IpAddress.FromIpv4(0x7F00_0001), 8080);

    /// <summary>It is served over HTTPS alone.</summary>
    public bool UsesTls { get; init; }

    /// <summary>Names that it may be asked for by, beside the box's own.</summary>
    public ConfigList<string> AllowedHosts { get; init; } = [];

    /// <summary>Who may say for whom it asks: reverse proxies.</summary>
    public ConfigList<IpPrefix> TrustedProxies { get; init; } = [];

    /// <summary>With this certificate; none means the one that the box made itself.</summary>
    public CertificateConfig? Certificate { get; init; }
}

/// <summary>Paths of two PEM files.</summary>
/// <param name="Certificate">The certificate, perhaps with those of its issuers behind it.</param>
/// <param name="Key">Its private key, without a password.</param>
public sealed record CertificateConfig(string Certificate, string Key);
