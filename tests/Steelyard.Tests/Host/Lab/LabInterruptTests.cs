using System;
using Steelyard.Core.Time;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class LabInterruptTests
{
    private static readonly Instant Start = new(5_000_000_000);

    private readonly LabInterrupt _interrupt;
    private string _did = string.Empty;

    public LabInterruptTests() =>
        _interrupt = new LabInterrupt(() => _did += "ends;", () => _did += "ends at once;");

    [Fact]
    public void The_first_press_ends_in_good_order_and_the_second_at_once()
    {
        _interrupt.OnPress(Start);
        _interrupt.OnPress(Start + TimeSpan.FromSeconds(1));

        Assert.Equal("ends;ends at once;", _did);
    }

    [Fact]
    public void One_press_that_arrives_twice_is_one()
    {
        _interrupt.OnPress(Start);
        _interrupt.OnPress(Start + TimeSpan.FromMilliseconds(20));

        Assert.Equal("ends;", _did);
    }
}
