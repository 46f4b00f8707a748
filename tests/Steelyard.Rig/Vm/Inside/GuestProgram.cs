using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// The comparison itself, as a program of the guest: <c>compare SEED…</c>. Ends with 0 when the
/// kernel and Steelyard did the same, with 1 when not, and with 2 when it was called wrongly.
/// </summary>
internal static class GuestProgram
{
    private const int Commands = 24;
    private const int Packets = 50;

    public static int Main(string[] arguments)
    {
        if (arguments is not ["compare", .. string[] seeds] || seeds.Length == 0)
        {
            Console.Error.WriteLine("usage: compare SEED…");
            return 2;
        }

        Stopwatch watch = Stopwatch.StartNew();
        using KernelDirector kernel = new();
        using SteelyardDirector steelyard = new();
        steelyard.WaitUntilUp();
        Say(watch, $"both are up");
        SideBySide both = new(kernel, steelyard, Console.WriteLine);
        both.WaitUntilBothCarry(Frames.Tcp(
            new(IpAddress.Parse("10.99.0.1"), 40000),
            new(IpAddress.Parse(Universe.VirtualAddresses[0]), 9),
            TcpFlags.Syn,
            payloadBytes: 0));
        Say(watch, $"both carry");
        List<int> failed = [];
        foreach (int seed in seeds.Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            both.Deeds.Clear();
            int differences = new SeedRun(seed, both).Run(Commands, Packets);
            Say(watch, $"seed {seed}: {differences} differences");
            if (differences > 0)
            {
                failed.Add(seed);
                Console.WriteLine(string.Join('\n', both.Deeds));
            }
        }

        Say(watch, $"commands took {both.LeftTime.TotalSeconds:0.0} s of the kernel's ipvsadm");
        Say(watch, $"and {both.RightTime.TotalSeconds:0.0} s of Steelyard's");
        if (failed.Count > 0)
        {
            Console.WriteLine(steelyard.Log);
        }

        return failed.Count == 0 ? 0 : 1;
    }

    private static void Say(Stopwatch watch, FormattableString what) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:0.0} s: ")
        + what.ToString(CultureInfo.InvariantCulture));
}
