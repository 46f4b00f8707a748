using System;

namespace Steelyard.Host.Loops;

/// <summary>
/// Feeds the watchdog while both loops make progress. A loop that hangs has not turned since the
/// last look, though it was nudged: then nothing is fed, and systemd starts the box again.
/// </summary>
/// <param name="turns">How often each loop has turned.</param>
/// <param name="nudge">Has each loop turn once more: an idle one would sleep on.</param>
internal sealed class WatchdogFeed(
    Func<(long Data, long Control)> turns, Action nudge, Action feed)
{
    private (long Data, long Control)? _before;

    /// <summary>Called twice in a watchdog's time, by no loop that it watches.</summary>
    public void Look()
    {
        // Counted before the nudge: else a turn that came at once would be missed by the next look.
        (long Data, long Control) now = turns();
        nudge();
        bool hasHung = _before is (long Data, long Control) before
            && (now.Data == before.Data || now.Control == before.Control);
        if (!hasHung)
        {
            feed();
        }

        _before = now;
    }
}
