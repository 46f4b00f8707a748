using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Update;

namespace Steelyard.Tests.Host.Update;

/// <summary>Notes what it is asked for.</summary>
internal sealed class FakeInstaller(List<string> deeds) : IInstaller
{
    public const string Here = "steelyard-rpi64";

    public Bundle Bundle { get; set; } = new(Here, "0.2.0");

    public bool IsOnTrial { get; set; }

    public Action OnInstall { get; set; } = () => { };

    public Action OnRestart { get; set; } = () => { };

    public Task<Bundle> InspectAsync(string path, CancellationToken cancellation)
    {
        deeds.Add("inspect");
        return Task.FromResult(Bundle);
    }

    public Task<string> ReadCompatibleAsync(CancellationToken cancellation) =>
        Task.FromResult(Here);

    public Task<bool> IsOnTrialAsync(CancellationToken cancellation) =>
        Task.FromResult(IsOnTrial);

    public Task InstallAsync(
        string path, Action<int, string> onProgress, CancellationToken cancellation)
    {
        deeds.Add("install");
        OnInstall();
        cancellation.ThrowIfCancellationRequested();
        onProgress(50, "Copying image to rootfs.1");
        return Task.CompletedTask;
    }

    public Task RestartAsync(CancellationToken cancellation)
    {
        deeds.Add("restart");
        OnRestart();
        return Task.CompletedTask;
    }
}
