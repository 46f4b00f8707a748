using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;

namespace Steelyard.Rig.Vm.Inside;

/// <summary>Tells both directors the same, and hears whether they answer alike.</summary>
internal sealed partial class SideBySide(IDirector left, IDirector right, Action<string> say)
{
    /// <summary>A packet that shall be dropped is given so long to come out.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    /// <summary>A packet that came out of one is given so long to come out of the other.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Timers of the two may be so far apart.</summary>
    private static readonly TimeSpan Blink = TimeSpan.FromSeconds(1);

    internal int Differences { get; private set; }

    /// <summary>Named in what is said.</summary>
    internal string Where { get; set; } = string.Empty;

    /// <summary>How addresses of this seed's clients begin in a listing.</summary>
    internal string Clients { get; set; } = string.Empty;

    /// <summary>What was done since the last seed began, to be read beside a difference.</summary>
    internal List<string> Deeds { get; } = [];

    /// <summary>How long each took to answer commands, in all.</summary>
    internal TimeSpan LeftTime { get; private set; }

    /// <inheritdoc cref="LeftTime"/>
    internal TimeSpan RightTime { get; private set; }

    /// <summary>
    /// Runs a command on both. A listing that differs is asked for again: a timer may run out
    /// between the one answer and the other.
    /// </summary>
    internal bool Run(Command command)
    {
        Deeds.Add($"{Where}: {command}");
        bool isListing = command.Words is [['-', 'L' or 'l', ..], ..];
        for (int tries = isListing ? 3 : 1; ; tries--)
        {
            Instant start = MonotonicClock.Now;
            Answer first = Plain(left.Ipvsadm(command.Words, command.Input));
            Instant middle = MonotonicClock.Now;
            Answer second = Plain(right.Ipvsadm(command.Words, command.Input));
            LeftTime += middle - start;
            RightTime += MonotonicClock.Now - middle;
            if (first == second)
            {
                return true;
            }

            if (tries == 1)
            {
                return Differ(command.ToString(), Text(first), Text(second));
            }

            Thread.Sleep(Blink);
        }
    }

    /// <summary>Sends a packet to both, and gives what came out.</summary>
    internal SeenPacket? Send(string what, byte[] packet, bool isFromServer = false)
    {
        Deeds.Add($"{Where}: {what}");
        List<SeenPacket> first = [];
        List<SeenPacket> second = [];
        left.Wires.Send(packet, isFromServer, left.StationFor(isFromServer));
        right.Wires.Send(packet, isFromServer, right.StationFor(isFromServer));
        Instant start = MonotonicClock.Now;
        left.Wires.Collect(first, start + Quiet);
        right.Wires.Collect(second, start + (first.Count > 0 ? Patience : Quiet));
        if (second.Count > 0)
        {
            left.Wires.Collect(first, start + Patience);
        }

        string one = string.Join('\n', first);
        string other = string.Join('\n', second);
        if (one != other)
        {
            _ = Differ(what, one, other);
        }

        return first.Count == 1 && one == other ? first[0] : null;
    }

    /// <summary>
    /// Waits until both answer a client that asks for nothing they serve: the box has taken its
    /// addresses over, and all know where the others are.
    /// </summary>
    internal void WaitUntilBothCarry(byte[] packet)
    {
        foreach (IDirector director in (IDirector[])[left, right])
        {
            List<SeenPacket> seen = [];
            Instant end = MonotonicClock.Now + Patience;
            while (seen.Count == 0 && MonotonicClock.Now < end)
            {
                director.Wires.Send(packet, isFromServer: false, director.StationFor(false));
                director.Wires.Collect(seen, MonotonicClock.Now + Quiet);
            }

            if (seen.Count == 0)
            {
                throw new InvalidOperationException($"{director.Name} does not answer a client");
            }
        }

        Thread.Sleep(Quiet);
        List<SeenPacket> late = [];
        left.Wires.Collect(late, MonotonicClock.Now);
        right.Wires.Collect(late, MonotonicClock.Now);
    }

    /// <summary>The kernel brings its counters up to date every two seconds.</summary>
    internal static void WaitForCounters() => Thread.Sleep(3000);

    private bool Differ(string what, string first, string second)
    {
        Differences++;
        say($"DIFFERENCE at {Where}: {what}");
        foreach ((string name, string text) in
            new[] { (left.Name, first), (right.Name, second) })
        {
            foreach (string line in text.Split('\n'))
            {
                say($"  {name,-9} | {line}");
            }
        }

        return false;
    }

    private static string Text(Answer answer) =>
        $"code {answer.Code}\n{(answer.Error.Length > 0 ? $"error: {answer.Error}" : "")}"
        + answer.Output;

    /// <summary>
    /// Connections come in the order of a hash, and their time goes on between two questions. Those
    /// that an earlier seed left behind are not this one's.
    /// </summary>
    private Answer Plain(Answer answer)
    {
        if (!answer.Output.StartsWith("IPVS connection entries", StringComparison.Ordinal))
        {
            return answer;
        }

        IEnumerable<string> lines = answer.Output.Split('\n')
            .Where((line, index) => index < 2 || line.Contains(Clients, StringComparison.Ordinal))
            .Select(line => Expiry().Replace(line, "$1--:--"))
            .OrderBy(line => line, StringComparer.Ordinal);
        return answer with { Output = string.Join('\n', lines) };
    }

    [GeneratedRegex(@"^(\S+ +)\d+:\d\d")]
    private static partial Regex Expiry();
}
