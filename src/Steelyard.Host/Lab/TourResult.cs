using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Steelyard.Host.Lab;

/// <summary>What a tour measured. A number that could not be measured is null.</summary>
/// <param name="Requests">HTTP requests that ended, well or not.</param>
/// <param name="PlannedFailoverGapMs">
/// Longest silence of a 1 ms probe stream around the press.
/// </param>
/// <param name="PlannedFailoverFailedRequests">
/// Failed ones among those begun around the press.
/// </param>
/// <param name="ServerDownDetectedMs">From the stop of a server until the box takes it out.</param>
internal sealed record TourResult(
    long Requests,
    long Failed,
    ImmutableSortedDictionary<string, long> PerServer,
    double? PlannedFailoverGapMs,
    double? CrashFailoverGapMs,
    int? PlannedFailoverFailedRequests,
    int? CrashFailoverFailedRequests,
    double? ServerDownDetectedMs,
    int? ServerDownFailedRequests,
    ImmutableSortedDictionary<string, int> FailureReasons,
    double AdvertisementIntervalMs,
    double CheckPeriodMs,
    double DurationS,
    string? Problem);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TourResult))]
internal sealed partial class LabJson : JsonSerializerContext;
