using Steelyard.Core.Forwarding;
using Steelyard.Core.Services;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Forwarding;

/// <summary>What the tests of drop reasons share.</summary>
internal static class Dropping
{
    public const string Client = "10.0.0.1:40001";
    public const string Web = "10.9.0.1:80";

    public static TestBox WebBox(out VirtualService service)
    {
        TestBox box = new();
        service = box.AddService(TransportProtocol.Tcp, Web);
        box.AddServer(service, "10.1.0.11:8080", ForwardingMethod.Nat);
        return box;
    }

    public static void AssertDropped(
        TestBox box,
        DropReason reason,
        SentFrame[] sent,
        string? answer = null,
        int count = 1,
        bool inside = false)
    {
        ForwardingCounters counters = inside ? box.InsideCounters : box.OutsideCounters;
        Assert.Equal(count, counters[reason]);
        Assert.Equal(count, counters.Dropped);
        box.CheckConservation();
        if (answer is null)
        {
            Assert.Empty(sent);
            return;
        }

        SentFrame only = Assert.Single(sent);
        Assert.Null(SlowChecksum.FaultOf(only.Packet));
        Assert.Equal(TestBox.RouterMac, only.Destination);
        Assert.Equal(TestBox.OutsideVirtual, only.Source);
        Assert.Same(box.Outside, only.Port);
        Assert.Equal(answer, KindOf(only.Packet));
    }

    private static string KindOf(byte[] packet) => packet[9] switch
    {
        1 => $"icmp {packet[20]}/{packet[21]}",
        6 => "tcp " + ((packet[33] & 4) != 0 ? "R" : "") + ((packet[33] & 16) != 0 ? "A" : ""),
        _ => "other",
    };
}
