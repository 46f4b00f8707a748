using System;
using System.IO;
using System.Linq;
using System.Text;
using Steelyard.Core.Configuration;
using Steelyard.Host.Appliance;
using Steelyard.Host.Storage;

namespace Steelyard.Tests.Host.Appliance;

/// <summary>A card and a data partition, played by two folders.</summary>
public sealed class IntakeTests : IDisposable
{
    private const string Good = "global_defs {\n  router_id box-a\n}\n";
    private const string Better = "global_defs {\n  router_id box-b\n}\n";
    private const string Wrong = "global_defs {\n  router_idd box-c\n}\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");
    private readonly ConfigShelf _shelf;

    public IntakeTests()
    {
        Directory.CreateDirectory(Card);
        _shelf = new ConfigShelf(Path.Combine(_folder.FullName, "data", "config"));
    }

    private string Card => Path.Combine(_folder.FullName, "card");

    private string FaultPath => Path.Combine(Card, "FAULT.txt");

    private string Fault => File.ReadAllText(FaultPath);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_right_file_becomes_the_boxs_as_it_stands()
    {
        Put("steelyard.conf", Good);

        IntakeReport report = Run();

        Assert.True(report is { Runs: true, IsWell: true });
        Assert.Equal(Good, _shelf.ReadCurrent());
        Assert.False(File.Exists(FaultPath));
    }

    [Theory]
    [InlineData("utf-8", "\r\n")]
    [InlineData("utf-16", "\r\n")]
    [InlineData("utf-16BE", "\n")]
    [InlineData("iso-8859-1", "\r")]
    public void Every_editors_file_is_read_and_kept_as_plain_utf_8(string name, string lineEnd)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        string text = "# größe\n" + Good;
        byte[] bytes = encoding.GetBytes(text.Replace("\n", lineEnd, StringComparison.Ordinal));
        File.WriteAllBytes(
            Path.Combine(Card, "steelyard.conf"), [.. encoding.GetPreamble(), .. bytes]);

        Assert.True(Run().IsWell);

        Assert.Equal(Encoding.UTF8.GetBytes(text), File.ReadAllBytes(_shelf.CurrentPath));
    }

    [Theory]
    [InlineData("keepalived.conf")]
    [InlineData("STEELYARD.CONF")]
    [InlineData("steelyard.conf.txt")]
    public void Its_other_names_are_found(string name)
    {
        Put(name, Good);

        Assert.True(Run().IsWell);
        Assert.Equal(Good, _shelf.ReadCurrent());
    }

    [Fact]
    public void Steelyards_own_file_comes_before_keepaliveds_and_that_is_said()
    {
        Put("keepalived.conf", Wrong);
        Put("steelyard.conf", Good);

        IntakeReport report = Run();

        Assert.True(report.IsWell);
        Assert.Contains("keepalived.conf is left aside for steelyard.conf", report.Said);
    }

    [Fact]
    public void What_it_includes_is_kept_with_it()
    {
        Put("steelyard.conf", "global_defs {\n  include parts/*.conf # all\n}\ninclude more.conf");
        Put("parts/1.conf", "router_id box-a");
        Put("more.conf", "dashboard {\r\n  off\r\n}\r\n");

        Assert.True(Run().IsWell);
        Directory.Delete(Card, recursive: true);

        ApplianceConfig? kept = ConfigurationFile.Load(
            _shelf.CurrentPath, new ConfigFiles(), "host").Config;
        Assert.Equal("box-a", kept?.BoxName);
        Assert.False(kept?.Dashboard.IsEnabled);
    }

    [Fact]
    public void A_wrong_file_leaves_the_last_good_one_and_says_why_on_the_card()
    {
        Put("steelyard.conf", Good);
        Run();
        Put("steelyard.conf", Wrong);

        IntakeReport report = Run();

        Assert.True(report is { Runs: true, IsWell: false });
        Assert.Equal(Good, _shelf.ReadCurrent());
        string[] lines = Fault.Split("\r\n");
        Assert.Equal("steelyard.conf CANNOT RUN", lines[0]);
        Assert.StartsWith("steelyard.conf:2: ", lines[2], StringComparison.Ordinal);
        Assert.Contains("router_id", lines[2], StringComparison.Ordinal);
        Assert.Equal("    router_idd box-c", lines[3]);
        Assert.Contains("What to do", lines);
        Assert.Contains("box 'box-a'", lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_in_an_included_file_names_that_file()
    {
        Put("steelyard.conf", "include parts/a.conf\n");
        Put("parts/a.conf", "\nrubbish\n");

        Run();

        Assert.Contains("\r\nparts/a.conf:2: ", Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mended_file_takes_the_note_away()
    {
        Put("steelyard.conf", Wrong);
        Assert.False(Run().Runs);
        Assert.Contains("no good configuration yet", Fault, StringComparison.Ordinal);
        Put("steelyard.conf", Good);

        Assert.True(Run().IsWell);

        Assert.False(File.Exists(FaultPath));
    }

    [Fact]
    public void Without_any_file_the_note_says_what_to_put_there()
    {
        IntakeReport report = Run();

        Assert.False(report.Runs);
        Assert.StartsWith(
            "THERE IS NO CONFIGURATION ON THIS CARD\r\n", Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_that_is_not_there_leaves_the_last_good_one()
    {
        Put("steelyard.conf", Good);
        Run();
        Directory.Delete(Card, recursive: true);

        IntakeReport report = Run();

        Assert.True(report is { Runs: true, IsWell: false });
        Assert.Equal(Good, _shelf.ReadCurrent());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n \r\n")]
    [InlineData("\0\0\0\0\0\0")]
    public void A_file_that_the_pc_did_not_finish_does_not_take_the_place_of_a_good_one(
        string text)
    {
        Put("steelyard.conf", Good);
        Run();
        Put("steelyard.conf", text);

        Assert.False(Run().IsWell);

        Assert.Equal(Good, _shelf.ReadCurrent());
    }

    [Fact]
    public void A_card_that_cannot_be_written_is_said_to_the_log_alone()
    {
        Put("steelyard.conf", Wrong);
        Directory.CreateDirectory(FaultPath);

        IntakeReport report = Run();

        Assert.Contains(
            report.Said, said => said.StartsWith("FAULT.txt cannot", StringComparison.Ordinal));
    }

    [Fact]
    public void What_ran_before_is_kept_up_to_a_bound()
    {
        string[] texts =
        [
            .. Enumerable.Range(0, ConfigShelf.MostHistory + 5).Select(number => $"# {number}\n"),
        ];
        foreach (string text in texts)
        {
            Put("steelyard.conf", text);
            Run();
            Run();
        }

        Assert.Equal(texts[^1], _shelf.ReadCurrent());
        Assert.Equal(
            texts[..^1].Reverse().Take(ConfigShelf.MostHistory),
            _shelf.History.Select(File.ReadAllText));
    }

    [Fact]
    public void A_current_file_that_broke_gives_way_to_the_newest_good_one_before_it()
    {
        Put("steelyard.conf", Good);
        Run();
        Put("steelyard.conf", Better);
        Run();
        Put("steelyard.conf", Wrong);
        File.WriteAllText(_shelf.CurrentPath, "torn {");

        IntakeReport report = Run();

        Assert.True(report.Runs);
        Assert.Equal(Good, _shelf.ReadCurrent());
        Assert.Contains("out of the history", Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_takes_nothing_leaves_the_last_good_one()
    {
        Put("steelyard.conf", Good);
        Run();
        Put("steelyard.conf", Better);
        Directory.CreateDirectory(_shelf.CurrentPath + ".new");

        IntakeReport report = Run();

        Assert.True(report is { Runs: true, IsWell: false });
        Assert.Equal(Good, _shelf.ReadCurrent());
        Assert.Contains("IS RIGHT, BUT", Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_note_with_signs_of_other_alphabets_bears_a_mark_for_old_editors()
    {
        Put("steelyard.conf", "größe\n");

        Run();

        Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(FaultPath)[..3]);
    }

    private IntakeReport Run() => new Intake(Card, _shelf, new ConfigFiles(), "host").Run();

    private void Put(string name, string text)
    {
        string path = Path.Combine(Card, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
