using System;
using Steelyard.Core.Invariants;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Forwarding.Reassembly;

/// <summary>
/// Datagrams in the making: fragments go in, in any order, and whole datagrams come out. RFC 791
/// §3.2, RFC 8200 §4.5, RFC 5722. Everything is allocated at construction; one thread owns it.
/// </summary>
/// <remarks>
/// The bound: a new datagram always finds room, and an older one gives way. A sender (an IPv4
/// host, an IPv6 /64) with a quarter of the table loses the oldest of its own; else, in a full
/// table, the oldest of all goes. Fragments follow each other closely, so that the oldest is the
/// one that has probably lost one, while to refuse new ones would let a few stale fragments close
/// the table for as long as the timeout is.
/// </remarks>
public sealed class ReassemblyTable
{
    /// <summary>
    /// The longest header that a datagram may have, in octets: IPv6's with 264 octets of
    /// extensions. RFC 8504 §5.3 lets us set such a limit.
    /// </summary>
    public const int LongestHeader = PayloadStart - EthernetFrame.HeaderLength - 2;

    // The payload's place does not depend on the header's length, which the first fragment tells
    // and which may come last.
    private const int PayloadStart = 320;
    private const int LongestPayload = 65_536;
    private const int SlotLength = PayloadStart + LongestPayload;
    private const int Nothing = -1;

    private readonly Datagram[] _datagrams;
    private readonly byte[] _octets;
    private readonly UnitMaps _maps;
    private readonly DatagramDirectory _directory;
    private readonly int[] _free;
    private int _freeCount;

    /// <param name="capacity">Datagrams; each takes 68 KB once it was used.</param>
    /// <param name="seed">A secret one keeps strangers from making collisions.</param>
    public ReassemblyTable(int capacity, ulong seed = 0)
    {
        Invariant.Holds(capacity is > 0 and <= 8192, "from 1 to 8,192 datagrams are made at once");
        _datagrams = new Datagram[capacity];
        _octets = GC.AllocateUninitializedArray<byte>(capacity * SlotLength, pinned: true);
        _maps = new(capacity);
        _directory = new(_datagrams, seed);
        _free = new int[capacity];
        for (int slot = capacity - 1; slot >= 0; slot--)
        {
            _free[_freeCount++] = slot;
        }
    }

    /// <summary>ipfrag_time of Linux; RFC 1122 §3.3.2 would have 60 to 120 s.</summary>
    public static TimeSpan Ipv4Timeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>RFC 8200 §4.5.</summary>
    public static TimeSpan Ipv6Timeout { get; } = TimeSpan.FromSeconds(60);

    public int Capacity => _datagrams.Length;

    /// <summary>Datagrams in the making that one sender can have.</summary>
    public int SenderCapacity => Math.Max(1, Capacity / 4);

    /// <summary>Datagrams that still miss fragments.</summary>
    public int InFlight { get; private set; }

    /// <summary>Datagrams made whole since the start.</summary>
    public long Completed { get; private set; }

    /// <summary>Datagrams that were not whole in time.</summary>
    public long TimedOut { get; private set; }

    /// <summary>Datagrams discarded because fragments overlapped.</summary>
    public long Overlaps { get; private set; }

    /// <summary>Datagrams that gave way to newer ones.</summary>
    public long Evicted { get; private set; }

    /// <summary>Fragments that fit into no datagram.</summary>
    public long Malformed { get; private set; }

    /// <summary>Fragments for which no place was left.</summary>
    public long Refused { get; private set; }

    /// <summary>When <see cref="Expire"/> has something to do.</summary>
    public Instant Deadline => _directory.Deadline;

