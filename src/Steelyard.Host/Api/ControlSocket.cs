using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Steelyard.Host.Listening;

namespace Steelyard.Host.Api;

/// <summary>The control API on a Unix socket, mode 0660, held by one box at a time.</summary>
public sealed class ControlSocket : IAsyncDisposable
{
    /// <summary>Where the socket is unless told otherwise.</summary>
    public const string DefaultPath = "/run/steelyard/control.sock";

    /// <summary>Bytes of <c>sun_path</c> less its final zero. unix(7).</summary>
    private const int MaximumPathBytes = 107;

    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly WebApplication _application;
    private readonly FileStream _claim;

    private ControlSocket(string path, WebApplication application, FileStream claim)
    {
        Path = path;
        _application = application;
        _claim = claim;
    }

    public string Path { get; }

    /// <summary>Takes the socket and answers on it.</summary>
    /// <exception cref="ControlSocketException">
    /// Another box answers there, or it cannot be made.
    /// </exception>
    public static async Task<ControlSocket> StartAsync(
        string path,
        IBoxControl box,
        CancellationToken cancellationToken,
        ILoggerFactory? loggers = null)
    {
        string full = System.IO.Path.GetFullPath(path);
        string directory = System.IO.Path.GetDirectoryName(full) ?? "/";
        string nursery = System.IO.Path.Combine(
            directory, string.Create(CultureInfo.InvariantCulture, $".s{Environment.ProcessId}"));
        string newborn = System.IO.Path.Combine(nursery, "s");
        CheckLength(full);
        CheckLength(newborn);
        FileStream claim = Claim(full, directory);
        try
        {
            if (SocketPeer.FindHolder(full) is { } holder)
            {
                throw new ControlSocketException($"{holder} already answers on {full}");
            }

            RefuseAnotherFile(full);

            // Bound in a folder that only we may enter, given its mode, then renamed into place: at
            // no moment can others reach it with the wrong mode, and a dead socket file is
            // replaced.
            Directory.CreateDirectory(nursery, OwnerOnly);
            File.Delete(newborn);
            WebApplication application = Build(
                newborn, box, loggers ?? NullLoggerFactory.Instance);
            await application.StartAsync(cancellationToken);
            File.SetUnixFileMode(newborn, OwnerAndGroup);
            File.Move(newborn, full, overwrite: true);
            Directory.Delete(nursery);
            return new(full, application, claim);
        }
        catch (Exception failure)
        {
            await claim.DisposeAsync();
            if (failure is IOException or UnauthorizedAccessException or SocketException)
            {
                throw new ControlSocketException(
                    $"the control socket {full} cannot be made: {failure.Message}", failure);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // First the name, so that no client finds a socket that is about to close.
        File.Delete(Path);
        await _application.DisposeAsync();
        await _claim.DisposeAsync();
    }

    private static void CheckLength(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > MaximumPathBytes)
        {
            throw new ControlSocketException(
                $"the control socket's path is too long (at most {MaximumPathBytes} bytes with "
                + $"the name that it is born under): {path}");
        }
    }

    /// <summary>
    /// A lock beside the socket: two boxes that start at once cannot both find it free.
    /// </summary>
    private static FileStream Claim(string path, string directory)
    {
        string name = path + ".lock";
        try
        {
            Directory.CreateDirectory(directory);
            return new(name, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new ControlSocketException(
                $"the control socket {path} cannot be made: {denied.Message}", denied);
        }
        catch (IOException taken)
        {
            throw new ControlSocketException(
                File.Exists(name) && SocketPeer.FindHolder(path) is string holder
                    ? $"{holder} already holds {path}"
                    : $"the control socket {path} cannot be made: {taken.Message}",
                taken);
        }
    }

    /// <summary>
    /// A dead socket, which has no length, is replaced; what holds something is somebody's.
    /// </summary>
    private static void RefuseAnotherFile(string path)
    {
        FileInfo there = new(path);
        if (Directory.Exists(path) || (there.Exists && there.Length > 0))
        {
            throw new ControlSocketException(
                $"{path} exists and is no socket; remove it, or name another with --socket");
        }
    }

    private static WebApplication Build(
        string path, IBoxControl box, ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ControlApi.MaximumBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<IConnectionListenerFactory>(
            new PatientTransport("control socket", loggers));
        builder.Services.AddRoutingCore();
        // The process's signals are the box's: the usual lifetime would take SIGTERM for itself.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication application = builder.Build();
        ControlApi.Map(application, box);
        application.MapFallback(context => ControlApi.WriteProblemAsync(
            context,
            StatusCodes.Status404NotFound,
            "not_found",
            $"there is no {context.Request.Method} {context.Request.Path}"));
        return application;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>The control socket cannot be had; the message says why and who has it.</summary>
public sealed class ControlSocketException : Exception
{
    public ControlSocketException(string sentence)
        : base(sentence)
    {
    }

    public ControlSocketException(string sentence, Exception inner)
        : base(sentence, inner)
    {
    }

    public ControlSocketException()
    {
    }
}
