using System.Globalization;
using System.IO;
using System.Text;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>
/// Services as commands that would make them again: <c>-S</c>, read by <c>-R</c>.
/// </summary>
internal sealed class SaveText(TextWriter output, AddressNames names)
{
    public void Print(IpvsListing listing)
    {
        foreach (IpvsServiceEntry entry in ListingOrder.Sort(listing.Services))
        {
            string name = NameOf(entry.Service.Key);
            output.Write($"-A {name} -s {entry.Service.Settings.Scheduler}");
            output.Write($"{OptionsOf(entry.Service)}\n");
            foreach (IpvsServerEntry server in ListingOrder.Sort(entry.Servers))
            {
                string address =
                    names.Text(server.Server.Endpoint, entry.Service.Key.Protocol);
                output.Write($"-a {name} -r {address}{OptionsOf(server.Server.Settings)}\n");
            }
        }
    }

    /// <summary>The persistence mask, or null when the whole address counts.</summary>
    public static string? Mask(IpvsService service)
    {
        if (service.Settings.Persistence is not { } persistence)
        {
            return null;
        }

        if (service.Key.Address.IsIpv4)
        {
            return persistence.Netmask == uint.MaxValue
                ? null
                : IpAddress.FromIpv4(persistence.Netmask).ToString();
        }

        return persistence.PrefixLength == 128
            ? null
            : persistence.PrefixLength.ToString(CultureInfo.InvariantCulture);
    }

    private string NameOf(in ServiceKey key)
    {
        if (key.Mark != 0)
        {
            string family = key.Address.IsIpv4 ? string.Empty : " -6";
            return string.Create(CultureInfo.InvariantCulture, $"-f {key.Mark}{family}");
        }

        string option = key.Protocol switch
        {
            TransportProtocol.Tcp => "-t",
            TransportProtocol.Udp => "-u",
            _ => "--sctp-service",
        };
        return $"{option} {names.Text(new Endpoint(key.Address, key.Port), key.Protocol)}";
    }

    private static string OptionsOf(IpvsService service)
    {
        ServiceSettings settings = service.Settings;
        StringBuilder text = new();
        if (settings.Persistence is { } persistence)
        {
            text.Append(
                CultureInfo.InvariantCulture, $" -p {persistence.Timeout.TotalSeconds}");
            if (Mask(service) is { } mask)
            {
                text.Append(CultureInfo.InvariantCulture, $" -M {mask}");
            }
        }

        if (settings.PersistenceEngine.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" --pe {settings.PersistenceEngine}");
        }

        if (settings.IsOnePacket)
        {
            text.Append(" -o");
        }

        string flags = SchedulerFlagText.Write(settings.Flags, settings.Scheduler);
        if (flags.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" -b {flags}");
        }

        return text.ToString();
    }

    private static string OptionsOf(ServerSettings server)
    {
        string method = server.Method switch
        {
            ForwardingMethod.Nat or ForwardingMethod.FullNat => "-m",
            ForwardingMethod.Tunnel => "-i",
            _ => "-g",
        };
        string start = string.Create(
            CultureInfo.InvariantCulture, $" {method} -w {server.Weight}");
        if (server.Method != ForwardingMethod.Tunnel)
        {
            return start;
        }

        string checksum = server.Tunnel.Checksum switch
        {
            TunnelChecksum.Local => "--tun-csum",
            TunnelChecksum.Remote => "--tun-remcsum",
            _ => "--tun-nocsum",
        };
        return start + server.Tunnel.Kind switch
        {
            TunnelKind.Gue => string.Create(
                CultureInfo.InvariantCulture,
                $" --tun-type gue --tun-port {server.Tunnel.Port} {checksum}"),
            TunnelKind.Gre => $" --tun-type gre {checksum}",
            _ => " --tun-type ipip",
        };
    }
}
