using System;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>
/// Compares what other routers advertise with our configuration, and complains once about each
/// difference, until <see cref="Forget"/>.
/// </summary>
internal sealed class Agreement(VirtualRouter router, IVirtualRouterEffects effects)
{
    /// <summary>How often another's interval goes into ours, or ours into it.</summary>
    private const int FarRatio = 2;

    /// <summary>For so long after its last advert a strange interval is worth a warning.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private Complaint _complaints;
    private string? _strangeInterval;
    private Instant _strangeUntil;

    public DisagreementCounters Counters { get; } = new();

    [Flags]
    private enum Complaint
    {
        None = 0,
        Version = 1,
        Interval = 2,
        Addresses = 4,
        Password = 8,
        Source = 16,
        OwnAddress = 32,
    }

    /// <summary>What a person should know of the intervals that are heard, if anything.</summary>
    public string? StrangeInterval(Instant now) => now < _strangeUntil ? _strangeInterval : null;

    public void Forget() => _complaints = Complaint.None;

    /// <summary>
    /// False when the advert may not count: another version, or in version 2 another interval
    /// (RFC 3768 §7.1) or another password than ours. Other addresses are complained about only, as
    /// keepalived does; RFC 9568 §7.1 leaves that open.
    /// </summary>
    public bool Allows(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        VirtualRouterConfig config = router.Config;
        if (source == router.Source)
        {
            Counters.OwnAddress++;
            Complain(
                Complaint.OwnAddress,
                $"hears adverts from {source}, its own address: another box has it too, or the "
                + "network sends back what the box sent",
                now);
            return false;
        }

        if (advert.Version != config.Version)
        {
            Counters.Version++;
            Complain(
                Complaint.Version,
                $"ignores {source}: it speaks VRRP version {advert.Version}, we {config.Version}",
                now);
            return false;
        }

        if (!AllowsInterval(advert, source, now))
        {
            return false;
        }

        if (!AllowsPassword(advert, source, now))
        {
            return false;
        }

        if (!config.Addresses.Select(prefix => prefix.Address).Order()
            .SequenceEqual(advert.Addresses.Order()))
        {
            Counters.Addresses++;
            Complain(
                Complaint.Addresses,
                $"{source} advertises other addresses: {string.Join(", ", advert.Addresses)}",
                now);
        }

        if (advert.Priority is > 0 and < byte.MaxValue && config.Holds(source))
        {
            Counters.VirtualSource++;
            Complain(
                Complaint.Source,
                $"{source} advertises from a virtual address of ours: give its interface an "
                + "address of its own, or this router another one",
                now);
        }

        return true;
    }

    /// <summary>
    /// Version 3 obeys the interval on the wire; one far from ours is a wrong configuration or a
    /// forged advert, and is named at once.
    /// </summary>
    private bool AllowsInterval(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        TimeSpan own = router.Config.AdvertisementInterval;
        bool isOld = advert.Version == 2;
        bool isStrange = isOld
            ? advert.Interval != own
            : advert.Interval > own * FarRatio || advert.Interval * FarRatio < own;
        if (!isStrange)
        {
            return true;
        }

        Counters.Interval++;
        string heard = string.Create(
            CultureInfo.InvariantCulture,
            $"its interval is {advert.Interval.TotalSeconds} s, ours is {own.TotalSeconds} s");
        string sentence = isOld
            ? $"ignores {source}: {heard}"
            : $"{source} (priority {advert.Priority}) is no router like ours: {heard}";
        _strangeInterval = sentence;
        _strangeUntil = now + Remembered;
        Complain(Complaint.Interval, sentence, now);
        return !isOld;
    }

    /// <summary>
    /// RFC 2338 §5.3.6.2: an advert with another password than ours is discarded. Without one of
    /// ours any is passed over: to yield to a MASTER who sends one beats having two.
    /// </summary>
    private bool AllowsPassword(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        bool isSent = advert.AuthenticationType == VrrpAdvertisement.PasswordAuthentication;
        if (advert.Version != 2 || router.Config.AuthenticationPassword is not string own)
        {
            if (isSent)
            {
                Complain(
                    Complaint.Password,
                    $"{source} sends a password, we have none: it will not hear our adverts",
                    now);
            }

            return true;
        }

        bool isOurs = isSent && advert.Password == VrrpAdvertisement.PasswordOctets(own);
        if (!isOurs)
        {
            Counters.Password++;
            string what = isSent ? "another password" : "no password";
            Complain(Complaint.Password, $"ignores {source}: it sends {what}", now);
        }

        return isOurs;
    }

    private void Complain(Complaint complaint, string sentence, Instant now)
    {
        if ((_complaints & complaint) == 0)
        {
            _complaints |= complaint;
            effects.OnNotice(router, sentence, now);
        }
    }
}
