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
    private bool _leavesOnceHandedOver;

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

    /// <summary>Null when done or begun, else why not.</summary>
    public string? SetMaintenance(bool on, bool force, Instant now)
    {
        if (on == IsInMaintenance)
        {
            return null;
        }

        if (!on)
        {
            IsInMaintenance = false;
            _leavesOnceHandedOver = false;
            twin.RefusesOffice = false;
            routers.Start(now);
            Report("maintenance has ended: this box takes part again");
            return null;
        }

        if (routers.Routers.Any(IsMaster) && FailOver(null, force, now) is string refusal)
        {
            return refusal;
        }

        IsInMaintenance = true;
        twin.RefusesOffice = true;
        _leavesOnceHandedOver = true;
        Report("maintenance has begun: the twin holds everything");
        OnRole(now);
        return null;
    }

    /// <summary>
    /// A router has changed its state; a box in maintenance leaves when it holds nothing.
    /// </summary>
    public void OnRole(Instant now)
    {
        if (_leavesOnceHandedOver && !routers.Routers.Any(IsMaster))
        {
            _leavesOnceHandedOver = false;
            routers.Stop(now);
        }
    }

    /// <summary>Says why nothing was done.</summary>
    public void ReportRefusal(string subject, string refusal) => effects.Report(
        new BoxEvent(EventSeverity.Warning, "refused", subject, $"no failover: {refusal}"));

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

    private List<SyncGroup> Choose(string? name) =>
    [
        .. routers.Groups.Where(group => name is null
            || group.Name == name
            || group.Members.Any(member => member.Name == name)),
    ];

    private void Report(string sentence) => effects.Report(
        new BoxEvent(EventSeverity.Information, "maintenance", "box", sentence));
}
