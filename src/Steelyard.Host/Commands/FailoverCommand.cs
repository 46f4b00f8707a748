using System.CommandLine;
using System.Threading.Tasks;
using Steelyard.Host.Api;

namespace Steelyard.Host.Commands;

/// <summary><c>failover</c>: the pair swaps roles.</summary>
internal static class FailoverCommand
{
    public static Part Build()
    {
        Argument<string?> router = new("ROUTER")
        {
            Description = "One virtual router (with its sync group); all when left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> force = new("--force", "-f")
        {
            Description = "Give up mastership even when no living twin can take it.",
        };
        Option<string> socket = SocketOption.Create();
        Command command = new("failover", "Hand mastership to the twin.")
        {
            router,
            force,
            socket,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using ControlClient box = new(parsed.GetRequiredValue(socket));
            ControlAnswer answer = await box.FailoverAsync(
                parsed.GetValue(router), parsed.GetValue(force), cancellation);
            return await AnswerAsync(parsed, answer);
        });
        return new(command,
        [
            new("steelyard failover", "swap the roles of the pair now"),
            new("steelyard failover outside", "hand over one virtual router"),
        ]);
    }

    private static async Task<int> AnswerAsync(ParseResult parsed, ControlAnswer answer)
    {
        if (answer.IsDone)
        {
            if (answer.Sentence.Length > 0)
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(answer.Sentence);
            }

            return ExitCodes.Done;
        }

        await parsed.InvocationConfiguration.Error.WriteLineAsync($"steelyard: {answer.Sentence}");
        return ExitCodes.Refused;
    }
}
