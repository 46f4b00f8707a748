using Steelyard.Core.Services;
using Steelyard.Core.Time;

namespace Steelyard.Core.Forwarding.Commands;

/// <summary>
/// Sets the traffic counters of a service and its servers to zero; of all, without a key.
/// </summary>
public sealed class ZeroCounters(ServiceKey? key = null) : IEngineCommand
{
    public void Apply(Engine engine, Instant now)
    {
        for (int index = 0; index < engine.Services.Count; index++)
        {
            VirtualService service = engine.Services[index];
            if (key is null || key == service.Key)
            {
                Clear(service);
            }
        }
    }

    private static void Clear(VirtualService service)
    {
        service.Counters.Clear();
        foreach (RealServer server in service.Servers)
        {
            server.Counters.Clear();
        }
    }
}
