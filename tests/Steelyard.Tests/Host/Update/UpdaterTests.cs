using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;
using Steelyard.Host.Appliance;
using Steelyard.Host.Update;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Update;

/// <summary>A box and an installer in memory; what they were told, in order, in one list.</summary>
public sealed class UpdaterTests : IDisposable
{
    private const string Fails = "the bundle is damaged";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly FakeBox _box = new();
    private readonly FakeInstaller _installer;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());
    private readonly List<UpdateProgress> _told = [];
    private readonly CancellationTokenSource _stop = new();
    private Action _onPause = () => { };

    public UpdaterTests()
    {
        _installer = new FakeInstaller(_box.Asked);
        _box.OnAsked = _ => _box.Now = Backup;
        File.WriteAllText(BundlePath, "a bundle");
    }

    private static BoxStatus Master => FakeBox.Status;

    private static BoxStatus Backup => FakeBox.Status with
    {
        VirtualRouters = [FakeBox.Status.VirtualRouters[0] with { State = "BACKUP" }],
    };

    private string BundlePath => Path.Combine(_folder.FullName, "new.raucb");

    private string[] Deeds => [.. _box.Asked.Where(asked => asked != "status")];

    public void Dispose()
    {
        _http.Dispose();
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_master_installs_then_hands_over_then_restarts()
    {
        await RunAsync();

        Assert.Equal(["inspect", "install", "failover all in peace", "restart"], Deeds);
        Assert.Equal(
            [
                UpdateStage.Checking, UpdateStage.Installing, UpdateStage.HandingOver,
                UpdateStage.Restarting,
            ],
            _told.Select(progress => progress.Stage).Distinct());
    }

    [Fact]
    public async Task What_was_up_is_noted_before_the_handover()
    {
        await RunAsync();

        BeforeNote? note = BeforeNote.Read(_folder.FullName);
        Assert.True(note?.TwinAlive);
        Assert.Equal(["tcp 192.168.100.1:80"], note!.ServicesUp.ToArray());
    }

    [Fact]
    public async Task A_backup_has_nothing_to_hand_over()
    {
        _box.Now = Backup;

        await RunAsync();

        Assert.Equal(["inspect", "install", "restart"], Deeds);
    }

    [Theory]
    [InlineData("0.0.9", "is older than")]
    [InlineData("0.1.0", "runs already")]
    [InlineData("0.2.0", "is for 'toaster'", "toaster")]
    public async Task A_bundle_that_does_not_fit_changes_nothing(
        string version, string expected, string compatible = FakeInstaller.Here)
    {
        _installer.Bundle = new(compatible, version);

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["inspect"], Deeds);
    }

    [Theory]
    [InlineData("0.0.9")]
    [InlineData("0.1.0")]
    public async Task What_was_agreed_to_is_installed(string version)
    {
        _installer.Bundle = new(FakeInstaller.Here, version);

        await RunAsync(new() { AllowsDowngrade = true, AllowsSame = true });

        Assert.Contains("install", Deeds);
    }

    [Fact]
    public async Task A_person_who_is_asked_may_agree()
    {
        List<string> asked = [];
        _installer.Bundle = new(FakeInstaller.Here, "0.1.0");

        await RunAsync(new()
        {
            Ask = question =>
            {
                asked.Add(question);
                return Task.FromResult(true);
            },
        });

        Assert.Equal(["Version 0.1.0 runs already. Install it again?"], asked);
        Assert.Contains("install", Deeds);
    }

    [Theory]
    [InlineData(false, false, "no twin is heard")]
    [InlineData(true, false, "cannot take over")]
    public async Task Without_a_twin_that_can_take_over_a_person_must_agree(
        bool alive, bool able, string expected)
    {
        _box.Now = Master with { Twin = new(alive, "box-b") { CanTakeOver = able } };

        UpdateRefusedException refused = await RefusedAsync();
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("install", Deeds);

        await RunAsync(new() { AllowsBreak = true });
        Assert.Equal(["inspect", "inspect", "install", "restart"], Deeds);
    }

    [Fact]
    public async Task A_box_that_does_not_answer_is_updated_only_if_a_person_agrees()
    {
        _box.IsGone = true;

        UpdateRefusedException refused = await RefusedAsync();
        Assert.StartsWith("no box answers, so", refused.Message, StringComparison.Ordinal);

        await RunAsync(new() { AllowsBreak = true });
        Assert.Equal(["inspect", "inspect", "install", "restart"], Deeds);
    }

    [Fact]
    public async Task A_box_that_went_away_meanwhile_is_not_restarted()
    {
        _installer.OnInstall = () => _box.IsGone = true;

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Contains("the new root is written, but", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", Deeds);
    }

    [Fact]
    public async Task A_twin_that_refuses_leaves_the_box_running()
    {
        _box.NextAnswer = ControlAnswer.Refused("refused", "no failover: box-b is busy");
        _box.OnAsked = _ => { };

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Equal(
            "the new root is written, but the twin did not take over: no failover: box-b is busy: "
            + "'systemctl reboot' tries it",
            refused.Message);
        Assert.Equal(["inspect", "install", "failover all in peace"], Deeds);
    }

    [Fact]
    public async Task A_box_that_stays_master_is_not_restarted()
    {
        _box.OnAsked = _ => { };

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Contains("this box is MASTER still", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", Deeds);
    }

    [Fact]
    public async Task The_handover_waits_until_the_twin_is_there_again()
    {
        _installer.OnInstall = () => _box.Now = Master with { Twin = new(false, "box-b") };
        int pauses = 0;
        _onPause = () =>
        {
            pauses++;
            _box.Now = Master;
        };

        await RunAsync();

        Assert.Equal(1, pauses);
        Assert.Equal(["inspect", "install", "failover all in peace", "restart"], Deeds);
    }

    [Fact]
    public async Task A_twin_that_does_not_come_back_leaves_the_box_running()
    {
        _installer.OnInstall = () => _box.Now = Master with { Twin = new(false, "box-b") };

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Contains("the twin did not come back", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", Deeds);
    }

    [Fact]
    public async Task An_install_that_fails_leaves_the_office_where_it_is()
    {
        _installer.OnInstall = () => throw new UpdateRefusedException(Fails);

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Equal(Fails, refused.Message);
        Assert.Equal(["inspect", "install"], Deeds);
    }

    [Fact]
    public async Task An_install_that_is_stopped_says_so_and_leaves_the_office_where_it_is()
    {
        _installer.OnInstall = _stop.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Equal(["inspect", "install"], Deeds);
        Assert.Equal(
            "stopped: no start tries the other root, half written or not",
            _told[^1].Sentence);
    }

    [Fact]
    public async Task What_was_handed_over_is_taken_back_when_the_box_does_not_go_down()
    {
        _box.Now = Master with
        {
            VirtualRouters =
            [
                Master.VirtualRouters[0],
                Master.VirtualRouters[0] with { Name = "inside" },
                Master.VirtualRouters[0] with { Name = "never", State = "BACKUP" },
            ],
        };
        _box.OnAsked = wish => Become(
            wish.StartsWith("failover all", StringComparison.Ordinal)
                ? ["outside", "inside", "never"]
                : ["never"],
            "BACKUP");
        _onPause = () => Become(["outside", "inside"], "MASTER"); // they are one group
        _installer.OnRestart = () => throw new UpdateRefusedException("the box does not restart");

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Equal(
            "the new root is written, but the box does not restart: 'systemctl reboot' tries it",
            refused.Message);
        Assert.Equal(
            [
                "inspect", "install", "failover all in peace", "restart",
                "failover outside in peace",
            ],
            Deeds);
        Assert.Equal("this box takes outside back", _told[^1].Sentence);
    }

    [Fact]
    public async Task A_twin_that_keeps_the_office_is_told_of()
    {
        _installer.OnRestart = () =>
        {
            _box.NextAnswer = ControlAnswer.Refused("refused", "box-b is in maintenance");
            throw new UpdateRefusedException("the box does not restart");
        };

        _ = await RefusedAsync();

        Assert.Equal("the twin keeps outside: box-b is in maintenance", _told[^1].Sentence);
    }

    [Fact]
    public async Task Whoever_stops_it_during_the_handover_gets_the_office_back()
    {
        _box.OnAsked = wish =>
        {
            _box.Now = wish == "failover all in peace" ? Backup : Master;
            _stop.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync());

        Assert.Equal(
            ["inspect", "install", "failover all in peace", "failover outside in peace"], Deeds);
        Assert.Equal(
            "stopped: the new root is written, and the next start tries it", _told[^1].Sentence);
    }

    /// <summary>Nothing goes down, so nobody need take over, and nobody is asked.</summary>
    [Fact]
    public async Task A_box_may_be_left_to_restart_later()
    {
        _box.Now = Master with { Twin = new(false, "box-b") };

        await RunAsync(new() { Restarts = false });

        Assert.Equal(["inspect", "install"], Deeds);
    }

    [Fact]
    public async Task Two_updates_at_once_are_refused()
    {
        UpdateRefusedException? second = null;
        _installer.OnInstall = () => second = RefusedAsync().GetAwaiter().GetResult();

        await RunAsync();

        Assert.StartsWith("another update is running", second?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_a_refusal()
    {
        string file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, string.Empty);

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => RunAsync(folder: Path.Combine(file, "update")));

        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused()
    {
        File.Delete(BundlePath);

        UpdateRefusedException refused = await RefusedAsync();

        Assert.Equal($"there is no file {BundlePath}", refused.Message);
    }

    private void Become(string[] names, string state) => _box.Now = _box.Now with
    {
        VirtualRouters =
        [
            .. _box.Now.VirtualRouters.Select(router =>
                names.Contains(router.Name) ? router with { State = state } : router),
        ],
    };

    private Task<UpdateRefusedException> RefusedAsync() =>
        Assert.ThrowsAsync<UpdateRefusedException>(() => RunAsync());

    private Task RunAsync(UpdateOptions? options = null, string? folder = null)
    {
        Task PauseAsync(TimeSpan time, CancellationToken cancellation)
        {
            _onPause();
            return Task.CompletedTask;
        }

        BundleFetch fetch =
            new(_http, _folder.FullName, BundleFetch.UsualMostBytes, PauseAsync);
        Updater updater = new(
            _box, _installer, fetch, new TwinGate(_box, PauseAsync), "0.1.0",
            folder ?? _folder.FullName)
        {
            OnProgress = _told.Add,
        };
        return updater.RunAsync(BundlePath, options ?? new(), _stop.Token);
    }
}
