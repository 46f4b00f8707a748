using System;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Core.Control;

/// <summary>
/// Says when the connection table is so full that unproven connections give way, or that new
/// connections find no room; once, and again after a quiet while.
/// </summary>
internal sealed class TableWatch(EngineCounters counters, IControlEffects effects)
{
    // So long without another such connection, and the next one is news again.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private long _evicted;
    private long _refused;
    private long _overShare;
    private Instant _silentUntil;

    /// <summary>Looks at what has happened since the last call.</summary>
    public void Look(Instant now)
    {
        long evicted = counters.ConnectionsEvicted;
        long refused = counters.ConnectionsRefused;
        long overShare = counters.RefusedServiceShare + counters.RefusedSourceShare;
        bool isNews = evicted != _evicted || refused != _refused;
        if (isNews && now >= _silentUntil)
        {
            Report(evicted - _evicted, refused - _refused, overShare - _overShare);
        }

        if (isNews)
        {
            _silentUntil = now + Quiet;
        }

        _evicted = evicted;
        _refused = refused;
        _overShare = overShare;
    }

    private void Report(long evicted, long refused, long overShare)
    {
        string sentence = overShare > 0
            ? $"the connection table is nearly full: {overShare} new connections were refused, "
                + "as their service or their network has its share (service_share, source_share)"
            : refused > 0
            ? $"the connection table is full and {refused} new connections found no room"
            : $"the connection table is nearly full: {evicted} connections that nobody proved "
                + "gave way to new ones";
        effects.Report(new BoxEvent(
            refused > 0 ? EventSeverity.Error : EventSeverity.Warning,
            "connections",
            "connection_limit",
            $"{sentence}; a higher connection_limit makes room"));
    }
}
