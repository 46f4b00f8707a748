using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Api;
using Steelyard.Host.Ipvsadm;

namespace Steelyard.Host.Commands;

/// <summary>
/// <c>ipvsadm</c>: its whole command line is its own, read by its own grammar. The program is
/// ipvsadm, too, when it is called under that name or those of its scripts.
/// </summary>
internal static class IpvsadmCommandLine
{
    public const string Name = "ipvsadm";
    public const string SaveName = "ipvsadm-save";
    public const string RestoreName = "ipvsadm-restore";

    /// <summary>For the list of commands; its arguments never come by here.</summary>
    public static Part Build()
    {
        Command command = new(Name, "Look at the virtual services and change them, as on LVS.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(_ => ExitCodes.BadUsage);
        return new(command,
        [
            new("steelyard ipvsadm -Ln", "list services and servers"),
            new("steelyard ipvsadm --help", "everything else that ipvsadm can do"),
        ]);
    }

    /// <summary>Whether these arguments, under this name, are for ipvsadm.</summary>
    /// <param name="calledAs">The name under which the program was called, without folders.</param>
    public static bool IsMeant(string calledAs, IReadOnlyList<string> arguments) =>
        calledAs is Name or SaveName or RestoreName
        || (arguments.Count > 0 && arguments[0] is Name or SaveName or RestoreName);

    public static async Task<int> RunAsync(
        string calledAs,
        IReadOnlyList<string> arguments,
        TextReader input,
        TextWriter output,
        TextWriter error)
    {
        bool isOwnName = calledAs is Name or SaveName or RestoreName;
        string name = isOwnName ? calledAs : arguments[0];
        List<string> words = [.. isOwnName ? arguments : arguments.Skip(1)];
        string socket = TakeSocket(words);
        if (name == RestoreName && words.Count > 0)
        {
            // It clears the table first: not because of a slip, nor of a '-h'.
            await error.WriteLineAsync(
                $"{RestoreName}: '{words[0]}' is not known; commands come on standard input, "
                + $"as {SaveName} writes them");
            return ExitCodes.BadUsage;
        }

        using ControlClient box = new(socket);
        IpvsadmProgram program = new(box, new SystemNames(), new(input, output, error));
        // Nothing is to be tidied up: a signal ends it at once, also while it waits for input.
        return await CommandLine.GuardAsync(() => RunAsync(program, name, words), error);
    }

    private static Task<int> RunAsync(IpvsadmProgram program, string name, List<string> words) =>
        name switch
        {
            SaveName => program.RunAsync(["-S", .. words], CancellationToken.None),
            RestoreName => program.ReplaceAsync(CancellationToken.None),
            _ => program.RunAsync(words, CancellationToken.None),
        };

    /// <summary>Takes <c>--socket PATH</c> out: it is ours, not ipvsadm's.</summary>
    private static string TakeSocket(List<string> words)
    {
        const string Glued = SocketOption.Name + "=";
        int at = words.FindIndex(word => word == SocketOption.Name
            || word.StartsWith(Glued, StringComparison.Ordinal));
        bool isGlued = at >= 0 && words[at] != SocketOption.Name;
        if (at < 0 || (!isGlued && at + 1 == words.Count))
        {
            return SocketOption.Default;
        }

        string path = isGlued ? words[at][Glued.Length..] : words[at + 1];
        words.RemoveRange(at, isGlued ? 1 : 2);
        return path;
    }
}
