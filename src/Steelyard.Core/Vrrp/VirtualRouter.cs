using System;
using System.Linq;
using Steelyard.Core.Configuration;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>
/// One virtual router's election. Read RFC 9568 §6.4 first; RFC 3768 §6.4 for version 2. Beyond
/// the RFC there is the planned handover (make before break), in which a MASTER goes on until its
/// twin is heard in its place, and then does not claim the office back.
/// </summary>
/// <remarks>
/// Its owner hands in the frames that have arrived before the deadlines that have passed. Routers
/// of a <see cref="SyncGroup"/> change state together.
/// </remarks>
public sealed class VirtualRouter
{
    private const byte OwnerPriority = 255; // RFC 9568 §6.1
    private const byte ResigningPriority = 0;
    private readonly IVirtualRouterEffects _effects;
    private readonly Vigil _vigil;
    private readonly Herald _herald;
    private Tenure _tenure;
    private IpAddress? _primary;
    private bool _interfaceUp;
    private int _trackedWeight;

    public VirtualRouter(VirtualRouterConfig config, IVirtualRouterEffects effects)
    {
        Config = config;
        _effects = effects;
        Agreement = new(this, effects);
        _vigil = new(this);
        _herald = new(this, effects);
    }

    public VirtualRouterConfig Config { get; private set; }

    public string Name => Config.Name;

    public VirtualRouterState State { get; private set; } = VirtualRouterState.Initialize;

    /// <summary>When the state began.</summary>
    public Instant Since { get; private set; }

    /// <summary>How often the state has changed.</summary>
    public long Transitions { get; private set; }

    /// <summary>The one configured and what tracking adds: the priority in force.</summary>
    public byte Priority => Config.IsOwner
        ? OwnerPriority
        : (byte)Math.Clamp(Config.Priority + _trackedWeight, 1, OwnerPriority - 1);

    /// <summary>Source address of our adverts; none while the interface has none.</summary>
    public IpAddress? Source => Config.UsableSource ?? _primary;

    /// <summary>Whom a BACKUP hears as MASTER, or heard last.</summary>
    public IpAddress? MasterAddress => _vigil.Master.Address;

    /// <summary>MASTER, and giving way to the first other MASTER that is heard.</summary>
    public bool IsHandingOver => _tenure.IsHandingOver;

    /// <summary>BACKUP by agreement: does not preempt a living MASTER.</summary>
    public bool HasYielded => _vigil.HasYielded;

    /// <summary>The group that this router belongs to, if any.</summary>
    public SyncGroup? Group { get; internal set; }

    /// <summary>When <see cref="OnDeadline"/> wants to be called.</summary>
    public Instant Deadline => State switch
    {
        VirtualRouterState.Backup => WantsMaster ? Instant.Never : _vigil.DueAt,
        VirtualRouterState.Master => Instant.Earlier(_herald.Deadline, _tenure.Deadline),
        _ => Instant.Never,
    };

    /// <summary>What others advertise, beside our configuration.</summary>
    internal Agreement Agreement { get; }

    /// <summary>The silence has lasted; only the rest of the group is waited for.</summary>
    internal bool WantsMaster { get; private set; }

    /// <summary>The interface is down or has no address: this router itself is at fault.</summary>
    internal bool IsFaulty => !_interfaceUp || Source is null;

    /// <summary>The Startup event. RFC 9568 §6.4.1.</summary>
    public void Start(Instant now, IpAddress? primary, bool interfaceUp)
    {
        if (State != VirtualRouterState.Initialize)
        {
            return;
        }

        _primary = primary;
        _interfaceUp = interfaceUp;
        _vigil.HasYielded = false;
        if (IsFaulty)
        {
            ToFault(FaultReason(), now);
            Group?.OnFault(this, now);
        }
        else if (Group?.IsFaulty == true)
        {
            ToFault($"its group {Group.Name} is at fault", now);
        }
        else
        {
            Listen("started", now);
        }
    }

