using System.Runtime.InteropServices;

namespace Steelyard.Linux.Interop;

/// <summary>What a file is: sys/stat.h and linux/stat.h.</summary>
internal static partial class Libc
{
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_TYPE = 1;

    internal const int S_IFMT = 0xF000;
    internal const int S_IFIFO = 0x1000;
    internal const int S_IFDIR = 0x4000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFSOCK = 0xC000;

    internal const int O_NOCTTY = 0x100;
    internal const int O_NONBLOCK = 0x800;

    /// <summary>What a name, or with an empty one a descriptor, stands for; see statx(2).</summary>
    [LibraryImport(
        "libc", EntryPoint = "statx", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int file_kind(
        int folder, string path, int flags, uint mask, statx* kind);

    /// <summary>
    /// Unlike struct stat the same on every machine. What we do not ask for is left out.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct statx
    {
        internal uint stx_mask;
        internal uint stx_blksize;
        internal ulong stx_attributes;
        internal uint stx_nlink;
        internal uint stx_uid;
        internal uint stx_gid;
        internal ushort stx_mode;
    }
}
