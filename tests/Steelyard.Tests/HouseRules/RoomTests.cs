using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Steelyard.Tests.HouseRules;

/// <summary>
/// Who may name whom. The compiler guards the floors; these tables guard the rooms, by the
/// <c>using</c> lines of their files. A wall that stands in the way is moved here and in the
/// README's picture, in the same commit.
/// </summary>
public sealed partial class RoomTests
{
    private static readonly string[] Bricks = ["Time", "Chance", "Invariants"];

    private static readonly Dictionary<string, string[]> Core = new()
    {
        ["Time"] = [],
        ["Chance"] = [],
        ["Invariants"] = [],
        ["Queues"] = Bricks,
        ["Wire"] = ["Invariants"],
        ["Routing"] = [.. Bricks, "Wire"],
        ["Services"] = [.. Bricks, "Wire"],
        ["Scheduling"] = [.. Bricks, "Wire", "Services"],
        ["Connections"] = [.. Bricks, "Wire", "Services"],
        ["Forwarding"] =
            [.. Bricks, "Queues", "Wire", "Routing", "Services", "Scheduling", "Connections"],

        // What the user wrote is passive data; the rooms that follow it know its shape.
        ["Configuration"] = [.. Bricks, "Wire", "Services"],
        ["Vrrp"] = [.. Bricks, "Wire", "Configuration"],
        ["Health"] = [.. Bricks, "Configuration"],
        ["Sync"] = [.. Bricks, "Wire", "Services", "Connections", "Vrrp", "Telemetry"],
        ["FrontPanel"] = Bricks,
        ["Hardware"] = Bricks,
        ["Telemetry"] = Bricks,
    };

    private static readonly Dictionary<string, string[]> Host = new()
    {
        ["Api"] = ["Listening"],
        ["Logging"] = [],
        ["Listening"] = ["Logging"],
        ["Mqtt"] = ["Listening", "Logging", "Storage"],
        ["Panel"] = ["Storage"],
        ["Hardware"] = ["Panel"],
        ["Probes"] = [],
        ["Storage"] = [],
        ["Appliance"] = ["Api", "Storage"],
        ["Update"] = ["Api", "Appliance", "Storage"],
        ["Dashboard"] = ["Listening", "Logging", "Mqtt", "Storage"],
        ["Ipvsadm"] = ["Api"],
        ["Loops"] =
            [
                "Api", "Dashboard", "Hardware", "Listening", "Logging", "Mqtt", "Panel", "Probes",
                "Storage",
            ],
        ["Lab"] = ["Api", "Loops"],
        ["Commands"] =
            ["Api", "Appliance", "Ipvsadm", "Lab", "Loops", "Panel", "Storage", "Update"],
    };

    [Fact]
    public void A_room_of_Core_names_only_the_rooms_below_it()
    {
        // Control is the one place that translates between rooms.
        Assert.Empty(Trespasses("Core", Core, free: "Control"));
    }

    [Fact]
    public void A_room_of_Host_names_only_the_rooms_it_serves()
    {
        Assert.Empty(Trespasses("Host", Host, free: "Program.cs"));
    }

    [Theory]
    [InlineData("Core", "Linux")]
    [InlineData("Core", "Host")]
    [InlineData("Linux", "Host")]
    public void A_floor_names_none_above_it(string floor, string above)
    {
        Assert.DoesNotContain(
            Usings(floor), named => named.Floor == above);
    }

    [Theory]
    [InlineData("Linux")]
    [InlineData("Host")]
    public void The_simulation_runs_without_the_kernel_and_the_program(string floor)
    {
        Assert.DoesNotContain(
            SourceTree.Files("tests/Steelyard.Simulation").SelectMany(file => file.Lines),
            line => line.StartsWith($"using Steelyard.{floor}", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Trespasses(
        string floor, Dictionary<string, string[]> rooms, string free) =>
        from named in Usings(floor)
        where named.Floor == floor && named.From != free && named.Room != named.From
        where !rooms.TryGetValue(named.From, out string[]? allowed)
            || !allowed.Contains(named.Room)
        select $"{named.Path}: room {named.From} may not name {named.Room}";

    private static IEnumerable<(string Path, string From, string Floor, string Room)> Usings(
        string floor) =>
        from file in SourceTree.Files($"src/Steelyard.{floor}")
        from line in file.Lines
        let match = UsingLine().Match(line)
        where match.Success
        select (file.Path, file.Path.Split('/')[2], match.Groups[1].Value, match.Groups[2].Value);

    [GeneratedRegex(@"^using (?:static )?Steelyard\.(Core|Linux|Host)(?:\.(\w+))?")]
    private static partial Regex UsingLine();
}
