using System;
using System.Collections.Generic;
using Steelyard.Core.Services;

namespace Steelyard.Host.Ipvsadm;

/// <summary>The value of <c>-b</c>: sh and mh have names of their own for flags.</summary>
internal static class SchedulerFlagText
{
    public static SchedulerFlags Parse(string text, string scheduler)
    {
        SchedulerFlags flags = SchedulerFlags.None;
        foreach (string name in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (SchedulerFlags flag, string owner) = name switch
            {
                "flag-1" => (SchedulerFlags.Fallback, scheduler),
                "flag-2" => (SchedulerFlags.Port, scheduler),
                "flag-3" => (SchedulerFlags.Third, scheduler),
                "sh-fallback" => (SchedulerFlags.Fallback, "sh"),
                "sh-port" => (SchedulerFlags.Port, "sh"),
                "mh-fallback" => (SchedulerFlags.Fallback, "mh"),
                "mh-port" => (SchedulerFlags.Port, "mh"),
                _ => throw IpvsadmException.Usage($"invalid scheduler flag `{name}'"),
            };
            if (owner != scheduler)
            {
                throw IpvsadmException.Usage($"incompatible scheduler flag `{name}'");
            }

            flags |= flag;
        }

        return flags;
    }

    /// <summary>The names, joined by commas; empty when no flag is set.</summary>
    public static string Write(SchedulerFlags flags, string scheduler)
    {
        bool isNamed = scheduler is "sh" or "mh";
        List<string> names = [];
        if ((flags & SchedulerFlags.Fallback) != 0)
        {
            names.Add(isNamed ? $"{scheduler}-fallback" : "flag-1");
        }

        if ((flags & SchedulerFlags.Port) != 0)
        {
            names.Add(isNamed ? $"{scheduler}-port" : "flag-2");
        }

        if ((flags & SchedulerFlags.Third) != 0 && !isNamed)
        {
            names.Add("flag-3");
        }

        return string.Join(',', names);
    }
}
