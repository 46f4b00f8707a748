using System;
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

/// <summary>Flags of schedulers; sh and mh name them differently.</summary>
[Flags]
public enum IpvsSchedulerOptions : byte
{
    None = 0,

    /// <summary><c>flag-1</c>: sh-fallback, mh-fallback.</summary>
    Fallback = 0x08,

    /// <summary><c>flag-2</c>: sh-port, mh-port.</summary>
    Port = 0x10,

    /// <summary><c>flag-3</c>; no scheduler has a meaning for it.</summary>
    Third = 0x20,
}

/// <summary>A virtual service, as <c>-A</c> and <c>-E</c> describe it.</summary>
/// <param name="Key">A mark's address is 0.0.0.0, or :: for IPv6 packets.</param>
public sealed record IpvsService(ServiceKey Key)
{
    public string Scheduler { get; init; } = "wlc";

    public IpvsSchedulerOptions Flags { get; init; }

    /// <summary>Seconds; 0 when the service is not persistent.</summary>
    public int PersistenceSeconds { get; init; }

    /// <summary>Bits of the client's address that count, for IPv4; any pattern is legal.</summary>
    public uint Netmask { get; init; } = uint.MaxValue;

    /// <summary>Prefix length that counts, for IPv6.</summary>
    public int PrefixLength { get; init; } = 128;

    /// <summary>Persistence engine; empty for none.</summary>
    public string PersistenceEngine { get; init; } = string.Empty;

    /// <summary><c>-o</c>: every datagram is scheduled by itself.</summary>
    public bool IsOnePacket { get; init; }
}

public enum IpvsTunnelKind : byte
{
    Ipip = 0,
    Gue = 1,
    Gre = 2,
}

public enum IpvsTunnelChecksum : byte
{
    None = 0,
    Local,
    Remote,
}

/// <summary>A real server, as <c>-a</c> and <c>-e</c> describe it.</summary>
public sealed record IpvsServer(Endpoint Endpoint)
{
    public ForwardingMethod Method { get; init; } = ForwardingMethod.Direct;

    public int Weight { get; init; } = 1;

    /// <summary><c>-x</c>: connections above which none is added; 0 for no bound.</summary>
    public long UpperThreshold { get; init; }

    /// <summary><c>-y</c>: connections below which new ones are taken again.</summary>
    public long LowerThreshold { get; init; }

    public IpvsTunnelKind Tunnel { get; init; }

    public int TunnelPort { get; init; }

    public IpvsTunnelChecksum TunnelChecksum { get; init; }
}
