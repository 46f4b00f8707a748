using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>One <c>TCP_CHECK</c> or <c>HTTP_GET</c> of a real server.</summary>
internal sealed class CheckBinding(ValueReader values, CheckDefaults server, Endpoint endpoint)
{
    private const int Md5Digits = 32;

    /// <summary>delay_loop where nobody says otherwise.</summary>
    public static TimeSpan DelayLoop { get; } = TimeSpan.FromSeconds(60);

    public CheckConfig Bind(Statement check)
    {
        bool isHttp = check.Keyword.Text == "HTTP_GET";
        CheckDefaults own = new(values);
        Endpoint target = endpoint;
        List<HttpUrlConfig> urls = [];
        BlockScope scope = new(check.Keyword.Text, values.Faults);
        foreach (Statement statement in check.Block ?? [])
        {
            if (!scope.Accepts(statement) || own.TryBind(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "connect_ip":
                    target = BindAddress(statement, target);
                    break;
                case "connect_port":
                    target = BindPort(statement, target);
                    break;
                case "url":
                    values.NoMore(statement, 0);
                    urls.AddRange(BindUrl(statement));
                    break;
                default:
                    Binder.SayUnbound(statement);
                    break;
            }
        }

        bool hasUrl = check.Block?.Any(inner => inner.Keyword.Text == "url") ?? false;
        if (isHttp && !hasUrl)
        {
            values.Faults.Error(check.Position, "'HTTP_GET' needs 'url { path … }'");
        }

        if (target.Port == 0)
        {
            values.Faults.Error(
                check.Position,
                "the server names no port to check: give it one, or say 'connect_port'");
        }

        return Build(isHttp, own.Within(server), target, urls);
    }

    private static CheckConfig Build(
        bool isHttp, CheckDefaults settings, Endpoint target, List<HttpUrlConfig> urls)
    {
        TimeSpan delayLoop = settings.DelayLoop ?? DelayLoop;
        int retry = settings.Retry ?? (settings.Fall - 1 ?? 1);
        return new CheckConfig
        {
            Kind = isHttp ? CheckKind.Http : CheckKind.Tcp,
            Target = target,
            ConnectTimeout = settings.ConnectTimeout ?? TimeSpan.FromSeconds(5),
            DelayLoop = delayLoop,
            Retry = retry,
            DelayBeforeRetry = settings.DelayBeforeRetry ?? TimeSpan.FromSeconds(isHttp ? 3 : 1),
            Rise = settings.Rise ?? 1,
            Fall = settings.Fall ?? retry + 1,
            Warmup = settings.Warmup ?? delayLoop,
            Alpha = settings.Alpha ?? false,
            Urls = ConfigList.From(urls),
            VirtualHost = settings.VirtualHost,
        };
    }

    private Endpoint BindAddress(Statement statement, Endpoint target) =>
        values.Single(statement) is Word word && values.Address(word) is IpAddress address
            ? target with { Address = address }
            : target;

    private Endpoint BindPort(Statement statement, Endpoint target) =>
        values.Single(statement) is Word word && values.Port(word) is ushort port
            ? target with { Port = port }
            : target;

    /// <summary>One address to ask for, or none when it has no path.</summary>
    private IEnumerable<HttpUrlConfig> BindUrl(Statement url)
    {
        string? path = null;
        string? digest = null;
        string? host = null;
        List<(int First, int Last)> codes = [];
        CheckDefaults hostReader = new(values);
        BlockScope scope = new("url", values.Faults);
        foreach (Statement statement in url.Block ?? [])
        {
            if (!scope.Accepts(statement))
            {
                continue;
            }

            switch (statement.Keyword.Text)
            {
                case "path":
                    path = BindPath(statement);
                    break;
                case "digest":
                    digest = BindDigest(statement);
                    break;
                case "status_code":
                    codes = BindCodes(statement);
                    break;
                case "virtualhost":
                    _ = hostReader.TryBind(statement);
                    host = hostReader.VirtualHost;
                    break;
                default:
                    Binder.SayUnbound(statement);
                    break;
            }
        }

        if (path is null)
        {
            SayNoPath(url);
            return [];
        }

        HttpUrlConfig bound = new()
        {
            Path = path,
            Digest = digest,
            VirtualHost = host,
            StatusCodes = ConfigList.From(codes),
        };
        return [bound];
    }

    private void SayNoPath(Statement url)
    {
        if (!(url.Block?.Any(inner => inner.Keyword.Text == "path") ?? false))
        {
            values.Faults.Error(url.Position, "'url' needs 'path'");
        }
    }

    private string? BindPath(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            return null;
        }

        if (!HttpText.IsPath(word.Text))
        {
            values.Faults.Error(
                word.Position,
                $"a path begins with '/' and has no blanks, not '{Shown.Text(word.Text)}'");
            return null;
        }

        return word.Text;
    }

    private string? BindDigest(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            return null;
        }

        if (word.Text.Length != Md5Digits || !word.Text.All(char.IsAsciiHexDigit))
        {
            values.Faults.Error(
                word.Position, $"a digest is an MD5 sum of {Md5Digits} hexadecimal digits");
            return null;
        }

        return word.Text.ToLowerInvariant();
    }

    private List<(int First, int Last)> BindCodes(Statement statement)
    {
        List<(int First, int Last)> codes = [];
        if (!statement.HasArguments)
        {
            values.Faults.Error(statement.Position, "'status_code' needs a value");
        }

        foreach (Word word in statement.Arguments)
        {
            if (TryParseCodes(word.Text, out (int First, int Last) range))
            {
                codes.Add(range);
            }
            else
            {
                values.Faults.Error(
                    word.Position,
                    "a status code is a number from 100 to 599, or a range such as 200-299, "
                    + $"not '{Shown.Text(word.Text)}'");
            }
        }

        return codes;
    }

    private static bool TryParseCodes(string text, out (int First, int Last) range)
    {
        string[] parts = text.Split('-', 3);
        range = default;
        if (parts.Length > 2
            || !TryParseCode(parts[0], out range.First)
            || !TryParseCode(parts[^1], out range.Last))
        {
            return false;
        }

        return range.First <= range.Last;
    }

    private static bool TryParseCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code)
        && code is >= 100 and <= 599;
}
