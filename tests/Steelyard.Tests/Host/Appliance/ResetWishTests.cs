using System;
using System.IO;
using Steelyard.Host.Appliance;
using Steelyard.Tests.HouseRules;

namespace Steelyard.Tests.Host.Appliance;

/// <summary>Who hears the wish, and what is left for them.</summary>
public sealed class ResetWishTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("steelyard-reset").FullName;

    private string Unit => Path.Combine(_folder, "steelyard-reset.path");

    private string Wish => Path.Combine(_folder, "factory-reset");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void On_the_box_the_wish_is_an_empty_file()
    {
        File.WriteAllText(Unit, string.Empty);

        Assert.Null(ResetWish.Leave(Unit, Wish));
        Assert.Null(ResetWish.Leave(Unit, Wish));

        Assert.Empty(File.ReadAllBytes(Wish));
    }

    /// <summary>The image's own files: what the program leaves, they hear.</summary>
    [Fact]
    public void The_image_has_the_unit_that_waits_for_the_very_file()
    {
        string files = Path.Combine(SourceTree.Root, "image/rootfs");

        string[] unit = File.ReadAllLines(Path.Combine(files, BoxPlaces.ResetUnit[1..]));
        string[] presets = File.ReadAllLines(
            Path.Combine(files, "usr/lib/systemd/system-preset/00-steelyard.preset"));

        Assert.Contains($"PathExists={BoxPlaces.ResetWish}", unit);
        Assert.Contains($"enable {Path.GetFileName(BoxPlaces.ResetUnit)}", presets);
    }

    [Fact]
    public void Elsewhere_it_is_refused_and_nothing_is_left()
    {
        Assert.Equal(
            "this is no appliance: a factory reset is for the box's image",
            ResetWish.Leave(Unit, Wish));

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_wish_that_cannot_be_left_is_refused()
    {
        File.WriteAllText(Unit, string.Empty);

        string? refusal = ResetWish.Leave(Unit, Path.Combine(_folder, "missing", "factory-reset"));

        Assert.StartsWith("the wish cannot be left: ", refusal, StringComparison.Ordinal);
    }
}
