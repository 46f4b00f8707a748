using System;
using Steelyard.Core.Configuration;

namespace Steelyard.Host.Loops;

/// <summary>What <c>steelyard run</c> was told on its command line.</summary>
/// <param name="ConfigurationPath">The configuration file.</param>
/// <param name="SocketPath">Where the control socket is to be.</param>
/// <param name="Verbosity">0 says what happens; 1 and more say why, too.</param>
public sealed record RunOptions(string ConfigurationPath, string SocketPath, int Verbosity)
{
    /// <summary>The front panel's gpiochip where the file has no <c>panel</c> block.</summary>
    public string? PanelChip { get; init; }

    /// <summary>
    /// Has the machine forget everything and start again; waits for nothing. Null when it will,
    /// else why not.
    /// </summary>
    public required Func<string?> ResetToFactory { get; init; }

    /// <summary>The box's own certificate, for a dashboard that names no other.</summary>
    public required CertificateConfig OwnCertificate { get; init; }
}
