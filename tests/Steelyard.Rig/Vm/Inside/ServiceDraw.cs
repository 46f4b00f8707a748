using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>A service that gets traffic.</summary>
/// <param name="Words">How ipvsadm names it.</param>
/// <param name="Address">To it clients send, whatever names it: a mark or an address.</param>
/// <param name="Port">0 for any.</param>
/// <param name="Protocol">None, when all protocols carry its mark.</param>
/// <param name="Method">Of all its servers: <c>-m</c>, <c>-g</c>, <c>-i</c>.</param>
/// <param name="IsOnePacket">No reply belongs to anything.</param>
internal sealed record Served(
    IReadOnlyList<string> Words,
    IpAddress Address,
    ushort Port,
    TransportProtocol Protocol,
    string Method,
    bool IsOnePacket);

/// <summary>Draws services that get traffic, and sound commands about them.</summary>
internal sealed class ServiceDraw(SeededChance chance, CommandDraw draw, Universe universe)
{
    /// <summary>GUE's, at the servers.</summary>
    internal const int GuePort = 6080;

    // One at most: the kernel takes a removed server of the one family's mark for the other's.
    private bool _hasMarked;

    /// <summary>One service more, and the command that adds it.</summary>
    /// <param name="index">No other has it: its address is told by it.</param>
    internal (Served Service, Command Command) Next(int index)
    {
        bool isIpv4 = chance.Happens(0.6);
        bool isMarked = chance.Happens(0.25) && !_hasMarked;
        _hasMarked |= isMarked;
        TransportProtocol protocol = isMarked ? TransportProtocol.Unknown : chance.Next(10) switch
        {
            < 6 => TransportProtocol.Tcp,
            < 8 => TransportProtocol.Udp,
            _ => TransportProtocol.Sctp,
        };
        bool isAnyPort = protocol == TransportProtocol.Tcp && chance.Happens(0.15);
        ushort port = (ushort)(isMarked || isAnyPort ? 0
            : protocol == TransportProtocol.Udp ? 53 : 80);
        string method = draw.One((string[])["-m", "-m", "-g", "-i"]);
        IReadOnlyList<string> addresses =
            isIpv4 ? Universe.VirtualAddresses : Universe.VirtualAddressesIpv6;
        IpAddress address =
            IpAddress.Parse(addresses[isMarked ? Universe.MarkedIndex : index]);
        string mark = Universe.Mark.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string endpoint = new Endpoint(address, port).ToString();
        List<string> words = protocol switch
        {
            TransportProtocol.Tcp => ["-t", endpoint],
            TransportProtocol.Udp => ["-u", endpoint],
            TransportProtocol.Sctp => ["--sctp-service", endpoint],
            _ => isIpv4 ? ["-f", mark] : ["-f", mark, "-6"],
        };
        List<string> rest = draw.Scheduler();
        bool isOnePacket = false;
        if (isAnyPort || chance.Happens(0.25))
        {
            rest.AddRange(["-p", draw.Number(60, 600)]);
            if (chance.Happens(0.4))
            {
                rest.AddRange(["-M", isIpv4
                    ? draw.One((string[])["255.255.255.0", "255.255.0.0"])
                    : draw.One((string[])["64", "48"])]);
            }
        }
        else if (protocol == TransportProtocol.Udp && chance.Happens(0.3))
        {
            isOnePacket = true;
            rest.Add("-o");
        }

        Served service = new(words, address, port, protocol, method, isOnePacket);
        return (service, new(["-A", .. words, .. rest]));
    }

    /// <summary>A server is added.</summary>
    internal Command NewServer(Served service) => new(
    [
        "-a", .. service.Words, "-r", Server(service), .. Method(service), "-w", draw.Number(0, 5),
    ]);

    /// <summary>Something sound changes.</summary>
    internal Command NextTame(Served service)
    {
        List<string> named = [.. service.Words, "-r", Server(service)];
        return chance.Next(9) switch
        {
            0 => new(["-d", .. named]),
            1 => new(["-e", .. named, .. Method(service), "-w", "0"]),
            < 4 => new(["-e", .. named, .. Method(service), "-w", draw.Number(1, 6)]),
            4 => new(["-e", .. named, .. Method(service), "-w", draw.Number(1, 4),
                "-x", draw.Number(0, 4)]),
            5 => new(["-e", .. named, .. Method(service), "-w", draw.Number(1, 4),
                "-x", draw.Number(2, 5), "-y", draw.Number(0, 2)]),
            _ => new(["-a", .. named, .. Method(service), "-w", draw.Number(0, 6)]),
        };
    }

    private string Server(Served service)
    {
        IReadOnlyList<string> own =
            service.Address.IsIpv4 ? universe.Servers : universe.ServersIpv6InBrackets;
        IReadOnlyList<string> other =
            service.Address.IsIpv4 ? universe.ServersIpv6InBrackets : universe.Servers;
        bool isOwn = service.Method != "-i" || chance.Happens(0.7);
        bool hasPort = service.Method == "-m"
            ? service.Port != 0 || (service.Protocol == default && chance.Happens(0.5))
            : service.Protocol == default && chance.Happens(0.1);
        string address = draw.One(isOwn ? own : [.. other.Take(2)]);
        return hasPort ? $"{address}:8080" : address.Trim('[', ']');
    }

    private List<string> Method(Served service)
    {
        List<string> words = [service.Method];
        if (service.Method == "-i")
        {
            words.AddRange(draw.One((string[][])
            [
                [], [],
                ["--tun-type", "gre"],
                ["--tun-type", "gre", "--tun-csum"],
                ["--tun-type", "gue", "--tun-port", "6080"],
                ["--tun-type", "gue", "--tun-port", "6080", "--tun-csum"],
            ]));
        }

        return words;
    }
}
