using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Configuration;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;
using Steelyard.Core.Control.Services;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Services;
using Steelyard.Host.Api;

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
                string faults = string.Join("; ", read.Faults.Where(fault => !fault.IsWarning));
                Log.ReloadRefused(log, configurationPath, faults);
                return ControlAnswer.Refused("bad_configuration", faults);
            }

            string summary = ReloadSummary.Of(ConfigDifference.Between(box.Config, config));
            await box.ApplyAsync(config);
            Log.Reloaded(log, configurationPath, summary);
            return ControlAnswer.Done(summary);
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

    public Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken) =>
        box.Inbox.AskAsync((it, _) => Change(it, change), cancellationToken);

    public void Dispose() => _reloading.Dispose();

    /// <summary>Makes a change, whole or not at all; the control loop's to call.</summary>
    internal static ControlAnswer Change(Controller it, IpvsChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (IpvsSupport.WhyNot(change) is ControlAnswer refusal)
        {
            return refusal;
        }

        if (change.Verb == IpvsVerb.SetTimeouts)
        {
            SetTimeouts(it, change.Timeouts!);
            return ControlAnswer.Done();
        }

        return ToAnswer(Apply(it.Commands, change), change.Verb);
    }

    private static ServiceAnswer Apply(ServiceCommands services, IpvsChange change)
    {
        ServiceKey key = change.Service?.Key ?? default;
        return change.Verb switch
        {
            IpvsVerb.AddService => services.AddService(key, ToSettings(change.Service!)),
            IpvsVerb.EditService => services.EditService(key, ToSettings(change.Service!)),
            IpvsVerb.DeleteService => services.DeleteService(key),
            IpvsVerb.Clear => services.Clear(),
            IpvsVerb.AddServer => services.AddServer(key, ToConfig(change.Server!)),
            IpvsVerb.EditServer => services.EditServer(
                key, change.Server!.Endpoint, ToSettings(change.Server)),
            IpvsVerb.DeleteServer => services.DeleteServer(key, change.Server!.Endpoint),
            IpvsVerb.Zero when change.Service is null => services.ZeroAll(),
            IpvsVerb.Zero => services.Zero(key),
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }

    private static RealServerConfig ToConfig(IpvsServer server) => new()
    {
        Endpoint = server.Endpoint,
        Settings = ToSettings(server),
    };

    private static ServiceSettings ToSettings(IpvsService service) =>
        new() { Scheduler = service.Scheduler };

    private static ServerSettings ToSettings(IpvsServer server) =>
        new() { Method = server.Method, Weight = server.Weight };

    private static ControlAnswer ToAnswer(ServiceAnswer answer, IpvsVerb verb) => answer switch
    {
        ServiceAnswer.Done => ControlAnswer.Done(),
        ServiceAnswer.ServiceExists => IpvsRefusal.ServiceExists,
        ServiceAnswer.ServerExists => IpvsRefusal.DestinationExists,
        ServiceAnswer.NoSuchServer => IpvsRefusal.NoSuchDestination,
        _ when verb is IpvsVerb.AddServer or IpvsVerb.EditServer or IpvsVerb.DeleteServer =>
            IpvsRefusal.ServiceNotDefined,
        _ => IpvsRefusal.NoSuchService,
    };

    private static void SetTimeouts(Controller it, IpvsTimeouts wish)
    {
        static TimeSpan? Span(int seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
        it.SetTimeouts(
            Span(wish.TcpSeconds), Span(wish.TcpFinSeconds), Span(wish.UdpSeconds));
    }
}
