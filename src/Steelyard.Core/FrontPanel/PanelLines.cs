using System.Collections.Immutable;

namespace Steelyard.Core.FrontPanel;

/// <summary>The panel's lines by name. Boards map them to pins, and nothing else does.</summary>
public static class PanelLines
{
    public const string Ready = "LED_READY";
    public const string Role = "LED_ROLE";
    public const string Fault = "LED_FAULT";
    public const string Button = "BUTTON";

    public static ImmutableArray<string> All { get; } = [Ready, Role, Fault, Button];
}
