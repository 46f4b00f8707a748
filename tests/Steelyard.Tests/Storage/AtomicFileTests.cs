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
}
