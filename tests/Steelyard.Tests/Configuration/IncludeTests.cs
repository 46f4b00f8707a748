using System.Linq;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

public sealed class IncludeTests
{
    [Fact]
    public void An_included_file_is_found_beside_the_file_that_names_it()
    {
        MemoryFiles files = new()
        {
            ["/etc/a/box.conf"] = "global_defs {\n  include parts/../parts/name.conf\n}\n",
            ["/etc/a/parts/name.conf"] = "include ./deeper.conf\n",
            ["/etc/a/parts/deeper.conf"] = "router_id deep\n",
        };

        ConfigurationResult result = ConfigurationFile.Load("/etc/a/box.conf", files, "host");

        Assert.Empty(result.Faults);
        Assert.Equal("deep", result.Config?.BoxName);
    }

    [Fact]
    public void A_pattern_includes_every_file_it_names_and_none_is_a_warning()
    {
        MemoryFiles files = new()
        {
            ["box.conf"] = "include d/*.conf\ninclude e/*.conf\n",
            ["d/1.conf"] = "global_defs {\n  router_id one\n}\n",
            ["d/2.conf"] = "dashboard {\n  off\n}\n",
            ["d/2.old"] = "rubbish\n",
        };

        ConfigurationResult result = ConfigurationFile.Load("box.conf", files, "host");

        ConfigFault fault = Assert.Single(result.Faults);
        Assert.Equal("no file matches e/*.conf: nothing is included", fault.Sentence);
        Assert.Equal("box.conf:2:9", fault.Position.ToString());
        Assert.True(fault.IsWarning);
        Assert.Equal("one", result.Config?.BoxName);
        Assert.False(result.Config?.Dashboard.IsEnabled);
    }

    [Fact]
    public void A_fault_names_the_included_file_and_follows_those_of_the_includer()
    {
        MemoryFiles files = new()
        {
            ["box.conf"] = "include sub.conf\nrubbish\n",
            ["sub.conf"] = "\n  wrong\n",
        };

        ConfigurationResult result = ConfigurationFile.Load("box.conf", files, "host");

        Assert.Equal(
            ["box.conf:2:1", "sub.conf:2:3"],
            result.Faults.Select(fault => fault.Position.ToString()));
    }

    [Theory]
    [InlineData("include missing.conf", "cannot read missing.conf: no such file")]
    [InlineData("include box.conf", "box.conf includes itself")]
    [InlineData("include", "'include' takes one file name or pattern")]
    [InlineData("include a b", "'include' takes one file name or pattern")]
    [InlineData("includea x/*.conf", "no file matches x/*.conf")]
    public void An_include_that_cannot_be_is_a_fault(string text, string expected)
    {
        ConfigFault fault = Assert.Single(MemoryFiles.Load(text).Faults);

        Assert.Equal(expected, fault.Sentence);
        Assert.False(fault.IsWarning);
    }

    [Fact]
    public void A_missing_first_file_is_said_at_its_beginning()
    {
        ConfigurationResult result = ConfigurationFile.Load("no.conf", new MemoryFiles(), "host");

        Assert.Equal(
            ["no.conf:1:1: cannot read no.conf: no such file"],
            result.Faults.Select(fault => fault.ToString()));
        Assert.Null(result.Config);
    }

    /// <summary>Two files that include each other twice would be read 2^16 times.</summary>
    [Fact]
    public void A_web_of_includes_ends()
    {
        MemoryFiles files = new();
        for (int level = 0; level < 40; level++)
        {
            files[$"{level}.conf"] = $"include {level + 1}.conf\ninclude {level + 1}.conf\n";
        }

        ConfigurationResult result = ConfigurationFile.Load("0.conf", files, "host");

        Assert.Null(result.Config);
        Assert.Contains(
            result.Faults, fault => fault.Sentence == "more than 256 files are included");
    }

    [Fact]
    public void A_file_too_long_is_refused()
    {
        ConfigurationResult result = MemoryFiles.Load(new string(' ', (4 * 1024 * 1024) + 1));

        Assert.Equal(
            ["the files hold more than 4194304 characters"],
            result.Faults.Select(fault => fault.Sentence));
    }

    [Theory]
    [InlineData("/etc/box.conf", "a/../b.conf", "/etc/b.conf")]
    [InlineData("/etc/box.conf", "/x/./y", "/x/y")]
    [InlineData("/etc/box.conf", "../../../z", "/z")]
    [InlineData("box.conf", "../z", "../z")]
    [InlineData("a/box.conf", "z", "a/z")]
    public void A_path_is_resolved_as_text(string from, string path, string expected)
    {
        Assert.Equal(expected, PathText.Resolve(from, path));
    }

    [Fact]
    public void Merged_the_files_are_one_text_that_says_the_same()
    {
        MemoryFiles files = new()
        {
            ["/a/box.conf"] = "# top\nglobal_defs { include 'name.conf' }\n"
                + "include d/*.conf ! all\nx y include\n",
            ["/a/name.conf"] = "include deeper.conf",
            ["/a/deeper.conf"] = "router_id deep # here",
            ["/a/d/1.conf"] = "dashboard {\n  off\n}\n",
            ["/a/d/2.conf"] = "",
        };

        string merged = ConfigurationFile.Merge("/a/box.conf", files);

        Assert.Equal(
            "# top\nglobal_defs { # name.conf\n# deeper.conf\nrouter_id deep # here\n}\n"
            + "# 1.conf\ndashboard {\n  off\n}\n# 2.conf\n\n\nx y include\n",
            merged);
    }

    [Fact]
    public void A_file_that_includes_nothing_is_merged_as_it_stands()
    {
        const string Text = "a {\r\n\tb 'include' # include\n}";
        MemoryFiles files = new() { ["box.conf"] = Text };

        Assert.Equal(Text, ConfigurationFile.Merge("box.conf", files));
    }
}
