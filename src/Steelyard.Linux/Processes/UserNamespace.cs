using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using Steelyard.Linux.Interop;

namespace Steelyard.Linux.Processes;

/// <summary>
/// A user namespace in which an ordinary user is root, over network namespaces of his own: enough
/// for a lab. A process of several threads cannot enter one, and .NET has several; so the program
/// starts itself anew through <c>unshare</c> of util-linux, which every Debian has.
/// </summary>
/// <remarks>
/// The network namespace stays the user's: loopback, and so a dashboard, is reachable as before.
/// The lab's own networks are namespaces made inside (<see cref="Network.NetworkNamespace"/>).
/// </remarks>
public static class UserNamespace
{
    private const string Unshare = "/usr/bin/unshare";
    private static readonly string[] Options =
        ["--user", "--map-root-user", "--mount", "--"];

    /// <summary>
    /// Whether the kernel lets this user have one; if not, <paramref name="reason"/> says in one
    /// sentence what stands in the way and who can change it.
    /// </summary>
    public static bool IsAllowed(out string reason)
    {
        reason = string.Empty;
        if (!File.Exists(Unshare))
        {
            reason = $"{Unshare} is missing; install it with: apt install util-linux";
            return false;
        }

        // The probe also makes a network namespace: some systems grant the one without the other.
        ProcessStartInfo start = new(Unshare, ["--user", "--map-root-user", "--net", "true"])
        {
            RedirectStandardError = true,
        };
        using Process? probe = Process.Start(start);
        string complaint = probe?.StandardError.ReadToEnd().Trim() ?? string.Empty;
        probe?.WaitForExit();
        if (probe is { ExitCode: 0 })
        {
            return true;
        }

        reason = $"the kernel refuses unprivileged user namespaces ({complaint}); run as root, or "
            + "let an administrator allow them: sysctl kernel.unprivileged_userns_clone=1 "
            + "kernel.apparmor_restrict_unprivileged_userns=0 (whichever of the two exists)";
        return false;
    }

    /// <summary>
    /// Becomes the same program inside such a namespace: same process number, same terminal. Does
    /// not return, unless it fails.
    /// </summary>
    /// <param name="program">The program's own file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="marker">
    /// An environment variable, set to 1, by which it knows where it is.
    /// </param>
    public static unsafe void StartAnew(
        string program, IReadOnlyList<string> arguments, string marker)
    {
        List<string> words = [Unshare, .. Options, program, .. arguments];
        List<string> environment = [];
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            environment.Add($"{entry.Key}={entry.Value}");
        }

        environment.Add($"{marker}=1");
        byte** argumentBlock = ToNative(words);
        byte** environmentBlock = ToNative(environment);
        _ = Libc.execve(argumentBlock[0], argumentBlock, environmentBlock);
        throw KernelException.Last($"start {Unshare}");
    }

    /// <summary>
    /// Zero-ended texts behind a null-ended array; never freed, as nothing comes after.
    /// </summary>
    private static unsafe byte** ToNative(List<string> texts)
    {
        nuint length = (nuint)(texts.Count + 1);
        byte** block = (byte**)NativeMemory.AllocZeroed(length, (nuint)sizeof(byte*));
        for (int index = 0; index < texts.Count; index++)
        {
            block[index] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[index]);
        }

        return block;
    }
}
