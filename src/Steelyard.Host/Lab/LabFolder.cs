using System;
using System.IO;

namespace Steelyard.Host.Lab;

/// <summary>
/// Where one lab keeps its sockets, configurations and logs. A lock marks it as in use; the folder
/// of a lab that crashed has none, and the next lab takes it away.
/// </summary>
internal sealed class LabFolder : IDisposable
{
    private const string Prefix = "steelyard-lab-";
    private const string LockName = "lock";

    private readonly FileStream _lock;

    private LabFolder(string path, FileStream held)
    {
        Location = path;
        _lock = held;
    }

    public string Location { get; }

    public static LabFolder Create() => CreateIn(Path.GetTempPath());

    /// <summary>
    /// Makes a folder that only its owner can enter, after clearing dead labs' away.
    /// </summary>
    internal static LabFolder CreateIn(string parent)
    {
        RemoveDead(parent, FileOwner.Ourselves);
        string path = Path.Combine(parent, Prefix + Path.GetRandomFileName()[..6]);
        _ = Directory.CreateDirectory(
            path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new LabFolder(path, Hold(path));
    }

    /// <summary>
    /// Everybody may write where temporary files go: what another user put there, or a link to
    /// elsewhere, is not touched.
    /// </summary>
    /// <param name="user">Whose folders may be removed.</param>
    internal static void RemoveDead(string parent, int user)
    {
        foreach (string leftover in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (FileOwner.OfFolder(leftover) == user)
            {
                RemoveIfDead(leftover);
            }
        }
    }

    public string File(string name) => Path.Combine(Location, name);

    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(Location, recursive: true);
    }

    private static FileStream Hold(string path) => new(
        Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveIfDead(string path)
    {
        try
        {
            Hold(path).Dispose();
            Directory.Delete(path, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A living lab's, or another user's.
        }
    }
}
