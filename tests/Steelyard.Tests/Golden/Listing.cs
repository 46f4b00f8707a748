using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;

namespace Steelyard.Tests.Golden;

/// <summary>What the director's tables hold, in the form of <c>ipvsadm</c>'s listings.</summary>
internal static class Listing
{
    public static List<string> Print(Director director, string arguments) => arguments switch
    {
        "-Ln" => Services(director),
        "-Lnc" => Connections(director),
        "-Ln --stats" => Counters(director, isExact: false),
        "-Ln --stats --exact" => Counters(director, isExact: true),
        "-L --timeout" or "-Ln --timeout" => [Timeouts(director.Connections.Timeouts)],
        "-Sn" => Saved(director),
        _ => throw new NotSupportedException($"ipvsadm {arguments}"),
    };

    private static IEnumerable<VirtualService> Sorted(ServiceTable table) => Enumerable
        .Range(0, table.Count)
        .Select(index => table[index])
        .OrderBy(service => service.Key.Mark)
        .ThenBy(service => !service.Key.Address.IsIpv4)
        .ThenBy(service => service.Key.Protocol)
        .ThenBy(service => service.Key.Address)
        .ThenBy(service => service.Key.Port);

    private static IEnumerable<RealServer> Sorted(VirtualService service) => service.Servers
        .ToArray()
        .OrderBy(server => server.Endpoint.Address)
        .ThenBy(server => server.Endpoint.Port);

    private static string Name(ServiceKey key) => key.Mark != 0
        ? $"FWM  {key.Mark}"
        : $"{Name(key.Protocol),-4} {key.Address switch
        {
            { IsIpv4: true } => $"{key.Address}:{key.Port}",
            _ => $"[{key.Address}]:{key.Port}",
        }}";

    private static string Name(TransportProtocol protocol) =>
        protocol.ToString().ToUpperInvariant();

    private static string Name(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Nat => "Masq",
        ForwardingMethod.Direct => "Route",
        ForwardingMethod.Tunnel => "Tunnel",
        _ => "Local",
    };

    private static string Name(ConnectionState state) => state switch
    {
        ConnectionState.None => "NONE",
        ConnectionState.Established => "ESTABLISHED",
        ConnectionState.SynSent => "SYN_SENT",
        ConnectionState.SynReceived => "SYN_RECV",
        ConnectionState.FinWait => "FIN_WAIT",
        ConnectionState.TimeWait => "TIME_WAIT",
        ConnectionState.Close => "CLOSE",
        ConnectionState.CloseWait => "CLOSE_WAIT",
        ConnectionState.LastAck => "LAST_ACK",
        ConnectionState.Listen => "LISTEN",
        ConnectionState.SynAck => "SYNACK",
        ConnectionState.Udp => "UDP",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    private static List<string> Services(Director director)
    {
        List<string> lines =
        [
            "IP Virtual Server version 1.2.1 (size=4096)",
            "Prot LocalAddress:Port Scheduler Flags",
            "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
        ];
        foreach (VirtualService service in Sorted(director.Services))
        {
            lines.Add($"{Name(service.Key)} {service.SchedulerName}");
            lines.AddRange(Sorted(service).Select(server =>
                $"  -> {server.Endpoint,-28} {Name(server.Method),-7} {server.Weight,-6} "
                + $"{server.ActiveConnections,-10} {server.InactiveConnections,-10}"));
        }

        return lines;
    }

    private static List<string> Connections(Director director)
    {
        List<string> lines =
        [
            "IPVS connection entries",
            "pro expire state       source             virtual            destination",
        ];
        List<string> rows = [];
        ConnectionTable table = director.Connections;
        for (int handle = table.Next(0, table.HandleLimit);
            handle < table.HandleLimit;
            handle = table.Next(handle + 1, table.HandleLimit))
        {
            table.FillRecord(handle, director.Now, out ConnectionRecord record);
            int seconds = (int)record.Timeout.TotalSeconds;
            string expire = $"{seconds / 60:00}:{seconds % 60:00}";
            rows.Add($"{Name(record.Protocol),-3} {expire,-6} {Name(record.State),-11} "
                + $"{record.Client,-18} {record.Virtual,-18} {record.Server}");
        }

        rows.Sort(StringComparer.Ordinal);
        return [.. lines, .. rows];
    }

    private static List<string> Counters(Director director, bool isExact)
    {
        List<string> lines =
        [
            "IP Virtual Server version 1.2.1 (size=4096)",
            "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes",
            "  -> RemoteAddress:Port",
        ];
        foreach (VirtualService service in Sorted(director.Services))
        {
            lines.Add($"{Name(service.Key),-33}{Numbers(service.Counters, isExact)}");
            lines.AddRange(Sorted(service).Select(server =>
                $"  -> {server.Endpoint,-28}{Numbers(server.Counters, isExact)}"));
        }

        return lines;
    }

    private static string Numbers(TrafficCounters counters, bool isExact)
    {
        long[] numbers =
        [
            counters.Connections,
            counters.InPackets,
            counters.OutPackets,
            counters.InBytes,
            counters.OutBytes,
        ];
        return string.Concat(numbers.Select(number => isExact ? Exact(number) : Short(number)));
    }

    private static string Exact(long number)
    {
        string digits = number.ToString(CultureInfo.InvariantCulture);
        return digits.PadLeft(int.Max(9, digits.Length + 1));
    }

    private static string Short(long number) => number switch
    {
        < 100_000_000 => $"{number,9}",
        < 1_000_000_000 => $"{number / 1_000,8}K",
        < 100_000_000_000 => $"{number / 1_000_000,8}M",
        _ => throw new NotSupportedException("no recording counts so far"),
    };

    private static string Timeouts(Timeouts timeouts) =>
        "Timeout (tcp tcpfin udp): "
        + $"{timeouts.Tcp.TotalSeconds} {timeouts.TcpFin.TotalSeconds} {timeouts.Udp.TotalSeconds}";

    private static List<string> Saved(Director director)
    {
        List<string> lines = [];
        foreach (VirtualService service in Sorted(director.Services))
        {
            string letter = service.Key.Protocol == TransportProtocol.Tcp ? "t" : "u";
            string name = $"-{letter} {Name(service.Key)[5..]}";
            lines.Add($"-A {name} -s {service.SchedulerName}");
            lines.AddRange(Sorted(service).Select(server =>
                $"-a {name} -r {server.Endpoint} "
                + $"{Flag(server.Method)} -w {server.Weight}"));
        }

        return lines;
    }

    private static string Flag(ForwardingMethod method) => method switch
    {
        ForwardingMethod.Nat => "-m",
        ForwardingMethod.Direct => "-g",
        _ => "-i --tun-type ipip",
    };
}
