using System;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>What a BACKUP hears, and how long it waits. RFC 9568 §6.4.2.</summary>
internal sealed class Vigil(VirtualRouter router)
{
    private const byte ResigningPriority = 0;

    private bool _graceGiven;
    private Instant _heardAt;
    private Instant? _lowerHeardSince;

    /// <summary>The MASTER that is heard.</summary>
    public HeardMaster Master { get; private set; }

    /// <summary>Active_Adver_Interval: the MASTER's in version 3, ours in version 2.</summary>
    public TimeSpan Interval { get; private set; } = router.Config.AdvertisementInterval;

    /// <summary>When Active_Down_Timer fires.</summary>
    public Instant DownAt { get; private set; } = Instant.Never;

    /// <summary>
    /// When the silence ends the vigil. An advert that promises the next one far in the future
    /// counts for less than the twin's word that nobody is MASTER: then our own interval does.
    /// </summary>
    public Instant DueAt => IsOurTurn ? Instant.Earlier(DownAt, OwnDownAt) : DownAt;

    /// <summary>
    /// The twin says that it is no MASTER, and does not come before us. Two forged adverts could
    /// else silence the pair for minutes: RFC 9568 obeys the interval on the wire, up to 40.95 s.
    /// </summary>
    public bool IsOurTurn { get; set; }

    /// <summary>BACKUP by agreement: does not preempt a living MASTER.</summary>
    public bool HasYielded { get; set; }

    /// <summary>Until then a living MASTER of lower priority is left alone.</summary>
    public Instant PreemptHeldUntil { get; set; }

    /// <summary>Skew_Time. RFC 9568 §6.1; in version 2 a part of a second, RFC 3768 §6.1.</summary>
    private TimeSpan SkewTime => SkewOf(Interval);

    /// <summary>Active_Down_Interval. RFC 9568 §6.1.</summary>
    private TimeSpan ActiveDownInterval => (Interval * 3) + SkewTime;

    /// <summary>Active_Down_Timer as it would be if all kept our interval.</summary>
    private Instant OwnDownAt => _heardAt
        + (router.Config.AdvertisementInterval * 3)
        + SkewOf(router.Config.AdvertisementInterval);

    /// <summary>Begins to wait, not having heard anybody yet.</summary>
    public void Begin(Instant now)
    {
        Master = new(null, 0, now);
        Interval = router.Config.AdvertisementInterval;
        Wait(now);
    }

    /// <summary>Begins to wait behind the MASTER that has won against us.</summary>
    public void BeginBehind(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        Accept(advert, source, now);
        Wait(now);
    }

    /// <summary>An owner of the addresses does not wait.</summary>
    public void EndAt(Instant now) => DownAt = now;

    /// <summary>Hears an advert; true when its sender is accepted as the MASTER.</summary>
    public bool Hear(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        _heardAt = now;
        if (advert.Priority == ResigningPriority)
        {
            Master = new(source, ResigningPriority, now, Resigned: true);
            DownAt = now + SkewTime;
            return false;
        }

        if (advert.Priority >= router.Priority)
        {
            _lowerHeardSince = null;
        }
        else
        {
            _lowerHeardSince ??= now;
            if (MayPreempt(now))
            {
                Master = new(source, advert.Priority, now, IsToBePreempted: true);
                return false;
            }
        }

        Accept(advert, source, now);
        DownAt = now + ActiveDownInterval;
        return true;
    }

    /// <summary>Why the silence makes us MASTER, as a sentence without full stop.</summary>
    public string Explain(Instant now)
    {
        string silence = Master.Explain(router.Priority, now);
        return now < DownAt ? $"{silence}, and the twin says that it is no MASTER" : silence;
    }

    /// <summary>
    /// Active_Down_Timer has fired. When that is seen long after its time it was we who slept, and
    /// the silence proves nothing: once, the adverts that wait to be read get a chance.
    /// </summary>
    public bool ProvesSilence(Instant now)
    {
        TimeSpan grace = router.Config.AdvertisementInterval / 4;
        if (_graceGiven || now - DueAt <= Interval)
        {
            return true;
        }

        _graceGiven = true;
        _heardAt = now + grace - (OwnDownAt - _heardAt);
        DownAt = now + grace;
        return false;
    }

    /// <summary>
    /// The configuration has changed: an interval that is shorter counts at once.
    /// </summary>
    public void Shorten(Instant now)
    {
        if (router.Config.Version == 2 || Master.Address is null)
        {
            Interval = router.Config.AdvertisementInterval;
        }

        DownAt = Instant.Earlier(DownAt, now + ActiveDownInterval);
    }

    private bool MayPreempt(Instant now) => router.Config.Preempts
        && !HasYielded
        && now >= PreemptHeldUntil
        && _lowerHeardSince is Instant since
        && now - since >= router.Config.PreemptDelay;

    private void Wait(Instant now)
    {
        _graceGiven = false;
        _lowerHeardSince = null;
        _heardAt = now;
        DownAt = now + ActiveDownInterval;
    }

    private TimeSpan SkewOf(TimeSpan interval) =>
        (router.Config.Version == 2 ? TimeSpan.FromSeconds(1) : interval)
        * (256 - router.Priority) / 256;

    private void Accept(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        _graceGiven = false;
        Master = new(source, advert.Priority, now);
        Interval = router.Config.Version == 2
            ? router.Config.AdvertisementInterval
            : advert.Interval;
    }
}
