using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Wire;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>Where a command reads and writes.</summary>
internal sealed record Streams(TextReader Input, TextWriter Output, TextWriter Error);

/// <summary>Carries out command lines of <c>ipvsadm</c> on a box.</summary>
internal sealed class IpvsadmProgram(IBoxControl box, INames names, Streams streams)
{
    private const int Done = 0;
    private const int ListingFailed = 1;

    /// <summary>One command line. Returns the exit code that users of LVS know.</summary>
    public Task<int> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            IpvsadmCommand command = CommandParser.Parse(arguments, names);
            return command.Deed == Deed.Restore
                ? await RestoreAsync(skipsComments: false, cancellationToken)
                : await RunAsync(command, cancellationToken);
        });

    /// <summary>All services go, then those of the input come: <c>ipvsadm-restore</c>.</summary>
    public Task<int> ReplaceAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        int exitCode = await ChangeAsync(new(IpvsVerb.Clear), cancellationToken);
        return exitCode == Done
            ? await RestoreAsync(skipsComments: true, cancellationToken)
            : exitCode;
    });

    private async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (IpvsadmException wrong)
        {
            await SayAsync(wrong.Message);
            return wrong.ExitCode;
        }
        catch (BoxRefusedException refused)
        {
            await SayAsync(refused.Message);
            return IpvsadmException.Refused;
        }
    }

    /// <summary>
    /// A command line on each line of the input. What the box refuses is said and passed over;
    /// what cannot be read ends it.
    /// </summary>
    private async Task<int> RestoreAsync(bool skipsComments, CancellationToken cancellationToken)
    {
        int exitCode = Done;
        while (await streams.Input.ReadLineAsync(cancellationToken) is { } line)
        {
            if (skipsComments && line.StartsWith('#'))
            {
                continue;
            }

            List<string> words =
                [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
            if (words is ["ipvsadm", ..])
            {
                words.RemoveAt(0);
            }

            if (words.Count == 0)
            {
                continue;
            }

            IpvsadmCommand command = CommandParser.Parse(words, names);
            if (command.Deed == Deed.Restore)
            {
                throw IpvsadmException.TryHelp();
            }

            exitCode = await RunAsync(command, cancellationToken);
        }

        return exitCode;
    }

    private async Task<int> RunAsync(IpvsadmCommand command, CancellationToken cancellationToken)
    {
        switch (command.Deed)
        {
            case Deed.Help:
                await streams.Output.WriteAsync(IpvsadmHelp.Text);
                return Done;
            case Deed.Version:
                await streams.Output.WriteAsync(IpvsadmHelp.Version);
                return Done;
            case Deed.Change:
                return await ChangeAsync(command.Change!, cancellationToken);
            case Deed.ListConnections:
                return await ListConnectionsAsync(command, cancellationToken);
            default:
                return await ListAsync(command, cancellationToken);
        }
    }

    private async Task<int> ChangeAsync(IpvsChange change, CancellationToken cancellationToken)
    {
        ControlAnswer answer = await box.ChangeServicesAsync(change, cancellationToken);
        if (answer.IsDone)
        {
            return Done;
        }

        await SayAsync(answer.Sentence);
        return IpvsadmException.Refused;
    }

    private async Task<int> ListAsync(IpvsadmCommand command, CancellationToken cancellationToken)
    {
        IpvsListing listing = await box.ListAsync(cancellationToken);
        IpvsServiceEntry? one = listing.Services.FirstOrDefault(
            entry => entry.Service.Key == command.Service);
        if (command.Service is not null && one is null)
        {
            await SayAsync(IpvsRefusal.NoSuchService.Sentence);
            return ListingFailed;
        }

        bool showsNoName =
            command.IsNumeric || command.Deed is Deed.ListTimeouts or Deed.ListDaemons;
        AddressNames shown =
            await NamesAsync(showsNoName, AddressesOf(listing), cancellationToken);
        using StringWriter text = new();
        ListingPrinter printer = new(text, shown);
        switch (command.Deed)
        {
            case Deed.ListTimeouts:
                printer.PrintTimeouts(listing.Timeouts);
                break;
            case Deed.ListDaemons:
                printer.PrintDaemons(listing.Daemons);
                break;
            case Deed.Save:
                new SaveText(text, shown).Print(listing);
                break;
            default:
                if (one is null)
                {
                    printer.PrintAll(listing, command);
                }
                else
                {
                    printer.PrintOne(one, command);
                }

                break;
        }

        await streams.Output.WriteAsync(text.ToString());
        return Done;
    }

    private async Task<int> ListConnectionsAsync(
        IpvsadmCommand command, CancellationToken cancellationToken)
    {
        ImmutableArray<ConnectionRecord> connections = await box.ConnectionsAsync(
            ControlApi.MaximumConnections, cancellationToken);
        using StringWriter text = new();
        HashSet<IpAddress> addresses = [.. connections.SelectMany(record =>
            new[] { record.Client.Address, record.Virtual.Address, record.Server.Address })];
        AddressNames shown = await NamesAsync(command.IsNumeric, addresses, cancellationToken);
        ConnectionPrinter.Print(text, connections, shown, command.ShowsPersistenceEngine);
        await streams.Output.WriteAsync(text.ToString());
        if (connections.Length == ControlApi.MaximumConnections)
        {
            await SayAsync($"these are the first {ControlApi.MaximumConnections} connections");
        }

        return Done;
    }

    private async Task<AddressNames> NamesAsync(
        bool isNumeric, HashSet<IpAddress> addresses, CancellationToken cancellationToken)
    {
        if (isNumeric)
        {
            return AddressNames.Numeric;
        }

        await names.LearnAsync(addresses, cancellationToken);
        return AddressNames.From(names);
    }

    private static HashSet<IpAddress> AddressesOf(IpvsListing listing)
    {
        HashSet<IpAddress> addresses = [];
        foreach (IpvsServiceEntry entry in listing.Services)
        {
            if (entry.Service.Key.Mark == 0)
            {
                addresses.Add(entry.Service.Key.Address);
            }

            addresses.UnionWith(entry.Servers.Select(server => server.Server.Endpoint.Address));
        }

        return addresses;
    }

    private Task SayAsync(string sentence) => streams.Error.WriteAsync(sentence + "\n");
}
