namespace Steelyard.Core.Vrrp;

/// <summary>
/// Adverts that were well-formed and differ from the configuration of their virtual router.
/// </summary>
public sealed class DisagreementCounters
{
    /// <summary>Another version of VRRP: ignored.</summary>
    public long Version { get; internal set; }

    /// <summary>
    /// Another interval: ignored in version 2; in version 3 one far from ours, and obeyed.
    /// </summary>
    public long Interval { get; internal set; }

    /// <summary>Other addresses: obeyed.</summary>
    public long Addresses { get; internal set; }

    /// <summary>Another password, or none: ignored.</summary>
    public long Password { get; internal set; }

    /// <summary>From our own address: ignored.</summary>
    public long OwnAddress { get; internal set; }

    /// <summary>From a virtual address of ours: obeyed.</summary>
    public long VirtualSource { get; internal set; }
}
