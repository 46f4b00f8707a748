using System;
using System.Diagnostics;
using System.Globalization;
using Steelyard.Core.Chance;
using Steelyard.Core.Wire;

namespace Steelyard.Bench;

/// <summary>
/// The engine's turn in memory: what one packet costs. Rounds of all cases alternate, so that a
/// busy machine disturbs all of them alike. A round's result is the median of its turns, since
/// one that was interrupted says nothing; shown are the median of the rounds, and the quickest turn
/// of all: what a quiet machine does.
/// </summary>
internal static class EngineBench
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private const int Rounds = 15;
    private const int TurnsPerRound = 400;
    private const int Flows64K = 1 << 16;
    private const int FlowsMillion = 1 << 20;

    private static readonly SeededChance Chance = new(1);
    private static readonly long[] TurnTicks = new long[TurnsPerRound];
    private static int _nextFlow;
    private static double _quickest;

    public static int Run()
    {
        long before = ResidentBytes();
        EngineWorld million = new(new() { ConnectionCapacity = FlowsMillion });
        million.Establish(FlowsMillion);
        long resident = ResidentBytes() - before;
        EngineWorld some = new(new() { ConnectionCapacity = Flows64K });
        some.Establish(Flows64K);
        EngineWorld fresh = new(new() { ConnectionCapacity = 1 << 18, UpkeepPerTurn = 1024 });

        Case[] cases =
        [
            new("established NAT flow, 64 k flows", 80, () => Established(some, Flows64K)),
            new("established NAT flow, 1 M flows", 200, () => Established(million, FlowsMillion)),
            new("new connection and its expiry", 500, () => New(fresh)),
        ];
        foreach (Case warmUp in cases)
        {
            warmUp.Round();
            warmUp.Round();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Case one in cases)
            {
                one.Results[round] = one.Round();
                one.Quickest = Math.Min(one.Quickest, _quickest);
            }
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        foreach (Case one in cases)
        {
            Array.Sort(one.Results);
            Print(one.Name, one.Results[Rounds / 2], "ns/packet", one.Goal, one.Quickest);
        }

        int turns = Rounds * TurnsPerRound * cases.Length;
        Print("allocated", allocated / (double)turns, "B/turn", 0, allocated / (double)turns);
        Print("resident, 1 M connections", resident / 1e6, "MB", 160, resident / 1e6);
        return 0;
    }

    private static double Established(EngineWorld world, int flows)
    {
        for (int turn = 0; turn < TurnsPerRound; turn++)
        {
            world.DeliverEstablished(Chance, flows);
            world.Now += TimeSpan.FromMicroseconds(50);
            long start = Stopwatch.GetTimestamp();
            world.Turn();
            TurnTicks[turn] = Stopwatch.GetTimestamp() - start;
        }

        return MedianNanoseconds();
    }

    private static double New(EngineWorld world)
    {
        for (int turn = 0; turn < TurnsPerRound; turn++)
        {
            for (int index = 0; index < EngineWorld.BatchSize; index++)
            {
                world.Deliver(_nextFlow, TcpFlags.Syn);
                _nextFlow = (_nextFlow + 1) & 0x3FFF_FFFF;
            }

            // SYN_RECV lasts 60 s: 60 s / 0.25 s × 256 = 61,440 connections at a time.
            world.Now += TimeSpan.FromMilliseconds(250);
            long start = Stopwatch.GetTimestamp();
            world.Turn();
            TurnTicks[turn] = Stopwatch.GetTimestamp() - start;
        }

        return MedianNanoseconds();
    }

    private static double MedianNanoseconds()
    {
        Array.Sort(TurnTicks);
        _quickest = TurnTicks[0] * NanosecondsPerTick / EngineWorld.BatchSize;
        return TurnTicks[TurnsPerRound / 2] * NanosecondsPerTick / EngineWorld.BatchSize;
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static void Print(string name, double value, string unit, double goal, double best) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-36} {value,8:F1} {unit,-10} goal {goal,5:F0}   quickest {best:F1}"));

    private sealed record Case(string Name, double Goal, Func<double> Round)
    {
        public double Quickest { get; set; } = double.MaxValue;

        public double[] Results { get; } = new double[Rounds];
    }
}
