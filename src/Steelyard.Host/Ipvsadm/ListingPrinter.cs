using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Tables of services and servers, to the byte as users of LVS know them.</summary>
internal sealed class ListingPrinter(TextWriter output, AddressNames names)
{
    /// <summary>Names of IPv4 hosts are cut to the columns.</summary>
    private const int ServiceColumns = 33;
    private const int ServerColumns = 28;

    private const string ServerTitle = "  -> RemoteAddress:Port";

    /// <summary>All services, under the line that names the table's size.</summary>
    public void PrintAll(IpvsListing listing, IpvsadmCommand command)
    {
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"IP Virtual Server version 1.2.1 (size={listing.TableSize})\n"));
        PrintTitle(command.View);
        ImmutableArray<IpvsServiceEntry> services =
            command.IsSorted ? ListingOrder.Sort(listing.Services) : listing.Services;
        foreach (IpvsServiceEntry service in services)
        {
            Print(service, command);
        }
    }

    /// <summary>One service alone.</summary>
    public void PrintOne(IpvsServiceEntry service, IpvsadmCommand command)
    {
        PrintTitle(command.View);
        Print(service, command);
    }

    public void PrintTimeouts(IpvsTimeouts timeouts) => output.Write(string.Create(
        CultureInfo.InvariantCulture,
        $"Timeout (tcp tcpfin udp): {timeouts.TcpSeconds} {timeouts.TcpFinSeconds} "
        + $"{timeouts.UdpSeconds}\n"));

    public void PrintDaemons(ImmutableArray<IpvsDaemon> daemons)
    {
        foreach (IpvsDaemon daemon in daemons)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{(daemon.IsMaster ? "master" : "backup")} sync daemon (mcast={daemon.Interface},"
                + $" syncid={daemon.SyncId}"));
            PrintIf(daemon.MaximumLength != 0, $", maxlen={daemon.MaximumLength}");
            PrintIf(daemon.Group is not null, $", group={daemon.Group}");
            PrintIf(daemon.Port != 0, $", port={daemon.Port}");
            PrintIf(daemon.TimeToLive != 0, $", ttl={daemon.TimeToLive}");
            output.Write(")\n");
        }
    }

    private void PrintIf(bool condition, string text)
    {
        if (condition)
        {
            output.Write(text);
        }
    }

    private void PrintTitle(ListingView view)
    {
        output.Write(view switch
        {
            ListingView.Stats => NumbersTitle("Conns", "InPkts", "OutPkts", "InBytes", "OutBytes"),
            ListingView.Rate => NumbersTitle("CPS", "InPPS", "OutPPS", "InBPS", "OutBPS"),
            ListingView.Thresholds =>
                "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn \n"
                + ServerTitle,
            ListingView.PersistentConnections =>
                "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn \n"
                + ServerTitle,
            ListingView.TunnelInformation =>
                "Prot LocalAddress:Port Scheduler Flags\n"
                + $"{ServerTitle,-33} Forward TunnelInfo    Weight ActiveConn InActConn",
            _ => "Prot LocalAddress:Port Scheduler Flags\n"
                + $"{ServerTitle,-33} Forward Weight ActiveConn InActConn",
        });
        output.Write('\n');
    }

    private static string NumbersTitle(string a, string b, string c, string d, string e) =>
        $"{"Prot LocalAddress:Port",-33} {a,8} {b,8} {c,8} {d,8} {e,8}\n{ServerTitle}";

    private void Print(IpvsServiceEntry entry, IpvsadmCommand command)
    {
        string name = NameOf(entry.Service.Key);
        switch (command.View)
        {
            case ListingView.Stats:
                PrintNumbers($"{name,-33}", entry.Counters, command.IsExact);
                break;
            case ListingView.Rate:
                PrintNumbers($"{name,-33}", entry.Rates, command.IsExact);
                break;
            default:
                output.Write($"{name} {entry.Service.Settings.Scheduler}");
                PrintFlags(entry.Service);
                output.Write('\n');
                break;
        }

        ImmutableArray<IpvsServerEntry> servers =
            command.IsSorted ? ListingOrder.Sort(entry.Servers) : entry.Servers;
        foreach (IpvsServerEntry server in servers)
        {
            Print(server, entry.Service.Key.Protocol, command);
        }
    }

    private void PrintFlags(IpvsService service)
    {
        ServiceSettings settings = service.Settings;
        string flags = SchedulerFlagText.Write(settings.Flags, settings.Scheduler);
        PrintIf(flags.Length > 0, $" ({flags})");
        if (settings.Persistence is { } persistence)
        {
            output.Write(string.Create(
                CultureInfo.InvariantCulture, $" persistent {persistence.Timeout.TotalSeconds}"));
            PrintIf(SaveText.Mask(service) is not null, $" mask {SaveText.Mask(service)}");
            PrintIf(
                settings.PersistenceEngine.Length > 0, $" pe {settings.PersistenceEngine}");
        }

        PrintIf(settings.IsOnePacket, " ops");
    }

    private void Print(IpvsServerEntry entry, TransportProtocol protocol, IpvsadmCommand command)
    {
        ServerSettings server = entry.Server.Settings;
        Endpoint endpoint = entry.Server.Endpoint;
        string name = names.Text(endpoint, protocol);
        string start = $"  -> {Cut(name, endpoint.Address, ServerColumns),-ServerColumns}";
        string connections = string.Create(
            CultureInfo.InvariantCulture, $"{entry.Active,-10} {entry.Inactive,-10}");
        switch (command.View)
        {
            case ListingView.Stats:
                PrintNumbers(start, entry.Counters, command.IsExact);
                return;
            case ListingView.Rate:
                PrintNumbers(start, entry.Rates, command.IsExact);
                return;
            case ListingView.Thresholds:
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{start} {server.UpperThreshold,-10} {server.LowerThreshold,-10} "));
                break;
            case ListingView.PersistentConnections:
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{start} {server.Weight,-9} {entry.Persistent,-11} "));
                break;
            case ListingView.TunnelInformation:
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{start} {MethodOf(server),-7} {TunnelOf(server),-13} {server.Weight,-6} "));
                break;
            default:
                output.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{start} {MethodOf(server),-7} {server.Weight,-6} "));
                break;
        }

        output.Write($"{connections}\n");
    }

    private void PrintNumbers(string start, IpvsCounters counters, bool exact)
    {
        output.Write(start);
        output.Write(Numbers.Column(counters.Connections, exact));
        output.Write(Numbers.Column(counters.InPackets, exact));
        output.Write(Numbers.Column(counters.OutPackets, exact));
        output.Write(Numbers.Column(counters.InBytes, exact));
        output.Write(Numbers.Column(counters.OutBytes, exact));
        output.Write('\n');
    }

    private string NameOf(in ServiceKey key)
    {
        if (key.Mark != 0)
        {
            string family = key.Address.IsIpv4 ? string.Empty : " IPv6";
            return string.Create(CultureInfo.InvariantCulture, $"FWM  {key.Mark}{family}");
        }

        string protocol = key.Protocol.ToString().ToUpperInvariant();
        string name = names.Text(new Endpoint(key.Address, key.Port), key.Protocol);
        return $"{protocol,-4} {Cut(name, key.Address, ServiceColumns)}";
    }

    private static string Cut(string name, in IpAddress address, int columns) =>
        address.IsIpv4 && name.Length > columns ? name[..columns] : name;

    private static string MethodOf(ServerSettings server) => server.Method switch
    {
        ForwardingMethod.Nat => "Masq",
        ForwardingMethod.Direct => "Route",
        ForwardingMethod.Tunnel => "Tunnel",
        ForwardingMethod.Local => "Local",
        ForwardingMethod.FullNat => "FullNat",
        _ => "Unknown",
    };

    private static string TunnelOf(ServerSettings server)
    {
        if (server.Method != ForwardingMethod.Tunnel)
        {
            return "n/a";
        }

        string checksum = server.Tunnel.Checksum switch
        {
            TunnelChecksum.Local => "+c",
            TunnelChecksum.Remote => "r+c",
            _ => "-c",
        };
        return server.Tunnel.Kind switch
        {
            TunnelKind.Gue => string.Create(
                CultureInfo.InvariantCulture, $"gue:{server.Tunnel.Port}:{checksum}"),
            TunnelKind.Gre => $"gre:{checksum}",
            _ => "ipip",
        };
    }
}
