using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Wire;
using Steelyard.Tests.Golden;

namespace Steelyard.Tests.Forwarding;

/// <summary>
/// What LVS of Linux 6.1 did with packets, replayed: same octets, same next hop. Fields that
/// differ from boot to boot are masked.
/// </summary>
public sealed class RecordedPacketTests
{
    public static TheoryData<string> Recordings =>
        [.. Scenario.NamesIn("packets")];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Packets_leave_as_LVS_sent_them(string recording)
    {
        string text = File.ReadAllText(Path.Combine(Scenario.Folder, recording + ".json"));
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        GoldenWorld world = MakeWorld(root, text);
        string[] commands =
            [.. root.GetProperty("ipvsadm").EnumerateArray().Select(line => line.GetString()!)];
        Run(world, commands.Where(command => !IsLater(command)));

        int index = 0;
        foreach (JsonElement step in root.GetProperty("steps").EnumerateArray())
        {
            string note = step.Text("note")!;
            if (note == "server removed")
            {
                Run(world, commands.Where(IsLater));
            }
            else if (note.Contains("expire_nodest_conn=1", StringComparison.Ordinal))
            {
                new Sysctls(world).Set("net.ipv4.vs.expire_nodest_conn", "1");
            }

            Replay(world, step, Better.Of(recording, index++, step.GetProperty("out")));
        }

        world.CheckConservation();
    }

    private static GoldenWorld MakeWorld(JsonElement root, string text)
    {
        bool isGiven = root.TryGetProperty("mtu", out JsonElement mtu);
        return new(
            Scenario.VirtualsIn(text),
            isGiven ? mtu.Number("client_side") : 1500,
            isGiven ? mtu.Number("server_side") : 1500);
    }

    /// <summary>A removal is recorded with the other commands and made before its step.</summary>
    private static bool IsLater(string command) =>
        command.StartsWith("-d ", StringComparison.Ordinal);

    private static void Run(GoldenWorld world, IEnumerable<string> commands)
    {
        foreach (string command in commands)
        {
            Assert.Equal((command, 0, "", ""), Ran(world, command));
        }
    }

    private static (string, int, string, string) Ran(GoldenWorld world, string command)
    {
        (int code, string output, string error) = world.Ipvsadm(command);
        return (command, code, output, error);
    }

    private static void Replay(GoldenWorld world, JsonElement step, JsonElement expected)
    {
        string what = $"{step.Text("note")}: {step.Text("summary")}";
        byte[] packet = Convert.FromHexString(step.Text("in")!);
        Sighting[] seen = step.Text("from") == "client"
            ? world.FromClient(packet)
            : world.FromServer(packet, Sighting.SourceOf(packet));

        bool isChanged = expected.ValueKind == JsonValueKind.Object;
        JsonElement packets = isChanged ? step.GetProperty("out") : expected;
        Assert.True(
            packets.GetArrayLength() == seen.Length,
            $"{what}\n expected {packets}\n actual {string.Join<Sighting>("; ", seen)}");
        for (int index = 0; index < seen.Length; index++)
        {
            byte[] wanted = Convert.FromHexString(packets[index].Text("hex")!);
            if (isChanged)
            {
                Change(wanted, expected.GetProperty("changed"));
            }

            Compare(wanted, packets[index], seen[index], what);
        }
    }

    /// <summary>Where ours is better, some octets differ.</summary>
    private static void Change(byte[] packet, JsonElement changed)
    {
        foreach (JsonProperty at in changed.EnumerateObject())
        {
            Convert.FromHexString(at.Value.GetString()!).CopyTo(packet, int.Parse(at.Name));
        }
    }

    private static void Compare(byte[] wanted, JsonElement expected, Sighting seen, string what)
    {
        byte[] actual = [.. seen.Packet];
        if (expected.TryGetProperty("variable", out JsonElement variable))
        {
            foreach (JsonElement field in variable.EnumerateArray())
            {
                Mask(wanted, field);
                Mask(actual, field);
            }
        }

        Assert.True(
            wanted.AsSpan().SequenceEqual(actual),
            $"{what}\n wanted {Convert.ToHexString(wanted)}"
                + $"\n actual {Convert.ToHexString(actual)}");
        string nextHop = expected.Text("next_hop")!;
        MacAddress station = nextHop == "client router"
            ? TestBox.RouterMac
            : Topology.StationOf(IpAddress.Parse(nextHop));
        Assert.Equal(
            (what, expected.Text("to") == "server", station),
            (what, seen.IsOnServerSide, seen.Station));
    }

    private static void Mask(Span<byte> packet, JsonElement field)
    {
        int offset = field.Number("offset");
        int length = field.Number("length");
        if (offset + length <= packet.Length)
        {
            packet.Slice(offset, length).Clear();
        }
    }
}
