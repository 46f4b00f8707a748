using System;
using System.Collections.Immutable;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Time;
using Steelyard.Host.Api;
using Steelyard.Host.Ipvsadm;
using Steelyard.Host.Loops;

namespace Steelyard.Tests.Ipvsadm;

/// <summary>A box without loops and sockets: a controller and its engine, on one thread.</summary>
internal sealed class EngineBox(Controller controller, Engine engine, Func<Instant> now)
    : IBoxControl
{
    public Task<IpvsListing> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ListingPicture.Take(controller));

    public Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken) =>
        Task.FromResult(ServiceDesk.Apply(controller, change));

    public Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken)
    {
        SnapshotConnections listed = new(new ConnectionRecord[int.Min(limit, 1 << 16)]);
        Assert.True(engine.Commands.TryPut(listed));
        while (!listed.IsComplete)
        {
            _ = engine.Turn(now());
        }

        return Task.FromResult<ImmutableArray<ConnectionRecord>>([.. listed.Records]);
    }

    public Task<BoxStatus> StatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(controller.Status(now()));

    public Task<ControlAnswer> FailoverAsync(
        string? router, bool force, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ControlAnswer> ReloadAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ControlAnswer> SetMaintenanceAsync(bool on, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ExplainAnswer> ExplainAsync(
        ExplainQuestion question, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Runs one command line of <c>ipvsadm</c>.</summary>
    public (int Code, string Output, string Error) Run(string arguments, string input = "")
    {
        using StringReader reader = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        IpvsadmProgram program = new(this, new FixedNames(), new(reader, output, error));
        int code = program
            .RunAsync(
                arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                CancellationToken.None)
            .GetAwaiter()
            .GetResult();
        return (code, output.ToString(), error.ToString());
    }
}
