using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>
/// Many connections, whose choices are random: only how often each server was chosen counts.
/// </summary>
internal static class Distribution
{
    // Of 900 draws with a share of one half the standard deviation is 15; four of them.
    private const double Tolerance = 60;

    public static string? DifferenceOf(GoldenWorld world, JsonElement step)
    {
        Assert.Equal("distribution", step.Text("compare"));
        IpAddress client = IpAddress.Parse(step.Text("src")!);
        Assert.True(Endpoint.TryParse(step.Text("dst"), out Endpoint destination));
        Dictionary<string, int> counts = [];
        for (int index = 0; index < step.Number("count"); index++)
        {
            Endpoint source = new(client, (ushort)(step.Number("sport_from") + index));
            Conversation conversation =
                new(new FlowKey(TransportProtocol.Tcp, source, destination));
            conversation.Describe(world.FromClient(conversation.FromClient(TcpFlags.Syn, 0)));
            string server = conversation.Server?.ToString() ?? Words.Nothing;
            counts[server] = counts.GetValueOrDefault(server) + 1;
        }

        Dictionary<string, int> wanted = step.GetProperty("observed_not_exact")
            .EnumerateObject()
            .ToDictionary(one => one.Name, one => one.Value.GetInt32());
        bool isNear = counts.Keys.Order().SequenceEqual(wanted.Keys.Order())
            && wanted.All(one => Math.Abs(counts[one.Key] - one.Value) <= Tolerance);
        return isNear ? null : string.Join(", ", counts);
    }
}
