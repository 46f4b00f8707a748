using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Update;

namespace Steelyard.Tests.Host.Update;

/// <summary>Recorded from RAUC 1.13: its answers to whole, cut and foreign bundles.</summary>
public sealed class RaucInstallerTests
{
    private readonly List<string> _asked = [];
    private ProgramResult _answer = new(0, string.Empty, string.Empty);
    private bool _isStopped;

    [Fact]
    public async Task A_bundle_says_its_board_and_its_version()
    {
        _answer = new(
            0,
            """
            {"compatible":"steelyard-rpi64","version":"0.2.0","description":null,"build":null,
            "format":"verity","hooks":[],"hash":"819a4f70","images":[{"rootfs":{"artifact":null,
            "variant":null,"filename":"rootfs.ext4","checksum":"6e0180","size":200000,"hooks":[],
            "adaptive":[]}}]}
            """,
            "rauc-Message: 17:51:32.752: Reading bundle: a.raucb\n");

        Bundle bundle = await Installer().InspectAsync("a.raucb", CancellationToken.None);

        Assert.Equal(new Bundle("steelyard-rpi64", "0.2.0"), bundle);
        Assert.Equal(["rauc info --output-format=json a.raucb"], _asked);
    }

    [Theory]
    [InlineData(
        "Invalid bundle format: Failed to seek to end of bundle: Error seeking in file",
        "the file is no whole signed bundle: cut off, not signed, or something else")]
    [InlineData(
        "Invalid bundle format: Signature size (16515163510616516202) exceeds bundle size",
        "the file is no whole signed bundle: cut off, not signed, or something else")]
    [InlineData(
        "signature verification failed: Verify error: self-signed certificate",
        "the bundle is not signed by anyone whom this box trusts")]
    [InlineData(
        "signature verification failed: Verify error: certificate is not yet valid",
        "the bundle's certificate is not valid yet by this box's clock: is the time right?")]
    [InlineData("No such file: /tmp/x.raucb", "there is no such file")]
    [InlineData("Something new", "RAUC says: Something new")]
    public async Task A_refusal_is_told_in_our_words(string said, string expected)
    {
        _answer = new(1, "\n", $"rauc-Message: 17:51:32.752: Reading bundle: a\n{said}\n");

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => Installer().InspectAsync("a.raucb", CancellationToken.None));

        Assert.Equal(expected, refused.Message);
    }

    [Fact]
    public async Task Progress_is_read_from_its_lines()
    {
        _answer = new(
            0,
            "installing\n  0% Installing\n 20% Determining slot states done.\n"
            + "100% Installing done.\nidle\nInstalling `/tmp/a.raucb` succeeded\n",
            string.Empty);
        List<(int Percent, string What)> told = [];

        await Installer().InstallAsync(
            "/tmp/a.raucb", (percent, what) => told.Add((percent, what)), CancellationToken.None);

        Assert.Equal(
            [(0, "Installing"), (20, "Determining slot states done."), (100, "Installing done.")],
            told);
    }

    [Fact]
    public async Task An_install_that_fails_is_a_refusal()
    {
        _answer = new(
            1,
            "LastError: Installation error: Compatible mismatch: Expected 'a' but bundle "
            + "manifest has 'b'\nidle\n",
            "Installing `/tmp/a.raucb` failed\n");

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => Installer().InstallAsync("/tmp/a.raucb", (_, _) => { }, CancellationToken.None));

        Assert.Equal("the bundle is for another kind of board", refused.Message);
    }

    /// <summary>bash's test ends with 0 or 1, and a script that fails with its own word.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task The_boot_choice_says_whether_this_root_is_on_trial(int code, bool isOnTrial)
    {
        _answer = new(code, string.Empty, string.Empty);

        Assert.Equal(isOnTrial, await Installer().IsOnTrialAsync(CancellationToken.None));
        Assert.Equal(["/usr/lib/steelyard/boot-choice is-trial"], _asked);
    }

    [Theory]
    [InlineData(1, "cat: /run/boot/disk: No such file or directory")]
    [InlineData(2, "usage: boot-choice show")]
    public async Task A_boot_choice_that_cannot_tell_is_a_refusal(int code, string said)
    {
        _answer = new(code, string.Empty, said + "\n");

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => Installer().IsOnTrialAsync(CancellationToken.None));

        Assert.Equal(
            "/usr/lib/steelyard/boot-choice does not say whether this root is on trial: " + said,
            refused.Message);
    }

    [Fact]
    public async Task Ctrl_C_does_not_reach_the_client_of_RAUC()
    {
        await Installer().InstallAsync("/tmp/a.raucb", (_, _) => { }, CancellationToken.None);

        Assert.Equal(["setsid --wait rauc install /tmp/a.raucb"], _asked);
    }

    [Fact]
    public async Task An_install_that_is_stopped_ends_RAUC_and_tries_nothing_new()
    {
        _isStopped = true;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Installer().InstallAsync("/tmp/a.raucb", (_, _) => { }, new(canceled: true)));

        Assert.Equal(
            ["systemctl stop rauc.service", "/usr/lib/steelyard/boot-choice forget-trial"],
            _asked[1..]);
    }

    [Fact]
    public async Task A_RAUC_that_does_not_stop_is_told_of()
    {
        _isStopped = true;
        _answer = new(1, string.Empty, "Access denied\n");

        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => Installer().InstallAsync("/tmp/a.raucb", (_, _) => { }, new(canceled: true)));

        Assert.Equal(
            "RAUC does not stop: it goes on writing the other root, and the next start tries "
            + "that: Access denied",
            refused.Message);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_as_such()
    {
        UpdateRefusedException refused = await Assert.ThrowsAsync<UpdateRefusedException>(
            () => ProgramRunner.RunAsync("no-such-program", [], _ => { }, CancellationToken.None));

        Assert.StartsWith("there is no program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_run_to_its_end_with_all_that_it_says()
    {
        List<string> lines = [];

        ProgramResult result = await ProgramRunner.RunAsync(
            "sh", ["-c", "echo a; echo b; echo c >&2; exit 3"], lines.Add, CancellationToken.None);

        Assert.Equal(new ProgramResult(3, "a\nb\n", "c\n"), result);
        Assert.Equal(["a", "b"], lines);
    }

    private RaucInstaller Installer() => new((program, arguments, onLine, cancellation) =>
    {
        _asked.Add($"{program} {string.Join(' ', arguments)}");
        if (_isStopped && cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<ProgramResult>(cancellation);
        }

        foreach (string line in _answer.Output.Split('\n'))
        {
            onLine(line);
        }

        return Task.FromResult(_answer);
    });
}
