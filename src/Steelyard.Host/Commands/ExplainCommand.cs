using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Threading.Tasks;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Commands;

/// <summary><c>explain</c>: where would a packet go?</summary>
internal static class ExplainCommand
{
    public static Part Build()
    {
        Argument<Endpoint> client = new("CLIENT:PORT")
        {
            Description = "Where the packet comes from.",
            CustomParser = result => ParseEndpoint(result, result.Tokens[0].Value),
        };
        Argument<(TransportProtocol Protocol, Endpoint Endpoint)> target = new(
            "VIP:PORT[/PROTOCOL]")
        {
            Description = "Where it goes to; TCP unless /udp or /sctp follows.",
            CustomParser = result => ParseTarget(result, result.Tokens[0].Value),
        };
        Option<string> socket = SocketOption.Create();
        Command command = new(
            "explain", "Say what the box would do with a packet, and why. Nothing is sent.")
        {
            client,
            target,
            socket,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            (TransportProtocol protocol, Endpoint endpoint) = parsed.GetValue(target);
            using ControlClient box = new(parsed.GetRequiredValue(socket));
            ExplainAnswer answer = await box.ExplainAsync(
                new(protocol, parsed.GetValue(client), endpoint), cancellation);
            await PrintAsync(parsed.InvocationConfiguration.Output, answer);
            return ExitCodes.Done;
        });
        return new(command,
        [
            new(
                "steelyard explain 10.1.2.3:40000 192.168.100.1:80",
                "which real server would get a new connection of this client"),
            new(
                "steelyard explain 10.1.2.3:40000 192.168.100.1:53/udp",
                "the same for a datagram"),
        ]);
    }

    /// <summary>The steps, then the end in one line.</summary>
    internal static async Task PrintAsync(TextWriter output, ExplainAnswer answer)
    {
        int number = 1;
        foreach (string step in answer.Steps)
        {
            await output.WriteLineAsync($"{number,2}. {step}");
            number++;
        }

        await output.WriteLineAsync($"=> {Summarise(answer)}");
    }

    private static string Summarise(ExplainAnswer answer) => answer.Verdict switch
    {
        ExplainVerdict.Forward =>
            $"{answer.Service} forwards it to {answer.Server} ({answer.Method})"
            + Unless(answer.Interface, $" out of {answer.Interface}")
            + Unless(answer.NextHop, $" by way of {answer.NextHop}")
            + Unless(answer.NextHopMac, $" at {answer.NextHopMac}"),
        ExplainVerdict.Local => "the box's own stack gets it",
        ExplainVerdict.Reject =>
            "the client gets an error back" + Unless(answer.Reason, $": {answer.Reason}"),
        ExplainVerdict.Drop => "it is dropped" + Unless(answer.Reason, $": {answer.Reason}"),
        _ => "the box does not know",
    };

    private static string Unless(string empty, string text) =>
        empty.Length == 0 ? string.Empty : text;

    private static Endpoint ParseEndpoint(ArgumentResult result, string text)
    {
        if (!Endpoint.TryParse(text, out Endpoint endpoint))
        {
            result.AddError(
                $"'{text}' is not an address and port such as 10.0.0.1:80 or [2001:db8::1]:80.");
        }

        return endpoint;
    }

    private static (TransportProtocol Protocol, Endpoint Endpoint) ParseTarget(
        ArgumentResult result, string text)
    {
        int slash = text.LastIndexOf('/');
        string name = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        TransportProtocol protocol = name switch
        {
            "tcp" => TransportProtocol.Tcp,
            "udp" => TransportProtocol.Udp,
            "sctp" => TransportProtocol.Sctp,
            _ => TransportProtocol.Unknown,
        };
        if (protocol == TransportProtocol.Unknown)
        {
            result.AddError($"'{name}' is not tcp, udp or sctp.");
        }

        return (protocol, ParseEndpoint(result, slash < 0 ? text : text[..slash]));
    }
}
