using System.Globalization;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Vrrp;

/// <summary>What a BACKUP knows of the MASTER that it hears, or of the silence.</summary>
/// <param name="Address">Source of its adverts; none as long as no advert was heard.</param>
/// <param name="Priority">Of its last advert.</param>
/// <param name="At">When that came; before the first one, when listening began.</param>
/// <param name="Resigned">The last advert had priority 0.</param>
/// <param name="IsToBePreempted">Its last advert was discarded: our priority is higher.</param>
internal readonly record struct HeardMaster(
    IpAddress? Address,
    byte Priority,
    Instant At,
    bool Resigned = false,
    bool IsToBePreempted = false)
{
    /// <summary>Why its silence makes us MASTER, as a sentence without full stop.</summary>
    public string Explain(int ownPriority, Instant now)
    {
        string silence = string.Create(
            CultureInfo.InvariantCulture, $"{(now - At).TotalMilliseconds:0.#} ms");
        return Address is not IpAddress address
            ? $"no advert from anyone for {silence}"
            : Resigned
            ? $"{address} resigned (priority 0) {silence} ago"
            : IsToBePreempted
            ? $"our priority {ownPriority} preempts {address} (priority {Priority})"
            : $"no advert for {silence} from {address} (priority {Priority})";
    }
}
