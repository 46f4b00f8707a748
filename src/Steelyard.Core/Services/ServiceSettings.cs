using System;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Services;

/// <summary>What may be chosen about a virtual service, and changed while it is in use.</summary>
public sealed record ServiceSettings
{
    /// <summary>As after <c>ipvsadm -s</c>.</summary>
    public string Scheduler { get; init; } = SchedulerNames.Default;

    public SchedulerFlags Flags { get; init; }

    /// <summary>Null when each connection is scheduled by itself.</summary>
    public PersistenceSettings? Persistence { get; init; }

    /// <summary>Persistence engine (<c>--pe</c>): <c>sip</c>, or empty for none.</summary>
    public string PersistenceEngine { get; init; } = string.Empty;

    /// <summary>A client stays with its server for each SIP dialogue by itself.</summary>
    internal bool IsBySip => PersistenceEngine == "sip" && Persistence is not null;

    /// <summary>Every datagram is scheduled by itself (<c>-o</c>).</summary>
    public bool IsOnePacket { get; init; }

    /// <summary>So is a packet of this protocol; a service of a mark has others too.</summary>
    internal bool IsLone(TransportProtocol protocol) =>
        IsOnePacket && protocol == TransportProtocol.Udp;
}

/// <summary>Flags of schedulers (<c>-b</c>); sh and mh name them differently.</summary>
[Flags]
public enum SchedulerFlags : byte
{
    None = 0,

    /// <summary><c>flag-1</c>: sh-fallback, mh-fallback.</summary>
    Fallback = 0x08,

    /// <summary><c>flag-2</c>: sh-port, mh-port.</summary>
    Port = 0x10,

    /// <summary><c>flag-3</c>; no scheduler has a meaning for it.</summary>
    Third = 0x20,
}

/// <summary>A client stays with its server (<c>-p</c>).</summary>
/// <param name="Timeout">For so long after its last new connection.</param>
/// <param name="Netmask">Bits of an IPv4 client that count; any pattern is legal.</param>
/// <param name="PrefixLength">Leading bits of an IPv6 client that count.</param>
public sealed record PersistenceSettings(
    TimeSpan Timeout, uint Netmask = uint.MaxValue, int PrefixLength = 128)
{
    /// <summary>360 s, as <c>ipvsadm -p</c> without a number gives.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(360);

    /// <summary>The part of a client's address that counts.</summary>
    public IpAddress Mask(IpAddress client)
    {
        if (client.IsIpv4)
        {
            return IpAddress.FromIpv4(client.Ipv4 & Netmask);
        }

        ulong high = PrefixLength >= 64 ? ulong.MaxValue : Ones(PrefixLength);
        ulong low = PrefixLength <= 64 ? 0 : Ones(PrefixLength - 64);
        return new(client.High & high, client.Low & low);
    }

    private static ulong Ones(int bits) => bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
}
