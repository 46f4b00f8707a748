using System;
using System.Globalization;
using System.IO;
using System.Threading;
using Steelyard.Host.Update;

namespace Steelyard.Host.Commands;

/// <summary>
/// How an update goes: on a terminal one line a stage, drawn anew; elsewhere a line for each
/// sentence and each tenth.
/// </summary>
internal sealed class UpdateView(TextWriter output, bool isTerminal)
{
    private const int BarLength = 24;
    private const int LongestSentence = 46;

    // A blank, three digits, a percent sign, and the blank before the sentence.
    private const int BarRoom = BarLength + 6;

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
                output.WriteLine();
                _line = string.Empty;
            }
        }
    }

    private void Draw(UpdateProgress progress)
    {
        if (progress.Stage != _stage)
        {
            Close();
            _stage = progress.Stage;
        }

        string line = $"{Name(progress.Stage),-13}" + (progress.Percent is int percent
            ? $"{Bar(percent)} {Cut(progress.Sentence, LongestSentence)}"
            : Cut(progress.Sentence, LongestSentence + BarRoom));
        if (line != _line)
        {
            output.Write(Again + line);
            output.Flush();
            _line = line;
        }
    }

    private void Print(UpdateProgress progress)
    {
        string percent = progress.Percent is int known
            ? string.Create(CultureInfo.InvariantCulture, $"{known / 10 * 10} % ")
            : string.Empty;
        bool counts = progress.Stage == UpdateStage.Fetching;
        string line = counts
            ? $"{Name(progress.Stage)}: {percent}".TrimEnd()
            : $"{Name(progress.Stage)}: {percent}{progress.Sentence}";
        if (line != _line)
        {
            output.WriteLine(line);
            _line = line;
        }
    }

    private static string Cut(string sentence, int longest) => sentence.Length > longest
        ? sentence[..(longest - 1)] + "…"
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
