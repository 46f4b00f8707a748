using System.Globalization;
using Steelyard.Core.Telemetry;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// What a broker's reason codes mean, in words. MQTT 5 §2.4, and MQTT 3.1.1 §3.2.2.3 for the codes
/// of its CONNACK, 1 to 5.
/// </summary>
internal static class RefusalText
{
    /// <param name="words">What the broker itself says, if it does.</param>
    public static string Of(int code, string? words = null)
    {
        string meaning = Meaning(code) ?? string.Create(
            CultureInfo.InvariantCulture, $"the broker gives reason 0x{code:X2}");
        return string.IsNullOrWhiteSpace(words) ? meaning : $"{meaning} ({ShownText.Of(words)})";
    }

    public static bool IsVersion(int code) => code is 1 or 0x84;

    private static string? Meaning(int code) => code switch
    {
        0x01 or 0x84 => "the broker does not speak this version of MQTT",
        0x02 or 0x85 => "the broker does not accept the box's client id",
        0x03 or 0x88 => "the broker's service is not available",
        0x04 or 0x86 => "the user name or the password is wrong",
        0x05 or 0x87 => "the broker does not let this user in, or not do this",
        0x80 => "the broker refuses and does not say why",
        0x81 => "the broker could not read a packet",
        0x82 => "the broker saw a breach of the protocol",
        0x83 => "the broker refuses for a reason of its own",
        0x89 => "the broker is busy",
        0x8A => "the broker has banned this client",
        0x8B => "the broker is shutting down",
        0x8C => "the broker does not take this way to authenticate",
        0x8D => "the broker did not hear from the box in time",
        0x8E => "another client came by the same client id and took the session",
        0x90 => "the broker does not allow the topic's name",
        0x93 => "more messages were on their way than the broker takes",
        0x95 => "the packet is larger than the broker takes",
        0x96 => "more messages came than the broker takes",
        0x97 => "a quota of the broker is used up",
        0x98 => "the broker's keeper ended the connection",
        0x99 => "the broker does not like the payload's format",
        0x9A => "the broker keeps no retained messages",
        0x9B => "the broker does not take acknowledged messages",
        0x9C or 0x9D => "the broker wants the box to use another server",
        0x9F => "connections come faster than the broker takes them",
        0xA0 => "the broker allows no connection to last longer",
        _ => null,
    };
}
