using System.IO;
using Steelyard.Host.Update;

namespace Steelyard.Tests.Host.Update;

public sealed class ImageVersionTests
{
    [Theory]
    [InlineData("NAME=Steelyard\nID=steelyard\nVERSION_ID=0.3.0\n", "0.3.0")]
    [InlineData("ID=steelyard\nVERSION_ID=\"0.3.0~dev\"\n", "0.3.0~dev")]
    [InlineData("ID=steelyard\n", "0.1.0")]
    [InlineData("ID=debian\nVERSION_ID=\"12\"\n", "0.1.0")]
    [InlineData(null, "0.1.0")]
    public void The_roots_version_counts_if_the_root_is_ours(string? release, string expected)
    {
        string path = Path.GetTempFileName();
        if (release is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, release);
        }

        string version = ImageVersion.Read("0.1.0", path);

        File.Delete(path);
        Assert.Equal(expected, version);
    }
}
