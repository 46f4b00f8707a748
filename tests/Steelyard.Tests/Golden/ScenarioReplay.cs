using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>Plays a recording's events to a world and compares what comes out of it.</summary>
internal sealed class ScenarioReplay
{
    // The estimator of rates ticks every two seconds; recordings begin between two ticks.
    private static readonly TimeSpan Prelude = TimeSpan.FromSeconds(1);

    private readonly Scenario _scenario;
    private readonly GoldenWorld _world;
    private readonly Sysctls _sysctls;
    private readonly CommandReplay _commands;
    private readonly Dictionary<int, Conversation> _conversations = [];

    public ScenarioReplay(Scenario scenario)
    {
        _scenario = scenario;
        _world = new(scenario.Virtuals);
        _sysctls = new(_world);
        _commands = new(_world);
        foreach ((string name, string value) in scenario.Sysctl)
        {
            _sysctls.Set(name, value);
        }

        if (!scenario.Marks.IsEmpty)
        {
            _world.Command(new ReplaceMarkRules(scenario.Marks));
        }

        foreach (string command in scenario.Setup)
        {
            string? difference = _commands.DifferenceOfSilent(command);
            Assert.True(difference is null, $"{scenario.Name}: {command}\n{difference}");
        }

        foreach (JsonElement step in scenario.Earlier)
        {
            if (step.TryGetProperty("id", out _) && step.TryGetProperty("src", out _))
            {
                _ = ConversationOf(step, PacketPlan.Of(step).Protocol);
            }
        }

        _world.Wait(Prelude);
    }

    public void Play()
    {
        for (int index = 0; index < _scenario.Events.Length; index++)
        {
            JsonElement step = _scenario.Events[index];
            string where = $"{_scenario.Name}, event {index}: {step}";
            string? difference;
            try
            {
                difference = Play(step, index);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"{where}\n{fault.Message}", fault);
            }

            Assert.True(difference is null, $"{where}\n{difference}");
        }

        _world.CheckConservation();
    }

    /// <summary>What the box did otherwise than the kernel; null for nothing.</summary>
    private string? Play(JsonElement step, int index)
    {
        JsonElement expected = Expected(step, index);
        switch (step.Text("op"))
        {
            case "wait":
                _world.Wait(TimeSpan.FromMilliseconds(step.Number("ms")));
                return null;
            case "sysctl":
                _sysctls.Set(step.Text("name")!, step.GetProperty("value").ToString());
                return null;
            case "messages":
                return null;
            case "inject_messages":
                return Inject(step.Number("count"));
            case "ipvsadm":
                return _commands.DifferenceOf(step, expected);
            case "list":
                return _commands.DifferenceOfListing(step, expected);
            case "spkt":
                return CompareReply(
                    step, expected, it => it.FromServer(step.Flags(), Length(step)));
            case "udp_reply":
                return CompareReply(
                    step, expected, it => it.FromServer(GoldenPacket.Payload(Length(step))));
            case "server_packet":
                return CompareServerPacket(step, expected);
            case "syn_many":
                return Distribution.DifferenceOf(_world, step);
            default:
                return ClientPackets(step, expected);
        }
    }

    /// <summary>What an event wants, or what is better; a listing is in the event itself.</summary>
    private JsonElement Expected(JsonElement step, int index)
    {
        JsonElement recorded = step.TryGetProperty("expect", out JsonElement expect) ? expect
            : step.Text("op") == "list" ? step
            : default;
        return Better.Of(_scenario.Name, index, recorded);
    }

    private string? Inject(int count)
    {
        Assert.Equal(count, _scenario.Messages.Length);
        foreach (byte[] message in _scenario.Messages)
        {
            _world.Controller.OnSyncDatagram(message);
        }

        return null;
    }

    private static int Length(JsonElement step) => step.Number("len");

    private string? ClientPackets(JsonElement step, JsonElement expected)
    {
        PacketPlan plan = PacketPlan.Of(step);
        Conversation conversation = ConversationOf(step, plan.Protocol);
        string? wanted = expected.ValueKind == JsonValueKind.Undefined ? null : Words.Of(expected);
        for (int index = 0; index < plan.Packets.Length; index++)
        {
            string got = conversation.Describe(
                _world.FromClient(plan.Packets[index](conversation)));
            wanted ??= got;
            if (got != wanted)
            {
                return $"packet {index}: {got}; expected: {wanted}";
            }

            if (!wanted.StartsWith("to ", StringComparison.Ordinal))
            {
                return null;
            }

            if (index == 0
                && plan.Reply is not null
                && wanted.EndsWith(" nat", StringComparison.Ordinal))
            {
                string reply = Reply(conversation, plan.Reply);
                string back = Words.ClientGetsFrom(conversation.Flow.Virtual.ToString());
                if (reply != back)
                {
                    return $"reply: {reply}; expected: {back}";
                }
            }
        }

        return null;
    }

    private string? CompareReply(
        JsonElement step, JsonElement expected, Func<Conversation, byte[]> packet)
    {
        string got = Reply(_conversations[step.Number("id")], packet);
        string wanted = Words.Of(expected);
        return got == wanted ? null : $"{got}; expected: {wanted}";
    }

    private string Reply(Conversation conversation, Func<Conversation, byte[]> packet) =>
        conversation.DescribeReply(
            _world.FromServer(packet(conversation), conversation.Server!.Value.Address));

    private string? CompareServerPacket(JsonElement step, JsonElement expected)
    {
        Endpoint source = EndpointOf(step, "src");
        Endpoint destination = EndpointOf(step, "dst");
        byte[] packet = step.Text("proto") == "udp"
            ? GoldenPacket.Udp(source, destination, GoldenPacket.Payload(Length(step)))
            : GoldenPacket.Tcp(source, destination, step.Flags(), Length(step));
        Sighting[] seen = _world.FromServer(packet, source.Address);
        string got = seen.Length == 0
            ? Words.Nothing
            : string.Join(", ", seen.Select(one =>
                $"the {(one.IsOnServerSide ? "server" : "client")} gets {one.Name}"));
        string wanted = Words.Of(expected);
        return got == wanted ? null : $"{got}; expected: {wanted}";
    }

    /// <summary>The conversation of an event: a new one when it says where it goes.</summary>
    private Conversation ConversationOf(JsonElement step, TransportProtocol protocol)
    {
        bool isNamed = step.TryGetProperty("id", out JsonElement id);
        if (isNamed && !step.TryGetProperty("src", out _))
        {
            return _conversations[id.GetInt32()];
        }

        FlowKey flow = new(protocol, EndpointOf(step, "src"), EndpointOf(step, "dst"));
        Conversation conversation = new(flow);
        if (isNamed)
        {
            _conversations[id.GetInt32()] = conversation;
        }

        return conversation;
    }

    private static Endpoint EndpointOf(JsonElement step, string field)
    {
        Assert.True(Endpoint.TryParse(step.Text(field), out Endpoint endpoint), field);
        return endpoint;
    }
}