    /// <summary>A fragment has come.</summary>
    /// <param name="fragment">Its octets are copied.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="handle">
    /// The datagram that it completed, for the caller to read and then to <see cref="Free"/>;
    /// -1 with every other outcome.
    /// </param>
    public ReassemblyOutcome Offer(in Fragment fragment, Instant now, out int handle)
    {
        handle = Nothing;
        if (!IsSound(fragment))
        {
            Malformed++;
            return ReassemblyOutcome.Malformed;
        }

        int slot = fragment.IsWhole ? Nothing : _directory.Find(fragment.Key);
        if (slot >= 0 && _directory.EndOf(slot) <= now)
        {
            GiveUp(slot, now);
            slot = Nothing;
        }

        if (slot < 0)
        {
            slot = Begin(fragment, now);
            if (slot < 0)
            {
                Refused++;
                return ReassemblyOutcome.TableFull;
            }
        }

        ref Datagram datagram = ref _datagrams[slot];
        ReassemblyOutcome outcome = fragment.IsWhole
            ? ReassemblyOutcome.Unknown
            : Judge(slot, ref datagram, fragment);
        if (outcome != ReassemblyOutcome.Unknown)
        {
            return outcome;
        }

        Keep(slot, ref datagram, fragment);
        if (datagram.Received != datagram.PayloadLength)
        {
            return ReassemblyOutcome.Kept;
        }

        return Finish(slot, ref datagram, isFiled: !fragment.IsWhole, out handle);
    }

    /// <summary>
    /// A whole datagram: fourteen octets for an Ethernet header, which nobody has written yet, and
    /// the IP packet with its right lengths, unfragmented, and with IPv4 summed. When the largest
    /// fragment of an IPv4 datagram said that it must not be cut, so does the datagram: fragments
    /// made anew are to be no larger.
    /// </summary>
    public Span<byte> Frame(int handle)
    {
        ref readonly Datagram datagram = ref Whole(handle);
        return _octets.AsSpan(
            (handle * SlotLength)
                + PayloadStart - datagram.HeaderLength - EthernetFrame.HeaderLength,
            EthernetFrame.HeaderLength + datagram.HeaderLength + datagram.PayloadLength);
    }

    /// <summary>
    /// The length of the largest IP packet among the fragments: so much the way could carry.
    /// </summary>
    public int LargestFragment(int handle) => Whole(handle).LargestFragment;

    /// <summary>Takes a whole datagram's place back from its reader.</summary>
    public void Free(int handle)
    {
        Invariant.Holds(
            _datagrams[handle].State == DatagramState.Whole, "only a whole datagram is freed");
        Vacate(handle);
    }

    /// <summary>Gives up datagrams whose time has ended.</summary>
    /// <param name="now">The turn's time.</param>
    /// <param name="budget">How many at most.</param>
    /// <returns>How many.</returns>
    public int Expire(Instant now, int budget)
    {
        int ended = 0;
        while (ended < budget && Deadline <= now)
        {
            GiveUp(_directory.Next, now);
            ended++;
        }

        return ended;
    }

    /// <summary>Lengths and offset are such as a datagram can have.</summary>
    private static bool IsSound(in Fragment fragment)
    {
        int shortest = fragment.Key.IsIpv6
            ? Ipv6Packet.HeaderLength
            : Ipv4Packet.MinimumHeaderLength;
        int header = fragment.Header.Length;
        if (header < shortest
            || header > LongestHeader
            || (!fragment.Key.IsIpv6 && header != (fragment.Header[0] & 0xF) * 4)
            || fragment.Offset < 0
            || fragment.Offset % Fragment.Unit != 0)
        {
            return false;
        }

        int length = fragment.Payload.Length;
        bool isLengthRight = fragment.HasMore
            ? length > 0 && length % Fragment.Unit == 0
            : length > 0 || fragment.IsWhole;

        // IPv4's length counts the header, IPv6's only what follows it.
        int room = ushort.MaxValue - (fragment.Key.IsIpv6 ? 0 : shortest);
        return isLengthRight && fragment.Offset <= room - length;
    }

