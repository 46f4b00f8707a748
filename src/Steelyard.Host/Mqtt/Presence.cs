namespace Steelyard.Host.Mqtt;

/// <summary>The two values of the availability topic.</summary>
internal static class Presence
{
    public const string Online = "online";
    public const string Offline = "offline";
}
