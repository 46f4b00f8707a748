using System;
using System.Collections.Immutable;

namespace Steelyard.Core.FrontPanel;

/// <summary>One thing that an LED says.</summary>
/// <param name="Line">The LED by its line's name.</param>
/// <param name="Means">In the words of every page that tells of the panel.</param>
/// <param name="Holds">Whether it is so.</param>
public sealed record PanelSign(
    string Line, LedPattern Pattern, string Means, Func<PanelFacts, bool> Holds);

/// <summary>
/// What the LEDs mean: the panel shows the first sign of each LED that holds, and the wiring
/// sheets, guides, manual, status and topics say the same words.
/// </summary>
public static class PanelTable
{
    /// <summary>By LED, the most pressing first.</summary>
    public static ImmutableArray<PanelSign> Signs { get; } =
    [
        new(PanelLines.Ready, LedPattern.Blink, "starting", facts => !facts.IsConfigured),
        new(PanelLines.Ready, LedPattern.Blink, "nothing to carry", facts => facts.CarriesNothing),
        new(PanelLines.Ready, LedPattern.On, "serving", _ => true),
        new(PanelLines.Role, LedPattern.Blink, "handing over", facts => facts.IsHandingOver),
        new(PanelLines.Role, LedPattern.Blink, "maintenance", facts => facts.IsInMaintenance),
        new(PanelLines.Role, LedPattern.On, "MASTER", facts => facts.Role == PanelRole.Master),
        new(PanelLines.Role, LedPattern.Off, "BACKUP", _ => true),
        new(PanelLines.Fault, LedPattern.FastBlink, "a press was refused", facts => facts.Refuses),
        new(PanelLines.Fault, LedPattern.On, "FAULT", facts => facts.Role == PanelRole.Fault),
        new(
            PanelLines.Fault, LedPattern.On, "a carried service is down",
            facts => facts.HasServiceDown),
        new(
            PanelLines.Fault, LedPattern.On, "the kernel holds a virtual address",
            facts => facts.HasAddressFault),
        new(PanelLines.Fault, LedPattern.Blink, "the twin is not heard", facts => facts.MissesTwin),
        new(
            PanelLines.Fault, LedPattern.Blink, "the hardware needs help",
            facts => facts.HasHardwareAlarm),
        new(PanelLines.Fault, LedPattern.Off, "all well", _ => true),
    ];

    /// <summary>What a LED that is dark for want of a program says.</summary>
    public const string NotRunning = "not running";

    /// <summary>All three flash.</summary>
    public const string ResetNear = "a factory reset is near";

    /// <summary>All three are lit.</summary>
    public const string Resetting = "a factory reset is decided";

    internal static PanelSign Find(string line, in PanelFacts facts)
    {
        foreach (PanelSign sign in Signs)
        {
            if (sign.Line == line && sign.Holds(facts))
            {
                return sign;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(line), line, "no LED of a panel");
    }
}