    /// <summary>The Shutdown event: a MASTER resigns. RFC 9568 §6.4.3.</summary>
    public void Stop(Instant now)
    {
        if (State != VirtualRouterState.Initialize)
        {
            _herald.ResignIfMaster();
            ChangeState(VirtualRouterState.Initialize, "stopped", now);
        }
    }

    /// <summary>An advertisement came in, well-formed, on this router's interface.</summary>
    public void OnAdvertisement(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        if (State is not (VirtualRouterState.Backup or VirtualRouterState.Master)
            || advert.VirtualRouterId != Config.VirtualRouterId
            || !Agreement.Allows(advert, source, now))
        {
            return;
        }

        if (State == VirtualRouterState.Master)
        {
            OnRival(advert, source, now);
        }
        else
        {
            WantsMaster &= !_vigil.Hear(advert, source, now);
        }
    }

    public void OnDeadline(Instant now)
    {
        if (now < Deadline)
        {
            return;
        }

        if (State == VirtualRouterState.Backup)
        {
            OnSilence(now);
            return;
        }

        if (now >= _tenure.Deadline)
        {
            _tenure.EndHandOver();
            _effects.OnNotice(this, "nobody took over: goes on as MASTER", now);
        }

        _herald.OnDeadline(now);
    }

    /// <summary>The interface came up or went down, or its first address changed.</summary>
    public void OnInterface(bool up, IpAddress? primary, Instant now)
    {
        _interfaceUp = up;
        _primary = primary;
        if (State == VirtualRouterState.Initialize)
        {
            return;
        }

        if (IsFaulty)
        {
            if (State != VirtualRouterState.Fault)
            {
                ToFault(FaultReason(), now);
                Group?.OnFault(this, now);
            }
        }
        else if (State == VirtualRouterState.Fault)
        {
            if (Group is null)
            {
                Recover(now);
            }
            else
            {
                Group.OnRecovery(now);
            }
        }
    }

    /// <summary>
    /// Takes another configuration for the same VRID on the same interface, and keeps the state.
    /// </summary>
    public void Reconfigure(VirtualRouterConfig config, Instant now)
    {
        bool addressesChanged = !config.Addresses.SequenceEqual(Config.Addresses)
            || !config.ExcludedAddresses.SequenceEqual(Config.ExcludedAddresses);
        Config = config;
        Agreement.Forget();
        if (State == VirtualRouterState.Backup)
        {
            _vigil.Shorten(now);
        }
        else if (State == VirtualRouterState.Master)
        {
            _herald.Advertise(now);
            if (addressesChanged)
            {
                _herald.Announce(now);
            }
        }
    }

    /// <summary>What tracked interfaces and scripts add to the priority, or take from it.</summary>
    public void Track(int weight) => _trackedWeight = weight;

    /// <summary>
    /// Until then a living MASTER of lower priority is left alone: a box that has just started
    /// first learns the connections. An earlier instant lifts the hold.
    /// </summary>
    public void HoldPreemption(Instant until) => _vigil.PreemptHeldUntil = until;

    /// <summary>The twin has said whether it is MASTER, or comes before us.</summary>
    public void OnTwin(bool isOurTurn) => _vigil.IsOurTurn = isOurTurn;

    /// <summary>
    /// Make before break: stays MASTER and forwards until another MASTER is heard, then is BACKUP
    /// and stays it. False unless MASTER.
    /// </summary>
    public bool HandOver(Instant now)
    {
        bool isMaster = State == VirtualRouterState.Master;
        if (isMaster)
        {
            _tenure.HandOver(now + Tenure.Window(Config.AdvertisementInterval));
        }

        return isMaster;
    }

    /// <summary>The twin refused, or did not answer: goes on as MASTER.</summary>
    public void CancelHandOver() => _tenure.EndHandOver();

    /// <summary>
    /// The MASTER has asked us to take its place: MASTER at once, whatever the priorities say.
    /// False unless BACKUP, or MASTER already.
    /// </summary>
    public bool TakeOver(Instant now)
    {
        if (State == VirtualRouterState.Backup)
        {
            IpAddress? peer = MasterAddress;
            BecomeMaster(peer is null ? "asked to take over" : $"{peer} hands over to us", now);
            _tenure.Shelter(peer, now + Tenure.Window(Config.AdvertisementInterval));
        }

        return State == VirtualRouterState.Master;
    }

