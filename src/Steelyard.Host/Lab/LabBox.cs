using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;
using Steelyard.Host.Loops;
using Steelyard.Linux.Network;
using Steelyard.Linux.Processes;

namespace Steelyard.Host.Lab;

/// <summary>
/// One box of the pair: a process of its own, <c>steelyard run</c>, in its own network, with its
/// panel on our wall.
/// </summary>
internal sealed class LabBox : IAsyncDisposable
{
    private const int LinesKept = 200;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // A box has its machine to itself. Here it shares one with clients, servers and whatever else
    // runs, and its real-time threads wait for a collection of garbage that an ordinary one does.
    private const int BeforeOthers = -19;

    private readonly NetworkNamespace _place;
    private readonly string _configurationPath;
    private readonly ControlClient _client;
    private readonly StreamWriter _log;
    private readonly Queue<string> _lines = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;
    private Process? _process;
    private BoxStatus? _status;

    public LabBox(NetworkNamespace place, LabFolder folder, int index)
    {
        _place = place;
        Name = LabPlan.BoxName(index);
        Panel = new LabPanel(folder.File($"panel-{Name}"));
        ControlSocket = folder.File($"{Name}.sock");
        LogPath = folder.File($"{Name}.log");
        _configurationPath = folder.File($"{Name}.conf");
        File.WriteAllText(_configurationPath, LabConfiguration.Write(index, Panel.Location));
        File.SetUnixFileMode(_configurationPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _log = new StreamWriter(LogPath) { AutoFlush = true };
        _client = new ControlClient(ControlSocket);
        _looking = LookAsync();
    }

    public string Name { get; }

    public LabPanel Panel { get; }

    /// <summary>For <c>steelyard status --socket</c> and the other commands.</summary>
    public string ControlSocket { get; }

    public string LogPath { get; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>
    /// What the box said last, within the last tenth of a second or so; null while it is silent.
    /// </summary>
    public BoxStatus? Status => Volatile.Read(ref _status);

    /// <summary>All its virtual routers are MASTER.</summary>
    public bool IsMaster => Status is { VirtualRouters.IsEmpty: false } status
        && status.VirtualRouters.All(router => router.State == "MASTER");

    public bool IsBackup => Status is { VirtualRouters.IsEmpty: false } status
        && status.VirtualRouters.All(router => router.State == "BACKUP");

    public bool AllServersAreUp => SaysAllServersAreUp(Status);

    public static bool SaysAllServersAreUp(BoxStatus? status) =>
        status is { Services.IsEmpty: false } && status.Services.All(
            service => service.RealServers.All(server => server.Health == "up"));

    public ImmutableArray<string> LastLines(int count)
    {
        lock (_lines)
        {
            return [.. _lines.TakeLast(count)];
        }
    }

    public void Start()
    {
        if (IsRunning)
        {
            return;
        }

        string[] words =
        [
            LabProgramFile.Executable,
            .. LabProgramFile.Prefix,
            "run",
            "-c",
            _configurationPath,
            "--socket",
            ControlSocket,
        ];
        ProcessStartInfo start = new(words[0], words[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        (string name, string value) = Leash.Mark();
        start.Environment[name] = value;
        Process process = _place.Run(() =>
        {
            // On a thread of its own, whose niceness a child inherits; without the right the box
            // runs as others do.
            _ = ThreadTuning.TryRaiseThread(BeforeOthers);
            return Process.Start(start);
        }) ?? throw new LabException($"box {Name}: {start.FileName} did not start");
        process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        process.OutputDataReceived += (_, line) => OnLine(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _process = process;
    }

    /// <summary>kill -9: no farewell, no last advert.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false } process)
        {
            _ = ProcessLife.Kill(process.Id);
            process.WaitForExit();
        }

        Volatile.Write(ref _status, null);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        if (_process is { HasExited: false } process)
        {
            _ = ProcessLife.Terminate(process.Id);
            using CancellationTokenSource patience = new(Patience);
            await process.WaitForExitAsync(patience.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Kill();
        }

        _process?.Dispose();
        _client.Dispose();
        Panel.Dispose();
        await _log.DisposeAsync();
        _end.Dispose();
    }

    /// <summary>Asks now, without waiting for the next regular look.</summary>
    public async Task<BoxStatus?> AskAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource patience =
            CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            return IsRunning ? await _client.StatusAsync(patience.Token) : null;
        }
        catch (Exception failure) when (
            failure is BoxException or HttpRequestException
                or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private async Task LookAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            Volatile.Write(ref _status, await AskAsync(_end.Token));
            await Task.Delay(BetweenLooks, _end.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            if (_log.BaseStream.CanWrite)
            {
                _log.WriteLine(line);
            }

            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
            {
                _ = _lines.Dequeue();
            }
        }
    }
}
