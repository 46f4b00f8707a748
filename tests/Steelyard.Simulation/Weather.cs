using System;
using System.Collections.Generic;
using Steelyard.Core.Chance;
using Steelyard.Core.Time;

namespace Steelyard.Simulation;

/// <summary>What the world does to frames, boxes and servers.</summary>
public enum FaultKind
{
    Unknown = 0,
    Loss,
    Delay,
    Reorder,
    Duplicate,
    Corrupt,

    /// <summary>Nothing passes in one direction.</summary>
    Block,

    /// <summary>The cable is out, and the box sees it.</summary>
    CableOut,

    /// <summary>The whole process stands still, as in a garbage collection.</summary>
    Pause,

    /// <summary>The box is gone, and starts anew at the end.</summary>
    Crash,

    ServerDown,

    /// <summary>A person presses the button, which bounces.</summary>
    Press,
}

/// <param name="Box">0 or 1; for a server its number.</param>
/// <param name="Wire">0 outside, 1 inside, 2 the sync channel.</param>
/// <param name="IsInbound">Towards the box; else from it.</param>
/// <param name="Strength">A probability.</param>
public readonly record struct Fault(
    FaultKind Kind,
    int Box,
    int Wire,
    bool IsInbound,
    double Strength,
    Instant From,
    Instant Until)
{
    public override string ToString() => Kind switch
    {
        FaultKind.ServerDown => $"server {Box} down until {Until}",
        FaultKind.Pause or FaultKind.Crash => $"{Kind} of {Name(Box)} until {Until}",
        FaultKind.Press => $"button of {Name(Box)} pressed",
        _ => $"{Kind} {Strength:0.00} {(IsInbound ? "to" : "from")} {Name(Box)} "
            + $"{(Wire == 0 ? "outside" : Wire == 1 ? "inside" : "sync")} until {Until}",
    };

    private static string Name(int box) => box == 0 ? "a" : "b";
}

/// <summary>All faults of a run, drawn before it starts. A calm run has presses only.</summary>
public sealed class Weather
{
    /// <summary>Before that the pair finds itself.</summary>
    public static readonly Instant Begins = Instant.Zero + TimeSpan.FromMilliseconds(700);

    /// <summary>When the last fault has ended.</summary>
    public static readonly Instant Ends = Instant.Zero + TimeSpan.FromMilliseconds(3000);

    private static readonly FaultKind[] Kinds =
    [
        FaultKind.Loss, FaultKind.Delay, FaultKind.Reorder, FaultKind.Duplicate,
        FaultKind.Corrupt, FaultKind.Block, FaultKind.CableOut, FaultKind.Pause,
        FaultKind.Crash, FaultKind.ServerDown, FaultKind.Press,
    ];

    public Weather(SeededChance chance, bool isCalm, int servers)
    {
        IsCalm = isCalm;
        int count = 1 + chance.Next(5);
        for (int index = 0; index < count; index++)
        {
            FaultKind kind = isCalm ? FaultKind.Press : Kinds[chance.Next(Kinds.Length)];
            TimeSpan span = Ends - Begins;
            Instant from = Begins + chance.NextSpan(span * 0.8);
            TimeSpan longest = Ends - from;
            TimeSpan length = chance.NextSpan(longest < Longest(kind) ? longest : Longest(kind));
            bool isServer = kind == FaultKind.ServerDown;
            Faults.Add(new(
                kind,
                chance.Next(isServer ? servers : 2),
                chance.Next(kind == FaultKind.CableOut ? 2 : 3),
                chance.Happens(0.5),
                0.02 + (chance.Next(50) / 100.0),
                from,
                from + length));
        }
    }

    /// <summary>Nothing happens but planned failovers: no request may fail.</summary>
    public bool IsCalm { get; }

    public List<Fault> Faults { get; } = [];

    /// <summary>Nothing passes, in one direction at least.</summary>
    public bool IsBroken(int box, int wire, Instant now)
    {
        foreach (Fault fault in Faults)
        {
            if (fault.Kind is FaultKind.Block or FaultKind.CableOut
                && fault.Box == box
                && fault.Wire == wire
                && now >= fault.From
                && now < fault.Until)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>0 when no such fault is at work.</summary>
    public double StrengthOf(FaultKind kind, int box, int wire, bool inbound, Instant now)
    {
        foreach (Fault fault in Faults)
        {
            if (fault.Kind == kind
                && fault.Box == box
                && fault.Wire == wire
                && fault.IsInbound == inbound
                && now >= fault.From
                && now < fault.Until)
            {
                return fault.Strength;
            }
        }

        return 0;
    }

    private static TimeSpan Longest(FaultKind kind) => TimeSpan.FromMilliseconds(kind switch
    {
        FaultKind.Pause => 900,
        FaultKind.Press => 1,
        _ => 1500,
    });
}
