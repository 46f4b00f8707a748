using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>What forwarding needs of other blocks: marks, pools and held addresses.</summary>
internal static class LvsCrossChecks
{
    public static void Run(
        IReadOnlyList<(Word Name, VirtualRouterConfig Router)> routers,
        IReadOnlyList<(Word Name, VirtualServerConfig Server)> servers,
        OwnLvsBinding own,
        FaultList faults)
    {
        HashSet<IpAddress> held = [.. CrossChecks.Held(routers)];
        CheckPool(held, own, faults);
        CheckMasquerades(held, own, faults);
        CheckMarks(servers, own, faults);
        CheckFullNat(servers, own, faults);
    }

    private static void CheckPool(
        HashSet<IpAddress> held, OwnLvsBinding own, FaultList faults)
    {
        foreach ((Word word, IpAddress address) in own.Pool)
        {
            if (!held.Contains(address))
            {
                faults.Error(
                    word.Position,
                    $"no vrrp_instance holds {address}: servers could not reply to it");
            }
        }
    }

    private static void CheckMasquerades(
        HashSet<IpAddress> held, OwnLvsBinding own, FaultList faults)
    {
        foreach ((Word word, MasqueradeConfig rule) in own.Masquerades)
        {
            if (rule.Address is IpAddress address && !held.Contains(address))
            {
                faults.Error(
                    word.Position,
                    $"no vrrp_instance holds {address}: the world could not reply to it");
            }
            else if (rule.Address is null
                && !held.Any(one => one.IsIpv4 == rule.Source.Address.IsIpv4))
            {
                faults.Error(
                    word.Position,
                    $"no vrrp_instance holds an address of the family of {rule.Source}");
            }
        }
    }

    private static void CheckMarks(
        IReadOnlyList<(Word Name, VirtualServerConfig Server)> servers,
        OwnLvsBinding own,
        FaultList faults)
    {
        HashSet<uint> marks = [.. own.Marks.Select(rule => rule.Mark)];
        foreach ((Word name, VirtualServerConfig server) in servers)
        {
            if (server.Key.Mark != 0 && !marks.Contains(server.Key.Mark))
            {
                faults.Warning(
                    name.Position,
                    $"no packet carries the mark {server.Key.Mark}: "
                    + $"say which do in 'mark {server.Key.Mark} {{ … }}'");
            }
        }
    }

    private static void CheckFullNat(
        IReadOnlyList<(Word Name, VirtualServerConfig Server)> servers,
        OwnLvsBinding own,
        FaultList faults)
    {
        HashSet<bool> families = [.. own.Pool.Select(bound => bound.Address.IsIpv4)];
        foreach ((Word name, VirtualServerConfig server) in servers)
        {
            IEnumerable<RealServerConfig> all = server.SorryServer is RealServerConfig sorry
                ? server.RealServers.Append(sorry)
                : server.RealServers;
            bool isFullNat = all.Any(one => one.Settings.Method == ForwardingMethod.FullNat);
            bool isIpv4 = server.Key.Address.IsIpv4;
            if (isFullNat && !families.Contains(isIpv4))
            {
                faults.Error(
                    name.Position,
                    "lvs_method FNAT needs a source_pool with an "
                    + (isIpv4 ? "IPv4 address" : "IPv6 address"));
            }
        }
    }
}
