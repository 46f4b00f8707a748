using System.Collections.Generic;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Host.Dashboard;

namespace Steelyard.Tests.Host.Dashboard;

public sealed class VisitorsTests
{
    private readonly Visitors _visitors = new(NullLogger.Instance);
    private readonly TaskCompletionSource _page = new();
    private readonly List<Task> _serving = [];
    private int _served;

    [Fact]
    public void One_address_cannot_take_the_places_of_others()
    {
        Come("192.0.2.66", "192.0.2.1", Visitors.Most);

        Assert.Equal(Visitors.OfOneMost, _served);
        Come("192.0.2.67", "192.0.2.1", 1);
        Assert.Equal(Visitors.OfOneMost + 1, _served);
    }

    /// <summary>The health gate asks by loopback, or by the address that is listened on.</summary>
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("10.1.0.1", "10.1.0.1")]
    public void Strangers_cannot_take_the_places_of_the_box(string own, string asked)
    {
        for (int host = 1; host <= Visitors.Most; host++)
        {
            Come($"198.51.100.{host}", "192.0.2.1", 1);
        }

        Come("198.51.100.200", "192.0.2.1", 1);
        Assert.Equal(Visitors.Most, _served);
        Come(own, asked, 1);
        Assert.Equal(Visitors.Most + 1, _served);
    }

    [Fact]
    public async Task A_place_that_is_left_is_free_again()
    {
        Come("192.0.2.66", "192.0.2.1", Visitors.OfOneMost + 1);
        _page.SetResult();
        await Task.WhenAll(_serving);

        Come("192.0.2.66", "192.0.2.1", Visitors.OfOneMost);

        Assert.Equal(2 * Visitors.OfOneMost, _served);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("10.1.0.66", "10.1.0.1")]
    [InlineData("fe80::1", "::1")]
    public void Who_comes_from_elsewhere_is_a_stranger(string remote, string local) =>
        Assert.False(Visitors.IsOwn(At(remote), At(local)));

    private void Come(string remote, string local, int times)
    {
        for (int time = 0; time < times; time++)
        {
            DefaultConnectionContext connection = new()
            {
                RemoteEndPoint = At(remote),
                LocalEndPoint = At(local),
            };
            _serving.Add(_visitors.ServeAsync(connection, _ =>
            {
                _served++;
                return _page.Task;
            }));
        }
    }

    private static IPEndPoint At(string address) => new(IPAddress.Parse(address), 8080);
}
