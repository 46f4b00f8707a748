using System;
using Steelyard.Core.Time;

namespace Steelyard.Core.FrontPanel;

/// <summary>What the LEDs show: <see cref="PanelTable"/>, and for how long.</summary>
public sealed class Panel
{
    /// <summary>Long enough to look up from the button: 15 flashes at 5 Hz.</summary>
    public static readonly TimeSpan RefusalShownFor = TimeSpan.FromSeconds(3);

    private Instant _refusalEnds = Instant.Zero;

    /// <summary>When the picture changes by itself.</summary>
    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>What the picture last shown says.</summary>
    public PanelWords Words { get; private set; } = PanelWords.Dark;

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
            return All(LedPattern.On, PanelTable.Resetting);
        }

        if (facts.IsResetNear)
        {
            return All(LedPattern.FastBlink, PanelTable.ResetNear);
        }

        facts = facts with { Refuses = refuses };
        PanelSign ready = PanelTable.Find(PanelLines.Ready, facts);
        PanelSign role = PanelTable.Find(PanelLines.Role, facts);
        PanelSign fault = PanelTable.Find(PanelLines.Fault, facts);
        Words = new PanelWords(ready.Means, role.Means, fault.Means);
        return new PanelState(ready.Pattern, role.Pattern, fault.Pattern);
    }

    private PanelState All(LedPattern pattern, string means)
    {
        Words = new PanelWords(means, means, means);
        return new PanelState(pattern, pattern, pattern);
    }
}
