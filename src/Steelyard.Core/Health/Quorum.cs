namespace Steelyard.Core.Health;

/// <summary>
/// Whether enough servers are alive for a service: it comes up at quorum + hysteresis and goes down
/// below quorum − hysteresis, or when nothing is left. While it is down the sorry server serves.
/// </summary>
/// <param name="startsDown">
/// The service says <c>alpha</c>; without it a service is up until it is known to be down.
/// </param>
public sealed class Quorum(int quorum, int hysteresis, bool startsDown = false)
{
    public bool IsUp { get; private set; } = !startsDown;

    /// <summary>
    /// Takes the sum of the weights of living servers; true when the verdict changed.
    /// </summary>
    public bool OnWeight(long aliveWeight)
    {
        bool isUp = IsUp
            ? aliveWeight > 0 && aliveWeight >= (long)quorum - hysteresis
            : aliveWeight > 0 && aliveWeight >= (long)quorum + hysteresis;
        bool changed = isUp != IsUp;
        IsUp = isUp;
        return changed;
    }
}
