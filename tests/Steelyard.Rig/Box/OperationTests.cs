using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Steelyard.Rig.Box;

/// <summary>
/// A box as its operator meets it: direct routing, reload, claims, commands, health.
/// </summary>
public sealed class OperationTests
{
    private const string HttpCheck = """
        HTTP_GET {
                    url {
                        path /name
                        status_code 200
                    }
                    connect_timeout 1
                    retry 0
                    warmup 0
                }
        """;

    [RootFact]
    public void Direct_routing_lets_servers_answer_by_themselves()
    {
        using BoxWorld world = new();
        world.HoldVipOnServers();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web("DR", port: 80));
        box.WaitUntilServing();

        string[] answers = [.. Enumerable.Range(0, 4).Select(_ => world.Curl())];

        Assert.Equal(2, answers.Count(answer => answer == "server11"));
        Assert.Equal(2, answers.Count(answer => answer == "server12"));
        long replies = box.Status().GetProperty("services")[0].GetProperty("real_servers")
            .EnumerateArray().Sum(server => server.GetProperty("out_packets").GetInt64());
        Assert.Equal(0, replies);
    }

    [RootFact]
    public void A_reload_drops_no_connection_and_a_wrong_file_changes_nothing()
    {
        using BoxWorld world = new();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web(second: false));
        box.WaitUntilServing();
        string sum = Shell.Run($"sha256sum < {world.Folder}/nginx11/large");
        using Process download = Shell.Start($"ip netns exec {world.Name("client")} "
            + $"curl -sS -m 60 http://{BoxWorld.Vip}/slow | sha256sum");
        Shell.Until("the download has begun", () => box.ActiveConnections() == 1);

        File.WriteAllText(box.Config, Configs.Routers() + Configs.Web(first: 3));
        box.Signal("HUP");
        Shell.Until("the second server is there", () => box.Log.Contains("reloaded"));
        Shell.Until("it serves", () => world.Curl() == "server12");
        string wrong = File.ReadAllText(box.Config).Replace("lvs_sched", "lvs_shed");
        int line = wrong.Split('\n').ToList().FindIndex(text => text.Contains("lvs_shed")) + 1;
        File.WriteAllText(box.Config, wrong);
        box.Signal("HUP");
        Shell.Until("the fault is said", () => box.Log.Contains("nothing changed"));

        Assert.Contains($"{box.Config}:{line}:", box.Log, StringComparison.Ordinal);
        Assert.Contains("'lvs_sched'", box.Log, StringComparison.Ordinal);
        Assert.Equal(sum, download.StandardOutput.ReadToEnd().Trim());
        Assert.Equal("server", world.Curl()[..6]);
    }

    [RootFact]
    public void A_second_box_is_told_who_holds_the_socket_and_the_interface()
    {
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        box.WaitForRole("MASTER");

        using RunningBox sameSocket = new(
            world, "box2", Configs.Routers() + Configs.Web(), box.Socket);
        Shell.Until("the second has ended", () => sameSocket.HasExited);
        Assert.Equal(1, sameSocket.ExitCode);
        Assert.Contains("already", sameSocket.Log, StringComparison.Ordinal);

        using RunningBox sameInterface = new(
            world, "box2", Configs.Routers() + Configs.Web());
        Shell.Until(
            "it says who serves the interface",
            () => sameInterface.Log.Contains("is served by another steelyard (process "));
    }

    [RootFact]
    public void A_missing_interface_is_waited_for()
    {
        using BoxWorld world = new();
        Shell.Run($"ip -n {world.Name("box2")} link set outside down");
        Shell.Run($"ip -n {world.Name("box2")} link set outside name later");
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        Shell.Until(
            "it says what it waits for",
            () => box.Log.Contains("interface outside is missing"));

        Shell.Run($"ip -n {world.Name("box2")} link set later name outside");
        Shell.Run($"ip -n {world.Name("box2")} link set outside up");

        box.WaitForRole("MASTER");
        box.WaitUntilServing();
    }

    [RootFact]
    public void A_link_that_is_lost_is_a_fault_and_the_box_serves_again_when_it_returns()
    {
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web());
        box.WaitUntilServing();

        Shell.Run($"ip -n {world.Name("box2")} link set outside down");
        box.WaitForRole("FAULT");
        Shell.Run($"ip -n {world.Name("box2")} link set outside up");

        box.WaitForRole("MASTER");
        box.WaitUntilServing();
    }

    [RootFact]
    public void Ipvsadm_lists_changes_saves_and_restores()
    {
        using BoxWorld world = new();
        using RunningBox box = new(
            world, "box2", Configs.Routers() + Configs.Web(second: false));
        box.WaitUntilServing();

        Assert.Contains("  -> 10.0.0.11:8080               Masq    1", box.Ipvsadm("-Ln").Output);
        Assert.Equal(0, box.Ipvsadm("-a -t 192.168.100.1:80 -r 10.0.0.12:8080 -m -w 1").Code);
        Assert.Equal(0, box.Ipvsadm("-d -t 192.168.100.1:80 -r 10.0.0.11:8080").Code);
        Shell.Until("the other server serves", () => world.Curl() == "server12");
        string saved = box.Ipvsadm("-Sn").Output;
        string file = Path.Combine(world.Folder, "saved");
        File.WriteAllText(file, saved + "\n");
        Assert.Equal(0, box.Ipvsadm("-C").Code);
        Assert.StartsWith("curl: (7)", world.Curl(), StringComparison.Ordinal);
        Assert.Equal(0, box.Ipvsadm("-R", file).Code);
        Assert.Equal(saved, box.Ipvsadm("-Sn").Output);
        Assert.Equal("server12", world.Curl());
    }

    [RootFact]
    public void A_box_with_a_sync_channel_ends_when_it_is_told_to()
    {
        const string Channel = """
            global_defs {
                lvs_sync_daemon inside inside id 1
            }

            """;
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Channel + Configs.Routers() + Configs.Web());
        box.WaitForRole("MASTER");

        box.Signal("TERM");

        Shell.Until($"the box has ended; its log: {box.Log}", () => box.HasExited);
        Assert.Equal(0, box.ExitCode);
        Assert.False(File.Exists(box.Socket));
    }

    [RootFact]
    public void A_dead_server_gets_nothing_and_the_sorry_server_stands_in()
    {
        using BoxWorld world = new();
        string sorry = "sorry_server 10.0.0.12 8080";
        using RunningBox box = new(world, "box2", Configs.Routers()
            + Configs.Web(second: false, check: HttpCheck, more: sorry));
        Shell.Until("the server serves", () => world.Curl() == "server11");

        world.StopNginx(11);
        Shell.Until("the sorry server serves", () => world.Curl() == "server12");
        Shell.Until(
            "the log says so",
            () => box.Log.Contains("lost its quorum", StringComparison.Ordinal));

        world.StartNginx(11);
        Shell.Until("the server is back", () => world.Curl() == "server11");
    }
}
