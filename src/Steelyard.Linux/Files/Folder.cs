using System.IO;
using System.Runtime.InteropServices;
using Steelyard.Linux.Interop;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Files;

/// <summary>What .NET cannot do with a folder.</summary>
public static class Folder
{
    /// <summary>
    /// Waits until the names in a folder are on the disk: a file that was renamed there keeps its
    /// new name through a power cut. A file system that knows no such wait is left alone.
    /// </summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string path)
    {
        using FileDescriptor folder = new(open(path, O_CLOEXEC, 0));
        if (folder.IsInvalid)
        {
            throw Refused(path);
        }

        if (fsync((int)folder.DangerousGetHandle()) != 0
            && Marshal.GetLastPInvokeError() is not EINVAL)
        {
            throw Refused(path);
        }
    }

    private static IOException Refused(string path)
    {
        KernelException reason = KernelException.Last($"flush {path}");
        return new IOException(reason.Message, reason);
    }
}
