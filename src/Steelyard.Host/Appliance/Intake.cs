using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Host.Storage;

namespace Steelyard.Host.Appliance;

/// <summary>What came of it.</summary>
/// <param name="Runs">There is a configuration to run.</param>
/// <param name="IsWell">It is the card's; else the last good one, if any.</param>
/// <param name="Said">For the log.</param>
internal sealed record IntakeReport(bool Runs, bool IsWell, ImmutableArray<string> Said);

/// <summary>
/// Takes the configuration from the card in if it is right. If it is not, the last good one runs
/// on, and a note on the card says what is wrong.
/// </summary>
internal sealed class Intake(
    string card, ConfigShelf shelf, IConfigFiles disk, string hostName)
{
    private static readonly string Ruler = new('-', 72);

    private readonly FaultNote _note = new(card);

    public IntakeReport Run()
    {
        CardFile offered = CardFile.Read(card, disk, hostName);
        if (offered.Text is not string text)
        {
            return offered.Name is null ? OnNothing() : OnFaults(offered);
        }

        if (text == shelf.ReadCurrent())
        {
            return Well($"{offered.Name} is as it was: it runs", offered);
        }

        try
        {
            shelf.Keep(text);
            return Well($"{offered.Name} is right, and runs from now on", offered);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Fault(
                $"{offered.Name} IS RIGHT, BUT THE BOX CANNOT KEEP IT",
                [$"The data partition takes no file: {failure.Message}"],
                [
                    "Switch the box off and on. If this note is here again, the data partition",
                    "is full or broken: see README.txt on this card about a factory reset.",
                ]);
        }
    }

    private IntakeReport Well(string sentence, CardFile offered)
    {
        string? unsaid = _note.Remove();
        return new(true, true, [.. offered.Remarks, sentence, .. Words(unsaid)]);
    }

    private IntakeReport OnNothing() => Fault(
        "THERE IS NO CONFIGURATION ON THIS CARD",
        ["Neither steelyard.conf nor keepalived.conf is in the first folder of this card."],
        [
            "Put your configuration there under one of these names, put the card back,",
            "and switch the box on. README.txt on this card tells more.",
        ]);

    private IntakeReport OnFaults(CardFile offered)
    {
        IntakeReport report = Fault(
            $"{offered.Name} CANNOT RUN",
            offered.Complaints,
            [
                "Mend the lines above: behind the name of the file stands the number of the line.",
                "Put the card back, and switch the box on.",
            ]);
        return report with { Said = [.. offered.Remarks, .. report.Said] };
    }

    private IntakeReport Fault(
        string title, ImmutableArray<string> wrong, ImmutableArray<string> mend)
    {
        string? meanwhile = FindLastGood();
        string runs = meanwhile ?? "Nothing: this box has no good configuration yet.";
        string? unsaid = _note.Show(
        [
            title,
            Ruler,
            .. wrong,
            string.Empty,
            "What to do",
            .. mend.Select(line => "  " + line),
            string.Empty,
            "What runs meanwhile",
            "  " + runs,
        ]);
        return new(
            meanwhile is not null,
            false,
            [.. wrong, $"what runs meanwhile: {runs}", .. Words(unsaid)]);
    }

    /// <summary>
    /// Says what runs, and sees to it that it does: a file that is broken now gives way to the
    /// newest good one of the history.
    /// </summary>
    private string? FindLastGood()
    {
        if (Check(shelf.CurrentPath) is ApplianceConfig current)
        {
            string at = shelf.KeptAtUtc.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            return $"The last good configuration, taken in on {at} UTC: {Describe(current)}.";
        }

        foreach (string old in shelf.History)
        {
            if (Check(old) is ApplianceConfig config && TryRestore(old))
            {
                return $"An earlier configuration out of the history: {Describe(config)}.";
            }
        }

        return null;
    }

    private ApplianceConfig? Check(string path) =>
        ConfigurationFile.Load(path, disk, hostName).Config;

    private bool TryRestore(string path)
    {
        try
        {
            shelf.Keep(Readable.Required(path));
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Describe(ApplianceConfig config) =>
        $"box '{config.BoxName}', {Count(config.VirtualRouters.Length, "virtual router")}, "
        + Count(config.VirtualServers.Length, "virtual server");

    private static string Count(int number, string thing) =>
        $"{number} {thing}{(number == 1 ? string.Empty : "s")}";

    private static ImmutableArray<string> Words(string? sentence) =>
        sentence is null ? [] : [sentence];
}