    /// <summary>
    /// Resigns to a peer that speaks nothing but VRRP, and does not claim the office back while
    /// that peer lives. False unless MASTER.
    /// </summary>
    public bool Release(Instant now)
    {
        bool isMaster = State == VirtualRouterState.Master;
        if (isMaster)
        {
            GiveWay("released by request", yields: true, now);
        }

        return isMaster;
    }

    /// <summary>MASTER by the election, alone or with the rest of its group.</summary>
    internal void BecomeMasterBySilence(Instant now) => BecomeMaster(_vigil.Explain(now), now);

    /// <summary>Resigns, and listens from the start.</summary>
    internal void GiveWay(string why, bool yields, Instant now)
    {
        _herald.ResignIfMaster();
        _vigil.HasYielded = yields;
        _vigil.Begin(now);
        ChangeState(VirtualRouterState.Backup, why, now);
    }

    internal void ToFault(string why, Instant now)
    {
        if (!IsFaulty)
        {
            _herald.ResignIfMaster();
        }

        ChangeState(VirtualRouterState.Fault, why, now);
    }

    internal void Recover(Instant now) => Listen(
        Group is null ? $"{Config.Interface} is up" : $"all of its group {Group.Name} is up", now);

    private void Listen(string why, Instant now)
    {
        bool isOwner = Config.IsOwner;
        if (isOwner && Group is null)
        {
            BecomeMaster($"{why}, and priority 255 owns the addresses", now);
            return;
        }

        _vigil.Begin(now);
        ChangeState(VirtualRouterState.Backup, why, now);
        if (isOwner)
        {
            _vigil.EndAt(now);
        }
    }

    /// <summary>RFC 9568 §6.4.3: an advertisement reaches a MASTER.</summary>
    private void OnRival(in VrrpAdvertisement advert, IpAddress source, Instant now)
    {
        if (advert.Priority == ResigningPriority)
        {
            _herald.Advertise(now);
            return;
        }

        bool wins = advert.Priority > Priority
            || (advert.Priority == Priority && Source is IpAddress own && source > own);
        bool handsOver = _tenure.IsHandingOver;
        if (!handsOver && (!wins || _tenure.IsShelteredFrom(source, now)))
        {
            _herald.Assert(now);
            return;
        }

        string why = handsOver
            ? $"handed over to {source} (priority {advert.Priority})"
            : advert.Priority > Priority
            ? $"{source} advertises priority {advert.Priority}, above our {Priority}"
            : $"{source} advertises our priority {Priority} from the higher address";
        if (!handsOver)
        {
            // A last word: the winner may not know that there were two, and announces again.
            _herald.Advertise(now);
        }

        _vigil.HasYielded = handsOver;
        _vigil.BeginBehind(advert, source, now);
        ChangeState(VirtualRouterState.Backup, why, now);
        Group?.OnLoss(this, why, handsOver, now);
    }

    private void OnSilence(Instant now)
    {
        if (!_vigil.ProvesSilence(now))
        {
            return;
        }

        WantsMaster = true;
        if (Group is null)
        {
            BecomeMasterBySilence(now);
        }
        else
        {
            Group.OnWish(now);
        }
    }

    private void BecomeMaster(string why, Instant now)
    {
        _vigil.HasYielded = false;
        ChangeState(VirtualRouterState.Master, why, now);
        _herald.Begin(now);
    }

    private void ChangeState(VirtualRouterState state, string why, Instant now)
    {
        VirtualRouterState from = State;
        State = state;
        Since = now;
        Transitions++;
        WantsMaster = false;
        _tenure = default;
        Agreement.Forget();
        _effects.OnTransition(this, from, state, why);
    }

    private string FaultReason() => !_interfaceUp
        ? $"{Config.Interface} is down"
        : $"{Config.Interface} has no own {(Config.IsIpv6 ? "link-local IPv6 " : "")}address";
}
