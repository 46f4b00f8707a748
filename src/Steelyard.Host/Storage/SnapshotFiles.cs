using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Steelyard.Core.Configuration;

namespace Steelyard.Host.Storage;

/// <summary>
/// Files as they were when they were first read: what was checked is what is kept, whatever
/// happens to the disk in between.
/// </summary>
internal sealed class SnapshotFiles(IConfigFiles files) : IConfigFiles
{
    private readonly Dictionary<string, (string? Text, string? Reason)> _read = [];
    private readonly Dictionary<string, ImmutableArray<string>> _matched = [];

    public bool TryRead(
        string path,
        int maximumLength,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? reason)
    {
        if (!_read.TryGetValue(path, out (string? Text, string? Reason) known))
        {
            known = files.TryRead(path, maximumLength, out text, out reason)
                ? (text, null)
                : (null, reason);
            _read.Add(path, known);
        }

        text = known.Text;
        reason = known.Reason ?? string.Empty;
        return text is not null;
    }

    public bool IsOpenToOthers(string path) => files.IsOpenToOthers(path);

    public string? CredentialsFolder => files.CredentialsFolder;

    public ImmutableArray<string> Match(string pattern)
    {
        if (!_matched.TryGetValue(pattern, out ImmutableArray<string> found))
        {
            found = files.Match(pattern);
            _matched.Add(pattern, found);
        }

        return found;
    }
}
