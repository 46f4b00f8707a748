using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Lab;
using Steelyard.Linux.Network;

namespace Steelyard.Rig.Lab;

/// <summary>
/// The lab's networks without the boxes' program: what the wires alone make reachable.
/// </summary>
public sealed class LabWorldTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [RootFact]
    public async Task A_box_reaches_every_server_and_each_names_itself()
    {
        using LabWorld world = LabWorld.Build();
        for (int index = 0; index < LabPlan.ServerCount; index++)
        {
            await using LabServer server = new(world.Servers[index], index);
            await server.StartAsync();

            foreach (NetworkNamespace box in world.Boxes)
            {
                Assert.Equal(LabPlan.ServerName(index), await AskAsync(box, index));
            }
        }
    }

    [RootFact]
    public async Task A_stopped_server_refuses_and_a_started_one_answers_again()
    {
        using LabWorld world = LabWorld.Build();
        await using LabServer server = new(world.Servers[0], 0);
        await server.StartAsync();
        await server.StopAsync();

        SocketException refusal =
            await Assert.ThrowsAsync<SocketException>(() => AskAsync(world.Boxes[0], 0));
        await server.StartAsync();

        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
        Assert.Equal(LabPlan.ServerName(0), await AskAsync(world.Boxes[0], 0));
    }

    [RootFact]
    public async Task A_server_echoes_datagrams()
    {
        using LabWorld world = LabWorld.Build();
        await using LabServer server = new(world.Servers[2], 2);
        await server.StartAsync();
        using Socket socket = world.Boxes[1].Run(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        byte[] answer = new byte[8];
        using CancellationTokenSource deadline = new(Patience);

        await socket.ConnectAsync(
            LabPlan.Server(2).Address.ToIPAddress(), LabPlan.EchoPort, deadline.Token);
        _ = await socket.SendAsync("probe"u8.ToArray(), deadline.Token);
        int length = await socket.ReceiveAsync(answer, deadline.Token);

        Assert.Equal("probe"u8.ToArray(), answer[..length]);
    }

    [RootFact]
    public async Task A_door_on_loopback_leads_to_a_box_s_own_loopback()
    {
        using LabWorld world = LabWorld.Build();
        await using LabServer page = new(world.Boxes[0], 0);
        await page.StartAsync();
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ushort free = (ushort)((IPEndPoint)probe.LocalEndPoint!).Port;
        probe.Dispose();

        using LabRelay door = new(free, world.Boxes[0], new(IPAddress.Loopback, LabPlan.WebPort));
        using LabRequest request = new(
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using CancellationTokenSource deadline = new(Patience);
        await request.ConnectAsync(new(IPAddress.Loopback, free), deadline.Token);

        Assert.Equal(
            LabPlan.ServerName(0), await request.GetAsync(keepsAlive: false, deadline.Token));
    }

    private static async Task<string> AskAsync(NetworkNamespace place, int server)
    {
        using LabRequest request = new(place.Run(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)));
        using CancellationTokenSource deadline = new(Patience);
        IPAddress address = LabPlan.Server(server).Address.ToIPAddress();
        await request.ConnectAsync(new(address, LabPlan.WebPort), deadline.Token);
        return await request.GetAsync(keepsAlive: false, deadline.Token);
    }
}
