using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>
/// The kernel's side of <c>ipvsadm</c> as a model: what it keeps, in which order, and what it
/// refuses. Unlike a box of today it takes every kind of service.
/// </summary>
internal sealed class ModelBox : IBoxControl
{
    private static readonly string[] Schedulers =
    [
        "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
        "twos",
    ];

    private readonly List<IpvsServiceEntry> _services = [];
    private readonly List<IpvsDaemon> _daemons = [];
    private IpvsTimeouts _timeouts = new(900, 120, 300);

    public ImmutableArray<ConnectionRecord> Connections { get; set; } = [];

    /// <summary>Puts numbers into the entries before they are listed.</summary>
    public Func<IpvsServiceEntry, IpvsServiceEntry> Touch { get; set; } = entry => entry;

    public Task<IpvsListing> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new IpvsListing(
            4096, _timeouts, [.. _services.Select(Touch)], [.. _daemons]));

    public Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken) => Task.FromResult(Connections);

    public Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken) =>
        Task.FromResult(Change(change) ?? ControlAnswer.Done());

    public Task<BoxStatus> StatusAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ControlAnswer> FailoverAsync(
        string? router, bool force, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ControlAnswer> ReloadAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ControlAnswer> SetMaintenanceAsync(bool on, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ExplainAnswer> ExplainAsync(
        ExplainQuestion question, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private ControlAnswer? Change(IpvsChange change)
    {
        switch (change.Verb)
        {
            case IpvsVerb.Clear:
                _services.Clear();
                return null;
            case IpvsVerb.SetTimeouts:
                IpvsTimeouts wish = change.Timeouts!;
                _timeouts = new(
                    wish.TcpSeconds == 0 ? _timeouts.TcpSeconds : wish.TcpSeconds,
                    wish.TcpFinSeconds == 0 ? _timeouts.TcpFinSeconds : wish.TcpFinSeconds,
                    wish.UdpSeconds == 0 ? _timeouts.UdpSeconds : wish.UdpSeconds);
                return null;
            case IpvsVerb.StartDaemon:
                return Start(change.Daemon!);
            case IpvsVerb.StopDaemon:
                int gone = _daemons.RemoveAll(
                    daemon => daemon.IsMaster == change.Daemon!.IsMaster);
                return gone == 0 ? IpvsRefusal.NoDaemon : null;
            case IpvsVerb.Zero when change.Service is null:
                return null;
            default:
                return ChangeService(change);
        }
    }

    private ControlAnswer? Start(IpvsDaemon daemon)
    {
        if (daemon.Interface != "m0")
        {
            return ControlAnswer.Refused("no_device", "No such device");
        }

        if (_daemons.Any(running => running.IsMaster == daemon.IsMaster))
        {
            return IpvsRefusal.DaemonRuns;
        }

        // An Ethernet packet less the headers of IPv4 or IPv6, and of UDP.
        IpAddress group = daemon.Group ?? IpAddress.Parse("224.0.0.81");
        int longest = group.IsIpv4 ? 1472 : 1452;
        _daemons.Add(daemon with
        {
            MaximumLength = daemon.MaximumLength == 0 ? longest : daemon.MaximumLength,
            Group = group,
            Port = daemon.Port == 0 ? 8848 : daemon.Port,
            TimeToLive = daemon.TimeToLive == 0 ? 1 : daemon.TimeToLive,
        });
        return null;
    }

    private ControlAnswer? ChangeService(IpvsChange change)
    {
        IpvsService wish = change.Service!;
        int index = _services.FindIndex(entry => entry.Service.Key == wish.Key);
        bool isKnown = Schedulers.Contains(wish.Settings.Scheduler)
            && wish.Settings.PersistenceEngine is "" or "sip";
        switch (change.Verb)
        {
            case IpvsVerb.AddService when index >= 0:
                return IpvsRefusal.ServiceExists;
            case IpvsVerb.AddService when !isKnown:
                return IpvsRefusal.NoSuchScheduler;
            case IpvsVerb.AddService:
                _services.Add(new(wish, IpvsCounters.Zero, IpvsCounters.Zero, []));
                return null;
            case IpvsVerb.EditService or IpvsVerb.DeleteService or IpvsVerb.Zero when index < 0:
                return IpvsRefusal.NoSuchService;
            case IpvsVerb.EditService when !isKnown:
                return IpvsRefusal.NoSuchScheduler;
            case IpvsVerb.EditService:
                _services[index] = _services[index] with { Service = wish };
                return null;
            case IpvsVerb.DeleteService:
                _services.RemoveAt(index);
                return null;
            case IpvsVerb.Zero:
                return null;
            default:
                return index < 0
                    ? IpvsRefusal.ServiceNotDefined
                    : ChangeServer(change.Verb, index, change.Server!);
        }
    }

    private ControlAnswer? ChangeServer(IpvsVerb verb, int serviceIndex, IpvsServer wish)
    {
        IpvsServiceEntry service = _services[serviceIndex];
        IpvsServerEntry? known = service.Servers.FirstOrDefault(
            entry => entry.Server.Endpoint == wish.Endpoint);
        if (verb != IpvsVerb.DeleteServer && IsWrong(wish) is { } refusal)
        {
            return refusal;
        }

        switch (verb)
        {
            case IpvsVerb.AddServer when known is not null:
                return IpvsRefusal.DestinationExists;
            case IpvsVerb.EditServer or IpvsVerb.DeleteServer when known is null:
                return IpvsRefusal.NoSuchDestination;
        }

        IpvsServerEntry entry = new(wish, 0, 0, 0, IpvsCounters.Zero, IpvsCounters.Zero);
        _services[serviceIndex] = service with
        {
            Servers = verb switch
            {
                IpvsVerb.AddServer => service.Servers.Insert(0, entry),
                IpvsVerb.EditServer => service.Servers.Replace(known!, entry),
                _ => service.Servers.Remove(known!),
            },
        };
        return null;
    }

    private static ControlAnswer? IsWrong(IpvsServer server)
    {
        IpAddress address = server.Endpoint.Address;
        if (address.IsIpv4 && (address.Ipv4 == 0 || address.Ipv4 >= 0xE0000000))
        {
            return IpvsRefusal.InvalidOperation;
        }

        return server.Settings.LowerThreshold > server.Settings.UpperThreshold
            ? IpvsRefusal.OutOfRange
            : null;
    }
}
