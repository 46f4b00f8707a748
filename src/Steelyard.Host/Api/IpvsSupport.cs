using System;
using System.Collections.Immutable;
using Steelyard.Core.Services;

namespace Steelyard.Host.Api;

/// <summary>
/// What of IPVS this box does not do yet: refused by name, before anything changes.
/// </summary>
public static class IpvsSupport
{
    /// <summary>Schedulers that the engine has.</summary>
    public static ImmutableArray<string> Schedulers { get; } =
        ["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh"];

    private static readonly ImmutableArray<string> LaterSchedulers =
        ["lblc", "lblcr", "mh", "fo", "ovf", "twos"];

    /// <summary>A refusal, or null when the box can do what is wished.</summary>
    public static ControlAnswer? WhyNot(IpvsChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return change.Verb switch
        {
            IpvsVerb.AddService or IpvsVerb.EditService => WhyNotService(change.Service),
            IpvsVerb.AddServer or IpvsVerb.EditServer =>
                WhyNotKey(change.Service) ?? WhyNotServer(change.Service!.Key, change.Server),
            // What cannot have been added is not there: the box's own look-up says so.
            IpvsVerb.DeleteService => change.Service is null ? Incomplete("service") : null,
            IpvsVerb.DeleteServer => change.Service is null || change.Server is null
                ? Incomplete("server")
                : null,
            IpvsVerb.Zero => null,
            IpvsVerb.SetTimeouts => change.Timeouts is null ? Incomplete("timeouts") : null,
            IpvsVerb.StartDaemon => ControlAnswer.Refused(
                "not_supported",
                "The sync daemon is started by the configuration (lvs_sync_daemon), "
                + "not by a command."),
            IpvsVerb.StopDaemon => IpvsRefusal.NoDaemon,
            IpvsVerb.Clear => null,
            _ => ControlAnswer.Refused("bad_request", "'verb' is missing"),
        };
    }

    private static ControlAnswer? WhyNotService(IpvsService? service)
    {
        if (WhyNotKey(service) is { } refusal)
        {
            return refusal;
        }

        return service switch
        {
            null => Incomplete("service"),
            { Scheduler: string name } when LaterSchedulers.Contains(name) => Later(
                $"The scheduler '{name}' is not supported yet; "
                + $"these are: {string.Join(' ', Schedulers)}."),
            { Scheduler: string name } when !Schedulers.Contains(name) =>
                IpvsRefusal.NoSuchScheduler,
            { PersistenceSeconds: not 0 } or { Key.Port: 0 } => Later("Persistence (-p)"),
            { PersistenceEngine.Length: > 0 } => Later("A persistence engine (--pe)"),
            { IsOnePacket: true } => Later("One-packet scheduling (-o)"),
            { Flags: not IpvsSchedulerOptions.None } => Later("Scheduler flags (-b)"),
            _ => null,
        };
    }

    private static ControlAnswer? WhyNotKey(IpvsService? service) => service switch
    {
        null => Incomplete("service"),
        { Key.Mark: not 0 } => Later("A firewall-mark service (-f)"),
        { Key.Protocol: TransportProtocol.Sctp } => Later("SCTP"),
        { Key.Address.IsIpv4: false } => Later("An IPv6 service"),
        { Key.Protocol: TransportProtocol.Unknown } => Incomplete("protocol"),
        _ => null,
    };

    private static ControlAnswer? WhyNotServer(ServiceKey key, IpvsServer? server) => server switch
    {
        null => Incomplete("server"),
        { Method: ForwardingMethod.Tunnel } => Later("Tunnelling (-i)"),
        { Method: ForwardingMethod.Nat or ForwardingMethod.Direct, Weight: < 0 } =>
            ControlAnswer.Refused("bad_request", "'weight' is negative"),
        { Method: not (ForwardingMethod.Nat or ForwardingMethod.Direct) } =>
            Later("This forwarding method"),
        { Method: ForwardingMethod.Direct, Endpoint.Port: ushort port } when port != key.Port =>
            ControlAnswer.Refused(
                "bad_request", "direct routing cannot change the port: give the service's"),
        { UpperThreshold: not 0 } or { LowerThreshold: not 0 } => Later("Thresholds (-x, -y)"),
        { Endpoint.Address: { IsIpv4: true } address }
            when address.Ipv4 == 0 || (address.Ipv4 >> 28) >= 0xE => IpvsRefusal.InvalidOperation,
        { Endpoint.Address: { IsIpv4: true } loopback } when loopback.Ipv4 >> 24 == 127 =>
            Later("A server on the box itself"),
        { Endpoint.Address.IsIpv4: false } => Later("An IPv6 server"),
        _ => null,
    };

    private static ControlAnswer Later(string what) => IpvsRefusal.NotSupported(
        what.EndsWith('.') ? what : $"{what} is not supported yet; nothing was changed.");

    private static ControlAnswer Incomplete(string field) =>
        ControlAnswer.Refused("bad_request", $"'{field}' is missing");
}
