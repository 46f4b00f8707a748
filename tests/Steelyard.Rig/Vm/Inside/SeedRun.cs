using System.Collections.Generic;
using System.Globalization;
using Steelyard.Core.Chance;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// What one seed does: commands of every kind, then services with servers, connections through
/// them while they change, and at the end all listings; then each loads what the other saved.
/// </summary>
internal sealed class SeedRun
{
    private const int MaximumDifferences = 4;
    private const int Services = 4;

    /// <summary>
    /// Resets come at the end alone: what they close is forgotten after ten seconds, by one
    /// director a little before the other, and load-aware schedulers would see it.
    /// </summary>
    private const int LateActs = 8;

    /// <summary>The second part of a port's range, whose services take any port.</summary>
    private const int AnyPort = 8000;

    private static readonly SctpChunkType[] Chunks =
    [
        SctpChunkType.Data, SctpChunkType.Data, SctpChunkType.Sack, SctpChunkType.Heartbeat,
        SctpChunkType.Shutdown, SctpChunkType.CookieEcho,
    ];

    private static readonly SctpChunkType[] LateChunks =
    [
        SctpChunkType.Data, SctpChunkType.ShutdownAck, SctpChunkType.ShutdownComplete,
        SctpChunkType.Abort, SctpChunkType.Error,
    ];

    private readonly SeededChance _chance;
    private readonly CommandDraw _draw;
    private readonly ServiceDraw _serviceDraw;
    private readonly Universe _universe;
    private readonly SideBySide _both;
    private readonly string _seed;
    private readonly List<Flow> _flows = [];
    private readonly List<Served> _services = [];

    private int _step;
    private ushort _nextPort = 40000;

