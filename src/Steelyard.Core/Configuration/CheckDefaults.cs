using System;

namespace Steelyard.Core.Configuration;

/// <summary>
/// What a service, a server or a check says about checking. Each inherits from the one around it,
/// wherever in the block the words stand.
/// </summary>
internal sealed class CheckDefaults(ValueReader values)
{
    private const int MaximumSeconds = 86_400;
    private const int MaximumTries = 1000;

    public TimeSpan? ConnectTimeout { get; private set; }

    public TimeSpan? DelayLoop { get; private set; }

    public TimeSpan? DelayBeforeRetry { get; private set; }

    public TimeSpan? Warmup { get; private set; }

    public int? Retry { get; private set; }

    public int? Rise { get; private set; }

    public int? Fall { get; private set; }

    public bool? Alpha { get; private set; }

    public string? VirtualHost { get; private set; }

    /// <summary>True when the word was one of these.</summary>
    public bool TryBind(Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "connect_timeout":
                // A probe that may not take any time fails always.
                ConnectTimeout = values.Seconds(statement, 0.001m, MaximumSeconds);
                return true;
            case "delay_loop":
                DelayLoop = values.Seconds(statement, 0.001m, MaximumSeconds);
                return true;
            case "delay_before_retry":
                DelayBeforeRetry = values.Seconds(statement, 0, MaximumSeconds);
                return true;
            case "warmup":
                Warmup = values.Seconds(statement, 0, MaximumSeconds);
                return true;
            case "retry" or "nb_get_retry":
                Retry = values.Number(statement, 0, MaximumTries);
                return true;
            case "rise":
                Rise = values.Number(statement, 1, MaximumTries);
                return true;
            case "fall":
                Fall = values.Number(statement, 1, MaximumTries);
                return true;
            case "alpha":
                Alpha = values.Flag(statement);
                return true;
            case "virtualhost":
                VirtualHost = BindHost(statement);
                return true;
            default:
                return false;
        }
    }

    /// <summary>These, and from the outer block what these leave open.</summary>
    public CheckDefaults Within(CheckDefaults outer) => new(values)
    {
        ConnectTimeout = ConnectTimeout ?? outer.ConnectTimeout,
        DelayLoop = DelayLoop ?? outer.DelayLoop,
        DelayBeforeRetry = DelayBeforeRetry ?? outer.DelayBeforeRetry,
        Warmup = Warmup ?? outer.Warmup,
        Retry = Retry ?? (Fall is null ? outer.Retry : null),
        Rise = Rise ?? outer.Rise,
        Fall = Fall ?? (Retry is null ? outer.Fall : null),
        Alpha = Alpha ?? outer.Alpha,
        VirtualHost = VirtualHost ?? outer.VirtualHost,
    };

    private string? BindHost(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            return null;
        }

        if (!HttpText.IsHost(word.Text))
        {
            values.Faults.Error(
                word.Position, $"'{Shown.Text(word.Text)}' cannot stand in an HTTP Host field");
            return null;
        }

        return word.Text;
    }
}
