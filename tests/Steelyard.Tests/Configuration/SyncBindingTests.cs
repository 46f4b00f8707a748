using System;
using System.Linq;
using Steelyard.Core.Configuration;

namespace Steelyard.Tests.Configuration;

/// <summary><c>sync { key … }</c>: where a key may stand, and that nobody sees it.</summary>
public sealed class SyncBindingTests
{
    private const string Channel = "global_defs {\n lvs_sync_daemon eth1 id 1\n}\n";
    private static readonly string Digits = string.Concat(Enumerable.Repeat("5e", 32));
    private static readonly string Others = string.Concat(Enumerable.Repeat("7a", 32));

    [Fact]
    public void A_key_is_read_from_the_file_a_file_of_its_own_or_a_credential()
    {
        MemoryFiles files = new()
        {
            ["/etc/k"] = $"{Digits}\n",
            ["/run/c/pair"] = Digits,
            CredentialsFolder = "/run/c",
        };

        ConfigurationResult[] read =
        [
            .. new[] { $"hex:{Digits}", "file:/etc/k", "credential:pair" }.Select(
                key => Load(files, $"{Channel}sync {{\n key {key}\n}}")),
        ];

        Assert.All(read, result => Assert.Empty(result.Faults));
        Assert.Single(read.Select(result => Assert.Single(result.Config!.SyncKeys)).Distinct());
    }

    [Fact]
    public void A_second_key_is_accepted_and_a_third_is_not()
    {
        string two = $"{Channel}sync {{\n key hex:{Digits}\n key hex:{Others}\n}}";

        Assert.Empty(MemoryFiles.FaultsOf(two));
        Assert.Equal(2, MemoryFiles.Accept(two).SyncKeys.Length);
        Assert.Contains(
            MemoryFiles.FaultsOf(two.Replace(
                "}", $" key hex:{new string('1', 64)}\n}}", StringComparison.Ordinal)),
            fault => fault.Contains("more than two keys", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("key hex:{0}00")]
    [InlineData("key hex: {0}")]
    [InlineData("key {0}")]
    [InlineData("key file:/etc/bad")]
    [InlineData("key hex:{0} {0}")]
    [InlineData("hex:{0}")]
    [InlineData("key")]
    [InlineData("key file:here")]
    [InlineData("key file:/no/such")]
    [InlineData("key credential:pair")]
    [InlineData("key credential:../pair")]
    public void A_wrong_key_is_refused_and_not_shown(string line)
    {
        MemoryFiles files = new() { ["/etc/bad"] = $"{Digits}x" };
        string text = string.Format(null, line, Digits);

        ConfigurationResult result = Load(files, $"{Channel}sync {{\n {text}\n}}");

        Assert.Null(result.Config);
        Assert.DoesNotContain(
            result.Faults,
            fault => fault.ToString().Contains("5e5e5e5e", StringComparison.Ordinal));
    }

    [Fact]
    public void A_channel_without_a_key_must_be_private_and_says_so()
    {
        Assert.Contains(
            "the sync channel has no key",
            Assert.Single(MemoryFiles.FaultsOf(Channel)),
            StringComparison.Ordinal);
        Assert.Empty(MemoryFiles.Accept(Channel).SyncKeys);
    }

    [Fact]
    public void A_key_that_everybody_can_read_is_named()
    {
        MemoryFiles files = new() { ["/etc/k"] = Digits };
        files.Open.Add("/etc/k");

        ConfigFault fault = Assert.Single(
            Load(files, $"{Channel}sync {{\n key file:/etc/k\n}}").Faults);

        Assert.True(fault.IsWarning);
        Assert.Contains("chmod 600 /etc/k", fault.Sentence, StringComparison.Ordinal);
    }

    private static ConfigurationResult Load(MemoryFiles files, string text)
    {
        files["box.conf"] = text;
        return ConfigurationFile.Load("box.conf", files, "host");
    }
}
