using System;
using System.Linq;
using System.Threading.Tasks;
using Steelyard.Host.Appliance;
using Steelyard.Host.Update;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Update;

/// <summary>What is asked before anything is fetched, and what is noted before a root is.</summary>
public sealed class UpdateBeginningTests : IDisposable
{
    private readonly UpdateWorld _world = new();

    private BeforeNote? Noted => BeforeNote.Read(_world.Folder);

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_root_on_trial_keeps_the_one_that_it_may_go_back_to()
    {
        _world.Installer.IsOnTrial = true;

        UpdateRefusedException refused = await _world.RefusedAsync(
            new() { AllowsDowngrade = true, AllowsSame = true, AllowsBreak = true });

        Assert.StartsWith("this root is on trial", refused.Message, StringComparison.Ordinal);
        Assert.Contains("boot-choice show", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_world.Box.Asked);
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("http://box:99999/a")]
    [InlineData("HTTPS://[::/a")]
    public async Task What_is_no_address_is_said_in_words(string source)
    {
        UpdateRefusedException refused = await _world.RefusedAsync(source: source);

        Assert.StartsWith(
            $"{source} is no address of a bundle", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_up_is_noted_before_the_handover()
    {
        await _world.RunAsync();

        Assert.Equal((true, true), (Noted?.TwinAlive, Noted?.DashboardAnswered));
        Assert.Equal(["tcp 192.168.100.1:80"], Noted!.ServicesUp.ToArray());
    }

    [Fact]
    public async Task What_does_not_answer_before_an_update_is_noted_in_place_of_an_older_note()
    {
        BeforeNote.Of(FakeBox.Status, dashboardAnswered: true).Write(_world.Folder);
        _world.Box.IsGone = true;
        _world.Silence = "the dashboard does not answer";

        await _world.RunAsync(new() { AllowsBreak = true });

        Assert.Equal((false, false), (Noted?.Answered, Noted?.DashboardAnswered));
        Assert.Empty(Noted!.ServicesUp);
    }

    [Fact]
    public async Task A_root_that_is_not_written_leaves_no_note()
    {
        _world.Installer.OnInstall = () => throw new UpdateRefusedException("no room");
        await _world.RefusedAsync();
        Assert.Null(Noted);

        _world.Installer.OnInstall = _world.Stop.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _world.RunAsync());
        Assert.Null(Noted);
    }

    /// <summary>A new root that was not begun changes nothing of what is known.</summary>
    [Fact]
    public async Task Why_the_last_update_went_back_is_said_until_a_root_is_written()
    {
        TrialNote.End(_world.Folder, "the box did not become well in time: no box answers");
        _world.Installer.Bundle = new("toaster", "0.2.0");
        await _world.RefusedAsync();
        _world.Installer.Bundle = new(FakeInstaller.Here, "0.2.0");

        await _world.RunAsync();
        await _world.RunAsync();

        Assert.Equal(
            2,
            _world.Told.Count(progress => progress.Sentence
                == "the last update went back: the box did not become well in time: "
                    + "no box answers"));
    }

    [Fact]
    public async Task A_box_that_is_busy_is_updated_only_if_a_person_agrees()
    {
        _world.Box.IsBusy = true;

        UpdateRefusedException refused = await _world.RefusedAsync();
        Assert.StartsWith("the box is busy, so", refused.Message, StringComparison.Ordinal);

        await _world.RunAsync(new() { AllowsBreak = true });
        Assert.Contains("restart", _world.Deeds);
    }
}
