using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Steelyard.Core.Control;
using Steelyard.Core.Telemetry;
using Steelyard.Host.Mqtt;

namespace Steelyard.Tests.Mqtt;

public sealed class TopicTreeTests
{
    private const string ServiceTopic = "steelyard/left/service/tcp-192_168_100_1-80/state";

    private const string ServerTopic =
        "steelyard/left/service/tcp-192_168_100_1-80/real/10_0_0_1-80/state";

    private static readonly DateTimeOffset Noon = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<Outgoing> _sent = [];
    private readonly TopicTree _tree;

    public TopicTreeTests() => _tree = new(new Topics("left"), _sent.Add);

    [Fact]
    public void A_picture_fills_every_topic_with_retained_values()
    {
        _tree.Apply(Pictures.Box(10, Pictures.Service(Pictures.Server("10.0.0.1:80"))), 0);

        Assert.All(_sent, message => Assert.True(message.IsRetained));
        Assert.Equal(
            [
                "steelyard/left/hardware",
                "steelyard/left/port/eth0/state",
                "steelyard/left/rates",
                "steelyard/left/router/outside/state",
                ServerTopic,
                ServiceTopic,
                "steelyard/left/state",
            ],
            _sent.Select(message => message.Topic).Order(StringComparer.Ordinal));
    }

    /// <summary>The names that the manual promises; numbers are numbers.</summary>
    [Fact]
    public void The_box_is_told_in_flat_json()
    {
        BoxStatus box = Pictures.Box(61.9, Pictures.Service(Pictures.Server("10.0.0.1:80")));
        IncidentCounts incidents = new() { CallIdsNotKept = 6, DatagramsOverlapping = 7 };
        _tree.Apply(box with { Incidents = incidents }, 4);

        JsonElement state = Last("steelyard/left/state");
        Assert.Equal(6, state.GetProperty("call_ids_not_kept").GetInt64());
        Assert.Equal(7, state.GetProperty("datagrams_overlapping").GetInt64());
        Assert.Equal("0.1.0", state.GetProperty("version").GetString());
        Assert.Equal(61, state.GetProperty("uptime_s").GetInt64());
        Assert.Equal(1, state.GetProperty("interval_s").GetDouble());
        Assert.Equal("MASTER", state.GetProperty("role").GetString());
        Assert.True(state.GetProperty("twin_alive").GetBoolean());
        Assert.False(state.GetProperty("twin_missed").GetBoolean());
        Assert.Equal("on", state.GetProperty("led_ready").GetString());
        Assert.Equal(1, state.GetProperty("services_up").GetInt32());
        Assert.Equal(5, state.GetProperty("connections_current").GetInt32());
        Assert.Equal(4, state.GetProperty("telemetry_dropped").GetInt64());
        Assert.All(
            state.EnumerateObject(),
            each => Assert.NotEqual(JsonValueKind.Object, each.Value.ValueKind));
    }

    [Fact]
    public void What_a_person_should_know_is_told()
    {
        _tree.Apply(Pictures.Box(10) with { Warnings = ["one thing", "another"] }, 0);

        Assert.Equal(
            ["one thing", "another"],
            Last("steelyard/left/state").GetProperty("warnings").EnumerateArray()
                .Select(sentence => sentence.GetString()));
    }

    [Fact]
    public void A_twin_that_is_missed_is_told()
    {
        _tree.Apply(
            Pictures.Box(10) with { Twin = new(false, string.Empty) { Missed = true } }, 0);

        JsonElement state = Last("steelyard/left/state");
        Assert.False(state.GetProperty("twin_alive").GetBoolean());
        Assert.True(state.GetProperty("twin_missed").GetBoolean());
    }

    /// <summary>
    /// 5 connections, 50 + 40 packets, 5,000 + 45,000 bytes in half a minute each.
    /// </summary>
    [Fact]
    public void Rates_of_a_service_are_the_sum_of_its_servers()
    {
        _tree.Apply(
            Pictures.Box(
                10,
                Pictures.Service(
                    Pictures.Server("10.0.0.1:80", 5), Pictures.Server("10.0.0.2:80", 5))),
            0);
        _tree.Apply(
            Pictures.Box(
                12,
                Pictures.Service(
                    Pictures.Server("10.0.0.1:80", 15), Pictures.Server("10.0.0.2:80", 9))),
            0);

        Assert.Equal(5, Last(ServerTopic).GetProperty("connections_per_second").GetDouble());
        Assert.Equal(7, Last(ServiceTopic).GetProperty("connections_per_second").GetDouble());
        JsonElement rates = Last("steelyard/left/rates");
        Assert.Equal(7, rates.GetProperty("connections_per_second").GetDouble());
        Assert.Equal(70, rates.GetProperty("in_packets_per_second").GetDouble());
        Assert.Equal(126, rates.GetProperty("packets_per_second").GetDouble());
        Assert.Equal(24, Last(ServiceTopic).GetProperty("connections").GetInt64());
    }

