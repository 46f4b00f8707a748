using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Update;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Update;

/// <summary>A box and an installer in memory; what they were told, in order, in one list.</summary>
internal sealed class UpdateWorld : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());

    public UpdateWorld()
    {
        Installer = new FakeInstaller(Box.Asked);
        Box.OnAsked = _ => Box.Now = Backup;
        File.WriteAllText(BundlePath, "a bundle");
    }

    public static BoxStatus Backup { get; } = FakeBox.Status with
    {
        VirtualRouters = [FakeBox.Status.VirtualRouters[0] with { State = "BACKUP" }],
    };

    public string Folder => _folder.FullName;

    public FakeBox Box { get; } = new();

    public FakeInstaller Installer { get; }

    public List<UpdateProgress> Told { get; } = [];

    public CancellationTokenSource Stop { get; } = new();

    public Action OnPause { get; set; } = () => { };

    /// <summary>What is wrong with the dashboard.</summary>
    public string? Silence { get; set; }

    public string BundlePath => Path.Combine(Folder, "new.raucb");

    public string[] Deeds => [.. Box.Asked.Where(asked => asked != "status")];

    public void Dispose()
    {
        _http.Dispose();
        Stop.Dispose();
        _folder.Delete(recursive: true);
    }

    public Task<UpdateRefusedException> RefusedAsync(
        UpdateOptions? options = null, string? source = null) =>
        Assert.ThrowsAsync<UpdateRefusedException>(() => RunAsync(options, source));

    public Task RunAsync(
        UpdateOptions? options = null, string? source = null, string? folder = null)
    {
        Task PauseAsync(TimeSpan time, CancellationToken cancellation)
        {
            OnPause();
            return Task.CompletedTask;
        }

        BundleFetch fetch = new(_http, Folder, BundleFetch.UsualMostBytes, PauseAsync);
        Updater updater = new(
            Box,
            Installer,
            fetch,
            new TwinGate(Box, PauseAsync),
            _ => Task.FromResult(Silence),
            "0.1.0",
            folder ?? Folder)
        {
            OnProgress = Told.Add,
        };
        return updater.RunAsync(source ?? BundlePath, options ?? new(), Stop.Token);
    }
}
