using System;
using Steelyard.Linux;

namespace Steelyard.Tests.Linux;

public sealed class KernelExceptionTests
{
    /// <summary>EPERM is 1, ENODEV 19 in asm-generic/errno-base.h.</summary>
    [Fact]
    public void It_says_what_was_asked_and_what_stood_against_it()
    {
        KernelException missing = new("find interface eth7", 19);
        KernelException refused = new("open a packet socket", 1);

        Assert.StartsWith("find interface eth7: ", missing.Message, StringComparison.Ordinal);
        Assert.Contains("No such device", missing.Message, StringComparison.Ordinal);
        Assert.True(missing.IsMissingInterface && !missing.IsPermission);
        Assert.True(refused.IsPermission && !refused.IsMissingInterface);
    }
}
