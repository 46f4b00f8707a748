using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Vrrp;
using Steelyard.Core.Wire;
using static Steelyard.Core.Vrrp.VirtualRouterState;

namespace Steelyard.Tests.Vrrp;

/// <summary>
/// Authentication of version 2, RFC 2338 §5.3.6.2. The adverts were captured from keepalived 2.2.7
/// (10.9.9.1 to 224.0.0.18) with auth_pass s3cret and 0123456789.
/// </summary>
public sealed class PasswordTests
{
    private const string Short = "2133c8010101c6420a0909647333637265740000";
    private const string Cut = "2134c8010101358a0a0909653031323334353637";

    private static readonly IpAddress Source = IpAddress.Parse("10.9.9.1");

    private readonly Segment _segment = new();

    [Theory]
    [InlineData(Short, "s3cret")]
    [InlineData(Cut, "0123456789")]
    public void A_captured_password_is_read_and_written_again(string hex, string password)
    {
        byte[] message = Convert.FromHexString(hex);
        byte[] written = Enumerable.Repeat((byte)0xA5, message.Length).ToArray();

        bool isRead = VrrpAdvertisement.TryParse(
            message, Source, VrrpAdvertisement.GroupIpv4, 255,
            out VrrpAdvertisement advert, out _);
        int length = advert.Write(
            written, Source, VrrpAdvertisement.GroupIpv4, checksumsPseudoHeader: true);

        Assert.True(isRead);
        Assert.Equal(VrrpAdvertisement.PasswordAuthentication, advert.AuthenticationType);
        Assert.Equal(VrrpAdvertisement.PasswordOctets(password), advert.Password);
        Assert.Equal(hex, Convert.ToHexStringLower(written.AsSpan(0, length)));
    }

    [Fact]
    public void Two_routers_with_one_password_have_one_master()
    {
        VirtualRouter low = _segment.Add("10.0.0.1", WithPassword(100, "s3cret"));
        VirtualRouter high = _segment.Add("10.0.0.2", WithPassword(200, "s3cret"));

        _segment.RunFor(10_000);

        Assert.Equal((Backup, Master), (low.State, high.State));
        Assert.Empty(_segment.Notices);
    }

    [Theory]
    [InlineData("other", "ignores 10.0.0.2: it sends another password")]
    [InlineData(null, "ignores 10.0.0.2: it sends no password")]
    public void An_advert_with_another_password_than_ours_does_not_count(
        string? theirs, string notice)
    {
        VirtualRouter low = _segment.Add("10.0.0.1", WithPassword(100, "s3cret"));
        _segment.Add("10.0.0.2", WithPassword(200, theirs));

        _segment.RunFor(10_000);

        Assert.Equal(Master, low.State);
        Assert.Contains(notice, _segment.Notices);
    }

    [Fact]
    public void Without_a_password_of_our_own_we_yield_to_one_who_sends_it_and_say_so()
    {
        VirtualRouter low = _segment.Add("10.0.0.1", WithPassword(100, null));
        _segment.Add("10.0.0.2", WithPassword(200, "s3cret"));

        _segment.RunFor(10_000);

        Assert.Equal(Backup, low.State);
        Assert.Contains(
            "10.0.0.2 sends a password, we have none: it will not hear our adverts",
            _segment.Notices);
    }

    private static VirtualRouterConfig WithPassword(byte priority, string? password) =>
        Segment.Config(priority, seconds: 1) with
        {
            Version = 2,
            AuthenticationPassword = password,
        };
}
