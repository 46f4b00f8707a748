using System;

namespace Steelyard.Host.Ipvsadm;

/// <summary>A command that ends at once, with a sentence for standard error.</summary>
internal sealed class IpvsadmException(int exitCode, string sentence) : Exception(sentence)
{
    /// <summary>The grammar was right, the values or their combination are not.</summary>
    public const int BadUsage = 2;

    /// <summary>An option is not known or lacks its value, or the box refused.</summary>
    public const int Refused = 255;

    public int ExitCode { get; } = exitCode;

    public static IpvsadmException Usage(string sentence) => new(BadUsage, sentence);

    public static IpvsadmException TryHelp() =>
        new(Refused, "Try `ipvsadm -h' or 'ipvsadm --help' for more information.");
}
