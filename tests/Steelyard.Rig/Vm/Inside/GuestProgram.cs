using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>
/// What runs in the guest: <c>compare SEED…</c> and <c>tunnels</c>. Ends with 0 when the kernel and
/// Steelyard did the same, or understood each other, with 1 when not, and with 2 when it was
/// called wrongly.
/// </summary>
internal static class GuestProgram
{
    private const int Commands = 24;
    private const int Packets = 50;

    public static int Main(string[] arguments)
    {
        Stopwatch watch = Stopwatch.StartNew();
        switch (arguments)
        {
            case ["compare", _, ..]:
                return Compare(watch, arguments[1..]);
            case ["tunnels"]:
                return TunnelRun.Run(what => Say(watch, $"{what}")) == 0 ? 0 : 1;
            default:
                Console.Error.WriteLine("usage: compare SEED… | tunnels");
                return 2;
        }
    }

    private static int Compare(Stopwatch watch, string[] seeds)
    {
        using KernelDirector kernel = new();
        using SteelyardDirector steelyard = new();
        steelyard.WaitUntilUp();
        Say(watch, $"both are up");
        SideBySide both = new(kernel, steelyard, Console.WriteLine);
        foreach ((string client, string service) in ((string, string)[])
        [
            ("10.99.0.1", Universe.VirtualAddresses[0]),
            ("fd00:99::1", Universe.VirtualAddressesIpv6[0]),
        ])
        {
            both.WaitUntilBothCarry(Frames.Tcp(
                new(IpAddress.Parse(client), 40000),
                new(IpAddress.Parse(service), 9),
                TcpFlags.Syn,
                payloadBytes: 0));
        }

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
