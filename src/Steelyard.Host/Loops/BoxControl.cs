using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Host.Api;
using Steelyard.Host.Logging;

namespace Steelyard.Host.Loops;

/// <summary>The running box's answers: each question goes to the loop that knows.</summary>
internal sealed class BoxControl(Box box, string configurationPath, ILogger log)
    : IBoxControl, IDisposable
{
    private readonly SemaphoreSlim _reloading = new(1, 1);

    public Task<BoxStatus> StatusAsync(CancellationToken cancellationToken) =>
        box.Inbox.AskAsync((it, now) => it.Status(now), cancellationToken);

    public async Task<ControlAnswer> FailoverAsync(
        string? router, bool force, CancellationToken cancellationToken)
    {
        string? refusal = await box.Inbox.AskAsync(
            (it, now) => it.FailOver(router, force, now), cancellationToken);
        return refusal is null
            ? ControlAnswer.Done("failover has begun")
            : ControlAnswer.Refused("refused", $"no failover: {refusal}");
    }

    public async Task<ControlAnswer> SetMaintenanceAsync(
        bool on, CancellationToken cancellationToken)
    {
        string? refusal = await box.Inbox.AskAsync(
            (it, now) => it.SetMaintenance(on, force: false, now), cancellationToken);
        return refusal is null
            ? ControlAnswer.Done(on ? "maintenance has begun" : "maintenance has ended")
            : ControlAnswer.Refused("refused", $"no maintenance: {refusal}");
    }

    /// <summary>Reads the file again; a wrong file changes nothing.</summary>
    public async Task<ControlAnswer> ReloadAsync(CancellationToken cancellationToken)
    {
        await _reloading.WaitAsync(cancellationToken);
        try
        {
            ConfigurationResult read = BoxProgram.Read(configurationPath);
            if (read.Config is not ApplianceConfig config)
            {
                string errors = string.Join("; ", read.Faults.Where(fault => !fault.IsWarning));
                Log.ReloadRefused(log, configurationPath, errors);
                return ControlAnswer.Refused("bad_configuration", errors);
            }

            string summary = ReloadSummary.Of(ConfigDifference.Between(box.Config, config));
            BoxProgram.Report(log, read);
            ImmutableArray<string> faults = await box.ApplyAsync(config);
            Log.Reloaded(log, configurationPath, summary);
            return ControlAnswer.Done(string.Join("; but ", faults.Prepend(summary)));
        }
        finally
        {
            _reloading.Release();
        }
    }

    public async Task<ExplainAnswer> ExplainAsync(
        ExplainQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        Explanation found = await box.Questions.ExplainAsync(
            new FlowKey(question.Protocol, question.Client, question.Virtual), cancellationToken);
        NetworkPicture network =
            await box.Inbox.AskAsync((it, _) => it.Network, cancellationToken);
        return ExplainWords.Of(found, question, network);
    }

    public Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken) =>
        box.Questions.ConnectionsAsync(limit, cancellationToken);

    public Task<IpvsListing> ListAsync(CancellationToken cancellationToken) =>
        box.Inbox.AskAsync((it, _) => ListingPicture.Take(it), cancellationToken);

    public async Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        return await box.Inbox.AskAsync(
            (it, _) => ServiceDesk.Apply(it, change), cancellationToken);
    }

    public void Dispose() => _reloading.Dispose();
}
