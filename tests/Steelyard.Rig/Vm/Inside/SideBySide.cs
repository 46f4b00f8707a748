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
    internal IReadOnlyList<string> Clients { get; set; } = [];

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
        bool isListing = command.Words is [['-', 'L' or 'l', ..], ..] or ["--list", ..];
        for (int tries = isListing ? 3 : 1; ; tries--)
        {
            Instant start = MonotonicClock.Now;
            Answer first = Plain(command, left.Ipvsadm(command.Words, command.Input));
            Instant middle = MonotonicClock.Now;
            Answer second = Plain(command, right.Ipvsadm(command.Words, command.Input));
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

    /// <summary>Sets switches of LVS at both.</summary>
    internal void Settle(IReadOnlyList<(string Name, int Value)> settings)
    {
        Deeds.Add($"{Where}: {string.Join(' ', settings)}");
        left.Settle(settings);
        right.Settle(settings);
    }

    /// <summary>Each forgets its services and loads those that the other saved.</summary>
    internal void Exchange()
    {
        Deeds.Add($"{Where}: each loads what the other saved");
        Answer ofLeft = left.Ipvsadm(["-S", "-n"], string.Empty);
        Answer ofRight = right.Ipvsadm(["-S", "-n"], string.Empty);
        _ = Run(new(["-C"]));
        // With expire_nodest_conn the kernel ends connections a little later.
        Thread.Sleep(Blink);
        Answer first = left.Ipvsadm(["-R"], ofRight.Output);
        Answer second = right.Ipvsadm(["-R"], ofLeft.Output);
        if (first != second)
        {
            _ = Differ("ipvsadm -R", Text(first), Text(second));
        }
    }

    /// <summary>Sends a packet to both, and gives what came out.</summary>
    internal SeenPacket? Send(string what, byte[] packet, bool isFromServer = false)
    {
        Deeds.Add($"{Where}: {what}");
        bool isIpv4 = packet[0] >> 4 == 4;
        List<SeenPacket> first = [];
        List<SeenPacket> second = [];
        left.Wires.Send(packet, isFromServer, left.StationFor(isFromServer, isIpv4));
        right.Wires.Send(packet, isFromServer, right.StationFor(isFromServer, isIpv4));
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
            _ = Differ(what, Whole(first), Whole(second));
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
                director.Wires.Send(
                    packet,
                    isFromServer: false,
                    director.StationFor(isFromServer: false, packet[0] >> 4 == 4));
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

    private static string Whole(List<SeenPacket> seen) => string.Join(
        '\n', seen.Select(packet => $"{packet}\n{Convert.ToHexString(packet.Octets)}"));

    private static string Text(Answer answer) =>
        $"code {answer.Code}\n{(answer.Error.Length > 0 ? $"error: {answer.Error}" : "")}"
        + answer.Output;

    /// <summary>
    /// Connections come in the order of a hash, and their time goes on between two questions. Those
    /// that an earlier seed left behind are not this one's. Services that are not to be sorted come
    /// in the order of a hash, too.
    /// </summary>
    private Answer Plain(Command command, Answer answer)
    {
        if (command.Words.Contains("--nosort"))
        {
            answer = answer with
            {
                Output = string.Join('\n', ServiceStart().Split(answer.Output)
                    .OrderBy(block => block, StringComparer.Ordinal)),
            };
        }

        if (!answer.Output.StartsWith("IPVS connection entries", StringComparison.Ordinal))
        {
            return answer;
        }

        IEnumerable<string> lines = answer.Output.Split('\n')
            .Where((line, index) => index < 2 || Clients.Any(
                start => line.Contains(start, StringComparison.Ordinal)))
            .Select(line => Expiry().Replace(line, "$1--:--"))
            .OrderBy(line => line, StringComparer.Ordinal);
        return answer with { Output = string.Join('\n', lines) };
    }

    [GeneratedRegex(@"^(?=TCP|UDP|SCTP|FWM)", RegexOptions.Multiline)]
    private static partial Regex ServiceStart();

    [GeneratedRegex(@"^(\S+ +)\d+:\d\d")]
    private static partial Regex Expiry();
}
