using System;
using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Control;

/// <summary>
/// One box or two on wires without delay, in virtual time. What control sends the other hears in
/// the same instant, unless something is cut.
/// </summary>
internal sealed class ControlWorld
{
    /// <summary>More turns than any instant needs: a deadline does not move.</summary>
    private const int MostTurnsAtOnce = 100;

    private readonly Queue<Action> _wire = new();

    public ControlWorld(int boxes)
    {
        Boxes = [.. Enumerable.Range(1, boxes).Select(number => new ControlBox(number))];
        foreach (ControlBox box in Boxes)
        {
            box.Effects.OnFrame = (interfaceIndex, frame) => ToOthers(
                box, Cuts, it => it.Controller.OnFrame(interfaceIndex, frame, Now));
            box.Effects.OnDatagram = datagram => ToOthers(
                box, SyncCuts, it => it.Controller.OnTwinDatagram(datagram, Now));
        }
    }

    public ControlBox[] Boxes { get; }

    public ControlBox A => Boxes[0];

    public ControlBox B => Boxes[1];

    public Instant Now { get; private set; } = Instant.Zero;

    /// <summary>Boxes whose frames nobody hears.</summary>
    public HashSet<ControlBox> Cuts { get; } = [];

    /// <summary>Boxes whose words to the twin are lost.</summary>
    public HashSet<ControlBox> SyncCuts { get; } = [];

    /// <summary>A pair at work: A is MASTER, B is BACKUP, and each knows the other.</summary>
    public static ControlWorld Pair()
    {
        ControlWorld world = new(2);
        world.Configure(world.A, Configs.Pair(150));
        world.Configure(world.B, Configs.Pair(100));
        world.RunFor(3000);
        Assert.Equal("MASTER MASTER", world.A.Roles);
        Assert.Equal("BACKUP BACKUP", world.B.Roles);
        Assert.True(world.A.Controller.Twin.Alive);
        return world;
    }

    public void Configure(ControlBox box, ApplianceConfig config) =>
        Do(now => box.Controller.Configure(config, now));

    public void Do(Action<Instant> action)
    {
        action(Now);
        Deliver();
    }

    public void RunFor(double milliseconds)
    {
        Instant end = Now + TimeSpan.FromMilliseconds(milliseconds);
        int turns = 0;
        while (true)
        {
            ControlBox next = Boxes.MinBy(box => box.Controller.Deadline.Nanoseconds)!;
            Instant deadline = next.Controller.Deadline;
            if (deadline > end)
            {
                Pass(end);
                return;
            }

            turns = deadline > Now ? 0 : turns + 1;
            Assert.True(turns < MostTurnsAtOnce, "a deadline does not move: the loop spins");
            Pass(deadline > Now ? deadline : Now);
            next.Controller.OnDeadline(Now);
            Deliver();
        }
    }

    private void Pass(Instant now)
    {
        Now = now;
        foreach (ControlBox box in Boxes)
        {
            box.Effects.Now = now;
        }
    }

    private void ToOthers(
        ControlBox from, HashSet<ControlBox> cuts, Action<ControlBox> deliver)
    {
        foreach (ControlBox box in Boxes.Where(box => box != from && !cuts.Contains(from)))
        {
            _wire.Enqueue(() => deliver(box));
        }
    }

    private void Deliver()
    {
        int storm = 0;
        while (_wire.TryDequeue(out Action? deliver))
        {
            Assert.True(++storm < 1000, "boxes answer each other without end");
            deliver();
        }
    }
}

/// <summary>What the boxes are told.</summary>
internal static class Configs
{
    public static readonly ServiceKey Web =
        new(TransportProtocol.Tcp, IpAddress.Parse("192.0.2.10"), 80);

    /// <summary>Two routers in a group, and a sync channel.</summary>
    public static ApplianceConfig Pair(byte priority) => Grouped(
        [Outside(priority), Inside(priority)]) with
    {
        Sync = new SyncConfig("eth1", 7),
    };

    public static ApplianceConfig Grouped(params VirtualRouterConfig[] routers) =>
        Apart(routers) with
        {
            SyncGroups =
                [new("VG", ConfigList.From(routers.Select(router => router.Name)))],
        };

    public static ApplianceConfig Apart(params VirtualRouterConfig[] routers) => new()
    {
        BoxName = "box",
        VirtualRouters = ConfigList.From(routers),
    };

    public static VirtualRouterConfig Outside(byte priority = 100) =>
        Router("VI_OUT", "eth0", 51, priority, "192.0.2.10");

    public static VirtualRouterConfig Inside(byte priority = 100) =>
        Router("VI_IN", "eth1", 52, priority, "10.1.2.254");

    public static VirtualRouterConfig Router(
        string name, string wire, byte vrid, byte priority, string address) => new()
        {
            Name = name,
            Interface = wire,
            VirtualRouterId = vrid,
            Priority = priority,
            Version = 3,
            AdvertisementInterval = TimeSpan.FromMilliseconds(100),
            Addresses =
                [new IpPrefix(IpAddress.Parse(address), address.Contains(':') ? 64 : 24)],
        };

    public static ServiceSettings RoundRobin { get; } = new() { Scheduler = "rr" };

    public static ApplianceConfig Serving(params RealServerConfig[] servers) => new()
    {
        VirtualServers =
        [
            new()
            {
                Key = Web,
                Settings = RoundRobin,
                RealServers = ConfigList.From(servers),
            },
        ],
    };

    /// <summary>A server that nobody checks.</summary>
    public static RealServerConfig Server(string address = "10.1.2.11") => new()
    {
        Endpoint = new Endpoint(IpAddress.Parse(address), 80),
        Settings = new ServerSettings { Method = ForwardingMethod.Nat },
    };

    /// <summary>A server whose first bad check is its last.</summary>
    public static RealServerConfig Checked(
        string address = "10.1.2.11", double delayLoopSeconds = 1) => Server(address) with
        {
            Checks =
            [
                new()
                {
                    Kind = CheckKind.Tcp,
                    Target = new Endpoint(IpAddress.Parse(address), 80),
                    DelayLoop = TimeSpan.FromSeconds(delayLoopSeconds),
                    Warmup = TimeSpan.FromMilliseconds(100),
                    Fall = 1,
                },
            ],
        };
}
