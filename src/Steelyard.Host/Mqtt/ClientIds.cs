namespace Steelyard.Host.Mqtt;

/// <summary>Client ids of boxes; the embedded broker keeps them from guests.</summary>
internal static class ClientIds
{
    public const string Prefix = "steelyard-";

    public static string Of(string box) => Prefix + Topics.BoxId(box);
}
