using Steelyard.Linux.Processes;

namespace Steelyard.Tests.Linux;

/// <summary>Lines of /proc/PID/status, and bit numbers of linux/capability.h.</summary>
public sealed class CapabilitiesTests
{
    [Fact]
    public void Each_right_is_read_from_its_bit()
    {
        Capabilities all = Capabilities.Parse(["Name:\tx", "CapEff:\t000001ffffffffff", "x"]);
        Capabilities netAdmin = Capabilities.Parse(["CapPrm:\t0", "CapEff:\t0000000000001000"]);
        Capabilities netRaw = Capabilities.Parse(["CapEff:\t0000000000002000"]);
        Capabilities sysAdmin = Capabilities.Parse(["CapEff:\t0000000000200000"]);
        Capabilities sysNice = Capabilities.Parse(["CapEff:\t0000000000800000"]);

        Assert.Empty(all.MissingToRun);
        Assert.True(all.HasSysAdmin && all.HasSysNice);
        Assert.Equal(["CAP_NET_RAW"], netAdmin.MissingToRun);
        Assert.Equal(["CAP_NET_ADMIN"], netRaw.MissingToRun);
        Assert.True(sysAdmin.HasSysAdmin && !sysAdmin.HasNetRaw);
        Assert.True(sysNice.HasSysNice && !sysNice.HasSysAdmin);
    }

    [Fact]
    public void Nothing_said_is_nothing_had()
    {
        Assert.Equal(["CAP_NET_ADMIN", "CAP_NET_RAW"], Capabilities.Parse(["x"]).MissingToRun);
    }
}
