using Steelyard.Core.Health;
using Steelyard.Core.Telemetry;

namespace Steelyard.Core.Control.Services;

/// <summary>What happens to services and servers, in words.</summary>
internal static class ServiceNews
{
    public static BoxEvent Of(
        ServiceEntry service, ServerEntry server, HealthTransition transition)
    {
        bool isDown = transition.To == HealthState.Down;
        string sentence = isDown
            ? $"real server {server.Server.Endpoint} is down: {transition.Detail}"
            : $"real server {server.Server.Endpoint} is {Words.Of(transition.To)}";
        return new BoxEvent(
            isDown ? EventSeverity.Warning : EventSeverity.Information,
            "health",
            $"{service.Service.Key} {server.Server.Endpoint}",
            sentence);
    }

    public static BoxEvent OfQuorum(ServiceEntry service)
    {
        string subject = service.Service.Key.ToString();
        string sorry = service.Sorry is ServerEntry server
            ? $"; sorry server {server.Server.Endpoint} serves" : "; no sorry server stands in";
        return service.Quorum.IsUp
            ? new BoxEvent(
                EventSeverity.Information, "quorum", subject, $"{subject} has its quorum")
            : new BoxEvent(
                EventSeverity.Error, "quorum", subject, $"{subject} lost its quorum{sorry}");
    }
}
