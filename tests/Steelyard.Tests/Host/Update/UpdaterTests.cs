using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Steelyard.Core.Control;
using Steelyard.Host.Api;
using Steelyard.Host.Update;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Update;

/// <summary>Updates from the first check to the restart, and what is given back.</summary>
public sealed class UpdaterTests : IDisposable
{
    private const string Fails = "the bundle is damaged";

    private readonly UpdateWorld _world = new();

    private static BoxStatus Master => FakeBox.Status;

    private static BoxStatus Backup => UpdateWorld.Backup;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_master_installs_then_hands_over_then_restarts()
    {
        await _world.RunAsync();

        Assert.Equal(["inspect", "install", "failover all in peace", "restart"], _world.Deeds);
        Assert.Equal(
            [
                UpdateStage.Checking, UpdateStage.Installing, UpdateStage.HandingOver,
                UpdateStage.Restarting,
            ],
            _world.Told.Select(progress => progress.Stage).Distinct());
    }

    [Fact]
    public async Task A_backup_has_nothing_to_hand_over()
    {
        _world.Box.Now = Backup;

        await _world.RunAsync();

        Assert.Equal(["inspect", "install", "restart"], _world.Deeds);
    }

    [Theory]
    [InlineData("0.0.9", "is older than")]
    [InlineData("0.1.0", "runs already")]
    [InlineData("0.2.0", "is for 'toaster'", "toaster")]
    public async Task A_bundle_that_does_not_fit_changes_nothing(
        string version, string expected, string compatible = FakeInstaller.Here)
    {
        _world.Installer.Bundle = new(compatible, version);

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["inspect"], _world.Deeds);
    }

    [Theory]
    [InlineData("0.0.9")]
    [InlineData("0.1.0")]
    public async Task What_was_agreed_to_is_installed(string version)
    {
        _world.Installer.Bundle = new(FakeInstaller.Here, version);

        await _world.RunAsync(new() { AllowsDowngrade = true, AllowsSame = true });

        Assert.Contains("install", _world.Deeds);
    }

    [Fact]
    public async Task A_person_who_is_asked_may_agree()
    {
        List<string> asked = [];
        _world.Installer.Bundle = new(FakeInstaller.Here, "0.1.0");

        await _world.RunAsync(new()
        {
            Ask = question =>
            {
                asked.Add(question);
                return Task.FromResult(true);
            },
        });

        Assert.Equal(["Version 0.1.0 runs already. Install it again?"], asked);
        Assert.Contains("install", _world.Deeds);
    }

    [Theory]
    [InlineData(false, false, "no twin is heard")]
    [InlineData(true, false, "cannot take over")]
    public async Task Without_a_twin_that_can_take_over_a_person_must_agree(
        bool alive, bool able, string expected)
    {
        _world.Box.Now = Master with { Twin = new(alive, "box-b") { CanTakeOver = able } };

        UpdateRefusedException refused = await _world.RefusedAsync();
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("install", _world.Deeds);

        await _world.RunAsync(new() { AllowsBreak = true });
        Assert.Equal(["inspect", "inspect", "install", "restart"], _world.Deeds);
    }

    [Fact]
    public async Task A_box_that_does_not_answer_is_updated_only_if_a_person_agrees()
    {
        _world.Box.IsGone = true;

        UpdateRefusedException refused = await _world.RefusedAsync();
        Assert.StartsWith("no box answers, so", refused.Message, StringComparison.Ordinal);

        await _world.RunAsync(new() { AllowsBreak = true });
        Assert.Equal(["inspect", "inspect", "install", "restart"], _world.Deeds);
    }

    [Fact]
    public async Task A_box_that_went_away_meanwhile_is_not_restarted()
    {
        _world.Installer.OnInstall = () => _world.Box.IsGone = true;

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Contains("the new root is written, but", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", _world.Deeds);
    }

    [Fact]
    public async Task A_box_that_becomes_busy_is_not_restarted_and_takes_nothing_back()
    {
        _world.Box.OnAsked = _ => _world.Box.IsBusy = true;

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.StartsWith(
            "the new root is written, but the box is busy", refused.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("restart", _world.Deeds);
        Assert.Equal("nothing is taken back: the box is busy", _world.Told[^1].Sentence);
    }

    [Fact]
    public async Task A_twin_that_refuses_leaves_the_box_running()
    {
        _world.Box.NextAnswer = ControlAnswer.Refused("refused", "no failover: box-b is busy");
        _world.Box.OnAsked = _ => { };

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Equal(
            "the new root is written, but the twin did not take over: no failover: box-b is busy: "
            + "'systemctl reboot' tries it",
            refused.Message);
        Assert.Equal(["inspect", "install", "failover all in peace"], _world.Deeds);
    }

    [Fact]
    public async Task A_box_that_stays_master_is_not_restarted()
    {
        _world.Box.OnAsked = _ => { };

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Contains("this box is MASTER still", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", _world.Deeds);
    }

    [Fact]
    public async Task The_handover_waits_until_the_twin_is_there_again()
    {
        _world.Installer.OnInstall =
            () => _world.Box.Now = Master with { Twin = new(false, "box-b") };
        int pauses = 0;
        _world.OnPause = () =>
        {
            pauses++;
            _world.Box.Now = Master;
        };

        await _world.RunAsync();

        Assert.Equal(1, pauses);
        Assert.Equal(["inspect", "install", "failover all in peace", "restart"], _world.Deeds);
    }

    [Fact]
    public async Task A_twin_that_does_not_come_back_leaves_the_box_running()
    {
        _world.Installer.OnInstall =
            () => _world.Box.Now = Master with { Twin = new(false, "box-b") };

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Contains("the twin did not come back", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", _world.Deeds);
    }

    [Fact]
    public async Task An_install_that_fails_leaves_the_office_where_it_is()
    {
        _world.Installer.OnInstall = () => throw new UpdateRefusedException(Fails);

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Equal(Fails, refused.Message);
        Assert.Equal(["inspect", "install"], _world.Deeds);
    }

    [Fact]
    public async Task An_install_that_is_stopped_says_so_and_leaves_the_office_where_it_is()
    {
        _world.Installer.OnInstall = _world.Stop.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _world.RunAsync());

        Assert.Equal(["inspect", "install"], _world.Deeds);
        Assert.Equal(
            "stopped: no start tries the other root, half written or not",
            _world.Told[^1].Sentence);
    }

    [Fact]
    public async Task What_was_handed_over_is_taken_back_when_the_box_does_not_go_down()
    {
        _world.Box.Now = Master with
        {
            VirtualRouters =
            [
                Master.VirtualRouters[0],
                Master.VirtualRouters[0] with { Name = "inside" },
                Master.VirtualRouters[0] with { Name = "never", State = "BACKUP" },
            ],
        };
        _world.Box.OnAsked = wish => Become(
            wish.StartsWith("failover all", StringComparison.Ordinal)
                ? ["outside", "inside", "never"]
                : ["never"],
            "BACKUP");
        _world.OnPause = () => Become(["outside", "inside"], "MASTER"); // they are one group
        _world.Installer.OnRestart =
            () => throw new UpdateRefusedException("the box does not restart");

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Equal(
            "the new root is written, but the box does not restart: 'systemctl reboot' tries it",
            refused.Message);
        Assert.Equal(
            [
                "inspect", "install", "failover all in peace", "restart",
                "failover outside in peace",
            ],
            _world.Deeds);
        Assert.Equal("this box takes outside back", _world.Told[^1].Sentence);
    }

    [Fact]
    public async Task A_twin_that_keeps_the_office_is_told_of()
    {
        _world.Installer.OnRestart = () =>
        {
            _world.Box.NextAnswer = ControlAnswer.Refused("refused", "box-b is in maintenance");
            throw new UpdateRefusedException("the box does not restart");
        };

        _ = await _world.RefusedAsync();

        Assert.Equal("the twin keeps outside: box-b is in maintenance", _world.Told[^1].Sentence);
    }

    [Fact]
    public async Task Whoever_stops_it_during_the_handover_gets_the_office_back()
    {
        _world.Box.OnAsked = wish =>
        {
            _world.Box.Now = wish == "failover all in peace" ? Backup : Master;
            _world.Stop.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _world.RunAsync());

        Assert.Equal(
            ["inspect", "install", "failover all in peace", "failover outside in peace"],
            _world.Deeds);
        Assert.Equal(
            "stopped: the new root is written, and the next start tries it",
            _world.Told[^1].Sentence);
    }

    /// <summary>Nothing goes down, so nobody need take over, and nobody is asked.</summary>
    [Fact]
    public async Task A_box_may_be_left_to_restart_later()
    {
        _world.Box.Now = Master with { Twin = new(false, "box-b") };

        await _world.RunAsync(new() { Restarts = false });

        Assert.Equal(["inspect", "install"], _world.Deeds);
    }

    [Fact]
    public async Task Two_updates_at_once_are_refused()
    {
        UpdateRefusedException? second = null;
        _world.Installer.OnInstall = () => second = _world.RefusedAsync().GetAwaiter().GetResult();

        await _world.RunAsync();

        Assert.StartsWith("another update is running", second?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_a_refusal()
    {
        string file = Path.Combine(_world.Folder, "file");
        await File.WriteAllTextAsync(file, string.Empty);

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => _world.RunAsync(folder: Path.Combine(file, "update")));

        Assert.Contains("cannot be written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused()
    {
        File.Delete(_world.BundlePath);

        UpdateRefusedException refused = await _world.RefusedAsync();

        Assert.Equal($"there is no file {_world.BundlePath}", refused.Message);
    }

    private void Become(string[] names, string state) => _world.Box.Now = _world.Box.Now with
    {
        VirtualRouters =
        [
            .. _world.Box.Now.VirtualRouters.Select(router =>
                names.Contains(router.Name) ? router with { State = state } : router),
        ],
    };
}
