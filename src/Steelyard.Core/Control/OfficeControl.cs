using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Control.Routers;
using Steelyard.Core.Control.Twin;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;
using Steelyard.Core.Vrrp;

namespace Steelyard.Core.Control;

/// <summary>
/// Who holds the office of MASTER by a person's wish: failover and maintenance, by button, command
/// or shutdown alike. Nothing harmful happens when there is no living twin.
/// </summary>
internal sealed class OfficeControl(
    IControlEffects effects, RouterControl routers, TwinControl twin)
{
    private bool _isLeaving;
    private bool _leavesByForce;
    private string? _leavingRefused;

    /// <summary>
    /// A person works on this box, or is about to: the box is leaving, and holds what it holds
    /// until the twin has it.
    /// </summary>
    public bool IsInMaintenance { get; private set; }

    /// <summary>Null when begun, else why not.</summary>
    public string? FailOver(string? name, bool force, Instant now)
    {
        List<SyncGroup> groups = Choose(name);
        if (groups.Count == 0)
        {
            return name is null
                ? "this box has no virtual router"
                : $"this box has no virtual router or group named {name}";
        }

        if (IsInMaintenance)
        {
            return "this box is in maintenance: hold the button for 5 s to end it";
        }

        bool holdsAny = groups.Exists(group => group.Members.Any(IsMaster));
        foreach (SyncGroup group in groups)
        {
            string? refusal = holdsAny ? GiveAway(group, force, now) : twin.Wish(group, now);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>
    /// The box is about to stop: what it holds goes to the twin, if there is one that can. It asks
    /// for nothing, for it could not keep it.
    /// </summary>
    public void GiveAwayAll(Instant now)
    {
        foreach (SyncGroup group in routers.Groups)
        {
            _ = GiveAway(group, force: false, now);
        }
    }

    /// <summary>Null when done or begun, else why not.</summary>
    public string? SetMaintenance(bool on, bool force, Instant now)
    {
        if (on == IsInMaintenance)
        {
            return null;
        }

        if (!on)
        {
            TakePart(now);
            Report("maintenance has ended: this box takes part again");
            return null;
        }

        if (routers.Routers.Any(IsMaster) && FailOver(null, force, now) is string refusal)
        {
            return refusal;
        }

        IsInMaintenance = true;
        twin.RefusesOffice = true;
        routers.HoldsBack = true;
        _isLeaving = true;
        _leavesByForce = force;
        _leavingRefused = null;
        _ = Settle(now);
        return null;
    }

    /// <summary>The twin has refused a group, or did not answer.</summary>
    public void OnHandOverRefused(string refusal) => _leavingRefused = refusal;

    /// <summary>
    /// Something has happened. A box that is leaving leaves when it holds nothing any more; when
    /// nobody takes what it holds it stays, or resigns if it was forced. False when it stays.
    /// </summary>
    public bool Settle(Instant now)
    {
        if (!_isLeaving)
        {
            return true;
        }

        if (_leavesByForce)
        {
            foreach (SyncGroup group in routers.Groups.Where(IsKept))
            {
                _ = group.Release(now);
            }
        }

        if (!routers.Routers.Any(IsMaster))
        {
            _isLeaving = false;
            routers.Stop(now);
            Report("maintenance has begun: the twin holds everything");
            return true;
        }

        if (!routers.Groups.Any(IsKept))
        {
            return true;
        }

        string why = _leavingRefused ?? "nobody took over";
        TakePart(now);
        effects.Report(new BoxEvent(
            EventSeverity.Warning, "maintenance", "box", $"maintenance has not begun: {why}"));
        return false;
    }

    /// <summary>Says why nothing was done.</summary>
    public void ReportRefusal(string subject, string refusal) => effects.Report(
        new BoxEvent(EventSeverity.Warning, "refused", subject, $"no failover: {refusal}"));

    /// <summary>Held here, and nobody is about to take it.</summary>
    private static bool IsKept(SyncGroup group) =>
        group.Members.Any(member => IsMaster(member) && !member.IsHandingOver);

    private static bool IsMaster(VirtualRouter router) => router.State == VirtualRouterState.Master;

    private string? GiveAway(SyncGroup group, bool force, Instant now)
    {
        if (!group.Members.Any(IsMaster))
        {
            return null;
        }

        string? refusal = twin.HandOver(group, now);
        if (refusal is null || !force)
        {
            return refusal;
        }

        _ = group.Release(now);
        return null;
    }

    private void TakePart(Instant now)
    {
        _isLeaving = false;
        IsInMaintenance = false;
        twin.RefusesOffice = false;
        routers.HoldsBack = false;
        routers.Start(now);
    }

    private List<SyncGroup> Choose(string? name) =>
    [
        .. routers.Groups.Where(group => name is null
            || group.Name == name
            || group.Members.Any(member => member.Name == name)),
    ];

    private void Report(string sentence) => effects.Report(
        new BoxEvent(EventSeverity.Information, "maintenance", "box", sentence));
}
