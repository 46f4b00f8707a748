namespace Steelyard.Host.Mqtt;

/// <summary>Bounds of the embedded broker. Anybody may connect to it, so all has an end.</summary>
public sealed record EmbeddedBrokerOptions
{
    /// <summary>Connections from the network at one time, by TCP and WebSocket together.</summary>
    public int ConnectionsMost { get; init; } = 64;

    /// <summary>Connections from one address, so that no one client takes all places.</summary>
    public int ConnectionsOfOneMost { get; init; } = 16;

    /// <summary>Longest packet that a client may send, in bytes.</summary>
    public int PacketBytesMost { get; init; } = 256 * 1024;

    /// <summary>Subscriptions of one client.</summary>
    public int SubscriptionsMost { get; init; } = 64;

    /// <summary>Name of the box that it is inside of.</summary>
    public string? Box { get; init; }

    /// <summary>Who may publish over the network; null means nobody.</summary>
    public BrokerAccount? Publisher { get; init; }
}

/// <summary>A user of the embedded broker.</summary>
public sealed record BrokerAccount(string UserName, string Password);
