using System;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>From the options that were read to what is asked for.</summary>
internal sealed partial class CommandParser
{
    private bool Has(Given given) => (_given & given) != 0;

    private ServiceKey? Key => Has(Given.Service) ? new(_protocol, _address, _port, _mark) : null;

    private IpvsadmCommand Build(Word command) => command switch
    {
        Word.List => BuildListing(),
        Word.Save => new(Deed.Save) { IsNumeric = Has(Given.Numeric) },
        Word.Restore => new(Deed.Restore),
        Word.AddService => Change(IpvsVerb.AddService, BuildService()),
        Word.EditService => Change(IpvsVerb.EditService, BuildService()),
        Word.DeleteService => Change(IpvsVerb.DeleteService, NamedService()),
        Word.AddServer => Change(IpvsVerb.AddServer, NamedService(), BuildServer()),
        Word.EditServer => Change(IpvsVerb.EditServer, NamedService(), BuildServer()),
        Word.DeleteServer => Change(IpvsVerb.DeleteServer, NamedService(), NamedServer()),
        Word.Clear => Change(IpvsVerb.Clear),
        Word.Zero => Change(IpvsVerb.Zero, Key is { } key ? new(key) : null),
        Word.Set => new(Deed.Change) { Change = new(IpvsVerb.SetTimeouts, Timeouts: _timeouts) },
        Word.StartDaemon => new(Deed.Change)
        {
            Change = new(IpvsVerb.StartDaemon, Daemon: _daemon),
        },
        _ => new(Deed.Change) { Change = new(IpvsVerb.StopDaemon, Daemon: _daemon) },
    };

    private static IpvsadmCommand Change(
        IpvsVerb verb, IpvsService? service = null, IpvsServer? server = null) =>
        new(Deed.Change) { Change = new(verb, service, server) };

    private IpvsService NamedService() =>
        new(new ServiceKey(_protocol, _address, _port, _mark));

    private IpvsServer NamedServer() =>
        new(new Endpoint(_serverAddress, _serverPort ?? _port));

    private IpvsService BuildService()
    {
        if (_mark == 0 && _port == 0 && _persistenceSeconds == 0)
        {
            throw IpvsadmException.Usage("Zero port specified for non-persistent service");
        }

        if (Has(Given.OnePacket) && _mark == 0 && _protocol != TransportProtocol.Udp)
        {
            throw IpvsadmException.Usage(
                "One-Packet Scheduling is only for UDP virtual services");
        }

        return NamedService() with
        {
            Settings = new()
            {
                Scheduler = _scheduler.Length == 0 ? Schedulers.Default : _scheduler,
                Flags = SchedulerFlagText.Parse(_schedulerFlags, _scheduler),
                Persistence = _persistenceSeconds == 0 ? null : new(
                    TimeSpan.FromSeconds(_persistenceSeconds), _netmask, _prefixLength),
                PersistenceEngine = _persistenceEngine,
                IsOnePacket = Has(Given.OnePacket),
            },
        };
    }

    private IpvsServer BuildServer()
    {
        bool isTunnel = _method == ForwardingMethod.Tunnel;
        if (!isTunnel && _serverAddress.IsIpv4 != _address.IsIpv4)
        {
            throw IpvsadmException.Usage(
                "Different address family is allowed only for tunneling servers");
        }

        const Given TunnelWords =
            Given.TunnelType | Given.TunnelPort | Grammar.TunnelChecksums;
        if (!isTunnel && Has(TunnelWords))
        {
            throw IpvsadmException.Usage("Tunnel options conflict with forward method");
        }

        Grammar.CheckTunnel(_tunnelType, _given);
        // Only masquerading can change a port: the others keep the service's. A mark has none.
        bool hasOwnPort = _method == ForwardingMethod.Nat || _mark != 0;
        ushort port = hasOwnPort ? _serverPort ?? _port : _port;
        return new(new Endpoint(_serverAddress, port))
        {
            Settings = new()
            {
                Method = _method,
                Weight = _weight,
                UpperThreshold = _upperThreshold,
                LowerThreshold = _lowerThreshold,
                Tunnel = BuildTunnel(),
            },
        };
    }

    private TunnelSettings BuildTunnel()
    {
        TunnelKind kind = _tunnelType switch
        {
            "gue" => TunnelKind.Gue,
            "gre" => TunnelKind.Gre,
            _ => TunnelKind.Ipip,
        };
        TunnelChecksum checksum = Has(Given.TunnelRemoteChecksum) ? TunnelChecksum.Remote
            : Has(Given.TunnelChecksum) ? TunnelChecksum.Local
            : TunnelChecksum.None;
        return new(kind, (ushort)_tunnelPort, checksum);
    }

    private IpvsadmCommand BuildListing()
    {
        bool isTable = !Has(Given.Connection | Given.Timeout | Given.Daemon);
        Given wrong = Given.Stats | Given.Rate | Given.Thresholds | Given.TunnelInformation;
        if (!isTable
            && (Has(wrong) || (!Has(Given.Connection) && Has(Given.PersistentConnections))))
        {
            throw IpvsadmException.Usage("options conflicts in the list command");
        }

        Deed deed = Has(Given.Connection) ? Deed.ListConnections
            : Has(Given.Timeout) ? Deed.ListTimeouts
            : Has(Given.Daemon) ? Deed.ListDaemons
            : Deed.ListServices;
        return new(deed)
        {
            Service = Key,
            View = Has(Given.Stats) ? ListingView.Stats
                : Has(Given.Rate) ? ListingView.Rate
                : Has(Given.Thresholds) ? ListingView.Thresholds
                : Has(Given.PersistentConnections) ? ListingView.PersistentConnections
                : Has(Given.TunnelInformation) ? ListingView.TunnelInformation
                : ListingView.Plain,
            IsNumeric = Has(Given.Numeric),
            IsExact = Has(Given.Exact),
            IsSorted = !Has(Given.NoSort),
            ShowsPersistenceEngine = Has(Given.PersistentConnections),
        };
    }
}
