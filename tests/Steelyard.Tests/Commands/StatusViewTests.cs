using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Steelyard.Core.Control;
using Steelyard.Host.Commands;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Commands;

public sealed class StatusViewTests
{
    [Fact]
    public void The_largest_numbers_fit_80_columns_and_no_row_breaks()
    {
        string[] lines = Render(Crowded()).Split('\n');

        Assert.DoesNotContain(lines, line => line.Length > 80);
        AssertLine(lines, "tcp 192.168.100.100:65535", "wlc", "sorry", "99999", "1000k", "1.2T");
        AssertLine(
            lines, "192.168.200.200:65535", "fullnat", "65535>0", "unknown", "99999", "1000G");
        AssertLine(lines, "enp1s0f0np0", "up", "123G", "123G", "1.2T", "1.2T", "1.4M");
        AssertLine(lines, "dropped on enp1s0f0np0: neighbour_unknown 1.2M, no_destination 123k");
    }

    [Fact]
    public void A_pipe_gets_no_escape_sequence()
    {
        Assert.DoesNotContain('\u001b', Render(FakeBox.Status));
    }

    /// <summary>U+202E turns what follows it.</summary>
    [Fact]
    public void Names_turn_nothing_that_is_shown()
    {
        string text = Render(FakeBox.Status with
        {
            Box = "a\u202eb",
            VirtualRouters = [FakeBox.Status.VirtualRouters[0] with { Name = "c\u202ed" }],
        });

        Assert.Contains(@"a\u202eb, ", text, StringComparison.Ordinal);
        Assert.Contains(@"c\u202ed", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', text);
    }

    [Fact]
    public void Roles_services_servers_ports_drops_and_panel_are_shown()
    {
        string text = Render(FakeBox.Status);

        string[] lines = text.Split('\n');
        Assert.StartsWith(
            "box-a, steelyard 0.1.0, up 12 s, twin box-b alive",
            lines[0],
            StringComparison.Ordinal);
        AssertLine(lines, "outside", "MASTER", "10 s", "192.168.100.1/24", "eth0", "51", "150");
        AssertLine(lines, "tcp 192.168.100.1:80", "wlc", "up", "3", "5", "109", "55000", "404k");
        AssertLine(lines, "10.0.0.11:8080", "nat", "1", "up", "3", "4", "100", "50000", "400k");
        AssertLine(lines, "10.0.0.12:8080", "nat", "1>0", "down", "0", "1", "9", "5000", "4000");
        AssertLine(lines, "! tcp 192.168.100.1:80: 10.0.0.12:8080: connection refused");
        AssertLine(lines, "eth0", "up", "10", "20", "1000", "2000", "7");
        AssertLine(lines, "dropped on eth0: not_ours 7");
        AssertLine(lines, "panel", "ready on", "role on", "fault off");
        AssertLine(lines, "connections", "8 now, 109 made, 101 ended");
    }

    [Theory]
    [InlineData(true, "box-b", "twin box-b silent")]
    [InlineData(true, "", "no twin was ever heard")]
    [InlineData(false, "", "no twin")]
    public void A_twin_that_is_not_heard_is_told_of(bool isMissed, string name, string expected)
    {
        TwinStatus twin = new(false, name) { Missed = isMissed };

        string text = Render(FakeBox.Status with { Twin = twin });

        Assert.Equal(
            $"box-a, steelyard 0.1.0, up 12 s, {expected}", text.Split('\n')[0].TrimEnd());
    }

    [Fact]
    public void What_the_engine_met_is_shown_and_nothing_of_what_it_did_not()
    {
        IncidentCounts incidents = new()
        {
            ConnectionsEvicted = 16,
            EvictedHalfOpen = 9,
            EvictedUnanswered = 7,
            ConnectionsRefused = 5,
            RefusedServiceShare = 3,
            CallIdsNotKept = 1234,
            DatagramsTimedOut = 2,
            AnswersWithheld = 100_000,
        };

        string[] lines = Render(FakeBox.Status with { Incidents = incidents }).Split('\n');

        AssertLine(lines, "gave way", "9 half-open, 7 unanswered");
        AssertLine(
            lines, "no room", "5 refused, 3 for a service's share, 1234 Call-IDs not kept");
        AssertLine(lines, "fragments", "2 too late");
        AssertLine(lines, "untold", "100k answers");
        Assert.DoesNotContain("no room", Render(FakeBox.Status), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_should_know_stands_right_below_the_headline()
    {
        string[] lines = Render(FakeBox.Status with { Warnings = ["the link has no key"] })
            .Split('\n');

        Assert.Equal("! the link has no key", lines[1].TrimEnd());
    }

    [Fact]
    public void What_commands_made_or_changed_is_marked()
    {
        ServiceStatus known = FakeBox.Status.Services[0];
        BoxStatus status = FakeBox.Status with
        {
            Services =
            [
                known with
                {
                    Origin = "edited",
                    RealServers =
                    [
                        known.RealServers[0] with { Origin = "command" },
                        known.RealServers[1],
                    ],
                },
                known with { Service = "fwmark 3", Origin = "command" },
            ],
        };

        string[] lines = Render(status).Split('\n');

        Assert.Equal(
            [
                "* tcp 192.168.100.1:80: not as in the file",
                "* tcp 192.168.100.1:80: 10.0.0.11:8080: not in the file",
                "* fwmark 3: not in the file",
            ],
            lines.Where(line => line.StartsWith('*')).Select(line => line.TrimEnd()));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(99_999, "99999")]
    [InlineData(100_000, "100k")]
    [InlineData(12_345_678, "12.3M")]
    [InlineData(999_999_999, "1000M")]
    [InlineData(5_000_000_000, "5.0G")]
    [InlineData(7_200_000_000_000, "7.2T")]
    public void Counts_keep_to_a_few_places(long number, string expected)
    {
        Assert.Equal(expected, StatusView.Count(number));
    }

    [Theory]
    [InlineData(-1, "0 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(184, "3 min 4 s")]
    [InlineData(7_260, "2 h 1 min")]
    [InlineData(190_800, "2 d 5 h")]
    public void Times_are_said_in_their_two_largest_units(double seconds, string expected)
    {
        Assert.Equal(expected, StatusView.Span(seconds));
    }

    private static void AssertLine(string[] lines, params string[] words)
    {
        Assert.Contains(lines, line =>
        {
            int from = 0;
            foreach (string word in words)
            {
                int found = line.IndexOf(word, from, StringComparison.Ordinal);
                if (found < 0)
                {
                    return false;
                }

                from = found + word.Length;
            }

            return true;
        });
    }

    private static BoxStatus Crowded() => FakeBox.Status with
    {
        Services =
        [
            new("tcp 192.168.100.100:65535", "wlc", false, 1, true,
            [
                new("192.168.200.200:65535", "fullnat", 65_535, 0, "unknown", 99_999, 99_999,
                    999_999, 1, 1, 1_234_567_890_123, 999_999_999_999, string.Empty),
            ]),
        ],
        Ports =
        [
            new("enp1s0f0np0", true, 123_456_789_012, 123_456_789_012, 1_234_567_890_123,
                1_234_567_890_123,
                ImmutableSortedDictionary<string, long>.Empty
                    .Add("no_destination", 123_456)
                    .Add("neighbour_unknown", 1_234_567)),
        ],
    };

    private static string Render(BoxStatus status)
    {
        using StringWriter output = new();
        StatusCommand.PlainConsole(output, columns: 80).Write(StatusView.Render(status));
        return output.ToString();
    }
}
