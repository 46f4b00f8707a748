using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Files;

/// <summary>
/// Opens what a person named, if it is a file with contents: whoever opens a FIFO waits until
/// somebody writes to it, a terminal until somebody types, and a device may act on being opened.
/// </summary>
public static class RegularFile
{
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">
    /// It is something else, or cannot be read. The message is the rest of a sentence that begins
    /// with the path.
    /// </exception>
    public static FileStream OpenRead(string path)
    {
        Require(path, AT_FDCWD, path, 0);
        SafeFileHandle file = new(
            open(path, O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0), ownsHandle: true);
        try
        {
            if (file.IsInvalid)
            {
                throw Refused(path);
            }

            // It may be another by now.
            Require(path, (int)file.DangerousGetHandle(), string.Empty, AT_EMPTY_PATH);
            return new FileStream(file, FileAccess.Read);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static unsafe void Require(string path, int folder, string name, int flags)
    {
        statx found;
        if (file_kind(folder, name, flags, STATX_TYPE, &found) != 0)
        {
            throw Refused(path);
        }

        string? fault = (found.stx_mode & S_IFMT) switch
        {
            S_IFREG => null,
            S_IFDIR => "is a directory",
            S_IFIFO => "is a FIFO and no regular file",
            S_IFSOCK => "is a socket and no regular file",
            _ => "is a device and no regular file",
        };
        if (fault is not null)
        {
            throw new IOException(fault);
        }
    }

    private static Exception Refused(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            ENOENT or ENOTDIR => new FileNotFoundException("is not there", path),
            EACCES or EPERM => new UnauthorizedAccessException("may not be read"),
            _ => new IOException("cannot be read: " + Marshal.GetPInvokeErrorMessage(error)),
        };
    }
}
