namespace Steelyard.Core.Services;

/// <summary>The protocols that are scheduled, by their IANA numbers.</summary>
public enum TransportProtocol : byte
{
    Unknown = 0,
    Tcp = 6,
    Udp = 17,
    Sctp = 132,
}