    internal SeedRun(int seed, SideBySide both)
    {
        _chance = new((ulong)seed);
        _universe = new(seed);
        both.Clients = _universe.ClientPrefixes;
        _draw = new(_chance, _universe);
        _serviceDraw = new(_chance, _draw, _universe);
        _both = both;
        _seed = seed.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Returns how many differences there were.</summary>
    internal int Run(int commands, int packets)
    {
        int before = _both.Differences;
        bool IsOver() => _both.Differences - before >= MaximumDifferences;
        Settle();
        for (int count = 0; count < commands && !IsOver(); count++)
        {
            Do(_draw.NextWild());
            if (count % 4 == 3)
            {
                Do(new(["-Ln"]));
            }
        }

        Do(new(["-S", "-n"]));
        Do(new(["-C"]));
        Do(new(["--set", "900", "120", "300"]));
        Populate();
        for (int count = 0; count < packets && !IsOver(); count++)
        {
            Act(isLate: packets - count <= LateActs);
            if (count % 10 == 9)
            {
                Do(new(["-Ln"]));
            }
        }

        Finish();
        return _both.Differences - before;
    }

    private void Do(Command command)
    {
        Advance();
        _ = _both.Run(command);
    }

    private void Advance()
    {
        _step++;
        _both.Where = string.Create(CultureInfo.InvariantCulture, $"seed {_seed}, step {_step}");
    }

    /// <summary>Half the seeds have LVS as it comes, the others some switches the other way.
    /// </summary>
    private void Settle()
    {
        bool isUsual = _chance.Happens(0.5);
        int Draw(int usual) => isUsual || _chance.Happens(0.5) ? usual : 1 - usual;
        Advance();
        _both.Settle(
        [
            ("expire_nodest_conn", Draw(0)),
            ("expire_quiescent_template", Draw(0)),
            ("conn_reuse_mode", Draw(1)),
            ("sloppy_tcp", Draw(0)),
            ("sloppy_sctp", Draw(0)),
        ]);
        Do(new(["-C"]));
        Do(new(["--set", "900", "120", "300"]));
    }

    private void Populate()
    {
        for (int index = 0; index < Services; index++)
        {
            (Served service, Command command) = _serviceDraw.Next(index);
            _services.Add(service);
            Do(command);
            for (int count = 2 + _chance.Next(4); count > 0; count--)
            {
                Do(_serviceDraw.NewServer(service));
            }
        }

        Do(new(["-Ln"]));
    }

    /// <summary>One thing happens: a command, or packets of a new or an old conversation.</summary>
    private void Act(bool isLate)
    {
        Advance();
        int what = _chance.Next(20);
        if (what < 4)
        {
            Do(_serviceDraw.NextTame(_draw.One(_services)));
        }
        else if (what < 11 || _flows.Count == 0)
        {
            Open();
        }
        else if (what < 13)
        {
            Complain(_draw.One(_flows));
        }
        else
        {
            GoOn(_draw.One(_flows), isLate);
        }
    }

    private void Open()
    {
        Served service = _draw.One(_services);
        TransportProtocol protocol = service.Protocol != TransportProtocol.Unknown
            ? service.Protocol
            : _chance.Happens(0.7) ? TransportProtocol.Tcp : TransportProtocol.Udp;
        ushort port = service.Port == 0 ? (ushort)(AnyPort + _chance.Next(3)) : service.Port;
        Flow flow = new(
            protocol,
            new(_draw.One(service.Address.IsIpv4 ? _universe.Clients : _universe.ClientsIpv6),
                _nextPort++),
            new(service.Address, port),
            service.IsOnePacket);
        _flows.Add(flow);
        bool isAtServer = FromClient(flow, new(TcpFlags.Syn, SctpChunkType.Init, 0));
        if (!isAtServer || protocol == TransportProtocol.Udp || _chance.Happens(0.2))
        {
            return;
        }

        if (flow.Server is not null)
        {
            FromServer(
                flow, new(TcpFlags.Syn | TcpFlags.Acknowledgment, SctpChunkType.InitAck, 0));
        }

        _ = FromClient(flow, new(TcpFlags.Acknowledgment, SctpChunkType.CookieEcho, 0));
        if (flow.Server is not null && protocol == TransportProtocol.Sctp)
        {
            FromServer(flow, new(TcpFlags.None, SctpChunkType.CookieAck, 0));
        }
    }

    private void GoOn(Flow flow, bool isLate)
    {
        TcpFlags flags = _chance.Next(16) switch
        {
            < 8 => TcpFlags.Acknowledgment | TcpFlags.Push,
            < 11 => TcpFlags.Acknowledgment | TcpFlags.Fin,
            < 13 => TcpFlags.Acknowledgment | (isLate ? TcpFlags.Reset : TcpFlags.Push),
            < 15 => TcpFlags.Acknowledgment,
            _ => TcpFlags.Syn,
        };
        SctpChunkType chunk = _draw.One(isLate ? LateChunks : Chunks);
        bool isLong = flow.Protocol != TransportProtocol.Tcp || (flags & TcpFlags.Push) != 0;
        int length = isLong ? Length(flow) : 0;
        if (flow.Server is not null && _chance.Happens(0.4))
        {
            FromServer(flow, new(flags, chunk, length));
        }
        else
        {
            _ = FromClient(flow, new(flags, chunk, length));
        }
    }

    /// <summary>Now and then all that fits a link, which is too much for a tunnel.</summary>
    private int Length(Flow flow) => _chance.Happens(0.15)
        ? 1500 - (flow.Client.Address.IsIpv4 ? 20 : 40) - (flow.Protocol switch
        {
            TransportProtocol.Tcp => 20,
            TransportProtocol.Udp => 8,
            _ => 28,
        })
        : _chance.Next(1000);

    /// <summary>One of both ends answers a packet with an error.</summary>
    private void Complain(Flow flow)
    {
        (byte Type, byte Code, uint Mtu) error = flow.Client.Address.IsIpv4
            ? _draw.One(((byte, byte, uint)[])[(3, 3, 0), (3, 4, 1400), (11, 0, 0)])
            : _draw.One(((byte, byte, uint)[])[(1, 4, 0), (2, 0, 1400), (3, 0, 0)]);
        bool isFromServer = flow.Server is not null && flow.AtServer.Length > 0
            && _chance.Happens(0.5);
        IpAddress from = isFromServer ? flow.Server!.Value.Address : flow.Client.Address;
        IpAddress to = isFromServer ? flow.Client.Address : flow.Service.Address;
        byte[] about = isFromServer
            ? flow.AtServer
            : flow.AtClient(new(TcpFlags.Acknowledgment, SctpChunkType.Data, 40));
        byte[] quoted = about[..int.Min(about.Length, 28 + _chance.Next(60) + 20)];
        _ = _both.Send(
            $"{(isFromServer ? "server" : "client")} {from} > {to} "
                + $"icmp {error.Type}/{error.Code} about {flow.Client} {flow.Service}",
            Frames.Icmp(from, to, error.Type, error.Code, error.Mtu, quoted),
            isFromServer);
    }

    /// <summary>Whether it went to a server, and both agree to which.</summary>
    private bool FromClient(Flow flow, Saying saying)
    {
        byte[] packet = flow.FromClient(saying);
        SeenPacket? seen = _both.Send(
            $"client {flow.Client} > {flow.Service} {saying.In(flow.Protocol)}", packet);
        if (seen is not { IsToServers: true })
        {
            return false;
        }

        bool isTranslated = seen.Destination != flow.Service && seen.IsTransport
            && (byte)seen.Protocol == (byte)flow.Protocol && !flow.IsOnePacket
            && seen.Source == flow.Client;
        flow.Server = isTranslated ? seen.Destination : null;
        flow.AtServer = isTranslated ? seen.Octets : [];
        return true;
    }

    private void FromServer(Flow flow, Saying saying) => _ = _both.Send(
        $"server {flow.Server} > {flow.Client} {saying.In(flow.Protocol)}",
        flow.FromServer(saying),
        isFromServer: true);

    private void Finish()
    {
        foreach (string listing in (string[])["-Ln", "-Lnc", "-Ln --thresholds",
            "-Ln --persistent-conn", "-Ln --tun-info", "-S -n", "-Ln --timeout"])
        {
            Do(new(listing.Split(' ')));
        }

        SideBySide.WaitForCounters();
        Do(new(["-Ln", "--stats", "--exact"]));
        Do(new(["-Z"]));
        Do(new(["-Ln", "--stats"]));
        Advance();
        _both.Exchange();
        Do(new(["-Ln"]));
        Do(new(["-S", "-n"]));
        Do(new(["-Lnc"]));
    }
}
