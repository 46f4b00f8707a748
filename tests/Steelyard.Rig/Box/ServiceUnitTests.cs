using System;
using System.Globalization;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Steelyard.Rig.Box;

/// <summary>
/// The service as it is installed outside the image, judged by systemd itself; the image's build
/// asks the same of the one inside.
/// </summary>
public sealed partial class ServiceUnitTests : IDisposable
{
    private const string Service = "steelyard.service";
    private const double MostExposure = 2.0;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sy");

    public ServiceUnitTests()
    {
        DirectoryInfo units = _root.CreateSubdirectory("usr/lib/systemd/system");
        File.Copy(
            Path.Combine(Repository(), "image/rootfs", Service),
            Path.Combine(units.FullName, Service));
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void It_is_exposed_no_more_than_the_image_s()
    {
        string said = Shell.Run(
            $"systemd-analyze security --offline=yes --root={_root.FullName} --no-pager {Service}");

        Match exposure = Exposure().Match(said);
        Assert.True(exposure.Success, said);
        Assert.InRange(
            double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture),
            0,
            MostExposure);
    }

    [Fact]
    public void What_one_process_may_take_of_the_machine_has_a_bound()
    {
        string unit = File.ReadAllText(
            Path.Combine(_root.FullName, "usr/lib/systemd/system", Service));

        Assert.Contains("\nLimitNOFILE=", unit, StringComparison.Ordinal);
        Assert.Contains("\nMemoryMax=", unit, StringComparison.Ordinal);
        Assert.Contains("\nTasksMax=", unit, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"exposure level for .*: ([0-9.]+) ")]
    private static partial Regex Exposure();

    private static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
