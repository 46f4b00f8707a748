using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Steelyard.Simulation;

if (args.Length == 2 && args[0] == "--many")
{
    return Many(ulong.Parse(args[1], CultureInfo.InvariantCulture));
}

if (args.Length != 1
    || !ulong.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
{
    Console.Error.WriteLine("usage: Steelyard.Simulation SEED | --many COUNT");
    return 2;
}

using StreamWriter trace = new(Console.OpenStandardOutput());
try
{
    trace.WriteLine(new World(seed, trace).Run());
    return 0;
}
catch (ViolationException violation)
{
    trace.WriteLine($"VIOLATION: {violation.Message}");
    return 1;
}

static int Many(ulong count)
{
    var watch = Stopwatch.StartNew();
    int violations = 0;
    long events = 0;
    int requests = 0;
    int failed = 0;
    for (ulong seed = 0; seed < count; seed++)
    {
        try
        {
            Outcome outcome = new World(seed).Run();
            events += outcome.Events;
            requests += outcome.Requests;
            failed += outcome.Failed;
        }
        catch (ViolationException violation)
        {
            violations++;
            Console.WriteLine($"seed {seed}: {violation.Message}");
        }
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{count} seeds, {violations} violations, {events} events, {requests} requests, "
        + $"{failed} failed in storms, {watch.Elapsed.TotalSeconds:0.0} s"));
    return violations == 0 ? 0 : 1;
}
