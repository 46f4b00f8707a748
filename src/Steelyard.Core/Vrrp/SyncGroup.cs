using System;
using System.Collections.Immutable;
using System.Linq;
using Steelyard.Core.Time;

namespace Steelyard.Core.Vrrp;

/// <summary>
/// Virtual routers that change state together (keepalived's <c>vrrp_sync_group</c>), so that the
/// gateway of the real servers moves with the address that clients use.
/// </summary>
/// <remarks>
/// One at fault: all at fault. One gives way: all do. All become MASTER as soon as each of them
/// would: while one still hears a MASTER, it is a wire that is broken, and not a box.
/// </remarks>
public sealed class SyncGroup
{
    private readonly bool _joinsStrangers;

    /// <param name="members">They leave the groups that they were in.</param>
    public SyncGroup(string name, ImmutableArray<VirtualRouter> members)
    {
        Name = name;
        Members = members;
        _joinsStrangers = members
            .Where(member => member.State != VirtualRouterState.Initialize)
            .DistinctBy(member => member.Group)
            .Skip(1)
            .Any();
        foreach (VirtualRouter member in members)
        {
            member.Group = this;
        }
    }

    public string Name { get; }

    public ImmutableArray<VirtualRouter> Members { get; }

    /// <summary>Every member is MASTER.</summary>
    public bool IsMaster => Members.All(member => member.State == VirtualRouterState.Master);

    /// <summary>Every member is BACKUP or MASTER: it could be MASTER now.</summary>
    public bool IsAble => Members.All(
        member => member.State is VirtualRouterState.Backup or VirtualRouterState.Master);

    /// <summary>A member that was started has no working interface.</summary>
    internal bool IsFaulty => Members.Any(IsAtFault);

    /// <summary><see cref="VirtualRouter.HandOver"/> of all; false when none is MASTER.</summary>
    public bool HandOver(Instant now) => Each(member => member.HandOver(now)) > 0;

    /// <summary>The twin refused, or did not answer.</summary>
    public void CancelHandOver() => Each(member =>
    {
        member.CancelHandOver();
        return true;
    });

    /// <summary><see cref="VirtualRouter.TakeOver"/> of all members, or of none.</summary>
    public bool TakeOver(Instant now) =>
        IsAble && Each(member => member.TakeOver(now)) == Members.Length;

    /// <summary><see cref="VirtualRouter.Release"/> of all; false when none is MASTER.</summary>
    public bool Release(Instant now) => Each(member => member.Release(now)) > 0;

    /// <summary>
    /// The group was formed of routers that run already: they come to one state. Of strangers,
    /// some MASTER and some not, all give way, and all together ask for the office; a MASTER that
    /// stayed would wait for the others' for ever. A newcomer that has yet to be started joins
    /// them without that.
    /// </summary>
    public void Converge(Instant now)
    {
        if (Members.FirstOrDefault(IsAtFault) is VirtualRouter faulty)
        {
            OnFault(faulty, now);
            return;
        }

        OnRecovery(now);
        bool isSplit = Members.Any(member => member.State == VirtualRouterState.Master)
            && Members.Any(member => member.State == VirtualRouterState.Backup);
        if (_joinsStrangers && isSplit)
        {
            GiveWay($"the members of its new group {Name} come to one state", false, now);
        }

        OnWish(now); // the one that all the others waited for may be gone
    }

    /// <summary>The members' VRIDs in ascending order.</summary>
    public byte[] VirtualRouterIds() =>
        [.. Members.Select(member => member.Config.VirtualRouterId).Order()];

    internal void OnFault(VirtualRouter faulty, Instant now)
    {
        foreach (VirtualRouter member in Members)
        {
            if (member.State is VirtualRouterState.Backup or VirtualRouterState.Master)
            {
                member.ToFault($"{faulty.Name} of its group {Name} is at fault", now);
            }
        }
    }

    internal void OnRecovery(Instant now)
    {
        if (IsFaulty)
        {
            return;
        }

        foreach (VirtualRouter member in Members)
        {
            if (member.State == VirtualRouterState.Fault)
            {
                member.Recover(now);
            }
        }
    }

    internal void OnLoss(VirtualRouter loser, string why, bool yields, Instant now) =>
        GiveWay($"{loser.Name} of its group {Name}: {why}", yields, now);

    /// <summary>A member's Active_Down_Timer has fired.</summary>
    internal void OnWish(Instant now)
    {
        if (!Members.All(
            member => member.WantsMaster || member.State == VirtualRouterState.Master))
        {
            return;
        }

        foreach (VirtualRouter member in Members)
        {
            if (member.State == VirtualRouterState.Backup)
            {
                member.BecomeMasterBySilence(now);
            }
        }
    }

    private static bool IsAtFault(VirtualRouter member) =>
        member.State != VirtualRouterState.Initialize && member.IsFaulty;

    private void GiveWay(string why, bool yields, Instant now)
    {
        foreach (VirtualRouter member in Members)
        {
            if (member.State == VirtualRouterState.Master)
            {
                member.GiveWay(why, yields, now);
            }
        }
    }

    private int Each(Func<VirtualRouter, bool> action) => Members.Count(action);
}
