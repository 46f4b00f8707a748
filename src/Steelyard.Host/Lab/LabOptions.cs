namespace Steelyard.Host.Lab;

/// <summary>What <c>steelyard lab</c> was told on its command line.</summary>
/// <param name="Scenario">
/// A scenario to play unattended, such as <c>tour</c>; null to be played with.
/// </param>
/// <param name="PrintsJson">End with one JSON object instead of a table.</param>
/// <param name="DashboardPort">Port of the dashboard on loopback.</param>
/// <param name="Verbosity">0 says what happens; 1 and more say why, too.</param>
public sealed record LabOptions(
    string? Scenario, bool PrintsJson, ushort DashboardPort, int Verbosity);
