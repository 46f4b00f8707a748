using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>Reads the numbers that traffic made out of a recorded listing.</summary>
internal static class RecordedNumbers
{
    /// <summary>False when a number was shortened, so that it cannot be printed again.</summary>
    public static bool AreExact(string[] lines) => !lines.Any(
        line => line.Split(' ').Any(word => word.Length > 4 && char.IsAsciiDigit(word[0])
            && word[^1] is 'K' or 'M' && char.IsAsciiDigit(word[^2])));

    public static IpvsServiceEntry Fill(IpvsServiceEntry entry, string[] lines)
    {
        int start = Array.FindIndex(lines, line => IsLineOf(entry.Service.Key, line));
        if (start < 0)
        {
            return entry;
        }

        bool hasRates = lines.Any(line => line.Contains("InPPS", StringComparison.Ordinal));
        IpvsCounters counters = CountersOf(lines[start]);
        return entry with
        {
            Counters = hasRates ? entry.Counters : counters,
            Rates = hasRates ? counters : entry.Rates,
            Servers = [.. entry.Servers.Select(server => Fill(server, lines, start + 1))],
        };
    }

    public static ImmutableArray<ConnectionRecord> ReadConnections(string[] lines)
    {
        List<ConnectionRecord> records = [];
        foreach (string line in lines.Skip(2))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] expiry = words[1].Split(':');
            Endpoint destination = EndpointOf(words[4]);
            records.Add(new(
                words[0] switch
                {
                    "IP" => TransportProtocol.Unknown,
                    "UDP" => TransportProtocol.Udp,
                    _ => TransportProtocol.Tcp,
                },
                EndpointOf(words[3]),
                destination,
                EndpointOf(words[5]),
                ForwardingMethod.Nat,
                StateOf(words[2]),
                false,
                TimeSpan.FromSeconds((60 * Number(expiry[0])) + Number(expiry[1]) + 0.5))
            {
                IsTemplate = words[2] is "ASSURED" or "NONE",
                Mark = words[0] == "IP" ? destination.Address.Ipv4 : 0,
                CallId = words.Length > 6 ? CallIdText.Of(words[7]) : default,
            });
        }

        return [.. records];
    }

    private static ConnectionState StateOf(string name) => name switch
    {
        "NONE" => ConnectionState.None,
        "ESTABLISHED" or "ASSURED" => ConnectionState.Established,
        "SYN_SENT" => ConnectionState.SynSent,
        "SYN_RECV" => ConnectionState.SynReceived,
        "FIN_WAIT" => ConnectionState.FinWait,
        "TIME_WAIT" => ConnectionState.TimeWait,
        "CLOSE" => ConnectionState.Close,
        "CLOSE_WAIT" => ConnectionState.CloseWait,
        "LAST_ACK" => ConnectionState.LastAck,
        "UDP" => ConnectionState.Udp,
        _ => throw new FormatException(name),
    };

    private static Endpoint EndpointOf(string text) =>
        Endpoint.TryParse(text, out Endpoint endpoint) ? endpoint : throw new FormatException(text);

    private static bool IsLineOf(ServiceKey key, string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2)
        {
            return false;
        }

        return key.Mark != 0
            ? words[0] == "FWM" && words[1] == $"{key.Mark}"
                && words.Contains("IPv6") != key.Address.IsIpv4
            : words[0].Equals(key.Protocol.ToString(), StringComparison.OrdinalIgnoreCase)
                && words[1] == new Endpoint(key.Address, key.Port).ToString();
    }

    private static IpvsServerEntry Fill(IpvsServerEntry entry, string[] lines, int start)
    {
        string name = entry.Server.Endpoint.ToString();
        for (int index = start; index < lines.Length; index++)
        {
            string[] words = lines[index].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || words[0] != "->")
            {
                return entry;
            }

            if (words[1] != name)
            {
                continue;
            }

            IpvsCounters counters = CountersOf(lines[index]);
            bool isPersistent = lines[1].Contains("PersistConn", StringComparison.Ordinal);
            return entry with
            {
                Active = Number(words[^2]),
                Inactive = Number(words[^1]),
                Persistent = isPersistent ? Number(words[3]) : 0,
                Counters = counters,
                Rates = counters,
            };
        }

        return entry;
    }

    private static IpvsCounters CountersOf(string line)
    {
        long[] numbers = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(2)
            .Where(word => word.All(char.IsAsciiDigit))
            .Select(Number)];
        return numbers.Length < 5
            ? IpvsCounters.Zero
            : new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
