using System;

namespace Steelyard.Core.Forwarding;

/// <summary>
/// What became of one port's frames; written by the data thread alone. At all times
/// <c>Received = NotOurs + Forwarded + Answered + Cut + Waiting + Gathered + all drops</c>, and
/// over all ports <c>Forwarded + Answered + Made</c> are the frames transmitted.
/// </summary>
public sealed class ForwardingCounters
{
    private static readonly DropReason[] AllReasons = Enum.GetValues<DropReason>();

    private readonly long[] _drops = new long[AllReasons.Length];

    /// <summary>Frames that the port gave to the engine.</summary>
    public long Received;

    /// <summary>
    /// Frames that the kernel handles: not for a virtual station address held here.
    /// </summary>
    public long NotOurs;

    /// <summary>Frames sent on, out of whichever port.</summary>
    public long Forwarded;

    /// <summary>Frames turned round into their own answer: echo replies.</summary>
    public long Answered;

    /// <summary>Frames that wait now for a station address.</summary>
    public long Waiting;

    /// <summary>
    /// Fragments that were put to others of their datagram; the last one's fate is the datagram's.
    /// </summary>
    public long Gathered;

    /// <summary>Frames too large for the next link, that were cut into fragments.</summary>
    public long Cut;

    /// <summary>Frames that the engine made and sent: ICMP errors, resets, fragments.</summary>
    public long Made;

    /// <summary>Fragments that were made and then lost for want of a station address.</summary>
    public long MadeLost;

    public static ReadOnlySpan<DropReason> Reasons => AllReasons;

    /// <summary>Frames dropped for this reason.</summary>
    public long this[DropReason reason] => _drops[(int)reason];

    public long Dropped
    {
        get
        {
            long sum = 0;
            foreach (long count in _drops)
            {
                sum += count;
            }

            return sum;
        }
    }

    internal void Drop(DropReason reason) => _drops[(int)reason]++;
}
