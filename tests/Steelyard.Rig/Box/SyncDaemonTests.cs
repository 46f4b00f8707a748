using System.Diagnostics;

namespace Steelyard.Rig.Box;

/// <summary>Sync daemons that commands have started, between two boxes that know no twin.</summary>
public sealed class SyncDaemonTests
{
    [RootFact]
    public void A_download_survives_its_box_by_daemons_that_commands_have_started()
    {
        using BoxWorld world = new();
        string web = Configs.Web(second: false);
        using RunningBox first = new(world, "box2", Configs.Routers(priority: 200) + web);
        first.WaitForRole("MASTER");
        first.WaitUntilServing();
        using RunningBox second = new(world, "box3", Configs.Routers(priority: 100) + web);
        second.WaitForRole("BACKUP");

        // Of a server that is down nothing is learnt.
        Shell.Until(
            "the backup has its server", () => second.Ipvsadm("-Ln").Output.Contains("-> 10."));
        string sum = Shell.Run($"sha256sum < {world.Folder}/nginx11/large");
        using Process download = Shell.Start($"ip netns exec {world.Name("client")} "
            + $"curl -sS -m 60 http://{BoxWorld.Vip}/slow | sha256sum");
        Shell.Until("the download has begun", () => first.ActiveConnections() == 1);

        // It was there before: the master tells of it when it starts.
        Start(second, "backup");
        Start(first, "master");
        Shell.Until("the backup knows it", () => second.ActiveConnections() == 1);
        first.Signal("KILL");

        Assert.Equal(sum, download.StandardOutput.ReadToEnd().Trim());
        Assert.Equal("MASTER", second.Role());
    }

    [RootFact]
    public void A_daemon_of_another_syncid_and_one_that_was_stopped_learn_nothing()
    {
        using BoxWorld world = new();
        string web = Configs.Web(second: false);
        using RunningBox first = new(world, "box2", Configs.Routers(priority: 200) + web);
        first.WaitForRole("MASTER");
        first.WaitUntilServing();
        using RunningBox second = new(world, "box3", Configs.Routers(priority: 100) + web);
        second.WaitForRole("BACKUP");
        Start(second, "backup", syncId: 8);
        Start(first, "master");

        world.Curl();
        Shell.Until("it was told", () => first.Ipvsadm("-Lnc").Output.Contains("TIME_WAIT"));
        Assert.DoesNotContain("TCP", second.Ipvsadm("-Lnc").Output);

        Assert.Equal(0, second.Ipvsadm("--stop-daemon backup").Code);
        Start(second, "backup");
        world.Curl();
        Shell.Until("it was heard", () => second.Ipvsadm("-Lnc").Output.Contains("TIME_WAIT"));
        string daemons = second.Ipvsadm("-L --daemon").Output;
        Assert.Contains("backup sync daemon (mcast=inside, syncid=9", daemons);
    }

    private static void Start(RunningBox box, string role, int syncId = 9)
    {
        (int code, string output) = box.Ipvsadm(
            $"--start-daemon {role} --mcast-interface inside --syncid {syncId}");
        Assert.True(code == 0, output);
    }
}
