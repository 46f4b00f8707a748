using System;
using System.Globalization;
using System.Linq;

namespace Steelyard.Host.Lab;

/// <summary>A tour's result for people.</summary>
internal static class TourTable
{
    public static string Write(TourResult result) => string.Join(
        '\n',
        Line("requests", $"{result.Requests}, {result.Failed} failed"),
        Line(
            "per server",
            string.Join(", ", result.PerServer.Select(pair => $"{pair.Key} {pair.Value}"))),
        Line(
            "planned failover",
            Measured(result.PlannedFailoverGapMs, "ms gap") + ", "
                + Measured(result.PlannedFailoverFailedRequests, "failed requests")),
        Line(
            "crash failover",
            Measured(result.CrashFailoverGapMs, "ms gap") + ", "
                + Measured(result.CrashFailoverFailedRequests, "failed requests")),
        Line(
            "server down",
            Measured(result.ServerDownDetectedMs, "ms until it was found") + ", "
                + Measured(result.ServerDownFailedRequests, "failed requests")),
        Line(
            "failures",
            string.Join(", ", result.FailureReasons.Select(pair => $"{pair.Value} × {pair.Key}"))));

    private static string Measured(double? value, string unit) => value is double number
        ? string.Create(CultureInfo.InvariantCulture, $"{number:0.##} {unit}")
        : $"unknown {unit}";

    private static string Line(string name, FormattableString text) =>
        Line(name, text.ToString(CultureInfo.InvariantCulture));

    private static string Line(string name, string text) => $"{name,-18}{text}";
}
