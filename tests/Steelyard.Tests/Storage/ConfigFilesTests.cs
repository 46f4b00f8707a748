using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Storage;

public sealed class ConfigFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly ConfigFiles _files = new();

    public ConfigFilesTests()
    {
        foreach (string name in new[] { "b.conf", "a.conf", ".hidden.conf", "c.txt", "x1/d.conf" })
        {
            string path = Path.Combine(_folder.FullName, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "größe");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("*.conf", "a.conf b.conf")]
    [InlineData("[b-z].*", "b.conf c.txt")]
    [InlineData("[!b]*.conf", "a.conf")]
    [InlineData("?.{conf,txt}", "a.conf b.conf c.txt")]
    [InlineData("{b,a,{c,d}}.*", "a.conf b.conf c.txt")]
    [InlineData("x?/*", "x1/d.conf")]
    [InlineData("x[0-9]/d.conf", "x1/d.conf")]
    [InlineData("a.conf", "a.conf")]
    [InlineData(".h*", ".hidden.conf")]
    [InlineData("*", "a.conf b.conf c.txt")]
    [InlineData("nosuch*", "")]
    [InlineData("nosuch/*", "")]
    public void Patterns_match_as_in_the_shell(string pattern, string expected)
    {
        string prefix = _folder.FullName + "/";

        string[] found = [.. _files.Match(prefix + pattern)
            .Select(path => path[prefix.Length..])];

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_cannot_be_a_file_name_is_no_crash(string path)
    {
        Assert.False(_files.TryRead(path, 100, out _, out string? reason));
        Assert.Equal("is no file name", reason);
        Assert.Empty(_files.Match(path));
    }

    [Fact]
    public void A_long_file_is_read_whole()
    {
        string path = Path.Combine(_folder.FullName, "long.conf");
        string wanted = string.Concat(Enumerable.Range(0, 5000).Select(number => $"{number}ö "));
        File.WriteAllText(path, wanted);

        Assert.True(_files.TryRead(path, 1 << 20, out string? text, out _));
        Assert.Equal(wanted, text);
    }

    [Fact]
    public void A_file_is_read_as_text_up_to_the_bound()
    {
        string path = Path.Combine(_folder.FullName, "a.conf");

        Assert.True(_files.TryRead(path, 100, out string? text, out _));
        Assert.Equal("größe", text);
        Assert.True(_files.TryRead(path, 3, out text, out _));
        Assert.Equal("grö", text);
    }

    [Theory]
    [InlineData("nosuch.conf", "no such file")]
    [InlineData("nosuch/a.conf", "no such file")]
    [InlineData("x1", "is a directory")]
    public void Why_a_file_cannot_be_read_is_said(string name, string expected)
    {
        string path = Path.Combine(_folder.FullName, name);

        Assert.False(_files.TryRead(path, 100, out _, out string? reason));
        Assert.Equal(expected, reason);
    }

    /// <summary>Opening a device may do something: a watchdog's starts it.</summary>
    [Theory]
    [InlineData("/dev/null", "is a device and no regular file")]
    [InlineData("/dev/zero", "is a device and no regular file")]
    public void What_is_no_regular_file_is_not_opened(string path, string expected)
    {
        Assert.False(_files.TryRead(path, 100, out _, out string? reason));
        Assert.Equal(expected, reason);
    }

    [Fact]
    public void A_FIFO_is_not_waited_for()
    {
        string path = Path.Combine(_folder.FullName, "fifo.conf");
        using Process made = Process.Start("mkfifo", path);
        made.WaitForExit();

        Assert.False(_files.TryRead(path, 100, out _, out string? reason));
        Assert.Equal("is a FIFO and no regular file", reason);
        Assert.Null(Readable.Text(path));
        Assert.Equal(
            $"{path} is a FIFO and no regular file",
            Assert.Throws<IOException>(() => Readable.Required(path)).Message);
    }

    [Fact]
    public void A_socket_is_not_read()
    {
        string path = Path.Combine(_folder.FullName, "s");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        Assert.False(_files.TryRead(path, 100, out _, out string? reason));
        Assert.Equal("is a socket and no regular file", reason);
    }
}
