using System.Linq;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

/// <summary>Lexer and parser, seen through the router_id that a text sets.</summary>
public sealed class SyntaxTests
{
    [Theory]
    [InlineData("global_defs { router_id x }")]
    [InlineData("global_defs {\nrouter_id x\n}")]
    [InlineData("global_defs\n\n{\nrouter_id x\n}")]
    [InlineData("global_defs{\nrouter_id x}")]
    [InlineData("global_defs # why\n# not\n{ ! a remark\nrouter_id x# y\n}")]
    [InlineData("global_defs {\r\n\trouter_id x\r\n}\r\n")]
    [InlineData("\uFEFFglobal_defs {\nrouter_id x\n}")]
    [InlineData("global_defs {\nrouter_id \"x\"\n}")]
    [InlineData("global_defs {\nrouter_id 'x'\n}")]
    [InlineData("global_defs {\nrouter_id \"\\x78\"\n}")]
    [InlineData("global_defs {\nrouter_id '\\170'\n}")]
    public void A_block_may_be_written_in_many_ways(string text)
    {
        ApplianceConfig config = MemoryFiles.Accept(text);

        Assert.Equal("x", config.BoxName);
    }

    [Theory]
    [InlineData("\"a b\"", "a b")]
    [InlineData("a\" b \"c", "a b c")]
    [InlineData("'a ! c { d'", "a ! c { d")]
    [InlineData("\"say \\\"x\\\"\"", "say \"x\"")]
    [InlineData("'tab\\there'", "tab\there")]
    [InlineData("back\\slash", "back\\slash")]
    [InlineData("it's\" \"fine'", "its\" \"fine")]
    public void Quotes_hold_a_word_together_and_know_escapes(string written, string meant)
    {
        ApplianceConfig config = MemoryFiles.Accept($"global_defs {{\n  router_id {written}\n}}\n");

        Assert.Equal(meant, config.BoxName);
    }

    [Fact]
    public void A_word_cut_by_a_comment_is_warned_about()
    {
        string[] faults = MemoryFiles.FaultsOf("global_defs {\n  router_id box!1\n}\n");

        Assert.Equal(
            [
                "box.conf:2:13: warning: 'box' ends here, because '!' begins a comment; "
                + "quote the word if the sign belongs to it",
            ],
            faults);
    }

    [Theory]
    [InlineData("global_defs {\n  router_id \"x\n}\n",
        "box.conf:2:13: the quote \" is not closed on its line")]
    [InlineData("global_defs {\n  router_id x\n",
        "box.conf:1:13: 'global_defs {' is never closed; a '}' is missing")]
    [InlineData("global_defs {\n}\n}\n", "box.conf:3:1: this '}' closes nothing")]
    [InlineData("\n  {\n}\n", "box.conf:2:3: this '{' follows no keyword")]
    [InlineData("global_defs\n", "box.conf:1:1: 'global_defs' needs a block: { … }")]
    [InlineData("global_defs {\n  router_id x {\n}\n}\n",
        "box.conf:2:3: 'router_id' takes no block, but a '{' follows it")]
    [InlineData("global_defs {\n  router_id\n}\n", "box.conf:2:3: 'router_id' needs a value")]
    [InlineData("global_defs {\n  router_id a b\n}\n",
        "box.conf:2:15: 'router_id' takes one value; 'b' is too much")]
    [InlineData("global_defs {\n  router_id a\u0001\n}\n",
        "box.conf:2:14: a control character (U+0001) stands in the file")]
    [InlineData("$X=1\n",
        "box.conf:1:1: variables ($NAME=…) are not supported yet; write the value out")]
    [InlineData("$X= \\\n a { \\\n b\n",
        "box.conf:1:1: variables ($NAME=…) are not supported yet; write the value out")]
    [InlineData("global_defs {\n  router_id ${X}\n}\n",
        "box.conf:2:13: variables (${NAME}) are not supported yet; write the value out")]
    [InlineData("global_defs {\n  @main router_id x\n}\n",
        "box.conf:2:3: lines for one machine (@id) are not supported yet; "
        + "give each machine a file of its own")]
    [InlineData("global_defs {\n  ~SEQ(A, 1, 3) router_id x\n}\n",
        "box.conf:2:3: ~SEQ and ~LST are not supported yet; write the lines out one by one")]
    public void A_broken_form_is_said_at_its_place(string text, string expected)
    {
        string[] faults = MemoryFiles.FaultsOf(text);

        Assert.Equal([expected], faults);
    }

    [Fact]
    public void A_word_given_twice_is_warned_about_and_the_last_one_counts()
    {
        ConfigurationResult result =
            MemoryFiles.Load("global_defs {\n  router_id a\n  router_id b\n}\n");

        Assert.Equal("b", result.Config?.BoxName);
        Assert.Equal(
            ["box.conf:3:3: warning: 'router_id' is given twice; the last one counts"],
            result.Faults.Select(fault => fault.ToString()));
    }

    [Fact]
    public void Faults_come_in_the_order_of_the_text()
    {
        string text = "virtual_server 192.0.2.1 80 {\n  quorum x\n}\n"
            + "global_defs {\n  vrrp_version 4\n}\n";

        int[] lines = [.. MemoryFiles.Load(text).Faults.Select(fault => fault.Position.Line)];

        Assert.Equal([1, 2, 5], lines.Distinct());
        Assert.Equal(lines.Order(), lines);
    }

    [Fact]
    public void A_file_of_rubbish_yields_a_hundred_faults_and_no_more()
    {
        string text = string.Concat(Enumerable.Repeat("rubbish\n", 5000));

        ConfigurationResult result = MemoryFiles.Load(text);

        Assert.Equal(100, result.Faults.Length);
        Assert.Null(result.Config);
    }

    [Fact]
    public void Errors_stay_in_the_list_when_warnings_would_fill_it()
    {
        string warnings = string.Concat(Enumerable.Repeat("  vrrp_strict\n", 200));

        ConfigurationResult result =
            MemoryFiles.Load($"global_defs {{\n{warnings}  vrrp_version 9\n}}\n");

        Assert.Contains(result.Faults, fault => !fault.IsWarning && fault.Position.Line == 202);
    }
}
