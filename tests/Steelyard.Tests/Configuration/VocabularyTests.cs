using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

public sealed class VocabularyTests
{
    /// <summary>What must stand around a block, the block's place marked by a bar.</summary>
    private static readonly Dictionary<string, string> Surroundings = new()
    {
        [""] = "|",
        ["global_defs"] = "global_defs {\n|\n}",
        ["vrrp_instance"] = "vrrp_instance a {\n|\n}",
        ["vrrp_sync_group"] = "vrrp_sync_group a {\n|\n}",
        ["authentication"] = "vrrp_instance a {\nauthentication {\n|\n}\n}",
        ["virtual_server"] = "virtual_server 192.0.2.1 80 {\n|\n}",
        ["real_server"] = "virtual_server 192.0.2.1 80 {\nreal_server 10.0.0.1 80 {\n|\n}\n}",
        ["TCP_CHECK"] = "virtual_server 192.0.2.1 80 {\nreal_server 10.0.0.1 80 {\n"
            + "TCP_CHECK {\n|\n}\n}\n}",
        ["HTTP_GET"] = "virtual_server 192.0.2.1 80 {\nreal_server 10.0.0.1 80 {\n"
            + "HTTP_GET {\n|\n}\n}\n}",
        ["url"] = "virtual_server 192.0.2.1 80 {\nreal_server 10.0.0.1 80 {\n"
            + "HTTP_GET {\nurl {\n|\n}\n}\n}\n}",
        ["panel"] = "panel {\n|\n}",
        ["sync"] = "sync {\n|\n}",
        ["mark"] = "mark 1 {\n|\n}",
        ["lvs_settings"] = "lvs_settings {\n|\n}",
        ["masquerade"] = "masquerade {\n|\n}",
        ["telemetry"] = "telemetry {\n|\n}",
        ["dashboard"] = "dashboard {\n|\n}",
    };

    public static TheoryData<string, string> WordsOfKeepalived()
    {
        TheoryData<string, string> data = new();
        foreach (string line in File.ReadAllLines("Data/keepalived/words-2.2.7.txt"))
        {
            string[] parts = line.Split(": ", 2);
            if (!line.StartsWith('#'))
            {
                data.Add(parts[0] == "top" ? "" : parts[0], parts[1]);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WordsOfKeepalived))]
    public void Every_word_that_keepalived_takes_in_a_block_is_known_there(
        string block, string words)
    {
        string[] missing =
            [.. words.Split(' ').Where(word => !Vocabulary.TryFind(block, word, out _))];

        Assert.Empty(missing);
    }

    /// <summary>
    /// A supported word without a binding would stop the program; see SayUnbound.
    /// </summary>
    [Fact]
    public void Every_supported_word_has_a_binding()
    {
        VocabularyWord[] supported =
            [.. Vocabulary.All.Where(word => word.Support == WordSupport.Supported)];

        foreach (VocabularyWord word in supported)
        {
            string statement = word.Text + (word.OpensBlock ? " a 1 {\n}" : " a");
            string text = Surroundings[word.Block]
                .Replace("|", statement, StringComparison.Ordinal);

            string[] faults = MemoryFiles.FaultsOf(text);

            Assert.DoesNotContain(
                faults, fault => fault.Contains($"'{word.Text}' is not", StringComparison.Ordinal));
        }

        Assert.True(supported.Length > 60);
    }

    /// <summary>The page is for those who write the file: it hides no word from them.</summary>
    [Fact]
    public void Every_supported_word_stands_in_the_manual()
    {
        string[] words = File.ReadAllText("Data/man/steelyard.conf.5")
            .Split([' ', '\n', '"', ','], StringSplitOptions.RemoveEmptyEntries);

        IEnumerable<string> missing = Vocabulary.All
            .Where(word => word.Support == WordSupport.Supported)
            .Select(word => word.Text)
            .Except(words);

        Assert.Empty(missing);
    }

    [Fact]
    public void A_word_that_comes_later_is_refused_by_its_name_and_position()
    {
        string[] faults = MemoryFiles.FaultsOf("vrrp_script check {\n  script \"true\"\n}\n");

        Assert.Equal(["box.conf:1:1: 'vrrp_script' is not supported yet"], faults);
    }

    [Fact]
    public void A_word_without_consequence_is_passed_over_with_a_warning()
    {
        ConfigurationResult result = MemoryFiles.Load(
            "global_defs {\n  notification_email {\n    root@localhost\n  }\n}\n");

        ConfigFault fault = Assert.Single(result.Faults);
        Assert.NotNull(result.Config);
        Assert.Equal(
            "box.conf:2:3: warning: 'notification_email' is not supported yet, ignored: "
            + "mails are not sent",
            fault.ToString());
    }

    [Theory]
    [InlineData("vrrp_instanc a {\n}", "vrrp_instance")]
    [InlineData("vrrp_instance a {\n  vritual_router_id 5\n}", "virtual_router_id")]
    [InlineData("vrrp_instance a {\n  no_preempt\n}", "nopreempt")]
    [InlineData("virtual_server 192.0.2.1 80 {\n  lb_alog rr\n}", "lb_algo")]
    [InlineData("virtual_server 192.0.2.1 80 {\n  real_sever 10.0.0.1 80 {\n}\n}", "real_server")]
    [InlineData("global_defs {\n  routerid x\n}", "router_id")]
    [InlineData("dashbord {\n}", "dashboard")]
    public void A_misspelt_word_is_answered_with_the_nearest_of_its_block(
        string text, string expected)
    {
        string[] faults = MemoryFiles.FaultsOf(text);

        Assert.Contains(
            faults,
            fault => fault.EndsWith($"; did you mean '{expected}'?", StringComparison.Ordinal));
    }

    [Fact]
    public void A_word_of_another_block_is_sent_there()
    {
        string[] faults = MemoryFiles.FaultsOf("global_defs {\n  advert_int 1\n}\n");

        Assert.Equal(
            ["box.conf:2:3: 'advert_int' belongs in vrrp_instance, not in global_defs"], faults);
    }

    [Fact]
    public void A_block_of_the_file_inside_another_asks_for_the_missing_brace()
    {
        string[] faults =
            MemoryFiles.FaultsOf("global_defs {\n  router_id x\npanel {\n chip c\n}\n}");

        Assert.Equal(
            [
                "box.conf:3:1: 'panel' stands outside all blocks, not in global_defs; "
                + "is a '}' missing above?",
            ],
            faults);
    }

    /// <summary>
    /// The definition: one letter swapped with its neighbour, or changed, is one step.
    /// </summary>
    [Theory]
    [InlineData("state", "state", 0)]
    [InlineData("satte", "state", 1)]
    [InlineData("state", "stat", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_letters_changed_and_swapped(
        string left, string right, int expected)
    {
        Assert.Equal(expected, Spelling.Distance(left, right));
    }
}
