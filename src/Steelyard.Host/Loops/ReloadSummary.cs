using System.Collections.Generic;
using Steelyard.Core.Configuration;

namespace Steelyard.Host.Loops;

/// <summary>What a reload changed, in one line.</summary>
internal static class ReloadSummary
{
    public static string Of(ConfigDifference difference)
    {
        if (difference.IsEmpty)
        {
            return "nothing differs";
        }

        List<string> parts = [];
        Add(parts, difference.VirtualRouters.Added.Length, "virtual router", "added");
        Add(parts, difference.VirtualRouters.Removed.Length, "virtual router", "removed");
        Add(parts, difference.VirtualRouters.Changed.Length, "virtual router", "changed");
        Add(parts, difference.AddedServices.Length, "service", "added");
        Add(parts, difference.RemovedServices.Length, "service", "removed");
        Add(parts, difference.ChangedServices.Length, "service", "changed");
        if (difference.ConnectionLimit is not null)
        {
            parts.Add("connection_limit changes at a restart alone");
        }

        return parts.Count > 0 ? string.Join(", ", parts) : "settings changed";
    }

    private static void Add(List<string> parts, int count, string noun, string verb)
    {
        if (count > 0)
        {
            parts.Add($"{count} {noun}{(count == 1 ? string.Empty : "s")} {verb}");
        }
    }
}
