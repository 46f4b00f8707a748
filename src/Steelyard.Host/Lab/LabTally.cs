using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>A request that a client did not get its answer to.</summary>
internal readonly record struct FailedRequest(Instant StartedAt, string Reason);

/// <summary>What the clients saw, counted.</summary>
internal sealed class LabTally
{
    // More failures than this are counted, but their stories are not kept.
    private const int StoriesKept = 10_000;
    private const int SecondsKept = 60;

    private readonly Lock _guard = new();
    private readonly SortedDictionary<string, long> _perServer = new(StringComparer.Ordinal);
    private readonly List<FailedRequest> _failures = [];
    private readonly int[] _perSecond = new int[SecondsKept];
    private long _second;
    private long _answered;
    private long _failed;

    public LabTally()
    {
        for (int server = 0; server < LabPlan.ServerCount; server++)
        {
            _perServer[LabPlan.ServerName(server)] = 0;
        }
    }

    public long Requests
    {
        get
        {
            lock (_guard)
            {
                return _answered + _failed;
            }
        }
    }

    public long Failed
    {
        get
        {
            lock (_guard)
            {
                return _failed;
            }
        }
    }

    public ImmutableSortedDictionary<string, long> PerServer
    {
        get
        {
            lock (_guard)
            {
                return _perServer.ToImmutableSortedDictionary(StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Failures by reason, the most frequent first.</summary>
    public ImmutableArray<(string Reason, int Count)> Reasons
    {
        get
        {
            lock (_guard)
            {
                return
                [
                    .. _failures.GroupBy(failure => failure.Reason, StringComparer.Ordinal)
                        .Select(group => (group.Key, group.Count()))
                        .OrderByDescending(reason => reason.Item2),
                ];
            }
        }
    }

    public void OnAnswer(string server, Instant now)
    {
        lock (_guard)
        {
            _answered++;
            _perServer[server] = _perServer.GetValueOrDefault(server) + 1;
            MoveTo(now);
            _perSecond[_second % SecondsKept]++;
        }
    }

    public void OnFailure(FailedRequest failure)
    {
        lock (_guard)
        {
            _failed++;
            if (_failures.Count < StoriesKept)
            {
                _failures.Add(failure);
            }
        }
    }

    /// <summary>How many of the requests begun between two instants failed.</summary>
    public int FailedBetween(Instant from, Instant to)
    {
        lock (_guard)
        {
            return _failures.Count(failure => failure.StartedAt >= from && failure.StartedAt <= to);
        }
    }

    /// <summary>Answers in each of the last whole seconds, the newest last.</summary>
    public ImmutableArray<int> LastSeconds(int count, Instant now)
    {
        lock (_guard)
        {
            MoveTo(now);
            return
            [
                .. Enumerable.Range(1, count)
                    .Select(age => _second - age)
                    .Select(second => second < 0 ? 0 : _perSecond[second % SecondsKept])
                    .Reverse(),
            ];
        }
    }

    private void MoveTo(Instant now)
    {
        long second = (long)(now - Instant.Zero).TotalSeconds;
        if (second - _second >= SecondsKept)
        {
            Array.Clear(_perSecond);
            _second = second;
        }

        while (_second < second)
        {
            _second++;
            _perSecond[_second % SecondsKept] = 0;
        }
    }
}
