using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Api;

/// <summary>What <c>ipvsadm</c> can change.</summary>
public enum IpvsVerb : byte
{
    Unknown = 0,
    AddService,
    EditService,
    DeleteService,

    /// <summary>All services go.</summary>
    Clear,
    AddServer,
    EditServer,
    DeleteServer,

    /// <summary>The counters of one service, or of all, go back to 0.</summary>
    Zero,
    SetTimeouts,
    StartDaemon,
    StopDaemon,
}

/// <summary>One change of services.</summary>
/// <param name="Verb">Which of the other fields count.</param>
/// <param name="Service">The service; its key alone counts unless it is added or edited.</param>
/// <param name="Server">The server that is added, edited or deleted.</param>
/// <param name="Timeouts">The timeouts to set; 0 leaves one as it is.</param>
/// <param name="Daemon">The sync daemon to start or stop.</param>
public sealed record IpvsChange(
    IpvsVerb Verb,
    IpvsService? Service = null,
    IpvsServer? Server = null,
    IpvsTimeouts? Timeouts = null,
    IpvsDaemon? Daemon = null);

/// <summary>Timeouts of TCP ESTABLISHED, TCP FIN_WAIT and UDP, in whole seconds.</summary>
public sealed record IpvsTimeouts(int TcpSeconds, int TcpFinSeconds, int UdpSeconds);

/// <summary>A sync daemon, as <c>--start-daemon</c> describes it.</summary>
public sealed record IpvsDaemon(bool IsMaster)
{
    public string Interface { get; init; } = "eth0";

    /// <summary>0 to 255.</summary>
    public int SyncId { get; init; }

    /// <summary>Bytes of a message; 0 for the default.</summary>
    public int MaximumLength { get; init; }

    public IpAddress? Group { get; init; }

    /// <summary>UDP port; 0 for the default.</summary>
    public int Port { get; init; }

    /// <summary>Multicast TTL; 0 for the default.</summary>
    public int TimeToLive { get; init; }
}

/// <summary>A virtual service, as <c>-A</c> and <c>-E</c> describe it.</summary>
/// <param name="Key">A mark's address is 0.0.0.0, or :: for IPv6 packets.</param>
public sealed record IpvsService(ServiceKey Key)
{
    public ServiceSettings Settings { get; init; } = new();
}

/// <summary>A real server, as <c>-a</c> and <c>-e</c> describe it.</summary>
public sealed record IpvsServer(Endpoint Endpoint)
{
    public ServerSettings Settings { get; init; } = new();
}
