using System;
using Steelyard.Core.Chance;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class BackOffTests
{
    private readonly BackOff _backOff = new(
        new SeededChance(7), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData(1, 0.5, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(3, 2, 4)]
    [InlineData(4, 2.5, 5)]
    [InlineData(9, 2.5, 5)]
    public void Each_wait_is_twice_as_long_up_to_a_bound(int tries, double least, double most)
    {
        TimeSpan wait = default;
        for (int index = 0; index < tries; index++)
        {
            wait = _backOff.Next();
        }

        Assert.InRange(wait.TotalSeconds, least, most);
    }

    [Fact]
    public void Two_boxes_wait_differently()
    {
        BackOff other = new(
            new SeededChance(8), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

        Assert.NotEqual(_backOff.Next(), other.Next());
    }

    [Fact]
    public void Success_makes_the_next_wait_short_again()
    {
        _backOff.Next();
        _backOff.Next();
        _backOff.Next();

        _backOff.Reset();

        Assert.InRange(_backOff.Next().TotalSeconds, 0.5, 1);
    }
}
