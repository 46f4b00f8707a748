using System.IO;
using System.Linq;
using Steelyard.Rig.Box;

namespace Steelyard.Rig.Methods;

/// <summary>
/// SCTP by address translation between two ends of usrsctp, a stack of its own that needs nothing
/// of the kernel but raw sockets. Each has one address: the stack tells its peer all of them.
/// </summary>
[Collection(MethodsFixture.Name)]
public sealed class SctpTests(MethodsFixture fixture)
{
    private const string Programs = "/usr/lib/usrsctp";

    private MethodsWorld World => fixture.World;

    [ProgramTheory(Programs + "/client", "libusrsctp-examples")]
    [InlineData(MethodsConfig.Vip, "caller4", "server41")]
    [InlineData(MethodsConfig.Vip6, "caller6", "server46")]
    public void An_association_carries_3000_messages_both_ways(
        string address, string client, string server)
    {
        string question = Path.Combine(World.Box.Folder, client + ".question");
        File.WriteAllLines(
            question, Enumerable.Range(1, 3_000).Select(line => $"line {line} of the question"));
        long[] before = World.Statistics('s', address, MethodsConfig.Echo);
        _ = Shell.Start($"exec ip netns exec {World.Box.Name(server)} {Programs}/echo_server "
            + "> /dev/null 2>&1");
        Shell.Until("the server has its raw sockets", () => World.Box
            .In(server, "cat /proc/net/raw /proc/net/raw6").Contains(":0084"));

        // The client leaves when its input ends, whatever is still on its way: so that stays open
        // until all answers are there.
        string answers = Path.Combine(World.Box.Folder, client + ".answers");
        string script = Path.Combine(World.Box.Folder, client + ".sh");
        File.WriteAllText(script, $"""
            : > {answers}
            all() ( [ "$(grep -c '^line ' {answers})" -ge 3000 ] )
            ask() ( cat {question}; tries=0; until all || [ $tries -ge 400 ]; do
                tries=$((tries + 1)); sleep 0.1; done )
            ask | timeout 60 stdbuf -oL {Programs}/client {address} {MethodsConfig.Echo} > {answers}

            """);
        _ = World.Box.In(client, $"bash {script}");
        string answer = File.ReadAllText(answers);

        Assert.Equal(
            File.ReadAllLines(question),
            answer.Split('\n').Where(line => line.StartsWith("line ")));
        Assert.Contains("SCTP_SHUTDOWN_COMP", answer);
        long[] after = World.Statistics('s', address, MethodsConfig.Echo);
        Assert.Equal(before[0] + 1, after[0]);
        Assert.True(after[1] > before[1] + 50 && after[2] > before[2] + 50, "both are counted");
        World.AssertNothingElseDropped();
    }
}
