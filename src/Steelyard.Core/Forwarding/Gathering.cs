using System;
using Steelyard.Core.Forwarding.Reassembly;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// Fragments wait here for each other; the whole packet then goes on as if it had come so, and is
/// cut again on its way out.
/// </summary>
internal sealed class Gathering(Engine engine)
{
    /// <summary>Takes a fragment.</summary>
    /// <param name="whole">The packet that it completed; without a frame when it did not.</param>
    public DropReason Offer(in Arrival arrival, Span<byte> octets, out Arrival whole)
    {
        whole = default;
        if (!Fragment.TryRead(octets, out Fragment fragment))
        {
            return DropReason.MalformedFragment;
        }

        ReassemblyTable table = engine.Reassembly;
        switch (table.Offer(fragment, arrival.Now, out int handle))
        {
            case ReassemblyOutcome.Complete:
                break;
            case ReassemblyOutcome.Kept:
                arrival.Port.Counters.Gathered++;
                return DropReason.None;
            case ReassemblyOutcome.Overlap:
                return DropReason.FragmentOverlap;
            default:
                // Never for want of a place: each whole datagram gives its own back at once.
                return DropReason.MalformedFragment;
        }

        // A port may read a frame until the next flush, and so the packet is copied to where sent
        // frames lie. That room is four times the longest packet: its fragments cannot reach it.
        Span<byte> gathered = table.Frame(handle);
        Span<byte> frame = engine.Departures.Take(gathered.Length);
        gathered.CopyTo(frame);
        arrival.Frame[..(2 * MacAddress.Length)].CopyTo(frame);
        whole = new(in Arrival.NoOffload)
        {
            Port = arrival.Port,
            Frame = frame,
            PacketOffset = EthernetFrame.HeaderLength,
            LargestFragment = table.LargestFragment(handle),
            Now = arrival.Now,
        };
        table.Free(handle);
        return DropReason.None;
    }
}
