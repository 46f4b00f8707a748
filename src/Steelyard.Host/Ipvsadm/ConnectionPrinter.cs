using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>The table of connections: <c>-L -c</c>.</summary>
internal static class ConnectionPrinter
{
    public static void Print(
        TextWriter output,
        ImmutableArray<ConnectionRecord> connections,
        AddressNames names,
        bool showsPersistenceEngine)
    {
        output.Write("IPVS connection entries\n");
        output.Write("pro expire state       source             virtual            destination");
        output.Write(showsPersistenceEngine ? "        pe name          pe_data\n" : "\n");
        foreach (ConnectionRecord record in connections)
        {
            string server = names.Text(record.Server, record.Protocol);
            output.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{ProtocolOf(record),-3} {Expiry(record.Timeout),-6} "
                + $"{ConnectionStateNames.Name(record),-11} "
                + $"{names.Text(record.Client, record.Protocol),-18} "
                + $"{names.Text(record.Virtual, record.Protocol),-18} "));
            bool showsCall = showsPersistenceEngine && record.IsTemplate;
            output.Write(showsCall && record.CallId.ToText() is { } call
                ? $"{server,-16} {"sip",-18} {call}\n"
                : $"{server}\n");
        }
    }

    private static string ProtocolOf(in ConnectionRecord record) =>
        record.Protocol == TransportProtocol.Unknown
            ? "IP"
            : record.Protocol.ToString().ToUpperInvariant();

    /// <summary>
    /// Minutes and seconds, both with two digits at least; part seconds do not count.
    /// </summary>
    private static string Expiry(TimeSpan timeout)
    {
        long seconds = Math.Max(0, (long)timeout.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:00}:{seconds % 60:00}");
    }
}
