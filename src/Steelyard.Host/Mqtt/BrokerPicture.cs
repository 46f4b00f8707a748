namespace Steelyard.Host.Mqtt;

/// <summary>How it stands with an external broker.</summary>
internal readonly record struct BrokerPicture(string? Name, bool IsConnected, string? Fault);
