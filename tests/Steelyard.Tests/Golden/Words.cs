using System.Text.Json;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Golden;

/// <summary>What became of a packet, as one sentence that can be compared.</summary>
internal static class Words
{
    public const string Nothing = "nothing comes out";

    public static string Forwarded(string server, string via) => $"to {server} via {via}";

    public static string Answered(string what, string from) => $"the client gets {what} of {from}";

    public static string ClientGetsFrom(string source) => $"the client gets it from {source}";

    public static string ServerGets(string what) => $"the server gets {what}";

    /// <summary>What a recording expects of a packet.</summary>
    public static string Of(JsonElement expected)
    {
        if (expected.Text("to") is string server)
        {
            return Forwarded(server, expected.Text("via")!);
        }

        if (expected.Text("client_gets_from") is string source)
        {
            return ClientGetsFrom(source);
        }

        if (expected.Text("server_gets") is string atServer)
        {
            return ServerGets(atServer);
        }

        if (expected.Text("out") is string side)
        {
            return $"the {side} gets {expected.Text("packet")}";
        }

        return expected.Text("client_gets") is string answer
            ? Answered(answer, expected.Text("from")!)
            : Nothing;
    }

    public static string? Text(this JsonElement element, string field) =>
        element.TryGetProperty(field, out JsonElement text) ? text.GetString() : null;

    public static int Number(this JsonElement element, string field) =>
        element.TryGetProperty(field, out JsonElement number) ? number.GetInt32() : 0;

    public static TcpFlags Flags(this JsonElement element)
    {
        TcpFlags flags = TcpFlags.None;
        foreach (char letter in element.Text("flags")!)
        {
            flags |= Sighting.FlagOf(letter);
        }

        return flags;
    }
}
