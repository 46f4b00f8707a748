using System;
using System.Threading;

namespace Steelyard.Host.Logging;

/// <summary>
/// What a stranger can cause as often as he likes is said once a minute at most.
/// </summary>
internal sealed class Seldom(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _guard = new();
    private long? _said;

    /// <summary>Whether it may be said now; if so, it counts as said.</summary>
    public bool May()
    {
        lock (_guard)
        {
            if (_said is long said && clock.GetElapsedTime(said) < Pause)
            {
                return false;
            }

            _said = clock.GetTimestamp();
            return true;
        }
    }
}
