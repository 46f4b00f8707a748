using System;
using System.Diagnostics;
using System.IO;
using Steelyard.Core.Routing;
using Steelyard.Linux;
using Steelyard.Linux.Network;

namespace Steelyard.Rig.Network;

public sealed class NetworkNamespaceTests
{
    [RootFact]
    public void A_new_namespace_holds_loopback_alone_and_the_caller_stays_where_it_was()
    {
        string before = File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.Name;

        using NetworkNamespace place = NetworkNamespace.Create();

        InterfaceState only = Assert.Single(Interfaces(place).Interfaces);
        Assert.Equal("lo", only.Name);
        Assert.Equal(before, File.ResolveLinkTarget("/proc/thread-self/ns/net", false)!.Name);
    }

    [RootFact]
    public void A_program_runs_inside()
    {
        using NetworkNamespace place = NetworkNamespace.Create();
        using LinkEditor editor = LinkEditor.Inside(place);
        editor.AddVethPair("inside0", "inside1");

        using Process process = place.Start(
            new("ip", "-o link") { RedirectStandardOutput = true });
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Contains("inside0", output, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_named_namespace_is_that_of_ip_netns()
    {
        string name = "steelyard-" + Environment.ProcessId;
        using (NetworkNamespace place = NetworkNamespace.Create(name))
        {
            using LinkEditor editor = LinkEditor.Inside(place);
            editor.AddVethPair("inside0", "inside1");
            Assert.Throws<IOException>(() => NetworkNamespace.Create(name));
        }

        using (NetworkNamespace again = NetworkNamespace.Open(name))
        {
            Assert.Equal(name, again.Name);
            Assert.Contains(Interfaces(again).Interfaces, one => one.Name == "inside0");
        }

        Assert.Contains(name, Output("ip", "netns list"), StringComparison.Ordinal);
        Assert.Contains(
            "inside0", Output("ip", $"-n {name} -o link"), StringComparison.Ordinal);
        NetworkNamespace.Delete(name);
        Assert.Throws<KernelException>(() => NetworkNamespace.Open(name));
    }

    [RootFact]
    public void What_goes_wrong_inside_is_told_outside()
    {
        using NetworkNamespace place = NetworkNamespace.Create();

        Assert.Throws<TimeoutException>(() => place.Run(() => throw new TimeoutException()));
    }

    [RootFact]
    public void An_interface_can_be_plugged_into_a_bridge()
    {
        using NetworkNamespace place = NetworkNamespace.Create();
        using LinkEditor editor = LinkEditor.Inside(place);
        editor.AddBridge("switch0");
        editor.AddVethPair("port0", "leg0");
        editor.SetBridge("port0", "switch0");

        string description = place.Run(() => Output("ip", "link show port0"));

        Assert.Contains("master switch0", description, StringComparison.Ordinal);
        KernelException failure = Assert.Throws<KernelException>(
            () => editor.SetUp("missing0"));
        Assert.True(failure.IsMissingInterface);
        Assert.Contains("missing0", failure.Message, StringComparison.Ordinal);
    }

    private static NetworkPicture Interfaces(NetworkNamespace place) => place.Run(() =>
    {
        using LinkMonitor monitor = new();
        return monitor.Read();
    });

    private static string Output(string program, string arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
