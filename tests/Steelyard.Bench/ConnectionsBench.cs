using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using Steelyard.Core.Chance;
using Steelyard.Core.Connections;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Bench;

/// <summary>
/// Tables and schedulers by themselves. Operations are timed in batches of 256; shown are the
/// median and the best batch, since a batch that was interrupted says nothing.
/// </summary>
internal static class ConnectionsBench
{
    private const int BatchSize = 256;
    private const int Batches = 2_000;
    private const int Million = 1 << 20;

    private static readonly SeededChance Chance = new(1);
    private static readonly double[] Results = new double[Batches];
    private static readonly FlowKey[] Flows = new FlowKey[BatchSize];
    private const int ExpiryRounds = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);

    // How long an established connection lives without packets.
    private static readonly TimeSpan Established = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(1);
    private static long _sink;

    public static int Run()
    {
        Services(10);
        Services(10_000);
        foreach (string name in Schedulers.Names)
        {
            Schedule(name);
        }

        MaglevTable(10);
        MaglevTable(1_000);
        Found(1 << 16, "64 k");
        long before = ResidentBytes();
        ConnectionTable full = Found(Million, "1 M");
        double mebibytes = (ResidentBytes() - before) / 1e6;
        Print("table of 1 M connections", mebibytes, mebibytes, "MB resident");
        GC.KeepAlive(full);
        Expiry("spread", Established);
        Expiry("all due at once", TimeSpan.Zero);
        Lives();
        return _sink == 42 ? 1 : 0;
    }

    private static void Services(int count)
    {
        ServiceTable table = new(seed: 5);
        for (int number = 0; number < count; number++)
        {
            ServiceKey key = new(TransportProtocol.Tcp, Address(0x0A09_0000, number), 80);
            table.Add(new(key, Schedulers.Create("rr")));
        }

        Measure(
            $"find one of {count} services",
            () => Draw(count, number => new(
                TransportProtocol.Tcp, default, new(Address(0x0A09_0000, number), 80))),
            () =>
            {
                foreach (ref readonly FlowKey flow in Flows.AsSpan())
                {
                    Endpoint wanted = flow.Virtual;
                    VirtualService? found =
                        table.Match(0, flow.Protocol, wanted.Address, wanted.Port);
                    _sink += found is null ? 1 : 0;
                }
            });
    }

    private static void Schedule(string name)
    {
        VirtualService service = Service(name, serverCount: 8);
        Measure(
            $"pick by {name}, 8 servers",
            () => Draw(1 << 20, Flow),
            () =>
            {
                foreach (ref readonly FlowKey flow in Flows.AsSpan())
                {
                    _sink += service.Schedule.Pick(service, flow, Instant.Zero)!.Weight;
                }
            });
    }

    /// <summary>
    /// A weight changes, and with the next pick the table follows: what a change costs at most.
    /// </summary>
    private static void MaglevTable(int serverCount)
    {
        VirtualService service = Service("mh", serverCount);
        double[] times = new double[200];
        for (int run = 0; run < times.Length; run++)
        {
            RealServer server = service[run % serverCount];
            long start = Stopwatch.GetTimestamp();
            service.Edit(server, server.Settings with { Weight = server.Weight + 1 });
            _sink += service.Schedule.Pick(service, Flow(run), Instant.Zero)!.Weight;
            times[run] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        Print($"build mh for {serverCount} servers", times[times.Length / 2], times[0], "us");
    }

    private static ConnectionTable Found(int count, string name)
    {
        ConnectionTable table = new(count, seed: 6);
        Fill(table, Established);
        Instant now = Instant.Zero + Established;
        Measure(
            $"find one of {name} connections",
            () => Draw(count, Flow),
            () =>
            {
                foreach (ref readonly FlowKey flow in Flows.AsSpan())
                {
                    _sink += table.Find(flow.Protocol, flow.Client, flow.Virtual, out _);
                }
            });
        Measure(
            $"find and follow, {name} connections",
            () => Draw(count, Flow),
            () =>
            {
                foreach (ref readonly FlowKey flow in Flows.AsSpan())
                {
                    int handle = table.Find(
                        flow.Protocol, flow.Client, flow.Virtual, out FlowDirection direction);
                    table.OnTcp(handle, direction, TcpFlags.Acknowledgment, now);
                }
            });
        return table;
    }

    /// <summary>
    /// A million connections end, spread over 900 s or all at once; a turn every millisecond. The
    /// same work is done thrice, and of each turn the quickest time counts: what is longer was the
    /// machine's own pause, not work.
    /// </summary>
    private static void Expiry(string name, TimeSpan over)
    {
        double[] times = Expire(over);
        for (int round = 1; round < ExpiryRounds; round++)
        {
            double[] others = Expire(over);
            for (int turn = 0; turn < times.Length; turn++)
            {
                times[turn] = double.Min(times[turn], others[turn]);
            }
        }

        double sum = 0;
        double longest = 0;
        foreach (double time in times)
        {
            sum += time;
            longest = double.Max(longest, time);
        }

        double each = sum * 1e3 / Million;
        Print($"end one of 1 M, {name}", each, each, "ns");
        Print($"longest turn of expiry, {name}", longest, longest, "us");
    }

    /// <summary>Microseconds of each turn until nothing is left.</summary>
    private static double[] Expire(TimeSpan over)
    {
        ConnectionTable table = new(Million, seed: 6);
        Fill(table, over);
        Instant now = Instant.Zero + Established;
        List<double> times = new(1 << 20);
        while (table.Count > 0)
        {
            now += Spread;
            long start = Stopwatch.GetTimestamp();
            table.Expire(now, budget: 256);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return [.. times];
    }

    private static void Fill(ConnectionTable table, TimeSpan over)
    {
        VirtualService service = Service("rr", serverCount: 8);
        for (int number = 0; number < table.Capacity; number++)
        {
            // As if they had come at an even rate.
            Instant now = Instant.Zero + (over * number / table.Capacity);
            Open(table, service, Flow(number), now);
        }
    }

    private static void Lives()
    {
        ConnectionTable table = new(1 << 18, seed: 6);
        VirtualService service = Service("wlc", serverCount: 8);
        Instant now = Instant.Zero;
        int next = 0;
        Measure(
            "a connection's life, 64 k alive",
            () =>
            {
                now += TimeSpan.FromMilliseconds(250);
                return Draw(1, _ => Flow(next++));
            },
            () =>
            {
                foreach (ref readonly FlowKey flow in Flows.AsSpan())
                {
                    RealServer server = service.Schedule.Pick(service, flow, Instant.Zero)!;
                    int handle = table.Create(service, server, flow, now);
                    table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Syn, now);
                }

                table.Expire(now, budget: 1024);
            });
    }

    private static void Open(
        ConnectionTable table, VirtualService service, in FlowKey flow, Instant now)
    {
        RealServer server = service.Schedule.Pick(service, flow, Instant.Zero)!;
        int handle = table.Create(service, server, flow, now);
        table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Syn, now);
        table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Acknowledgment, now);
    }

    private static VirtualService Service(string scheduler, int serverCount)
    {
        ServiceKey key = new(TransportProtocol.Tcp, Address(0x0A09_0000, 1), 80);
        VirtualService service = new(key, Schedulers.Create(scheduler));
        for (int number = 0; number < serverCount; number++)
        {
            Endpoint endpoint = new(Address(0x0A01_0000, number), 8080);
            service.Add(new(endpoint, ForwardingMethod.Nat, number + 1));
        }

        return service;
    }

    private static FlowKey Flow(int number) => new(
        TransportProtocol.Tcp,
        new(Address(0x0A00_0000, number >> 10), (ushort)(1024 + (number & 1023))),
        new(Address(0x0A09_0000, 1), 80));

    private static IpAddress Address(uint network, int number) =>
        IpAddress.FromIpv4(network + (uint)number);

    private static bool Draw(int count, Func<int, FlowKey> make)
    {
        for (int index = 0; index < BatchSize; index++)
        {
            Flows[index] = make(Chance.Next(count));
        }

        return true;
    }

    private static void Measure(string name, Func<bool> prepare, Action work)
    {
        // The compiler has its last word some time after the first calls.
        long begun = Stopwatch.GetTimestamp();
        bool isWarm;
        do
        {
            isWarm = Stopwatch.GetElapsedTime(begun) > WarmUp;
            for (int batch = 0; batch < Batches; batch++)
            {
                prepare();
                long start = Stopwatch.GetTimestamp();
                work();
                Results[batch] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / BatchSize;
            }
        }
        while (!isWarm);

        Array.Sort(Results);
        Print(name, Results[Batches / 2], Results[0], "ns");
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static void Print(string name, double median, double best, string unit) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-40} {median,8:F1} {unit,-12} best {best:F1}"));
}
