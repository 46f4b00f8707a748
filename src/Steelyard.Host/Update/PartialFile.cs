using System;
using System.IO;
using System.Net.Http.Headers;

namespace Steelyard.Host.Update;

/// <summary>
/// The beginning of a file that is being fetched, and beside it from where, and the server's mark
/// of the file's content, without which it cannot be gone on with.
/// </summary>
internal sealed class PartialFile(string path)
{
    private readonly string _origin = path + ".origin";

    public long Length => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The mark under which this address gave the beginning; null if it did not.</summary>
    public string? ValidatorOf(Uri address)
    {
        string[] lines = File.Exists(path) && File.Exists(_origin)
            ? File.ReadAllLines(_origin)
            : [];
        return lines.Length == 2 && lines[0] == address.AbsoluteUri ? lines[1] : null;
    }

    /// <summary>Notes where the rest comes from; what is there is kept or lost.</summary>
    public void Begin(Uri address, EntityTagHeaderValue? mark, bool keeps)
    {
        if (!keeps)
        {
            Delete();
        }

        // A weak mark (W/"…") does not promise the same bytes. RFC 9110 §8.8.1.
        if (mark is { IsWeak: false })
        {
            File.WriteAllLines(_origin, [address.AbsoluteUri, mark.Tag]);
        }
    }

    public FileStream Append() => new(path, FileMode.Append, FileAccess.Write);

    /// <summary>It is whole: it gets its name.</summary>
    public void Finish(string name)
    {
        File.Move(path, name, overwrite: true);
        Delete();
    }

    public void Delete()
    {
        File.Delete(path);
        File.Delete(_origin);
    }
}
