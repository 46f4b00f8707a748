using Steelyard.Core.Wire;

namespace Steelyard.Core.Sync;

/// <summary>Where a box serves its dashboard.</summary>
/// <param name="UsesTls">By HTTPS.</param>
public readonly record struct TwinPage(Endpoint At, bool UsesTls)
{
    /// <summary>A URL; the dashboard is at its root.</summary>
    public override string ToString() => $"{(UsesTls ? "https" : "http")}://{At}";
}
