using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Chance;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// What one seed does: commands of every kind, then services with servers, connections through
/// them while they change, and at the end all listings.
/// </summary>
internal sealed class SeedRun
{
    private const int MaximumDifferences = 4;

    /// <summary>
    /// Resets come at the end alone: what they close is forgotten after ten seconds, by one
    /// director a little before the other, and load-aware schedulers would see it.
    /// </summary>
    private const int LateActs = 8;

    private readonly SeededChance _chance;
    private readonly CommandDraw _draw;
    private readonly Universe _universe;
    private readonly SideBySide _both;
    private readonly string _seed;
    private readonly List<Flow> _flows = [];
    private readonly List<(IReadOnlyList<string> Words, Endpoint Service, string Method)>
        _services = [];

    private int _step;
    private ushort _nextPort = 40000;

    internal SeedRun(int seed, SideBySide both)
    {
        _chance = new((ulong)seed);
        _universe = new(seed);
        both.Clients = $" {_universe.ClientPrefix}";
        _draw = new(_chance, _universe);
        _both = both;
        _seed = seed.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Returns how many differences there were.</summary>
    internal int Run(int commands, int packets)
    {
        int before = _both.Differences;
        bool IsOver() => _both.Differences - before >= MaximumDifferences;
        Do(new(["-C"]));
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

    private void Populate()
    {
        foreach (string address in Universe.VirtualAddresses.Take(3))
        {
            bool isTcp = _chance.Happens(0.75);
            bool isAnyPort = isTcp && _chance.Happens(0.15);
            ushort port = (ushort)(isAnyPort ? 0 : isTcp ? 80 : 53);
            string method = _draw.One((string[])["-m", "-m", "-g", "-i"]);
            Endpoint service = new(IpAddress.Parse(address), port);
            List<string> words = [isTcp ? "-t" : "-u", service.ToString()];
            List<string> rest = _draw.Scheduler();
            if (isAnyPort || _chance.Happens(0.25))
            {
                rest.AddRange(["-p", _draw.Number(60, 600)]);
                if (_chance.Happens(0.3))
                {
                    rest.AddRange(["-M", "255.255.255.0"]);
                }
            }
            else if (!isTcp && method != "-m" && _chance.Happens(0.3))
            {
                rest.Add("-o");
            }

            _services.Add((words, service, method));
            Do(new(["-A", .. words, .. rest]));
            for (int count = 2 + _chance.Next(4); count > 0; count--)
            {
                Do(new(["-a", .. words, "-r",
                    _draw.One(_universe.Servers) + (method == "-m" && !isAnyPort ? ":8080" : ""),
                    method, "-w", _draw.Number(0, 5)]));
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
            (IReadOnlyList<string> words, Endpoint _, string method) = _draw.One(_services);
            Do(_draw.NextTame(words, method));
        }
        else if (what < 12 || _flows.Count == 0)
        {
            Open();
        }
        else
        {
            GoOn(_draw.One(_flows), mayReset: isLate);
        }
    }

    private void Open()
    {
        (IReadOnlyList<string> words, Endpoint service, string _) = _draw.One(_services);
        ushort port = service.Port == 0 ? (ushort)(8000 + _chance.Next(3)) : service.Port;
        Flow flow = new(
            words[0] == "-t",
            new(_draw.One(_universe.Clients), _nextPort++),
            service with { Port = port });
        _flows.Add(flow);
        if (!FromClient(flow, TcpFlags.Syn, 0) || !flow.IsTcp || _chance.Happens(0.2))
        {
            return;
        }

        if (flow.Server is not null)
        {
            FromServer(flow, TcpFlags.Syn | TcpFlags.Acknowledgment, 0);
        }

        _ = FromClient(flow, TcpFlags.Acknowledgment, 0);
    }

    private void GoOn(Flow flow, bool mayReset)
    {
        TcpFlags flags = TcpFlags.Acknowledgment | _chance.Next(8) switch
        {
            < 4 => TcpFlags.Push,
            < 6 => TcpFlags.Fin,
            < 7 => mayReset ? TcpFlags.Reset : TcpFlags.Push,
            _ => TcpFlags.None,
        };
        int length = (flags & TcpFlags.Push) != 0 ? _chance.Next(1000) : 0;
        if (flow.Server is not null && _chance.Happens(0.4))
        {
            FromServer(flow, flags, length);
        }
        else
        {
            _ = FromClient(flow, flags, length);
        }
    }

    /// <summary>Whether it went to a server, and both agree to which.</summary>
    private bool FromClient(Flow flow, TcpFlags flags, int length)
    {
        byte[] packet = flow.FromClient(flags, length);
        SeenPacket? seen = _both.Send($"client {flow.Client} > {flow.Service} {flags}", packet);
        if (seen is not { IsToServers: true })
        {
            return false;
        }

        bool isTranslated = seen.Destination != flow.Service
            && seen.Protocol is Frames.TcpProtocol or Frames.UdpProtocol;
        flow.Server = isTranslated ? seen.Destination : null;
        return true;
    }

    private void FromServer(Flow flow, TcpFlags flags, int length) => _ = _both.Send(
        $"server {flow.Server} > {flow.Client} {flags}",
        flow.FromServer(flags, length),
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
    }
}
