namespace Steelyard.Host.Mqtt;

/// <summary>Why a connection to a broker ended.</summary>
/// <param name="Reason">In words, fit to show.</param>
/// <param name="IsTakeover">Another client came by the same client id.</param>
internal sealed record LinkEnd(string Reason, bool IsTakeover)
{
    public static LinkEnd Closed { get; } = new("the connection was closed", IsTakeover: false);
}
