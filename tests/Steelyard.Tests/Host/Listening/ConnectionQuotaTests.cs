using System.Net;
using Steelyard.Host.Listening;
using Answer = Steelyard.Host.Listening.ConnectionQuota.Answer;

namespace Steelyard.Tests.Host.Listening;

public sealed class ConnectionQuotaTests
{
    private readonly ConnectionQuota _quota = new(most: 4, ofOneMost: 2);

    [Fact]
    public void One_address_cannot_take_the_places_of_all()
    {
        Assert.Equal(Answer.Welcome, Enter("192.0.2.1"));
        Assert.Equal(Answer.Welcome, Enter("::ffff:192.0.2.1"));

        Assert.Equal(Answer.OneTooMany, Enter("192.0.2.1"));
        Assert.Equal(Answer.Welcome, Enter("192.0.2.2"));
        Assert.Equal(3, _quota.Count);
    }

    [Fact]
    public void An_ipv6_client_is_its_network_however_many_addresses_it_has()
    {
        Assert.Equal(Answer.Welcome, Enter("2001:db8::1"));
        Assert.Equal(Answer.Welcome, Enter("2001:db8::2"));

        Assert.Equal(Answer.OneTooMany, Enter("2001:db8::3"));
        Assert.Equal(Answer.Welcome, Enter("2001:db8:0:1::1"));
    }

    [Fact]
    public void All_together_have_a_bound_and_a_place_that_is_left_is_free()
    {
        foreach (string address in new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4" })
        {
            Assert.Equal(Answer.Welcome, Enter(address));
        }

        Assert.Equal(Answer.Full, Enter("192.0.2.5"));
        _quota.Leave(Remote("192.0.2.1"));
        Assert.Equal(Answer.Welcome, Enter("192.0.2.5"));
    }

    private Answer Enter(string address) => _quota.Enter(Remote(address));

    private static IPEndPoint Remote(string address) => new(IPAddress.Parse(address), 1);
}
