using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using Steelyard.Linux.Interop;
using static Steelyard.Linux.Interop.Libc;

namespace Steelyard.Linux.Network;

/// <summary>
/// A network namespace: interfaces, addresses and routes of its own. A nameless one lives as long
/// as something holds it — this object, a thread, a process, a socket — so a crash leaves nothing
/// behind. A named one is <c>ip netns</c>'s and stays until it is deleted.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    /// <summary>Where <c>ip netns</c> keeps names.</summary>
    public const string NamesDirectory = "/run/netns";

    /// <summary>The namespace of the thread that opens this file.</summary>
    private const string OwnFile = "/proc/thread-self/ns/net";

    private readonly FileDescriptor _file;

    private NetworkNamespace(FileDescriptor file, string? name)
    {
        _file = file;
        Name = name;
    }

    /// <summary>As in <c>ip netns list</c>; null when it has no name.</summary>
    public string? Name { get; }

    internal FileDescriptor Descriptor => _file;

    /// <summary>A new and empty namespace, nameless. Needs CAP_SYS_ADMIN.</summary>
    public static NetworkNamespace Create() => OnOwnThread(() =>
    {
        Unshare();
        return Current();
    });

    /// <summary>A new namespace under a name; one of that name must not exist.</summary>
    public static NetworkNamespace Create(string name) => OnOwnThread(() =>
    {
        string path = PathOf(name);
        ShareNames();
        using (File.Open(path, FileMode.CreateNew))
        {
        }

        try
        {
            Unshare();
            if (mount(OwnFile, path, "none", MS_BIND, null) != 0)
            {
                throw KernelException.Last($"name a network namespace {name}");
            }

            return new NetworkNamespace(OpenFile(path), name);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    });

    /// <summary>The namespace with this name.</summary>
    public static NetworkNamespace Open(string name) => new(OpenFile(PathOf(name)), name);

    /// <summary>The calling thread's namespace.</summary>
    public static NetworkNamespace Current() => new(OpenFile(OwnFile), null);

    /// <summary>Takes a name away; the namespace goes when nothing holds it any more.</summary>
    public static void Delete(string name)
    {
        string path = PathOf(name);
        _ = umount2(path, MNT_DETACH);
        File.Delete(path);
    }

    /// <summary>
    /// Does something inside, on a thread made for it. Sockets opened there stay there; code after
    /// an await does not, so await nothing.
    /// </summary>
    public T Run<T>(Func<T> work) => OnOwnThread(() =>
    {
        Enter();
        return work();
    });

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <summary>Starts a program inside.</summary>
    public Process Start(ProcessStartInfo start) => Run(
        () => Process.Start(start) ?? throw new InvalidOperationException(
            $"{start.FileName} did not start"));

    /// <summary>Moves the calling thread inside for good: for a thread of one's own.</summary>
    public void Enter()
    {
        if (setns(_file, CLONE_NEWNET) != 0)
        {
            throw KernelException.Last("enter a network namespace");
        }
    }

    public void Dispose() => _file.Dispose();

    private static string PathOf(string name) => Path.Combine(NamesDirectory, name);

    private static FileDescriptor OpenFile(string path)
    {
        FileDescriptor file = new(open(path, O_CLOEXEC, 0));
        return file.IsInvalid
            ? throw KernelException.Last($"open network namespace {path}")
            : file;
    }

    private static void Unshare()
    {
        if (unshare(CLONE_NEWNET) != 0)
        {
            throw KernelException.Last("make a network namespace (it needs CAP_SYS_ADMIN)");
        }
    }

    /// <summary>
    /// As <c>ip netns add</c> does: names made in one mount namespace appear in all.
    /// </summary>
    private static void ShareNames()
    {
        _ = Directory.CreateDirectory(NamesDirectory);
        if (mount(string.Empty, NamesDirectory, "none", MS_SHARED | MS_REC, null) == 0)
        {
            return;
        }

        if (mount(NamesDirectory, NamesDirectory, "none", MS_BIND | MS_REC, null) != 0
            || mount(string.Empty, NamesDirectory, "none", MS_SHARED | MS_REC, null) != 0)
        {
            throw KernelException.Last($"share {NamesDirectory}");
        }
    }

    /// <summary>A thread that ends afterwards: its namespace cannot leak into other work.</summary>
    private static T OnOwnThread<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
