using System;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Host.Commands;
using Steelyard.Linux.Processes;

namespace Steelyard.Tests.Commands;

public sealed class HangUpTests
{
    [Fact]
    public async Task A_lost_session_cancels_and_ends_nothing()
    {
        using HangUp session = new(CancellationToken.None);
        Task waiting = Task.Delay(TimeSpan.FromMinutes(1), session.Token);

        Assert.True(ProcessLife.HangUp(Environment.ProcessId));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void So_does_whoever_stops_the_command()
    {
        using CancellationTokenSource stop = new();
        using HangUp session = new(stop.Token);

        stop.Cancel();

        Assert.True(session.Token.IsCancellationRequested);
    }
}
