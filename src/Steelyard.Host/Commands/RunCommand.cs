using System.CommandLine;
using System.CommandLine.Parsing;
using Steelyard.Host.Appliance;
using Steelyard.Host.Loops;

namespace Steelyard.Host.Commands;

/// <summary><c>run</c>: be a box.</summary>
internal static class RunCommand
{
    public static Part Build()
    {
        Option<string> configuration = new("--config", "-c")
        {
            HelpName = "FILE",
            Description = "The configuration, in the grammar of keepalived.conf.",
            Required = true,
        };
        Option<string> socket = SocketOption.Create();
        Option<bool> verbose = CreateVerbose();
        Option<string?> panel = new("--panel")
        {
            HelpName = "CHIP",
            Description = "The front panel's gpiochip where the file has no 'panel' block.",
        };
        Command command = new("run", "Run the box until SIGTERM. SIGHUP reads the file again.")
        {
            configuration,
            socket,
            verbose,
            panel,
        };
        command.SetAction((parsed, cancellation) => BoxProgram.RunAsync(
            new(
                parsed.GetRequiredValue(configuration),
                parsed.GetRequiredValue(socket),
                CountVerbose(parsed, verbose))
            {
                PanelChip = parsed.GetValue(panel),
                ResetToFactory =
                    () => ResetWish.Leave(BoxPlaces.ResetUnit, BoxPlaces.ResetWish),
                OwnCertificate = BoxCertificate.FilesIn(BoxPlaces.Certificate),
            },
            cancellation));
        return new(command,
        [
            new("steelyard run -c /etc/steelyard/steelyard.conf", "run the box in the foreground"),
            new(
                "steelyard run -c a.conf --socket /tmp/a.sock -v",
                "run a box of one's own beside another, and hear why it does what it does"),
        ]);
    }

    public static Option<bool> CreateVerbose() => new("--verbose", "-v")
    {
        Description = "Say more.",
        Arity = ArgumentArity.Zero,
    };

    public static int CountVerbose(ParseResult parsed, Option<bool> verbose) =>
        parsed.GetResult(verbose) is OptionResult { Implicit: false } result
            ? result.IdentifierTokenCount
            : 0;
}
