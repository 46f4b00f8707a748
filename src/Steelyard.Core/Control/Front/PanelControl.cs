using Steelyard.Core.FrontPanel;
using Steelyard.Core.Telemetry;
using Steelyard.Core.Time;

namespace Steelyard.Core.Control.Front;

/// <summary>What the button means is done; what the LEDs show goes down, when it changes.</summary>
internal sealed class PanelControl(IControlEffects effects, OfficeControl office)
{
    private readonly Button _button = new();
    private readonly Panel _panel = new();

    public PanelState Shown { get; private set; }

    /// <summary>What the LEDs say.</summary>
    public PanelWords Words => _panel.Words;

    /// <summary>Why the configuration's panel cannot be used; null otherwise.</summary>
    public string? Missing { get; private set; }

    /// <summary>The button is held, and soon it is a factory reset.</summary>
    public bool IsResetNear => _button.IsResetNear;

    /// <summary>The box is about to go down, and forgets everything.</summary>
    public bool IsResetting { get; private set; }

    public Instant Deadline => Instant.Earlier(_button.Deadline, _panel.Deadline);

    public void OnEdge(bool isDown, Instant at) => Obey(_button.OnEdge(isDown, at), at);

    public void OnDeadline(Instant now) => Obey(_button.OnDeadline(now), now);

    /// <summary>
    /// The configuration's panel came or went; null when it has none. One that went away watches
    /// the button no more: a press that has begun is none.
    /// </summary>
    public void OnPresence(PanelPresence? presence, StandingWarnings warnings)
    {
        Missing = presence?.Missing is string why ? $"the front panel is missing: {why}" : null;
        if (presence is not { Missing: null })
        {
            _button.Forget();
        }

        warnings.Set("panel", Missing is string sentence ? [sentence] : []);
        if (presence is not null)
        {
            effects.Report(new BoxEvent(
                Missing is null ? EventSeverity.Information : EventSeverity.Warning,
                "panel",
                presence.Chip,
                Missing ?? "the front panel is there"));
        }
    }

    public void OnPressRefused(Instant now) => _panel.OnPressRefused(now);

    public void Show(PanelFacts facts, Instant now)
    {
        PanelState state = _panel.Show(facts, now);
        if (state != Shown)
        {
            Shown = state;
            effects.ShowPanel(state);
        }
    }

    private void Obey(ButtonIntent intent, Instant now)
    {
        string? refusal = intent switch
        {
            ButtonIntent.Failover => office.FailOver(null, force: false, now),
            ButtonIntent.Maintenance =>
                office.SetMaintenance(!office.IsInMaintenance, force: false, now),
            ButtonIntent.Unclear => "press for less than 2 s to fail over, or hold for 5 s",
            _ => null,
        };
        if (refusal is not null)
        {
            office.ReportRefusal("button", refusal);
            _panel.OnPressRefused(now);
        }

        if (intent == ButtonIntent.FactoryReset)
        {
            ResetToFactory(now);
        }
    }

    /// <summary>
    /// Whatever the box still holds it gives away when it is stopped; without a twin it goes down
    /// all the same, for that is what the person wants.
    /// </summary>
    private void ResetToFactory(Instant now)
    {
        string? refusal = effects.ResetToFactory();
        IsResetting = refusal is null;
        if (refusal is null)
        {
            effects.Report(new BoxEvent(
                EventSeverity.Warning, "reset", "button", "factory reset: asked by the button"));
            return;
        }

        effects.Report(new BoxEvent(
            EventSeverity.Warning, "refused", "button", $"no factory reset: {refusal}"));
        _panel.OnPressRefused(now);
    }
}
