using System;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Api;

/// <summary>
/// Whether a change is a change at all: refused before the box looks at its services.
/// </summary>
public static class IpvsForm
{
    /// <summary>A refusal, or null when the change says all that it must.</summary>
    public static ControlAnswer? WhyNot(IpvsChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return change.Verb switch
        {
            IpvsVerb.AddService or IpvsVerb.EditService => WhyNotService(change.Service),
            IpvsVerb.AddServer or IpvsVerb.EditServer =>
                WhyNotKey(change.Service) ?? WhyNotServer(change.Service!.Key, change.Server),
            IpvsVerb.DeleteService => WhyNotKey(change.Service),
            IpvsVerb.DeleteServer =>
                WhyNotKey(change.Service) ?? (change.Server is null ? Missing("server") : null),
            IpvsVerb.SetTimeouts => change.Timeouts is null ? Missing("timeouts") : null,
            IpvsVerb.StartDaemon => WhyNotDaemon(change.Daemon),
            IpvsVerb.StopDaemon => change.Daemon is null ? Missing("daemon") : null,
            IpvsVerb.Clear or IpvsVerb.Zero => null,
            _ => Missing("verb"),
        };
    }

    private static ControlAnswer? WhyNotService(IpvsService? service) =>
        WhyNotKey(service) ?? service switch
        {
            { Settings: null } => Missing("settings"),
            { Settings.Scheduler: null } => Missing("scheduler"),
            { Settings.PersistenceEngine: null } => Missing("persistence_engine"),
            { Key: { Mark: 0, Port: 0 }, Settings.Persistence: null } =>
                Wrong("a service of every port ('port' is 0) must be persistent"),
            { Key: { Mark: 0, Protocol: not TransportProtocol.Udp }, Settings.IsOnePacket: true } =>
                Wrong("'is_one_packet' is for datagrams"),
            _ => null,
        };

    private static ControlAnswer? WhyNotKey(IpvsService? service) => service switch
    {
        null => Missing("service"),
        { Key: { Mark: 0, Protocol: TransportProtocol.Unknown } } => Missing("protocol"),
        { Key: { Mark: not 0, Protocol: not TransportProtocol.Unknown } } =>
            Wrong("a service of a mark has no protocol"),
        _ => null,
    };

    private static ControlAnswer? WhyNotServer(ServiceKey key, IpvsServer? server) => server switch
    {
        null => Missing("server"),
        { Settings: null } => Missing("settings"),
        { Settings.Method: ForwardingMethod.Nat or ForwardingMethod.FullNat } => null,
        { Settings.Method: not (ForwardingMethod.Direct or ForwardingMethod.Tunnel) } =>
            Wrong("'method' is nat, direct, tunnel or full_nat"),
        { Endpoint.Port: ushort port } when key.Mark == 0 && port != key.Port =>
            Wrong("only nat and full_nat change the port: give the service's"),
        _ => null,
    };

    private static ControlAnswer? WhyNotDaemon(IpvsDaemon? daemon) => daemon switch
    {
        null => Missing("daemon"),
        { Interface: null or "" } => Missing("interface"),
        { SyncId: < 0 or > byte.MaxValue } => Wrong("'sync_id' is 0 to 255"),
        { MaximumLength: < 0 or > ushort.MaxValue } => Wrong("'maximum_length' is 1 to 65535"),
        { Port: < 0 or > ushort.MaxValue } => Wrong("'port' is 1 to 65535"),
        { TimeToLive: < 0 or > byte.MaxValue } => Wrong("'time_to_live' is 1 to 255"),
        { Group: IpAddress { IsMulticast: false } } => Wrong("'group' is no multicast group"),
        _ => null,
    };

    private static ControlAnswer Missing(string field) => Wrong($"'{field}' is missing");

    private static ControlAnswer Wrong(string sentence) =>
        ControlAnswer.Refused("bad_request", sentence);
}
