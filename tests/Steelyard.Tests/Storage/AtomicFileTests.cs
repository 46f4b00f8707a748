using System;
using System.IO;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");

    private string FilePath => Path.Combine(_folder.FullName, "a.conf");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_replaced_and_nothing_is_left_beside_it()
    {
        File.WriteAllText(FilePath, "old and long");
        File.WriteAllText(FilePath + ".new", "left by a power cut, and longer than anything");

        AtomicFile.Write(FilePath, "new"u8.ToArray());

        Assert.Equal("new", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void Whoever_has_the_old_file_open_still_reads_the_old_one()
    {
        File.WriteAllText(FilePath, "old");
        using StreamReader reader = new(FilePath);

        AtomicFile.Write(FilePath, "new"u8.ToArray());

        Assert.Equal("old", reader.ReadToEnd());
    }

    [Fact]
    public void A_file_that_cannot_be_written_stays_as_it_was()
    {
        File.WriteAllText(FilePath, "old");
        Directory.CreateDirectory(FilePath + ".new");

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(FilePath, "new"u8.ToArray()));

        Assert.Equal("old", File.ReadAllText(FilePath));
    }

    /// <summary>What a power cut left is a secret's half, too, and open to all.</summary>
    [Fact]
    public void A_secret_is_in_no_file_that_others_may_read()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.WriteAllText(FilePath + ".new", "left by a power cut");
        using StreamReader spy = new(FilePath + ".new");

        AtomicFile.Write(FilePath, "secret"u8.ToArray(), owner);

        Assert.Equal("left by a power cut", spy.ReadToEnd());
        Assert.Equal(owner, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Rights_that_are_given_are_given_whole()
    {
        const UnixFileMode all = (UnixFileMode)0b110_110_110; // More than any usual umask leaves.

        AtomicFile.Write(FilePath, "for all"u8.ToArray(), all);

        Assert.Equal(all, File.GetUnixFileMode(FilePath));
    }
}
