using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Ipvsadm;

/// <summary>The machine's own names: its resolver, and <c>/etc/services</c>.</summary>
internal sealed class SystemNames : INames
{
    private const int LookupsAtOnce = 32;

    /// <summary>
    /// For all reverse look-ups of a listing together: a dead resolver costs no more.
    /// </summary>
    private static readonly TimeSpan LearningTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan HostTime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<IpAddress, string> _hosts = new();
    private readonly Lazy<ServiceNames> _services = new(ServiceNames.Read);

    /// <summary>The name of an address, by the machine's resolver.</summary>
    internal Func<IpAddress, CancellationToken, Task<string>> LookUp { get; init; } =
        async (address, cancellationToken) =>
            (await Dns.GetHostEntryAsync(address.ToString(), cancellationToken)).HostName;

    public bool TryFindAddress(string host, out IpAddress address)
    {
        address = default;
        if (!host.AsSpan().ContainsAnyExcept("0123456789."))
        {
            return false; // A number that is no address is no name either.
        }

        try
        {
            using CancellationTokenSource patience = new(HostTime);
            IPAddress[] found = Dns
                .GetHostAddressesAsync(host, AddressFamily.InterNetwork, patience.Token)
                .GetAwaiter()
                .GetResult();
            if (found.Length == 0)
            {
                return false;
            }

            address = IpAddress.From(found[0]);
            return true;
        }
#pragma warning disable CA1031 // Whatever a resolver throws, it does not know the name.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    public bool TryFindPort(string service, TransportProtocol protocol, out ushort port) =>
        _services.Value.Ports.TryGetValue((service, protocol), out port);

    public async Task LearnAsync(
        IReadOnlyCollection<IpAddress> addresses, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LearningTime);
        ParallelOptions options = new()
        {
            MaxDegreeOfParallelism = LookupsAtOnce,
            CancellationToken = patience.Token,
        };
        try
        {
            await Parallel.ForEachAsync(addresses, options, LearnAsync).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What has no name by now is shown as a number.
        }
    }

    public string? NameOf(IpAddress address) => _hosts.GetValueOrDefault(address);

    public string? NameOf(ushort port, TransportProtocol protocol) =>
        _services.Value.Names.GetValueOrDefault((port, protocol));

    private async ValueTask LearnAsync(IpAddress address, CancellationToken cancellationToken)
    {
        if (address == default || address == IpAddress.FromIpv4(0))
        {
            return; // That is "none" or "any", and a resolver refuses to be asked for it.
        }

        try
        {
            string name = await LookUp(address, cancellationToken).WaitAsync(cancellationToken);
            if (name.Length > 0)
            {
                _hosts[address] = name;
            }
        }
#pragma warning disable CA1031 // Whatever a resolver throws, it costs a name and no listing.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            // No name: the number stands.
        }
    }
}

/// <summary>The table of <c>/etc/services</c>. services(5).</summary>
internal sealed class ServiceNames
{
    private ServiceNames()
    {
    }

    public Dictionary<(string Name, TransportProtocol Protocol), ushort> Ports { get; } = [];

    public Dictionary<(ushort Port, TransportProtocol Protocol), string> Names { get; } = [];

    public static ServiceNames Read()
    {
        try
        {
            return Parse(File.ReadLines("/etc/services"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new();
        }
    }

    /// <summary>Lines <c>name port/protocol alias…</c>; the first name of a port wins.</summary>
    public static ServiceNames Parse(IEnumerable<string> lines)
    {
        ServiceNames table = new();
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split(
                (char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || words[1].Split('/') is not [string number, string kind])
            {
                continue;
            }

            TransportProtocol protocol = kind switch
            {
                "tcp" => TransportProtocol.Tcp,
                "udp" => TransportProtocol.Udp,
                "sctp" => TransportProtocol.Sctp,
                _ => TransportProtocol.Unknown,
            };
            if (protocol == TransportProtocol.Unknown
                || !ushort.TryParse(
                    number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                continue;
            }

            table.Names.TryAdd((port, protocol), words[0]);
            table.Ports.TryAdd((words[0], protocol), port);
            foreach (string alias in words[2..])
            {
                table.Ports.TryAdd((alias, protocol), port);
            }
        }

        return table;
    }
}
