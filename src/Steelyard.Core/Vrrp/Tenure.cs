using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>
/// How this MASTER holds its office when it was agreed on and not won: who yields to it, or to
/// whom it yields.
/// </summary>
internal struct Tenure
{
    /// <summary>
    /// The twin's answer may need four tries, 30 ms apart, and as much again for two slow boxes.
    /// </summary>
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(200);

    private Instant _handOverUntil;
    private Instant _shelteredUntil;
    private IpAddress? _yieldingPeer;

    /// <summary>Keeps forwarding, but gives way to the first other MASTER that is heard.</summary>
    public bool IsHandingOver { get; private set; }

    /// <summary>When a handover that nobody took is given up.</summary>
    public readonly Instant Deadline => IsHandingOver ? _handOverUntil : Instant.Never;

    /// <summary>How long a handover may take: three adverts may be lost.</summary>
    public static TimeSpan Window(TimeSpan advertisementInterval)
    {
        TimeSpan intervals = advertisementInterval * 3;
        return intervals > ShortestWindow ? intervals : ShortestWindow;
    }

    public void HandOver(Instant until)
    {
        IsHandingOver = true;
        _handOverUntil = until;
    }

    public void EndHandOver() => IsHandingOver = false;

    /// <summary>Until then, adverts of the one that yields do not win.</summary>
    public void Shelter(IpAddress? yieldingPeer, Instant until)
    {
        _yieldingPeer = yieldingPeer;
        _shelteredUntil = until;
    }

    public readonly bool IsShelteredFrom(IpAddress peer, Instant now) =>
        _yieldingPeer == peer && now < _shelteredUntil;
}
