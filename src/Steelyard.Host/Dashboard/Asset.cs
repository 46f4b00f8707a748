using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Steelyard.Host.Dashboard;

/// <summary>A file of the page, carried inside the program, plain and compressed.</summary>
internal sealed class Asset
{
    private const string ResourcePrefix = "wwwroot/";

    private static readonly FrozenDictionary<string, string> ContentTypes =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [".html"] = "text/html; charset=utf-8",
            [".js"] = "text/javascript; charset=utf-8",
            [".css"] = "text/css; charset=utf-8",
            [".svg"] = "image/svg+xml",
            [".txt"] = "text/plain; charset=utf-8",
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private Asset(string name, byte[] plain)
    {
        ContentType = ContentTypes[Path.GetExtension(name)];
        Plain = plain;
        Compressed = Compress(plain);
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(plain))[..16]}\"";
    }

    public string ContentType { get; }

    public byte[] Plain { get; }

    /// <summary>As gzip: what every browser takes, also without TLS.</summary>
    public byte[] Compressed { get; }

    /// <summary>Of the content, so that a browser keeps it for as long as it is the same.</summary>
    public string ETag { get; }

    /// <summary>All files by their path, beginning with a slash.</summary>
    public static FrozenDictionary<string, Asset> LoadAll()
    {
        Assembly assembly = typeof(Asset).Assembly;
        Dictionary<string, Asset> assets = new(StringComparer.Ordinal);
        foreach (string resource in assembly.GetManifestResourceNames())
        {
            if (resource.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            {
                using Stream content = assembly.GetManifestResourceStream(resource)!;
                byte[] plain = new byte[content.Length];
                content.ReadExactly(plain);
                string name = resource[ResourcePrefix.Length..];
                assets["/" + name] = new(name, plain);
            }
        }

        return assets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static byte[] Compress(byte[] plain)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}
