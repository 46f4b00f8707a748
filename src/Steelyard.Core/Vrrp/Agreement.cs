using System;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>
/// Compares what other routers advertise with our configuration, and complains once about each
/// difference, until <see cref="Forget"/>.
/// </summary>
internal sealed class Agreement(VirtualRouter router, IVirtualRouterEffects effects)
{
    private Complaint _complaints;

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

    public void Forget() => _complaints = Complaint.None;

    /// <summary>
    /// False when the advert may not count: another version, or in version 2 another interval
    /// (RFC 3768 §7.1) or another password than ours. Other addresses are complained about only, as
    /// keepalived does; RFC 9568 §7.1 leaves that open.
    /// </summary>
    public bool Allows(in VrrpAdvertisement advert, IpAddress source)
    {
        VirtualRouterConfig config = router.Config;
        if (source == router.Source)
        {
            Complain(
                Complaint.OwnAddress,
                $"hears adverts from {source}, its own address: another box has it too, or the "
                + "network sends back what the box sent");
            return false;
        }

        if (advert.Version != config.Version)
        {
            Complain(
                Complaint.Version,
                $"ignores {source}: it speaks VRRP version {advert.Version}, we {config.Version}");
            return false;
        }

        if (advert.Version == 2 && advert.Interval != config.AdvertisementInterval)
        {
            Complain(Complaint.Interval, string.Create(
                CultureInfo.InvariantCulture,
                $"ignores {source}: its interval is {advert.Interval.TotalSeconds} s, "
                + $"ours is {config.AdvertisementInterval.TotalSeconds} s"));
            return false;
        }

        if (!AllowsPassword(advert, source))
        {
            return false;
        }

        if (!config.Addresses.Select(prefix => prefix.Address).Order()
            .SequenceEqual(advert.Addresses.Order()))
        {
            Complain(
                Complaint.Addresses,
                $"{source} advertises other addresses: {string.Join(", ", advert.Addresses)}");
        }

        if (advert.Priority is > 0 and < byte.MaxValue && config.Holds(source))
        {
            Complain(
                Complaint.Source,
                $"{source} advertises from a virtual address of ours: give its interface an "
                + "address of its own, or this router another one");
        }

        return true;
    }

    /// <summary>
    /// RFC 2338 §5.3.6.2: an advert with another password than ours is discarded. Without one of
    /// ours any is passed over: to yield to a MASTER who sends one beats having two.
    /// </summary>
    private bool AllowsPassword(in VrrpAdvertisement advert, IpAddress source)
    {
        bool isSent = advert.AuthenticationType == VrrpAdvertisement.PasswordAuthentication;
        if (advert.Version != 2 || router.Config.AuthenticationPassword is not string own)
        {
            if (isSent)
            {
                Complain(
                    Complaint.Password,
                    $"{source} sends a password, we have none: it will not hear our adverts");
            }

            return true;
        }

        bool isOurs = isSent && advert.Password == VrrpAdvertisement.PasswordOctets(own);
        if (!isOurs)
        {
            string what = isSent ? "another password" : "no password";
            Complain(Complaint.Password, $"ignores {source}: it sends {what}");
        }

        return isOurs;
    }

    private void Complain(Complaint complaint, string sentence)
    {
        if ((_complaints & complaint) == 0)
        {
            _complaints |= complaint;
            effects.OnNotice(router, sentence);
        }
    }
}
