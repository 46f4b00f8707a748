using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Steelyard.Core.Control;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Routing;
using Steelyard.Core.Time;
using Steelyard.Host.Logging;
using Steelyard.Linux;
using Steelyard.Linux.Ports;

namespace Steelyard.Host.Loops;

/// <summary>
/// Keeps the interfaces that the controller wants in service: opens what comes, drops what goes,
/// tries again what the kernel refused. Belongs to the control loop.
/// </summary>
internal sealed class InterfaceRoom(DataLoop data, PortPoller poller, ILogger log) : IDisposable
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromSeconds(1);

    private readonly List<ServedInterface> _served = [];
    private readonly List<string> _complained = [];

    public IReadOnlyList<ServedInterface> Served => _served;

    /// <summary>Frames for the interfaces' own stations are the engine's, too.</summary>
    public bool TakesRouted
    {
        get;
        set
        {
            field = value;
            _served.ForEach(served => served.AcceptOwn(value));
        }
    }

    /// <summary>The ports as the engine has them.</summary>
    public ImmutableArray<AttachPort> Ports => [.. _served.ConvertAll(served => served.Attached)];

    /// <summary>
    /// Interfaces that are there and wanted, and could not be taken into service.
    /// </summary>
    public ImmutableArray<string> Refused => [.. _complained];

    /// <summary>When what was refused is tried again.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>
    /// Brings what is served to what is wanted and there; true when something changed.
    /// </summary>
    public bool Reconcile(Controller controller, Instant now)
    {
        Deadline = Instant.Never;
        bool changed = false;
        for (int at = _served.Count - 1; at >= 0; at--)
        {
            ServedInterface served = _served[at];
            InterfaceState? state = controller.Network.Find(served.InterfaceIndex);
            if (served.IsGone || state is null || !controller.WantedInterfaces.Contains(state.Name))
            {
                Close(served);
                changed = true;
            }
            else
            {
                served.Port.ReadLink();
                served.Control.ReadLink();
                served.AcceptOwn(TakesRouted);
            }
        }

        foreach (InterfaceState state in controller.Network.Interfaces)
        {
            if (controller.WantedInterfaces.Contains(state.Name) && Find(state.Index) is null)
            {
                changed |= TryServe(state, now);
            }
        }

        return changed;
    }

    public ServedInterface? Find(int interfaceIndex) =>
        _served.Find(served => served.InterfaceIndex == interfaceIndex);

    public void Dispose()
    {
        foreach (ServedInterface served in _served.ToArray())
        {
            Close(served);
        }
    }

    private bool TryServe(InterfaceState state, Instant now)
    {
        try
        {
            ServedInterface? served =
                ServedInterface.TryOpen(state.Name, state.Index, out string refusal);
            if (served is not null)
            {
                _served.Add(served);
                served.AcceptOwn(TakesRouted);
                poller.Add(served.Control);
                data.Attach(served.Attached, served.Port);
                _ = _complained.Remove(state.Name);
                return true;
            }

            Complain(state.Name, refusal);
        }
        catch (KernelException refused)
        {
            Complain(state.Name, refused.Message);
        }

        Deadline = now + RetryTime;
        return false;
    }

    private void Complain(string name, string sentence)
    {
        if (!_complained.Contains(name))
        {
            _complained.Add(name);
            Log.InterfaceRefused(log, name, sentence);
        }
    }

    private void Close(ServedInterface served)
    {
        _ = _served.Remove(served);
        poller.Remove(served.Control);
        data.Detach(served.Attached, served.Port);
        served.Dispose();
    }
}
