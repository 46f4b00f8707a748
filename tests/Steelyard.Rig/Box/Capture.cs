using System.IO;

namespace Steelyard.Rig.Box;

/// <summary>tcpdump in a place of the world, from its start to <see cref="Stop"/>.</summary>
internal sealed class Capture
{
    private readonly string _file;

    internal Capture(BoxWorld world, string place, string filter)
    {
        _file = Path.Combine(world.Folder, Path.GetRandomFileName());
        _ = Shell.Start($"exec ip netns exec {world.Name(place)} tcpdump -i eth0 -n -e -vv -U -l "
            + $"'{filter}' > {_file} 2> {_file}.err & echo $! > {_file}.pid");
        Shell.Until("tcpdump listens", () => File.Exists(_file + ".err")
            && File.ReadAllText(_file + ".err").Contains("listening"));
    }

    /// <summary>What it saw.</summary>
    internal string Stop()
    {
        System.Threading.Thread.Sleep(300); // Its buffer has a timeout of its own.
        _ = Shell.Try($"kill $(cat {_file}.pid)");
        return File.ReadAllText(_file);
    }
}
