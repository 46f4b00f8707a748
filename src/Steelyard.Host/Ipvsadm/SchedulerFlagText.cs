using System;
using System.Collections.Generic;
using Steelyard.Host.Api;

namespace Steelyard.Host.Ipvsadm;

/// <summary>The value of <c>-b</c>: sh and mh have names of their own for flags.</summary>
internal static class SchedulerFlagText
{
    public static IpvsSchedulerOptions Parse(string text, string scheduler)
    {
        IpvsSchedulerOptions flags = IpvsSchedulerOptions.None;
        foreach (string name in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            (IpvsSchedulerOptions flag, string owner) = name switch
            {
                "flag-1" => (IpvsSchedulerOptions.Fallback, scheduler),
                "flag-2" => (IpvsSchedulerOptions.Port, scheduler),
                "flag-3" => (IpvsSchedulerOptions.Third, scheduler),
                "sh-fallback" => (IpvsSchedulerOptions.Fallback, "sh"),
                "sh-port" => (IpvsSchedulerOptions.Port, "sh"),
                "mh-fallback" => (IpvsSchedulerOptions.Fallback, "mh"),
                "mh-port" => (IpvsSchedulerOptions.Port, "mh"),
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
    public static string Write(IpvsSchedulerOptions flags, string scheduler)
    {
        bool isNamed = scheduler is "sh" or "mh";
        List<string> names = [];
        if ((flags & IpvsSchedulerOptions.Fallback) != 0)
        {
            names.Add(isNamed ? $"{scheduler}-fallback" : "flag-1");
        }

        if ((flags & IpvsSchedulerOptions.Port) != 0)
        {
            names.Add(isNamed ? $"{scheduler}-port" : "flag-2");
        }

        if ((flags & IpvsSchedulerOptions.Third) != 0 && !isNamed)
        {
            names.Add("flag-3");
        }

        return string.Join(',', names);
    }
}
