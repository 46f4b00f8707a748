using System.Collections.Generic;
using System.Linq;
using Steelyard.Core.Wire;

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
                "chip" => panel with { Chip = text },
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
        BrokerConfig? broker = null;
        Statement? tls = null;
        Statement? user = null;
        Statement? password = null;
        BlockScope scope = new("telemetry", values.Faults);
        foreach (Statement statement in statements)
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "broker":
                    broker = BindBroker(statement);
                    break;
                case "tls":
                    tls = statement;
                    break;
                case "user":
                    user = statement;
                    break;
                case "password_file":
                    password = statement;
                    break;
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
                        EmbeddedListen = BindListen(statement) ?? Telemetry.EmbeddedListen,
                    };
                    break;
                default:
                    Binder.SayUnbound(statement);
                    break;
            }
        }

        Telemetry = Telemetry with { Broker = WithAccess(broker, tls, user, password) };
    }

    private BrokerConfig? WithAccess(
        BrokerConfig? broker, Statement? tls, Statement? user, Statement? password)
    {
        if (broker is null)
        {
            if ((tls ?? user ?? password) is { } lonely)
            {
                values.Faults.Error(
                    lonely.Position,
                    $"'{lonely.Keyword.Text}' is for an external broker; "
                    + "name it: 'broker HOST PORT'");
            }

            return null;
        }

        BrokerConfig known = broker with { UsesTls = tls is not null && values.Flag(tls) };
        return BindPassword(BindUser(known, user), password);
    }

    /// <summary><c>user NAME</c>, perhaps with <c>password_file PATH</c> behind it.</summary>
    private BrokerConfig BindUser(BrokerConfig broker, Statement? user)
    {
        if (user is null)
        {
            return broker;
        }

        if (user.Arguments is [Word name, Word keyword, Word path]
            && keyword.Text == "password_file")
        {
            return broker with { UserName = name.Text, PasswordFile = path.Text };
        }

        return broker with { UserName = values.Text(user) };
    }

    private BrokerConfig BindPassword(BrokerConfig broker, Statement? password) =>
        password is null ? broker : broker with { PasswordFile = values.Text(password) };

    private BrokerConfig? BindBroker(Statement statement)
    {
        if (statement.Arguments.Count < 2)
        {
            values.Faults.Error(statement.Position, "'broker' needs a host and a port");
            return null;
        }

        values.NoMore(statement, 2);
        Word host = statement.Arguments[0];
        if (!HostText.IsHost(host.Text))
        {
            values.Faults.Error(
                host.Position,
                $"'{Shown.Text(host.Text)}' is not a host name or address, "
                + "such as mqtt.lan or 192.168.1.5");
            return null;
        }

        return values.Port(statement.Arguments[1]) is ushort port
            ? new BrokerConfig(host.Text, port)
            : null;
    }

    private void BindDashboard(IReadOnlyList<Statement> statements)
    {
        BlockScope scope = new("dashboard", values.Faults);
        foreach (Statement statement in statements)
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "listen":
                    Dashboard = Dashboard with
                    {
                        Listen = BindListen(statement) ?? Dashboard.Listen,
                    };
                    break;
                case "tls":
                    BindCertificate(statement);
                    break;
                case "off":
                    values.NoMore(statement, 0);
                    Dashboard = Dashboard with { IsEnabled = false };
                    break;
                default:
                    Binder.SayUnbound(statement);
                    break;
            }
        }
    }

    /// <summary>
    /// <c>tls</c>, perhaps with <c>on</c> or <c>off</c>, or <c>tls CERTIFICATE KEY</c>. Whether
    /// the files are there is not asked here: they may come later, and change.
    /// </summary>
    private void BindCertificate(Statement statement)
    {
        if (statement.Arguments is [] or [{ Text: "on" or "true" or "yes" }])
        {
            Dashboard = Dashboard with { UsesTls = true };
            return;
        }

        if (statement.Arguments is [{ Text: "off" or "false" or "no" }])
        {
            Dashboard = Dashboard with { UsesTls = false };
            return;
        }

        if (statement.Arguments is not [Word certificate, Word key, ..])
        {
            values.Faults.Error(
                statement.Position,
                "'tls' needs a certificate and its key, 'tls CERTIFICATE KEY', "
                + "or no value for the box's own");
            return;
        }

        values.NoMore(statement, 2);
        CheckPath(certificate);
        CheckPath(key);
        Dashboard = Dashboard with
        {
            UsesTls = true,
            Certificate = new CertificateConfig(certificate.Text, key.Text),
        };
    }

    /// <summary>From where a relative one counts would depend on who starts the program.</summary>
    private void CheckPath(Word path)
    {
        if (!path.Text.StartsWith('/'))
        {
            values.Faults.Error(
                path.Position,
                $"'{Shown.Text(path.Text)}' is not a whole path, such as /data/tls/box.crt");
        }
    }

    private Endpoint? BindListen(Statement statement)
    {
        if (statement.Arguments.Count < 2)
        {
            values.Faults.Error(statement.Position, "'listen' needs an address and a port");
            return null;
        }

        values.NoMore(statement, 2);
        IpAddress? address = values.Address(statement.Arguments[0]);
        ushort? port = values.Port(statement.Arguments[1]);
        return address is IpAddress known && port is ushort number
            ? new Endpoint(known, number)
            : null;
    }

    private static PanelConfig SayUnbound(Statement statement, PanelConfig panel)
    {
        Binder.SayUnbound(statement);
        return panel;
    }
}
