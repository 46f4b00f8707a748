using Steelyard.Core.FrontPanel;
using Steelyard.Core.Time;

namespace Steelyard.Core.Control.Front;

/// <summary>The button's intents go up; what the LEDs show goes down, when it changes.</summary>
internal sealed class PanelControl(IControlEffects effects)
{
    private readonly Button _button = new();
    private readonly Panel _panel = new();

    public PanelState Shown { get; private set; }

    public Instant Deadline => Instant.Earlier(_button.Deadline, _panel.Deadline);

    public ButtonIntent OnEdge(bool isDown, Instant at) => _button.OnEdge(isDown, at);

    public ButtonIntent OnDeadline(Instant now) => _button.OnDeadline(now);

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
}
