using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;
using System.Linq;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

/// <summary>Files that exist in a test alone. A pattern's <c>*</c> takes slashes, too.</summary>
internal sealed class MemoryFiles : IConfigFiles
{
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    public string this[string path]
    {
        set => _files[path] = value;
    }

    /// <summary>Files that everybody may read.</summary>
    public HashSet<string> Open { get; } = [];

    public string? CredentialsFolder { get; set; }

    /// <summary>Loads one text as <c>box.conf</c> of the box called "host".</summary>
    public static ConfigurationResult Load(string text) =>
        ConfigurationFile.Load("box.conf", new MemoryFiles { ["box.conf"] = text }, "host");

    /// <summary>The faults as a person reads them.</summary>
    public static string[] FaultsOf(string text) =>
        [.. Load(text).Faults.Select(fault => fault.ToString())];

    /// <summary>The configuration of a text that must be right.</summary>
    public static ApplianceConfig Accept(string text)
    {
        ConfigurationResult result = Load(text);
        Assert.Empty(result.Faults.Where(fault => !fault.IsWarning));
        return Assert.IsType<ApplianceConfig>(result.Config);
    }

    public bool TryRead(
        string path,
        int maximumLength,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? reason)
    {
        reason = "no such file";
        return _files.TryGetValue(path, out text);
    }

    public bool IsOpenToOthers(string path) => Open.Contains(path);

    public ImmutableArray<string> Match(string pattern) =>
    [
        .. _files.Keys.Where(path =>
            FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)),
    ];
}
