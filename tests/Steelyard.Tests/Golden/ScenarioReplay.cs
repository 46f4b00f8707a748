using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>Plays a recording's events to a director and compares what comes out of it.</summary>
public sealed class ScenarioReplay
{
    private const TcpFlags Ack = TcpFlags.Acknowledgment;
    private const TcpFlags PushAck = TcpFlags.Push | Ack;
    private const TcpFlags FinAck = TcpFlags.Fin | Ack;

    private readonly Scenario _scenario;
    private readonly Director _director;

    // By the recording's connection id: its ends, and the server that had its last packet.
    private readonly Dictionary<int, FlowKey> _flows = [];
    private readonly Dictionary<int, Endpoint> _lastServers = [];

    public ScenarioReplay(Scenario scenario)
    {
        _scenario = scenario;
        _director = new(scenario.Marks);
        foreach ((string name, int value) in scenario.Sysctl)
        {
            SetSysctl(name, value);
        }

        foreach (string command in scenario.Setup)
        {
            Commands.Run(_director, command);
        }
    }

    /// <summary>Plays the first events, or all.</summary>
    /// <param name="count">How many events.</param>
    /// <param name="exceptions">Events whose packets are played but not compared.</param>
    public void Play(int count = int.MaxValue, params ReadOnlySpan<int> exceptions)
    {
        int end = int.Min(count, _scenario.Events.Length);
        for (int index = 0; index < end; index++)
        {
            JsonElement step = _scenario.Events[index];
            string where = $"{_scenario.Name}, event {index}: {step.GetProperty("op")}";
            string? difference = Play(step);
            Assert.True(
                difference is null != exceptions.Contains(index), $"{where}: {difference}");
        }
    }

    /// <summary>What the director did otherwise than the kernel; null for nothing.</summary>
    private string? Play(JsonElement step)
    {
        string op = step.GetProperty("op").GetString()!;
        switch (op)
        {
            case "wait":
                _director.Wait(step.GetProperty("ms").GetInt32());
                return null;
            case "sysctl":
                SetSysctl(step.GetProperty("name").GetString()!, Number(step, "value"));
                return null;
            case "ipvsadm":
                Commands.Run(_director, step.GetProperty("args").GetString()!);
                return null;
            case "list":
                return CompareListing(step);
            case "spkt":
                return CompareReply(step, Flags(step));
            case "udp_reply":
                return CompareReply(step, TcpFlags.None);
            default:
                return ComparePackets(op, step);
        }
    }

    private string? ComparePackets(string op, JsonElement step)
    {
        int length = Number(step, "len");
        FlowKey flow = FlowOf(step);
        (TcpFlags Flags, int Length)[] packets = op switch
        {
            "udp" => [(TcpFlags.None, length)],
            "syn" => [(TcpFlags.Syn, 0)],
            "rst" => [(TcpFlags.Reset, 0)],
            "cpkt" or "tcp" => [(Flags(step), length)],
            "open" => [(TcpFlags.Syn, 0), (Ack, 0)],
            "data" => [(PushAck, length)],
            "data_many" => [.. Enumerable.Repeat((PushAck, length), Number(step, "count"))],
            "close" => [(FinAck, 0), (Ack, 0)],
            _ => throw new NotSupportedException(op),
        };
        (TcpFlags Flags, int Length)? reply = op switch
        {
            "open" => (TcpFlags.Syn | Ack, 0),
            "close" => (FinAck, 0),
            "data" when Number(step, "reply_len") == 0 => (Ack, 0),
            "data" => (PushAck, Number(step, "reply_len")),
            _ => null,
        };

        string? difference = null;
        for (int index = 0; index < packets.Length; index++)
        {
            (TcpFlags flags, int payload) = packets[index];
            Outcome outcome = _director.OnClientPacket(flow, flags, payload);
            difference ??= Compare(outcome, step);
            if (outcome.To is not { } server)
            {
                break;
            }

            if (step.TryGetProperty("id", out JsonElement id))
            {
                _lastServers[id.GetInt32()] = server;
            }

            if (index == 0 && reply is { } answer && outcome.Method == ForwardingMethod.Nat)
            {
                Endpoint source = _director.OnServerPacket(
                    new(flow.Protocol, server, flow.Client), answer.Flags, answer.Length);
                difference ??= source == flow.Virtual ? null : $"the reply came from {source}";
            }
        }

        return difference;
    }

    private static string? Compare(Outcome outcome, JsonElement step)
    {
        if (!step.TryGetProperty("expect", out JsonElement expected))
        {
            return null;
        }

        Assert.All(expected.EnumerateObject(), field => Assert.Contains(
            field.Name, new[] { "to", "via", "client_gets", "from" }));
        string? to = Text(expected, "to");
        bool isSame = to == outcome.To?.ToString()
            && Text(expected, "via") == outcome.Via
            && Text(expected, "client_gets") == outcome.Reply;
        return isSame ? null : $"{outcome}; expected {expected}";
    }

    private string? CompareReply(JsonElement step, TcpFlags flags)
    {
        int id = Number(step, "id");
        FlowKey flow = _flows[id];
        Endpoint source = _director.OnServerPacket(
            new(flow.Protocol, _lastServers[id], flow.Client), flags, Number(step, "len"));
        string? expected = Text(step.GetProperty("expect"), "client_gets_from");
        return expected == source.ToString() ? null : $"from {source}; expected {expected}";
    }

    private string? CompareListing(JsonElement step)
    {
        string arguments = step.GetProperty("args").GetString()!;
        List<string> expected =
            [.. step.GetProperty("stdout").EnumerateArray().Select(line => line.GetString()!)];
        List<string> actual = Listing.Print(_director, arguments);
        return expected.SequenceEqual(actual)
            ? null
            : $"{arguments}\n{string.Join('\n', actual)}\nexpected\n{string.Join('\n', expected)}";
    }

    private FlowKey FlowOf(JsonElement step)
    {
        bool isNamed = step.TryGetProperty("id", out JsonElement id);
        if (!step.TryGetProperty("src", out JsonElement source))
        {
            return _flows[id.GetInt32()];
        }

        Assert.True(Endpoint.TryParse(source.GetString(), out Endpoint client));
        Assert.True(Endpoint.TryParse(Text(step, "dst"), out Endpoint destination));
        bool isUdp = step.GetProperty("op").GetString() == "udp";
        FlowKey flow = new(
            isUdp ? TransportProtocol.Udp : TransportProtocol.Tcp, client, destination);
        if (isNamed)
        {
            _flows[id.GetInt32()] = flow;
        }

        return flow;
    }

    private void SetSysctl(string name, int value)
    {
        Assert.Contains(name, _director.Sysctl.Keys);
        _director.Sysctl[name] = value;
    }

    private static int Number(JsonElement step, string field) =>
        step.TryGetProperty(field, out JsonElement number) ? number.GetInt32() : 0;

    private static string? Text(JsonElement step, string field) =>
        step.TryGetProperty(field, out JsonElement text) ? text.GetString() : null;

    private static TcpFlags Flags(JsonElement step)
    {
        TcpFlags flags = TcpFlags.None;
        foreach (char letter in Text(step, "flags")!)
        {
            flags |= letter switch
            {
                'F' => TcpFlags.Fin,
                'S' => TcpFlags.Syn,
                'R' => TcpFlags.Reset,
                'P' => TcpFlags.Push,
                'A' => Ack,
                _ => throw new NotSupportedException($"flag {letter}"),
            };
        }

        return flags;
    }
}
