using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control.Routers;

/// <summary>
/// What a person hears of the elections. Whoever is on the wire can cause it by adverts, so a
/// router's changes are told some times at once and then once a second, its notices once in ten.
/// </summary>
internal sealed class RouterNews(IControlEffects effects)
{
    private const int MostTransitions = 20;
    private const int MostNotices = 6;
    private static readonly TimeSpan PerTransition = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PerNotice = TimeSpan.FromSeconds(10);

    private readonly List<(VirtualRouter Router, NewsLimit Roles, NewsLimit Notices)> _limits = [];

    public static ImmutableSortedDictionary<string, long> FaultsOf(VirtualRouter router)
    {
        DisagreementCounters counters = router.Agreement.Counters;
        (string Reason, long Count)[] counts =
        [
            ("version", counters.Version),
            ("interval", counters.Interval),
            ("addresses", counters.Addresses),
            ("password", counters.Password),
            ("own_address", counters.OwnAddress),
            ("virtual_source", counters.VirtualSource),
        ];
        return counts
            .Where(each => each.Count > 0)
            .ToImmutableSortedDictionary(
                each => each.Reason, each => each.Count, StringComparer.Ordinal);
    }

    /// <summary>What a person should know as long as it is so.</summary>
    public static string[] Standing(IEnumerable<VirtualRouter> routers, Instant now) =>
    [
        .. routers
            .Select(router => (router.Name, Sentence: router.Agreement.StrangeInterval(now)))
            .Where(each => each.Sentence is not null)
            .Select(each => $"{each.Name}: {each.Sentence}"),
    ];

    public void OnTransition(VirtualRouter router, VirtualRouterState to, string why)
    {
        string sentence = $"{router.Name} is {Words.Of(to)}: {why}";
        if (LimitsOf(router).Roles.Pass(sentence, router.Since) is string told)
        {
            EventSeverity severity = to == VirtualRouterState.Fault
                ? EventSeverity.Error : EventSeverity.Information;
            effects.Report(new BoxEvent(severity, "role", router.Name, told));
        }
    }

    public void OnNotice(VirtualRouter router, string sentence, Instant now)
    {
        if (LimitsOf(router).Notices.Pass($"{router.Name}: {sentence}", now) is string told)
        {
            effects.Report(new BoxEvent(EventSeverity.Warning, "vrrp", router.Name, told));
        }
    }

    public void Forget(VirtualRouter router) =>
        _ = _limits.RemoveAll(limit => limit.Router == router);

    private (NewsLimit Roles, NewsLimit Notices) LimitsOf(VirtualRouter router)
    {
        foreach ((VirtualRouter known, NewsLimit roles, NewsLimit notices) in _limits)
        {
            if (known == router)
            {
                return (roles, notices);
            }
        }

        (NewsLimit, NewsLimit) limits =
            (new(PerTransition, MostTransitions), new(PerNotice, MostNotices));
        _limits.Add((router, limits.Item1, limits.Item2));
        return limits;
    }
}
