using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Steelyard.Core.Configuration;

/// <summary>
/// The words of <c>telemetry</c> that are for an external broker. They may stand in any order, so
/// they are gathered first.
/// </summary>
internal sealed class BrokerBinding(ValueReader values)
{
    private const int HashBytes = 32; // SHA-256

    private static readonly string[] TlsWords = ["ca_file", "pin", "client_certificate"];

    private readonly Dictionary<string, Statement> _taken = new(StringComparer.Ordinal);

    public void Take(Statement statement) => _taken[statement.Keyword.Text] = statement;

    /// <summary>The broker that the words make; none without <c>broker</c>.</summary>
    public BrokerConfig? Bind()
    {
        if (!_taken.TryGetValue("broker", out Statement? named))
        {
            if (_taken.Values.FirstOrDefault() is { } lonely)
            {
                values.Faults.Error(
                    lonely.Position,
                    $"'{lonely.Keyword.Text}' is for an external broker; "
                    + "name it: 'broker HOST PORT'");
            }

            return null;
        }

        BrokerConfig? broker = BindBroker(named);
        foreach (Statement statement in _taken.Values.Where(each => each != named))
        {
            broker = broker is null ? null : Add(broker, statement);
        }

        return broker is null ? null : WithTls(broker);
    }

    private BrokerConfig Add(BrokerConfig broker, Statement statement) =>
        statement.Keyword.Text switch
        {
            "tls" => broker with { UsesTls = values.Flag(statement) },
            "user" => BindUser(broker, statement),
            "password_file" => broker with { PasswordFile = values.Text(statement) },
            "mqtt_version" => broker with { Version = BindVersion(statement) },
            "ca_file" => broker with { AuthorityFile = BindPath(statement) },
            "pin" => broker with { Pins = BindPins(statement) },
            "client_certificate" => broker with { Certificate = BindCertificate(statement) },
            _ => SayUnbound(statement, broker),
        };

    /// <summary>Whom to believe, and what to show, means nothing without TLS.</summary>
    private BrokerConfig WithTls(BrokerConfig broker)
    {
        Statement? needs = TlsWords
            .Select(word => _taken.GetValueOrDefault(word))
            .FirstOrDefault(each => each is not null);
        if (needs is not null && !broker.UsesTls && _taken.TryGetValue("tls", out Statement? off))
        {
            values.Faults.Error(
                off.Position, $"'{needs.Keyword.Text}' is for a broker over TLS, and 'tls' is off");
        }

        return broker with { UsesTls = broker.UsesTls || needs is not null };
    }

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

    /// <summary>
    /// <c>user NAME</c>, perhaps with <c>password_file PATH</c> behind it; a <c>password_file</c>
    /// on a line of its own is the same.
    /// </summary>
    private BrokerConfig BindUser(BrokerConfig broker, Statement user) =>
        user.Arguments is [Word name, { Text: "password_file" }, Word path]
            ? broker with { UserName = name.Text, PasswordFile = path.Text }
            : broker with { UserName = values.Text(user) };

    private MqttVersion BindVersion(Statement statement)
    {
        if (values.Single(statement) is not Word word)
        {
            return MqttVersion.Any;
        }

        if (word.Text is "5" or "5.0")
        {
            return MqttVersion.V5;
        }

        if (word.Text != "3.1.1")
        {
            values.Faults.Error(
                word.Position,
                $"'{Shown.Text(word.Text)}' is no version of MQTT that the box speaks: "
                + "5 or 3.1.1; without this word it tries both");
        }

        return MqttVersion.V311;
    }

    private string? BindPath(Statement statement)
    {
        if (values.Single(statement) is not Word path)
        {
            return null;
        }

        values.WholePath(path);
        return path.Text;
    }

    private CertificateConfig? BindCertificate(Statement statement)
    {
        if (statement.Arguments is not [Word certificate, Word key, ..])
        {
            values.Faults.Error(
                statement.Position, "'client_certificate' needs a certificate and its key");
            return null;
        }

        values.NoMore(statement, 2);
        values.WholePath(certificate);
        values.WholePath(key);
        return new CertificateConfig(certificate.Text, key.Text);
    }

    private ConfigList<string> BindPins(Statement statement)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(statement.Position, "'pin' needs the SHA-256 of a certificate");
        }

        ImmutableArray<string>.Builder pins = ImmutableArray.CreateBuilder<string>();
        foreach (Word word in statement.Arguments)
        {
            if (HashOf(word.Text) is string hash)
            {
                pins.Add(hash);
            }
            else
            {
                values.Faults.Error(
                    word.Position,
                    $"'{Shown.Text(word.Text)}' is not the SHA-256 of a certificate or of its "
                    + "public key: 64 hexadecimal digits, or sha256//BASE64");
            }
        }

        return pins.ToImmutable();
    }

    /// <summary>
    /// As openssl writes it (<c>AB:CD:…</c>), as plain digits, or in base64 as curl does; as
    /// capital hexadecimal digits.
    /// </summary>
    private static string? HashOf(string text)
    {
        string bare = text.StartsWith("sha256", StringComparison.OrdinalIgnoreCase)
            ? text["sha256".Length..].TrimStart('/', ':', '=')
            : text;
        string digits = bare.Replace(":", string.Empty, StringComparison.Ordinal);
        if (digits.Length == 2 * HashBytes && digits.All(char.IsAsciiHexDigit))
        {
            return digits.ToUpperInvariant();
        }

        Span<byte> hash = stackalloc byte[HashBytes];
        return Convert.TryFromBase64String(bare, hash, out int length) && length == HashBytes
            ? Convert.ToHexString(hash)
            : null;
    }

    private static BrokerConfig SayUnbound(Statement statement, BrokerConfig broker)
    {
        Binder.SayUnbound(statement);
        return broker;
    }
}
