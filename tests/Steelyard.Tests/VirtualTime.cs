using System;
using Steelyard.Core.Time;

namespace Steelyard.Tests;

/// <summary>Time passes from deadline to deadline, in no time at all.</summary>
internal static class VirtualTime
{
    /// <summary>More turns than any one instant needs.</summary>
    private const int MostTurnsAtOnce = 100;

    /// <summary>
    /// Does what is due up to an end. A deadline that does not move on when it is obeyed fails the
    /// test, which otherwise would never end.
    /// </summary>
    public static void Pass(
        Instant end, Func<Instant> deadline, Action<Instant> onDeadline)
    {
        Instant last = Instant.Zero;
        int turns = 0;
        while (deadline() is Instant due && due <= end)
        {
            turns = due > last ? 0 : turns + 1;
            Assert.True(turns < MostTurnsAtOnce, $"the deadline {due} does not move: a loop spins");
            last = due > last ? due : last;
            onDeadline(last);
        }
    }
}
