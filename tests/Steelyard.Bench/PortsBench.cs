using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;
using Steelyard.Linux.Processes;

namespace Steelyard.Bench;

/// <summary>
/// What a hop through two ports costs: the time it adds to a frame, frames and bytes a second.
/// Three namespaces in a row over veth, on this machine alone; needs root. The times of the bare
/// wire are measured in the same run and stand beside.
/// </summary>
internal static class PortsBench
{
    private const int Samples = 2_000;
    private const long BulkBytes = 1L << 30;

    /// <summary>Flows of the flood that find their connection.</summary>
    private const uint EstablishedFlows = 1024;

    /// <summary>More than come in a second: each of them is new.</summary>
    private const uint EveryFlow = 1 << 28;

    private static readonly TimeSpan FloodTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMicroseconds(300);

    internal static int Run(string[] arguments)
    {
        int rounds = arguments.Length > 0
            ? int.Parse(arguments[0], CultureInfo.InvariantCulture)
            : 1;
        AfPacketOptions plain = new() { AcceptsAllStations = true };
        AfPacketOptions large = plain with { SlotBytes = 128 << 10, RingBytes = 64 << 20 };
        TimeSpan busy = TimeSpan.FromMicroseconds(500);
        Console.WriteLine(
            "| hop | added p50 µs | added p99 µs | kframes/s | lost % | knew/s | TCP Gbit/s |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        for (int round = 0; round < rounds; round++)
        {
            using PortsRow wire = new(Hop.None, plain, default);
            double bare = At(Latency(wire), 0.5);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| wire alone | ({bare:f1}) | | | | | |"));
            Measure("the kernel's forwarding", bare, Hop.Kernel, plain);
            Measure("the engine, address translation", bare, Hop.Engine, plain);
            Measure("per frame, 2 KiB slots", bare, Hop.Ports, plain);
            Measure("the same, looks 500 µs before sleep", bare, Hop.Ports, plain, busy);
            Measure("per frame, 128 KiB slots", bare, Hop.Ports, large);
            Measure(
                "per frame, past the queue",
                bare,
                Hop.Ports,
                plain with { BypassesQueue = true });
            Measure(
                "blocks, 1 ms", bare, Hop.Ports, plain with { Ring = ReceiveRing.Blocks });
        }

        return 0;
    }

    private static void Measure(
        string name, double bare, Hop hop, AfPacketOptions options, TimeSpan busyPoll = default)
    {
        using PortsRow row = new(hop, options, busyPoll);
        List<double> through = Latency(row);
        (double rate, double lost) = Flood(row, EstablishedFlows);
        long connections = row.Connections;
        _ = Flood(row, EveryFlow);
        double fresh = (row.Connections - connections) / FloodTime.TotalSeconds;
        double bulk = hop == Hop.Ports ? Bulk(row) : 0;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {At(through, 0.5) - bare:f1} | {At(through, 0.99) - bare:f1} "
            + $"| {rate / 1000:f0} | {lost * 100:f1} | {fresh / 1000:f0} | {bulk:f2} |"));
    }

    private static double At(List<double> sorted, double share) =>
        sorted[(int)((sorted.Count - 1) * share)];

    /// <summary>
    /// Microseconds from sending a frame on the left until a thread that slept on the right has
    /// it: the receiver's own awakening is in the wire's time as well.
    /// </summary>
    private static List<double> Latency(PortsRow row)
    {
        List<double> times = new(Samples);
        long sentAt = 0;
        int received = 0;
        Thread receiver = new(() =>
        {
            _ = ThreadTuning.TrySetRealTime(10);
            using PortPoller poller = new();
            poller.Add(row.RightEnd);
            while (times.Count < Samples)
            {
                if (row.RightEnd.Receive() == 0)
                {
                    _ = poller.Wait(Instant.Never);
                    continue;
                }

                times.Add((MonotonicClock.Now.Nanoseconds - Volatile.Read(ref sentAt)) / 1000.0);
                row.RightEnd.Release();
                Volatile.Write(ref received, times.Count);
            }

            poller.Remove(row.RightEnd);
        });
        Thread sender = new(() =>
        {
            _ = ThreadTuning.TrySetRealTime(9);
            for (int sample = 0; sample < Samples; sample++)
            {
                Volatile.Write(ref sentAt, MonotonicClock.Now.Nanoseconds);
                row.LeftEnd.Transmit(row.Frames[0], default);
                row.LeftEnd.Flush();
                while (Volatile.Read(ref received) <= sample)
                {
                    Thread.Sleep(Pause);
                }
            }
        });
        receiver.Start();
        sender.Start();
        sender.Join();
        receiver.Join();
        times.RemoveRange(0, Samples / 10);
        times.Sort();
        return times;
    }

    /// <summary>Frames a second that come through when more are sent, and the share lost.</summary>
    private static (double Rate, double Lost) Flood(PortsRow row, uint flows)
    {
        (double Rate, double Lost) result = default;
        Thread thread = new(() =>
        {
            _ = ThreadTuning.TrySetRealTime(10);
            result = FloodHere(row, flows);
        });
        thread.Start();
        thread.Join();
        return result;
    }

    private static (double Rate, double Lost) FloodHere(PortsRow row, uint flows)
    {
        PortCounters sentSoFar = row.LeftEnd.Counters;
        PortCounters carriedSoFar = row.RightEnd.Counters;
        long sentBefore = sentSoFar.TransmittedPackets;
        long carriedBefore = carriedSoFar.ReceivedPackets + carriedSoFar.ReceiveOverruns;
        Instant start = MonotonicClock.Now;
        Instant end = start + FloodTime;
        while (MonotonicClock.Now < end)
        {
            foreach (byte[] frame in row.Frames)
            {
                row.Renew(frame, flows);
                row.LeftEnd.Transmit(frame, default);
            }

            row.LeftEnd.Flush();
            while (row.RightEnd.Receive() > 0)
            {
                row.RightEnd.Release();
            }
        }

        double seconds = (MonotonicClock.Now - start).TotalSeconds;
        double carried =
            carriedSoFar.ReceivedPackets + carriedSoFar.ReceiveOverruns - carriedBefore;
        double sent = sentSoFar.TransmittedPackets - sentBefore;
        return (carried / seconds, 1 - Math.Min(1, carried / sent));
    }

    /// <summary>Gbit/s of one TCP connection, in super-frames.</summary>
    private static double Bulk(PortsRow row)
    {
        IPEndPoint address = new(PortsRow.RightAddress.ToIPAddress(), 5001);
        using Socket listener = row.Right.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(address);
        listener.Listen();
        using Socket sender = row.Left.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        sender.Connect(address);
        using Socket receiver = listener.Accept();
        Thread sending = new(() =>
        {
            byte[] data = new byte[1 << 20];
            for (long sent = 0; sent < BulkBytes; sent += data.Length)
            {
                _ = sender.Send(data);
            }

            sender.Shutdown(SocketShutdown.Send);
        });
        Instant start = MonotonicClock.Now;
        sending.Start();
        byte[] buffer = new byte[1 << 20];
        while (receiver.Receive(buffer) > 0)
        {
        }

        sending.Join();
        return BulkBytes * 8 / 1e9 / (MonotonicClock.Now - start).TotalSeconds;
    }
}