    [Fact]
    public void A_value_that_did_not_change_is_not_said_again()
    {
        BoxStatus box = Pictures.Box(10, Pictures.Service(Pictures.Server("10.0.0.1:80")));
        _tree.Apply(box, 0);
        _sent.Clear();

        _tree.Apply(box with { UptimeS = 11 }, 0);

        Assert.Equal(["steelyard/left/state"], _sent.Select(message => message.Topic));
    }

    [Fact]
    public void A_server_that_is_gone_is_emptied()
    {
        _tree.Apply(
            Pictures.Box(
                10,
                Pictures.Service(
                    Pictures.Server("10.0.0.1:80"), Pictures.Server("10.0.0.2:80"))),
            0);
        _sent.Clear();

        _tree.Apply(Pictures.Box(11, Pictures.Service(Pictures.Server("10.0.0.2:80"))), 0);

        Outgoing emptied = Assert.Single(_sent, message => message.Payload.IsEmpty);
        Assert.Equal(ServerTopic, emptied.Topic);
        Assert.True(emptied.IsRetained);
    }

    [Fact]
    public void Names_that_look_alike_as_ids_get_topics_of_their_own()
    {
        BoxStatus box = Pictures.Box(10);

        _tree.Apply(
            box with
            {
                VirtualRouters =
                [
                    box.VirtualRouters[0] with { Name = "a.b" },
                    box.VirtualRouters[0] with { Name = "a_b" },
                ],
            },
            0);

        Assert.Equal(
            "a.b", Last("steelyard/left/router/a_b/state").GetProperty("name").GetString());
        Assert.Equal(
            "a_b", Last("steelyard/left/router/a_b-2/state").GetProperty("name").GetString());
    }

    [Fact]
    public void A_server_counts_as_up_while_it_takes_connections()
    {
        RealServerStatus server = Pictures.Server("10.0.0.1:80");

        _tree.Apply(
            Pictures.Box(
                10,
                Pictures.Service(
                    server,
                    server with { Address = "10.0.0.2:80", Health = "unknown" },
                    server with { Address = "10.0.0.3:80", Health = "down" },
                    server with { Address = "10.0.0.4:80", Health = "drain" },
                    server with { Address = "10.0.0.5:80", EffectiveWeight = 0 })),
            0);

        Assert.Equal(2, Last(ServiceTopic).GetProperty("servers_up").GetInt32());
        Assert.Equal(5, Last(ServiceTopic).GetProperty("servers").GetInt32());
    }

    [Fact]
    public void An_event_passes_and_the_list_of_the_last_ones_stays()
    {
        for (int number = 1; number <= TopicTree.EventsKept + 1; number++)
        {
            string name = number.ToString(CultureInfo.InvariantCulture);
            _tree.Apply(
                new BoxEvent(EventSeverity.Warning, "health", name, "It failed."),
                Noon.AddSeconds(number));
        }

        Outgoing passing = _sent.Last(message => message.Topic == "steelyard/left/event");
        Assert.False(passing.IsRetained);
        Assert.Equal(
            """
            {"sequence":51,"time":"2025-06-01T12:00:51.000Z","severity":"warning",
            "kind":"health","subject":"51","sentence":"It failed."}
            """.ReplaceLineEndings(string.Empty),
            Encoding.UTF8.GetString(passing.Payload.Span));
        JsonElement events = Last("steelyard/left/events");
        Assert.Equal(TopicTree.EventsKept, events.GetArrayLength());
        Assert.Equal("2", events[0].GetProperty("subject").GetString());
    }

    [Fact]
    public void The_list_of_events_survives_pictures()
    {
        _tree.Apply(new BoxEvent(EventSeverity.Information, "role", "x", "It is."), Noon);
        _sent.Clear();

        _tree.Apply(Pictures.Box(10), 0);

        Assert.DoesNotContain(_sent, message => message.Payload.IsEmpty);
    }

    [Fact]
    public void A_newcomer_sees_the_last_minutes()
    {
        for (int second = 0; second < 6; second++)
        {
            _tree.Apply(
                Pictures.Box(
                    10 + second,
                    Pictures.Service(Pictures.Server("10.0.0.1:80", second * second))),
                0);
        }

        JsonElement history = Last("steelyard/left/history");
        Assert.Equal(15, history.GetProperty("end_uptime_s").GetDouble());
        Assert.Equal(1, history.GetProperty("step_s").GetDouble());
        Assert.Equal(
            [1.0, 3, 5, 7, 9],
            history.GetProperty("connections_per_second").EnumerateArray()
                .Select(each => each.GetDouble()));
    }

    private JsonElement Last(string topic)
    {
        Outgoing message = _sent.Last(each => each.Topic == topic);
        return JsonDocument.Parse(message.Payload).RootElement;
    }
}
