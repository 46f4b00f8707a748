using System;
using System.IO;
using System.Linq;

namespace Steelyard.Rig.Vm;

/// <summary>
/// A test that boots a guest of Debian's kernel: <c>tests/run --vm</c> asks for it. Where that is
/// not asked for, or cannot be, it is skipped and says why.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VmFactAttribute : FactAttribute
{
    /// <summary>Set by <c>tests/run --vm</c>.</summary>
    internal const string Asked = "STEELYARD_TEST_VM";

    private static readonly string[] Programs =
        ["qemu-system-x86_64", "busybox", "cpio", "modprobe", "ipvsadm", "xz", "apt-get"];

    public VmFactAttribute() => Skip = FindLack()!;

    private static string? FindLack()
    {
        if (Environment.GetEnvironmentVariable(Asked) is not "1")
        {
            return "boots a guest with the kernel's IPVS: ask for it with tests/run --vm";
        }

        string[] folders =
        [
            .. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':'),
            "/usr/sbin", "/sbin",
        ];
        string[] missing = [.. Programs.Where(
            program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))))];
        return missing.Length == 0 ? null : $"needs {string.Join(", ", missing)}";
    }
}
