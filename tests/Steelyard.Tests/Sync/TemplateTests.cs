using System;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Tests.Forwarding;
using Steelyard.Tests.Wire;

namespace Steelyard.Tests.Sync;

/// <summary>
/// One engine's news, through the kernel's protocol, to another one: what a client was promised
/// holds after a takeover.
/// </summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData(0u, 80, 80)]
    [InlineData(0u, 0, 8080)]
    [InlineData(7u, 0, 443)]
    public void A_persistent_client_stays_with_its_server(uint mark, int port, int later)
    {
        TestBox first = Box(mark, (ushort)port);
        TestBox second = Box(mark, (ushort)port);
        for (int client = 2; client < 5; client++)
        {
            IpAddress before = ServerOf(first, $"10.0.0.{client}:4000", 80);
            Channel.Tell(first, second);

            // The schedulers of both boxes stand elsewhere.
            Assert.Equal(before, ServerOf(second, $"10.0.0.{client}:4001", later));
            ServerOf(second, $"10.0.1.{client}:4001", 80);
        }

        Assert.Equal(0, second.Engine.Counters.ConnectionsSkipped);
    }

    private static TestBox Box(uint mark, ushort port)
    {
        TestBox box = new();
        IpAddress address = TestBox.Address("10.9.0.1");
        ServiceKey key = mark == 0
            ? new(TransportProtocol.Tcp, address, port)
            : new(TransportProtocol.Unknown, IpAddress.FromIpv4(0), 0) { Mark = mark };
        VirtualService service = new(
            key,
            Schedulers.Create("rr"),
            new() { Scheduler = "rr", Persistence = new(TimeSpan.FromSeconds(300)) });
        box.Command(new ReplaceMarkRules(mark == 0 ? [] : [new(mark)]));
        box.Command(new AddService(service));
        ushort at = port == 0 ? (ushort)0 : (ushort)8080;
        box.AddServer(service, $"10.1.0.11:{at}", ForwardingMethod.Nat);
        box.AddServer(service, $"10.1.0.12:{at}", ForwardingMethod.Direct);
        box.AddServer(service, $"10.1.0.13:{at}", ForwardingMethod.Direct);
        return box;
    }

    private static IpAddress ServerOf(TestBox box, string client, int port)
    {
        SentFrame sent = Assert.Single(box.FromClient(
            PacketBuilder.Tcp(client, $"10.9.0.1:{port}").Flags(TcpFlags.Syn)));
        for (int number = 11; number < 14; number++)
        {
            if (sent.Destination == TestBox.ServerMac(number))
            {
                return TestBox.Address($"10.1.0.{number}");
            }
        }

        throw new InvalidOperationException("no server's station");
    }
}
