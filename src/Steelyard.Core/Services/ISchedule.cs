using Steelyard.Core.Time;

namespace Steelyard.Core.Services;

/// <summary>
/// How a service chooses the server of a new connection; one object for one service.
/// </summary>
public interface ISchedule
{
    /// <summary>As after <c>ipvsadm -s</c>.</summary>
    string Name { get; }

    /// <summary>The server for a new connection; null when none may take it.</summary>
    RealServer? Pick(VirtualService service, in FlowKey flow, Instant now);

    /// <summary>
    /// Whom <see cref="Pick"/> would choose now; the scheduler's turn does not move.
    /// </summary>
    RealServer? Peek(VirtualService service, in FlowKey flow, Instant now) =>
        Pick(service, flow, now);

    /// <summary>Switches of LVS that hold from now on; few schedulers have any.</summary>
    void Adopt(LvsSettings settings)
    {
    }

    /// <summary>
    /// A server came, went, or was edited; also called once when the service is made.
    /// </summary>
    void OnServersChanged(VirtualService service);
}
