using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Host.Api;
using Steelyard.Host.Loops;

namespace Steelyard.Tests.Golden;

/// <summary>Answers <c>ipvsadm</c> from controller and engine, at once.</summary>
internal sealed class GoldenBox(GoldenWorld world) : IBoxControl
{
    public Task<IpvsListing> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ListingPicture.Take(world.Controller));

    public Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken) =>
        Task.FromResult(world.Connections());

    public Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken) =>
        Task.FromResult(ServiceDesk.Apply(world.Controller, change));

    public Task<BoxStatus> StatusAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

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
}
