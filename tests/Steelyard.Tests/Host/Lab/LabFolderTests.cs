using System;
using System.IO;
using Steelyard.Host.Lab;

namespace Steelyard.Tests.Host.Lab;

public sealed class LabFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("steelyard-test").FullName;

    [Fact]
    public void A_lab_s_folder_goes_with_it()
    {
        LabFolder folder = LabFolder.CreateIn(_parent);
        File.WriteAllText(folder.File("a.conf"), "x");

        folder.Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(_parent));
    }

    [Fact]
    public void A_dead_lab_s_folder_is_cleared_away_and_a_living_one_s_is_not()
    {
        string dead = Path.Combine(_parent, "steelyard-lab-dead");
        _ = Directory.CreateDirectory(dead);
        File.WriteAllText(Path.Combine(dead, "lock"), string.Empty);
        File.WriteAllText(Path.Combine(dead, "a.log"), "it went wrong");
        using LabFolder living = LabFolder.CreateIn(_parent);

        using LabFolder next = LabFolder.CreateIn(_parent);

        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(living.Location));
        Assert.NotEqual(living.Location, next.Location);
    }

    [Fact]
    public void Nobody_else_may_enter_it()
    {
        using LabFolder folder = LabFolder.CreateIn(_parent);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(folder.Location));
    }

    [Fact]
    public void A_link_that_looks_like_a_dead_lab_s_folder_is_not_followed()
    {
        string elsewhere = Path.Combine(_parent, "elsewhere");
        _ = Directory.CreateDirectory(elsewhere);
        string link = Path.Combine(_parent, "steelyard-lab-link");
        _ = Directory.CreateSymbolicLink(link, elsewhere);

        using LabFolder folder = LabFolder.CreateIn(_parent);

        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        Assert.True(Directory.Exists(link));
    }

    [Fact]
    public void What_another_user_put_there_is_not_touched()
    {
        string theirs = Path.Combine(_parent, "steelyard-lab-theirs");
        _ = Directory.CreateDirectory(theirs);
        int owner = FileOwner.OfFolder(theirs)!.Value;

        LabFolder.RemoveDead(_parent, owner + 1);

        Assert.Empty(Directory.GetFileSystemEntries(theirs));
        Assert.Equal(FileOwner.Ourselves, owner);
        Assert.Null(FileOwner.OfFolder(Path.Combine(_parent, "nothing")));
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
