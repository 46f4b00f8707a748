using System;
using System.Globalization;
using System.IO;
using System.Threading;
using Steelyard.Host.Update;

namespace Steelyard.Host.Commands;

/// <summary>
/// How an update goes: on a terminal a bar a stage, drawn anew, and a line for each sentence that
/// has none; elsewhere a line for each sentence and each tenth.
/// </summary>
internal sealed class UpdateView(TextWriter output, bool isTerminal)
{
    private const int BarLength = 24;
    private const int LongestSentence = 46;

    // A carriage return, and "erase to the end of the line". ECMA-48 §8.3.41.
    private const string Again = "\r\e[K";

    private readonly Lock _drawing = new();
    private UpdateStage _stage;
    private string _line = string.Empty;

    public void Show(UpdateProgress progress)
    {
        lock (_drawing)
        {
            if (isTerminal)
            {
                Draw(progress);
            }
            else
            {
                Print(progress);
            }
        }
    }

    /// <summary>What comes next stands on a line of its own.</summary>
    public void Close()
    {
        lock (_drawing)
        {
            if (isTerminal && _line.Length > 0)
            {
                Write(output, "\n");
                _line = string.Empty;
            }
        }
    }

    /// <summary>A terminal that is gone is no reason to end: nobody sees what is written.</summary>
    public static void Write(TextWriter output, string text)
    {
        try
        {
            output.Write(text);
            output.Flush();
        }
        catch (IOException)
        {
            // What was begun is ended, or put back in order, unseen.
        }
    }

    private void Draw(UpdateProgress progress)
    {
        // Where nobody knows how much there is to fetch, the sentence counts like a bar.
        bool isDrawnAnew = progress.Percent is not null || Counts(progress.Stage);
        if (progress.Stage != _stage || !isDrawnAnew)
        {
            Close();
            _stage = progress.Stage;
        }

        string name = $"{Name(progress.Stage),-13}";
        if (!isDrawnAnew)
        {
            Write(output, $"{name}{progress.Sentence}\n");
            return;
        }

        string bar = progress.Percent is int percent ? Bar(percent) + " " : string.Empty;
        string line = name + bar + Cut(progress.Sentence);
        if (line != _line)
        {
            Write(output, Again + line);
            _line = line;
        }
    }

    private void Print(UpdateProgress progress)
    {
        string percent = progress.Percent is int known
            ? string.Create(CultureInfo.InvariantCulture, $"{known / 10 * 10} % ")
            : string.Empty;
        string line = Counts(progress.Stage)
            ? $"{Name(progress.Stage)}: {percent}".TrimEnd()
            : $"{Name(progress.Stage)}: {percent}{progress.Sentence}";
        if (line != _line)
        {
            Write(output, line + "\n");
            _line = line;
        }
    }

    private static bool Counts(UpdateStage stage) => stage == UpdateStage.Fetching;

    private static string Cut(string sentence) => sentence.Length > LongestSentence
        ? sentence[..(LongestSentence - 1)] + "…"
        : sentence;

    private static string Bar(int percent)
    {
        int full = Math.Clamp(percent, 0, 100) * BarLength / 100;
        string drawn = new string('█', full) + new string('░', BarLength - full);
        return string.Create(CultureInfo.InvariantCulture, $"{drawn} {percent,3}%");
    }

    private static string Name(UpdateStage stage) => stage switch
    {
        UpdateStage.Fetching => "fetching",
        UpdateStage.Checking => "checking",
        UpdateStage.HandingOver => "handing over",
        UpdateStage.Installing => "installing",
        _ => "restarting",
    };
}
