using System;
using System.IO;
using System.Linq;

namespace Steelyard.Host.Update;

/// <summary>
/// The version of the root that runs, as its os-release(5) says it; on other systems than our own
/// it is the program's.
/// </summary>
internal static class ImageVersion
{
    private const string Ours = "ID=steelyard";
    private const string Key = "VERSION_ID=";

    public static string Read(string program, string path = "/etc/os-release")
    {
        string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        string? line = lines.Contains(Ours)
            ? Array.Find(lines, it => it.StartsWith(Key, StringComparison.Ordinal))
            : null;
        string? version = line?[Key.Length..].Trim('"', '\'');
        return string.IsNullOrEmpty(version) ? program : version;
    }
}