    /// <summary>Unknown when the fragment is one to keep.</summary>
    private ReassemblyOutcome Judge(int slot, ref Datagram datagram, in Fragment fragment)
    {
        if (datagram.State == DatagramState.Poisoned)
        {
            return ReassemblyOutcome.Overlap;
        }

        RangeFit fit = _maps.Fit(slot, FirstUnit(fragment), EndUnit(fragment));
        if (fit == RangeFit.Overlapping)
        {
            Overlaps++;
            Poison(ref datagram);
            return ReassemblyOutcome.Overlap;
        }

        if (datagram.Contradicts(fragment))
        {
            Malformed++;
            Poison(ref datagram);
            return ReassemblyOutcome.Malformed;
        }

        return fit == RangeFit.Same ? ReassemblyOutcome.Kept : ReassemblyOutcome.Unknown;
    }

    private static int FirstUnit(in Fragment fragment) => fragment.Offset / Fragment.Unit;

    /// <summary>The last fragment's last unit may be filled in part: it is taken as full.</summary>
    private static int EndUnit(in Fragment fragment) =>
        (fragment.Offset + fragment.Payload.Length + Fragment.Unit - 1) / Fragment.Unit;

    /// <summary>Takes a place for a new datagram; another one may have to give way.</summary>
    private int Begin(in Fragment fragment, Instant now)
    {
        if (!fragment.IsWhole
            && _directory.CountOf(fragment.Key.Sender, out int oldest) >= SenderCapacity)
        {
            GiveUp(oldest, now);
        }

        if (_freeCount == 0)
        {
            if (_directory.Oldest < 0)
            {
                return Nothing;
            }

            GiveUp(_directory.Oldest, now);
        }

        int slot = _free[--_freeCount];
        _datagrams[slot] = new()
        {
            Key = fragment.Key,
            Begun = now,
            State = DatagramState.Making,
            PayloadLength = Datagram.UnknownLength,
        };
        InFlight++;
        if (!fragment.IsWhole)
        {
            _maps.Clear(slot);
            _directory.File(slot);
        }

        return slot;
    }

    private void Keep(int slot, ref Datagram datagram, in Fragment fragment)
    {
        Span<byte> octets = _octets.AsSpan(slot * SlotLength, SlotLength);
        fragment.Payload.CopyTo(octets[(PayloadStart + fragment.Offset)..]);
        if (fragment.Offset == 0)
        {
            datagram.HeaderLength = fragment.Header.Length;
            fragment.Header.CopyTo(octets[(PayloadStart - fragment.Header.Length)..]);
        }

        if (!fragment.IsWhole)
        {
            _maps.Mark(slot, FirstUnit(fragment), EndUnit(fragment));
        }

        datagram.Count(fragment);
    }

    private ReassemblyOutcome Finish(
        int slot, ref Datagram datagram, bool isFiled, out int handle)
    {
        handle = Nothing;
        if (isFiled)
        {
            _directory.Unfile(slot);
        }

        InFlight--;
        datagram.State = DatagramState.Whole;
        if (!datagram.TryFinish(Frame(slot)[EthernetFrame.HeaderLength..]))
        {
            Vacate(slot);
            Malformed++;
            return ReassemblyOutcome.Malformed;
        }

        Completed++;
        handle = slot;
        return ReassemblyOutcome.Complete;
    }

    private void Poison(ref Datagram datagram)
    {
        datagram.State = DatagramState.Poisoned;
        InFlight--;
    }

    /// <summary>Ends a datagram that is not whole: by its time, or for a newer one.</summary>
    private void GiveUp(int slot, Instant now)
    {
        if (_datagrams[slot].State == DatagramState.Making)
        {
            InFlight--;
            if (_directory.EndOf(slot) <= now)
            {
                TimedOut++;
            }
            else
            {
                Evicted++;
            }
        }

        _directory.Unfile(slot);
        Vacate(slot);
    }

    private void Vacate(int slot)
    {
        _datagrams[slot].State = DatagramState.Free;
        _free[_freeCount++] = slot;
    }

    private ref readonly Datagram Whole(int handle)
    {
        ref readonly Datagram datagram = ref _datagrams[handle];
        Invariant.Holds(
            datagram.State == DatagramState.Whole, "only a whole datagram is read");
        return ref datagram;
    }
}
