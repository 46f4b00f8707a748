namespace Steelyard.Core.Services;

/// <summary>The well-known ports of FTP. RFC 959 §8; IANA.</summary>
internal static class FtpPorts
{
    public const ushort Control = 21;

    /// <summary>Where an active server's data connections come from.</summary>
    public const ushort Data = 20;
}
