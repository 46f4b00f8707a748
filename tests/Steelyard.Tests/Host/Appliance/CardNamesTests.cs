using System;
using System.Diagnostics;
using System.IO;
using Steelyard.Tests.HouseRules;

namespace Steelyard.Tests.Host.Appliance;

/// <summary>The card's files as the image's own script judges their names.</summary>
public sealed class CardNamesTests : IDisposable
{
    private readonly string _card = Directory.CreateTempSubdirectory("steelyard-card").FullName;

    [Fact]
    public void A_file_that_nobody_takes_is_named()
    {
        Put("notes.doc", "serial-shel", "network/outside.conf", "steelyard.conf");

        Assert.Equal("notes.doc\nserial-shel\nnetwork/outside.conf\n", Strangers());
    }

    [Fact]
    public void Names_as_Windows_makes_them_and_files_of_the_image_are_no_strangers()
    {
        Put(
            "Steelyard.conf.txt", "serial-shell.txt", "authorized_keys.txt", "factory-reset.txt",
            "network/outside.network.txt", "network/inside.network", "network/examples/a.network",
            "README.txt", "BOX.txt", "FAULT.txt", "LICENCE.broadcom", "boot.scr", "config.txt",
            "start4.elf", "fixup4.dat", "u-boot.bin", "uboot.env", "bcm2711-rpi-cm4.dtb",
            "System Volume Information/x", "services.conf");

        Assert.Equal(string.Empty, Strangers());
    }

    public void Dispose() => Directory.Delete(_card, recursive: true);

    private void Put(params string[] names)
    {
        foreach (string name in names)
        {
            string path = Path.Combine(_card, name);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, string.Empty);
        }
    }

    private string Strangers()
    {
        string script = Path.Combine(
            SourceTree.Root, "image/rootfs/usr/lib/steelyard/names.sh");
        using Process bash = Process.Start(new ProcessStartInfo(
            "bash", ["-c", "source \"$0\"; strangers \"$1\"", script, _card])
        {
            RedirectStandardOutput = true,
        })!;
        string said = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return said;
    }
}
