namespace Steelyard.Host.Mqtt;

/// <summary>Bounds of the embedded broker. Anybody may connect to it, so all has an end.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>Connections from the network at one time, by TCP and WebSocket together.</summary>
    public int ConnectionsMost { get; init; } = 64;

    /// <summary>Longest packet that a client may send, in bytes.</summary>
    public int PacketBytesMost { get; init; } = 256 * 1024;

    /// <summary>Subscriptions of one client.</summary>
    public int SubscriptionsMost { get; init; } = 64;

    /// <summary>Who may publish over the network; null means nobody.</summary>
    public BrokerAccount? Publisher { get; init; }
}

/// <summary>A user of the embedded broker.</summary>
public sealed record BrokerAccount(string UserName, string Password);
