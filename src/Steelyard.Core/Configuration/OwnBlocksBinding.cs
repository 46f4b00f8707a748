using System;
using System.Collections.Generic;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>The blocks that keepalived does not have: <c>panel telemetry dashboard</c>.</summary>
internal sealed class OwnBlocksBinding(ValueReader values)
{
    private const int MaximumIntervalSeconds = 3600;

    public PanelConfig? Panel { get; private set; }

    public TelemetryConfig Telemetry { get; private set; } = new();

    public DashboardConfig Dashboard { get; private set; } = new();

    public void Bind(Statement block)
    {
        IReadOnlyList<Statement> statements = block.Block ?? [];
        switch (block.Keyword.Text)
        {
            case "panel":
                BindPanel(block, statements);
                break;
            case "telemetry":
                BindTelemetry(statements);
                break;
            case "dashboard":
                BindDashboard(statements);
                break;
            default:
                Binder.SayUnbound(block);
                break;
        }
    }

    private void BindPanel(Statement block, IReadOnlyList<Statement> statements)
    {
        PanelConfig panel = new(string.Empty);
        bool hasChip = false;
        BlockScope scope = new("panel", values.Faults);
        foreach (Statement statement in statements)
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            string? text = values.Text(statement);
            hasChip |= statement.Keyword.Text == "chip";
            panel = statement.Keyword.Text switch
            {
                _ when text is null => panel,
                "chip" => panel with { Chip = CheckChip(statement, text) },
                "board" => panel with { Board = CheckBoard(statement, text) },
                "ready_line" => panel with { ReadyLine = text },
                "role_line" => panel with { RoleLine = text },
                "fault_line" => panel with { FaultLine = text },
                "button_line" => panel with { ButtonLine = text },
                _ => SayUnbound(statement, panel),
            };
        }

        if (!hasChip)
        {
            values.Faults.Error(block.Position, "'panel' needs 'chip', the gpiochip of its lines");
        }

        Panel = panel;
    }

    /// <summary>
    /// A number or a label, both without a folder; whether there is such a chip is seen at run
    /// time, for a file is checked elsewhere, too.
    /// </summary>
    private string CheckChip(Statement statement, string chip)
    {
        string name = chip.StartsWith("/dev/", StringComparison.Ordinal) ? chip[5..] : chip;
        bool isSimulated = chip.StartsWith("simulated:", StringComparison.Ordinal);
        if (!isSimulated && (name.Length == 0 || name.Contains('/', StringComparison.Ordinal)))
        {
            values.Faults.Error(
                statement.Arguments[0].Position,
                $"'{Shown.Text(chip)}' is no gpiochip: give its number (gpiochip0) or its label "
                + "(pinctrl-bcm2711)");
        }

        return chip;
    }

    /// <summary>The name becomes part of a path.</summary>
    private string CheckBoard(Statement statement, string name)
    {
        if (name.Length == 0 || !name.All(at => char.IsAsciiLetterOrDigit(at) || at == '-'))
        {
            values.Faults.Error(
                statement.Arguments[0].Position,
                $"'{Shown.Text(name)}' is not the name of a board: letters, digits and '-'");
        }

        return name;
    }

    private void BindTelemetry(IReadOnlyList<Statement> statements)
    {
        BrokerBinding broker = new(values);
        BlockScope scope = new("telemetry", values.Faults);
        foreach (Statement statement in statements)
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "interval":
                    Telemetry = Telemetry with
                    {
                        Interval = values.Seconds(statement, 0.1m, MaximumIntervalSeconds)
                            ?? Telemetry.Interval,
                    };
                    break;
                case "listen":
                    Telemetry = Telemetry with
                    {
                        EmbeddedListen = values.Listen(statement) ?? Telemetry.EmbeddedListen,
                    };
                    break;
                default:
                    broker.Take(statement);
                    break;
            }
        }

        Telemetry = Telemetry with { Broker = broker.Bind() };
    }

    private void BindDashboard(IReadOnlyList<Statement> statements)
    {
        BlockScope scope = new("dashboard", values.Faults);
        DashboardBinding binding = new(values);
        foreach (Statement statement in statements)
        {
            if (scope.Accepts(statement))
            {
                Dashboard = binding.Bind(Dashboard, statement);
            }
        }
    }

    private static PanelConfig SayUnbound(Statement statement, PanelConfig panel)
    {
        Binder.SayUnbound(statement);
        return panel;
    }
}
