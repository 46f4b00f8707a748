using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Steelyard.Core.Configuration;

/// <summary>The files a configuration is read from; Core itself opens none.</summary>
public interface IConfigFiles
{
    /// <summary>
    /// Reads a whole file as text whose lines end in \n, never more than
    /// <paramref name="maximumLength"/> characters.
    /// </summary>
    /// <param name="reason">Why not: a phrase such as "no such file".</param>
    bool TryRead(
        string path,
        int maximumLength,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? reason);

    /// <summary>
    /// The files that a pattern names, sorted by ordinal: <c>*</c>, <c>?</c>, <c>[a-z]</c> and
    /// <c>{a,b}</c> as the shell understands them.
    /// </summary>
    ImmutableArray<string> Match(string pattern);

    /// <summary>
    /// Whether everybody on the machine may read a file, or others than its owner may change it.
    /// </summary>
    bool IsOpenToOthers(string path) => false;

    /// <summary>
    /// Where the service manager keeps the service's credentials; null outside of a service.
    /// </summary>
    string? CredentialsFolder => null;
}
