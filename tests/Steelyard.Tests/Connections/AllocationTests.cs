using System;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

public sealed class AllocationTests
{
    [Fact]
    public void A_thousand_lives_of_connections_allocate_nothing()
    {
        TableRig rig = new(capacity: 512, serverCount: 4);
        Live(rig, rounds: 200);

        long allocated = Allocation.LeastOf(() => Live(rig, rounds: 200));

        Assert.Equal(0, allocated);
        Assert.InRange(rig.Table.Ended, 600, 1_200);
    }

    [Fact]
    public void Telling_the_twin_again_allocates_nothing()
    {
        TableRig rig = new(capacity: 64);
        int told = 0;
        rig.Table.NewsDue = (handle, _) =>
        {
            rig.Table.OnTold(handle);
            told++;
        };
        int living = rig.Establish(1);

        long allocated = Allocation.LeastOf(() => KeepAlive(rig, living, rounds: 100));

        Assert.Equal(0, allocated);
        Assert.InRange(told, 250, 750);
    }

    private static void KeepAlive(TableRig rig, int handle, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            rig.Table.OnTcp(
                handle, FlowDirection.FromClient, TcpFlags.Acknowledgment, rig.Now);
            rig.Pass(TimeSpan.FromSeconds(500));
        }
    }

    /// <summary>A connection begins, answers, closes; the listing and the clock go on.</summary>
    private static void Live(TableRig rig, int rounds)
    {
        for (int number = 0; number < rounds; number++)
        {
            FlowKey flow = rig.Flow((int)rig.Table.Created);
            RealServer server = rig.Service.Schedule.Pick(rig.Service, flow, Instant.Zero)!;
            int handle = rig.Table.Create(rig.Service, server, flow, rig.Now);
            rig.Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Syn, rig.Now);
            handle = rig.Table.Find(flow.Protocol, flow.Client, flow.Virtual, out _);
            rig.Table.OnTcp(handle, FlowDirection.FromServer, TcpFlags.Acknowledgment, rig.Now);
            rig.Table.OnTcp(handle, FlowDirection.FromClient, TcpFlags.Fin, rig.Now);
            rig.Table.FillRecord(handle, rig.Now, out ConnectionRecord record);
            rig.Table.Learn(record, server, rig.Now);
            rig.Pass(TimeSpan.FromMilliseconds(300));
        }
    }
}
