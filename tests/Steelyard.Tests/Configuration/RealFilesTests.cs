using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

/// <summary>
/// Thirty files as people published them. What is wrong with each was found by reading it beside
/// the complaints of keepalived 2.2.7's <c>-t</c> (interfaces and scripts that the machine lacks
/// left out); what keepalived takes and we do not yet is marked so.
/// </summary>
public sealed class RealFilesTests
{
    /// <summary>File, then the lines of its errors; no line means accepted.</summary>
    public static TheoryData<string, int[]> Files { get; } = new()
    {
        { "00", [1, 15] }, // scripts: not yet
        { "01", [6, 7, 8, 9, 16] }, // a template: keepalived complains about the same lines
        { "02", [4, 10, 12, 13, 20, 24, 26, 27, 31, 33, 34, 40, 44, 46, 47] }, // template, scripts
        { "03", [5, 12] }, // template
        { "04", [] }, // the director is a server of its own service
        { "05", [1, 19, 21] }, // template (19); process tracking: not yet
        { "06", [] },
        { "07", [1, 20] }, // scripts: not yet
        { "08", [] },
        { "09", [] },
        { "10", [1, 3, 9, 10, 11, 12, 13, 14, 17, 17, 17, 20, 21, 27, 30, 34, 34] }, // variables
        { "11", [11, 22] }, // scripts: not yet
        { "12", [1, 7, 15, 16, 24, 26] }, // template; scripts: not yet
        { "13", [] },
        { "14", [4, 8, 22, 39] }, // scripts: not yet
        { "15", [16] }, // state SLAVE
        { "16", [] },
        { "17", [21] }, // notify: not yet
        { "18", [] },
        { "19", [1, 19] }, // scripts: not yet
        { "20", [1, 18, 19, 20, 32, 35] }, // unicast, scripts: not yet; 18 is deprecated
        { "21", [13, 19] }, // scripts: not yet
        { "22", [19, 20] }, // notify: not yet; nb_get_retry in TCP_CHECK is taken, 2.2.7 refuses it
        { "23", [4, 19, 36, 53] }, // scripts: not yet
        { "24", [1, 13, 14, 29] }, // unicast, scripts: not yet
        // 40 and 55 are misspelt; scripts, other checks, bindto: not yet.
        // The server at 98 names no port to check (100).
        { "25", [12, 40, 53, 55, 62, 68, 88, 100] },
        { "26", [11, 22] }, // scripts: not yet
        { "27", [17, 21, 27, 39, 46] }, // 27: quorum 0; 21: words that keepalived passes over
        { "28", [6, 22, 23, 24, 25] }, // tracking, notify: not yet
        { "29", [6, 21, 25, 26] }, // scripts, notify: not yet
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_published_file_is_accepted_or_refused_at_the_right_lines(
        string name, int[] errorLines)
    {
        string text = File.ReadAllText($"Data/keepalived/{name}.conf");

        ConfigurationResult result = MemoryFiles.Load(text);

        Assert.Equal(
            errorLines,
            result.Faults.Where(fault => !fault.IsWarning).Select(fault => fault.Position.Line));
        Assert.Equal(errorLines.Length == 0, result.Config is not null);
    }

    [Fact]
    public void A_misspelt_check_is_answered_with_the_right_one()
    {
        string text = File.ReadAllText("Data/keepalived/25.conf");

        IEnumerable<string> faults = MemoryFiles.FaultsOf(text);

        Assert.Contains(
            "box.conf:55:9: 'SMTP_CHEKC' is not a word in real_server; "
            + "did you mean 'SMTP_CHECK'?",
            faults);
    }

    [Fact]
    public void The_example_of_services_is_right_without_a_warning()
    {
        ConfigurationResult result =
            MemoryFiles.Load(File.ReadAllText("Data/examples/services.conf"));

        Assert.Empty(result.Faults);
        Assert.Equal(7, result.Config?.VirtualServers.Length);
        Assert.Equal(2, result.Config?.MarkRules.Length);
    }

    /// <summary>
    /// What we show to others must be right by our own measure. Its key is for each to make: until
    /// then there is one warning, that the link must be private.
    /// </summary>
    [Fact]
    public void The_example_is_a_pair_of_routers_and_two_services()
    {
        ConfigurationResult result =
            MemoryFiles.Load(File.ReadAllText("Data/examples/pair.conf"));

        ConfigFault warning = Assert.Single(result.Faults);
        Assert.True(warning.IsWarning);
        Assert.Contains("no key", warning.Sentence, StringComparison.Ordinal);
        Assert.Equal("box-a", result.Config?.BoxName);
        Assert.Equal(2, result.Config?.VirtualRouters.Length);
        Assert.Equal([3, 2], result.Config?.VirtualServers.Select(one => one.RealServers.Length));
        Assert.Equal("inside", result.Config?.Sync?.VirtualRouter);
    }
}
