using MQTTnet.Formatter;
using Steelyard.Core.Configuration;

namespace Steelyard.Host.Mqtt;

/// <summary>
/// Which version of MQTT a broker speaks: 5 says why it refuses, and 3.1.1 is what many a small
/// broker has. What was understood once is spoken from then on.
/// </summary>
internal sealed class BrokerDialect(MqttVersion wanted)
{
    /// <summary>What the next connection begins with.</summary>
    public MqttProtocolVersion First { get; private set; } = wanted == MqttVersion.V311
        ? MqttProtocolVersion.V311
        : MqttProtocolVersion.V500;

    /// <summary>Whether 3.1.1 is to be tried where 5 was not understood.</summary>
    public bool MayFallBack => wanted == MqttVersion.Any && First == MqttProtocolVersion.V500;

    public void Understood(MqttProtocolVersion version) => First = version;

    /// <summary>Not even a refusal came: the next try is by the other version.</summary>
    public void HeardNothing()
    {
        if (wanted == MqttVersion.Any)
        {
            First = First == MqttProtocolVersion.V500
                ? MqttProtocolVersion.V311
                : MqttProtocolVersion.V500;
        }
    }
}
