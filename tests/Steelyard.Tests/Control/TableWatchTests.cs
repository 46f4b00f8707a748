using System;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Tests.Control;

public sealed class TableWatchTests
{
    private readonly EngineCounters _counters = new();
    private readonly RecordingEffects _effects = new(RecordingEffects.MakeEngine());

    [Fact]
    public void A_full_table_is_told_of_once_and_again_after_a_quiet_minute()
    {
        TableWatch watch = new(_counters, _effects);
        _counters.ConnectionsEvicted = 3;
        watch.Look(At(1));
        _counters.ConnectionsEvicted = 9;
        watch.Look(At(30));

        BoxEvent told = Assert.Single(_effects.Events);
        Assert.Equal(EventSeverity.Warning, told.Severity);
        Assert.Contains(
            "3 connections that nobody proved gave way", told.Sentence, StringComparison.Ordinal);

        _counters.ConnectionsEvicted = 10;
        watch.Look(At(91));

        Assert.Equal(2, _effects.Events.Count);
    }

    [Fact]
    public void Connections_that_found_no_room_are_an_error()
    {
        TableWatch watch = new(_counters, _effects);
        _counters.ConnectionsRefused = 1;

        watch.Look(At(1));

        Assert.Equal(EventSeverity.Error, Assert.Single(_effects.Events).Severity);
    }

    [Fact]
    public void Connections_refused_for_a_share_name_the_words_that_set_it()
    {
        TableWatch watch = new(_counters, _effects);
        _counters.ConnectionsRefused = 3;
        _counters.RefusedServiceShare = 2;

        watch.Look(At(1));

        BoxEvent told = Assert.Single(_effects.Events);
        Assert.Equal(EventSeverity.Error, told.Severity);
        Assert.Contains(
            "2 new connections were refused", told.Sentence, StringComparison.Ordinal);
        Assert.Contains("service_share", told.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_happened_and_nothing_is_said()
    {
        TableWatch watch = new(_counters, _effects);

        watch.Look(At(1));

        Assert.Empty(_effects.Events);
    }

    private static Instant At(int seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}
