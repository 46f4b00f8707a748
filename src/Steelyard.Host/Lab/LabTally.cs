using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Steelyard.Core.Time;

namespace Steelyard.Host.Lab;

/// <summary>A request that waits for its answer.</summary>
internal readonly record struct OpenRequest(long Number, Instant StartedAt);

/// <summary>What the clients saw, counted.</summary>
internal sealed class LabTally
{
    // 40 minutes in which every request fails. Older ones are in the sums only.
    private const int FailuresRemembered = 500_000;
    private const int ReasonsKept = 32;
    private const string OtherReason = "other";
    private const int SecondsKept = 60;

    private readonly Lock _guard = new();
    private readonly SortedDictionary<string, long> _perServer = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Instant> _open = [];
    private readonly Queue<(Instant StartedAt, Instant EndedAt)> _failures = [];
    private readonly Dictionary<string, int> _reasons = new(StringComparer.Ordinal);
    private readonly int[] _perSecond = new int[SecondsKept];
    private long _begun;
    private long _second;
    private long _answered;
    private long _failed;

    public LabTally() => Restart();

    /// <summary>Requests that ended, one way or the other.</summary>
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

    /// <summary>Why requests failed, the most frequent first.</summary>
    public ImmutableArray<(string Reason, int Count)> Reasons
    {
        get
        {
            lock (_guard)
            {
                return
                [
                    .. _reasons.Select(reason => (reason.Key, reason.Value))
                        .OrderByDescending(reason => reason.Value)
                        .ThenBy(reason => reason.Key, StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>
    /// Begins to count anew. Requests that are still open belong to what is forgotten.
    /// </summary>
    public void Restart()
    {
        lock (_guard)
        {
            _open.Clear();
            _failures.Clear();
            _reasons.Clear();
            (_answered, _failed) = (0, 0);
            for (int server = 0; server < LabPlan.ServerCount; server++)
            {
                _perServer[LabPlan.ServerName(server)] = 0;
            }
        }
    }

    public OpenRequest Begin(Instant now)
    {
        lock (_guard)
        {
            OpenRequest request = new(_begun++, now);
            _open.Add(request.Number, now);
            return request;
        }
    }

    public void OnAnswer(OpenRequest request, string server, Instant now)
    {
        lock (_guard)
        {
            if (!_open.Remove(request.Number))
            {
                return;
            }

            _answered++;
            _perServer[server] = _perServer.GetValueOrDefault(server) + 1;
            MoveTo(now);
            _perSecond[_second % SecondsKept]++;
        }
    }

    public void OnFailure(OpenRequest request, string reason, Instant now)
    {
        lock (_guard)
        {
            if (!_open.Remove(request.Number))
            {
                return;
            }

            _failed++;
            string kept = _reasons.ContainsKey(reason) || _reasons.Count < ReasonsKept
                ? reason
                : OtherReason;
            _reasons[kept] = _reasons.GetValueOrDefault(kept) + 1;
            _failures.Enqueue((request.StartedAt, now));
            if (_failures.Count > FailuresRemembered)
            {
                _ = _failures.Dequeue();
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

    /// <summary>How many requests were given up since an instant, whenever they began.</summary>
    public int FailedSince(Instant from)
    {
        lock (_guard)
        {
            return _failures.Count(failure => failure.EndedAt >= from);
        }
    }

    /// <summary>How many of the requests begun between two instants still wait.</summary>
    public int OpenBetween(Instant from, Instant to)
    {
        lock (_guard)
        {
            return _open.Values.Count(startedAt => startedAt >= from && startedAt <= to);
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
