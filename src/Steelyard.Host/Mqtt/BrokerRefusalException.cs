using System;

namespace Steelyard.Host.Mqtt;

/// <summary>A broker answered, and it was a no.</summary>
internal sealed class BrokerRefusalException(int code, string? words)
    : Exception(RefusalText.Of(code, words))
{
    /// <summary>Its reason code, of MQTT 5 or of 3.1.1.</summary>
    public int Code => code;
}
