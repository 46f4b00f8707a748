using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.FrontPanel;

/// <summary>
/// What the LEDs show. Ready: on while serving, blinking while starting. Role: on for MASTER,
/// blinking while handing over or in maintenance. Fault: on for FAULT, fast after a refused press,
/// blinking without a twin. All three: fast while a factory reset is near, on once it is decided.
/// </summary>
public sealed class Panel
{
    /// <summary>Long enough to look up from the button: 15 flashes at 5 Hz.</summary>
    public static readonly TimeSpan RefusalShownFor = TimeSpan.FromSeconds(3);

    private Instant _refusalEnds = Instant.Zero;

    /// <summary>When the picture changes by itself.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>A press did nothing; the log says why, and the panel that it was seen.</summary>
    public void OnPressRefused(Instant now)
    {
        _refusalEnds = now + RefusalShownFor;
        Deadline = _refusalEnds;
    }

    public PanelState Show(PanelFacts facts, Instant now)
    {
        bool refuses = now < _refusalEnds;
        if (!refuses)
        {
            Deadline = Instant.Never;
        }

        if (facts.IsResetting)
        {
            return All(LedPattern.On);
        }

        if (facts.IsResetNear)
        {
            return All(LedPattern.FastBlink);
        }

        return new PanelState(
            facts.IsServing ? LedPattern.On : LedPattern.Blink,
            RoleOf(facts),
            FaultOf(facts, refuses));
    }

    private static PanelState All(LedPattern pattern) => new(pattern, pattern, pattern);

    private static LedPattern RoleOf(PanelFacts facts)
    {
        if (facts.IsHandingOver || facts.IsInMaintenance)
        {
            return LedPattern.Blink;
        }

        return facts.Role == PanelRole.Master ? LedPattern.On : LedPattern.Off;
    }

    private static LedPattern FaultOf(PanelFacts facts, bool refuses)
    {
        if (refuses)
        {
            return LedPattern.FastBlink;
        }

        if (facts.Role == PanelRole.Fault)
        {
            return LedPattern.On;
        }

        return facts.MissesTwin ? LedPattern.Blink : LedPattern.Off;
    }
}
