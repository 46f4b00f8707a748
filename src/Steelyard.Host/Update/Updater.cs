using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;
using Steelyard.Host.Appliance;
using Steelyard.Linux.Files;

namespace Steelyard.Host.Update;

/// <summary>
/// An update from the bundle to the restart, one box of a pair at a time, so that no connection
/// is lost. What is asked is asked before anything changes, and the office goes to the twin last:
/// an update that fails, or is stopped, leaves the box as it was.
/// </summary>
/// <param name="fetch">Where bundles of URLs come from.</param>
/// <param name="askDashboard">Null when it answers, or why not.</param>
/// <param name="version">What runs.</param>
/// <param name="folder">Where bundles and notes are kept.</param>
internal sealed class Updater(
    IBoxControl box,
    IInstaller installer,
    BundleFetch fetch,
    TwinGate twin,
    Func<CancellationToken, Task<string?>> askDashboard,
    string version,
    string folder)
{
    /// <summary>Told how it goes; on any thread.</summary>
    public Action<UpdateProgress> OnProgress { get; init; } = _ => { };

    /// <param name="source">A file, or an address that begins with http:// or https://.</param>
    /// <exception cref="UpdateRefusedException">It ended before the restart.</exception>
    public async Task RunAsync(
        string source, UpdateOptions options, CancellationToken cancellation)
    {
        using FileStream held = Hold();
        await RequireKeptRootAsync(cancellation);
        if (TrialNote.Read(folder) is string why)
        {
            Show(UpdateStage.Checking, null, $"the last update went back: {why}");
        }

        bool isRemote = BundleFetch.IsAddress(source);
        string path = isRemote
            ? await fetch.FetchAsync(ReadAddress(source), ShowFetched, cancellation)
            : FindFile(source);
        try
        {
            await CheckAsync(path, options, cancellation);
            bool handsOver = await PrepareAsync(options, cancellation);
            await InstallAsync(path, cancellation);
            Show(
                UpdateStage.Installing,
                100,
                options.Restarts
                    ? "the new root is written"
                    : "the new root is written: the next start tries it");
            if (options.Restarts)
            {
                await RestartAsync(handsOver, cancellation);
            }
        }
        finally
        {
            if (isRemote)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>One update at a time, whoever asked for it.</summary>
    private FileStream Hold()
    {
        try
        {
            _ = Directory.CreateDirectory(folder);
            return new FileStream(
                Path.Combine(folder, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UpdateRefusedException(
                $"another update is running, or {folder} cannot be written: {failure.Message}",
                failure);
        }
    }

    /// <summary>While this root is on trial, the other one is where the box goes back to.</summary>
    private async Task RequireKeptRootAsync(CancellationToken cancellation)
    {
        if (await installer.IsOnTrialAsync(cancellation))
        {
            throw new UpdateRefusedException(
                "this root is on trial, and the other one is what the box goes back to: wait "
                + "until the health gate has passed, when 'boot-choice show' in "
                + "/usr/lib/steelyard says BOOT_TRIAL=none");
        }
    }

    private static Uri ReadAddress(string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out Uri? address)
            ? address
            : throw new UpdateRefusedException(
                $"{source} is no address of a bundle: one is like https://HOST:PORT/PATH");

    /// <summary>It is given to another program, which would wait at a FIFO for ever.</summary>
    private static string FindFile(string source)
    {
        try
        {
            RegularFile.OpenRead(source).Dispose();
            return Path.GetFullPath(source);
        }
        catch (FileNotFoundException gone)
        {
            throw new UpdateRefusedException($"there is no file {source}", gone);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UpdateRefusedException($"{source} {failure.Message}", failure);
        }
    }

    private async Task CheckAsync(
        string path, UpdateOptions options, CancellationToken cancellation)
    {
        Show(UpdateStage.Checking, null, "the signature is checked");
        Bundle bundle = await installer.InspectAsync(path, cancellation);
        string here = await installer.ReadCompatibleAsync(cancellation);
        if (bundle.Compatible != here)
        {
            throw new UpdateRefusedException(
                $"the bundle is for '{bundle.Compatible}', and this box is '{here}'");
        }

        int order = ReleaseOrder.Compare(bundle.Version, version);
        if (order < 0 && !options.AllowsDowngrade)
        {
            throw new UpdateRefusedException(
                $"the bundle's version {bundle.Version} is older than {version}, which runs: "
                + "--allow-downgrade installs it");
        }

        if (order == 0 && !options.AllowsSame
            && !await options.Ask($"Version {version} runs already. Install it again?"))
        {
            throw new UpdateRefusedException(
                $"version {version} runs already: --force installs it again");
        }

        Show(UpdateStage.Checking, 100, $"version {bundle.Version} follows {version}");
    }

    /// <summary>
    /// Notes how the box is, and asks when nobody takes over. True when the twin does.
    /// </summary>
    private async Task<bool> PrepareAsync(
        UpdateOptions options, CancellationToken cancellation)
    {
        (BoxStatus? status, string? obstacle) = await LookAsync(cancellation);
        if (obstacle is not null && options.Restarts)
        {
            string question = $"{obstacle}, so connections will break. Go on?";
            if (!options.AllowsBreak && !await options.Ask(question))
            {
                throw new UpdateRefusedException(
                    $"{obstacle}, so connections would break: --yes goes on all the same");
            }

            Show(UpdateStage.Checking, 100, $"{obstacle}: nobody takes over");
        }

        Note(BeforeNote.Of(status, await askDashboard(cancellation) is null));
        return obstacle is null;
    }

    /// <summary>A box that does not answer cannot hand over what it may hold.</summary>
    private async Task<(BoxStatus? Status, string? Obstacle)> LookAsync(
        CancellationToken cancellation)
    {
        try
        {
            BoxStatus status = await box.StatusAsync(cancellation);
            return (status, TwinGate.FindObstacle(status));
        }
        catch (BoxException refusal)
        {
            return (null, refusal.Message);
        }
    }

    private void Note(BeforeNote note)
    {
        try
        {
            note.Write(folder);
            TrialNote.Remove(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UpdateRefusedException(
                $"{folder} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>While this box goes on with its work: what is written does not run.</summary>
    private async Task InstallAsync(string path, CancellationToken cancellation)
    {
        bool isWritten = false;
        try
        {
            await installer.InstallAsync(
                path,
                (percent, what) => Show(UpdateStage.Installing, percent, what),
                cancellation);
            isWritten = true;
        }
        catch (OperationCanceledException)
        {
            Show(
                UpdateStage.Installing,
                null,
                "stopped: no start tries the other root, half written or not");
            throw;
        }
        finally
        {
            if (!isWritten)
            {
                BeforeNote.Remove(folder); // There is no root that it is for.
            }
        }
    }

    private async Task RestartAsync(bool handsOver, CancellationToken cancellation)
    {
        try
        {
            if (handsOver)
            {
                await twin.GiveAwayPatientlyAsync(ShowHandingOver, cancellation);
                Show(UpdateStage.HandingOver, 100, "this box holds nothing");
            }

            cancellation.ThrowIfCancellationRequested();
            Show(UpdateStage.Restarting, null, "the box restarts");
            await installer.RestartAsync(CancellationToken.None); // a box going down goes down
        }
        catch (Exception failure) when (failure is BoxException or UpdateRefusedException)
        {
            await twin.TakeBackAsync(ShowHandingOver);
            throw new UpdateRefusedException(
                $"the new root is written, but {failure.Message}: 'systemctl reboot' tries it",
                failure);
        }
        catch (OperationCanceledException)
        {
            await twin.TakeBackAsync(ShowHandingOver);
            ShowHandingOver("stopped: the new root is written, and the next start tries it");
            throw;
        }
    }

    private void ShowHandingOver(string sentence) =>
        Show(UpdateStage.HandingOver, null, sentence);

    private void ShowFetched(long bytes, long? ofBytes) => Show(
        UpdateStage.Fetching,
        ofBytes is > 0 ? (int)(100 * bytes / ofBytes) : null,
        $"{BundleFetch.Megabytes(bytes)} fetched");

    private void Show(UpdateStage stage, int? percent, string sentence) =>
        OnProgress(new(stage, percent, sentence));
}
