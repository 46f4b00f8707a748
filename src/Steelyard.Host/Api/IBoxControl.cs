using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;
using Steelyard.Core.Connections;
using Steelyard.Core.Control;

namespace Steelyard.Host.Api;

/// <summary>
/// What may be asked of a running box. The box's body posts to its control loop; the client's body
/// asks over the control socket. Calls may come from any thread, several at a time.
/// </summary>
public interface IBoxControl
{
    Task<BoxStatus> StatusAsync(CancellationToken cancellationToken);

    /// <summary>Hands mastership to the twin.</summary>
    /// <param name="router">A virtual router's name; null for all.</param>
    /// <param name="force">Also when no living twin can take over.</param>
    Task<ControlAnswer> FailoverAsync(
        string? router, bool force, CancellationToken cancellationToken);

    /// <summary>Reads the configuration again and applies what differs.</summary>
    Task<ControlAnswer> ReloadAsync(CancellationToken cancellationToken);

    /// <summary>Enters maintenance (the twin holds all), or leaves it.</summary>
    Task<ControlAnswer> SetMaintenanceAsync(bool on, CancellationToken cancellationToken);

    /// <summary>Says what would happen to a packet, and changes nothing.</summary>
    Task<ExplainAnswer> ExplainAsync(
        ExplainQuestion question, CancellationToken cancellationToken);

    /// <summary>Connections in no particular order.</summary>
    /// <param name="limit">At most so many.</param>
    Task<ImmutableArray<ConnectionRecord>> ConnectionsAsync(
        int limit, CancellationToken cancellationToken);

    /// <summary>Services, servers and their numbers, as <c>ipvsadm</c> lists them.</summary>
    Task<IpvsListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// One change of services, as <c>ipvsadm</c> makes it: done whole, or not at all.
    /// </summary>
    Task<ControlAnswer> ChangeServicesAsync(
        IpvsChange change, CancellationToken cancellationToken);
}
