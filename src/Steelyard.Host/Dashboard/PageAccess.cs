using Steelyard.Core.Configuration;
using Steelyard.Core.Wire;

namespace Steelyard.Host.Dashboard;

/// <summary>Who may ask for the page, beside those who ask by the box's own names.</summary>
/// <param name="Hosts">Names to ask by: <c>allowed_hosts</c>.</param>
/// <param name="Proxies">Who may say for whom it asks: <c>trusted_proxy</c>.</param>
public sealed record PageAccess(ConfigList<string> Hosts, ConfigList<IpPrefix> Proxies)
{
    public static PageAccess Own { get; } = new([], []);
}
