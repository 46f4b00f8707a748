using System.Collections.Immutable;
using Steelyard.Core.Wire;

namespace Steelyard.Core.Configuration;

/// <summary>The words of <c>dashboard</c>.</summary>
internal sealed class DashboardBinding(ValueReader values)
{
    /// <summary>The dashboard as it is by one more word.</summary>
    public DashboardConfig Bind(DashboardConfig dashboard, Statement statement)
    {
        switch (statement.Keyword.Text)
        {
            case "listen":
                return dashboard with { Listen = values.Listen(statement) ?? dashboard.Listen };
            case "tls":
                return BindCertificate(dashboard, statement);
            case "allowed_hosts":
                return dashboard with
                {
                    AllowedHosts = dashboard.AllowedHosts.ToImmutableArray()
                        .AddRange(BindHosts(statement)),
                };
            case "trusted_proxy":
                return dashboard with
                {
                    TrustedProxies = dashboard.TrustedProxies.ToImmutableArray()
                        .AddRange(BindProxies(statement)),
                };
            case "off":
                values.NoMore(statement, 0);
                return dashboard with { IsEnabled = false };
            default:
                Binder.SayUnbound(statement);
                return dashboard;
        }
    }

    private ImmutableArray<string> BindHosts(Statement statement)
    {
        ImmutableArray<string>.Builder hosts = ImmutableArray.CreateBuilder<string>();
        NeedsOne(statement, "a name by which browsers may ask for the page");
        foreach (Word host in statement.Arguments)
        {
            if (HostText.IsHost(host.Text))
            {
                hosts.Add(host.Text.TrimEnd('.'));
            }
            else
            {
                values.Faults.Error(
                    host.Position,
                    $"'{Shown.Text(host.Text)}' is not a host name: whole names alone, such as "
                    + "lb.example.org, without a scheme, a port, or a wildcard");
            }
        }

        return hosts.ToImmutable();
    }

    private ImmutableArray<IpPrefix> BindProxies(Statement statement)
    {
        ImmutableArray<IpPrefix>.Builder proxies = ImmutableArray.CreateBuilder<IpPrefix>();
        NeedsOne(statement, "the address of a reverse proxy");
        foreach (Word word in statement.Arguments)
        {
            if (values.Prefix(word) is IpPrefix proxy)
            {
                proxies.Add(proxy);
            }
        }

        return proxies.ToImmutable();
    }

    private void NeedsOne(Statement statement, string what)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(
                statement.Position, $"'{statement.Keyword.Text}' needs {what}");
        }
    }

    /// <summary>
    /// <c>tls</c>, perhaps with <c>on</c> or <c>off</c>, or <c>tls CERTIFICATE KEY</c>. Whether
    /// the files are there is not asked here: they may come later, and change.
    /// </summary>
    private DashboardConfig BindCertificate(DashboardConfig dashboard, Statement statement)
    {
        if (statement.Arguments is [] or [{ Text: "on" or "true" or "yes" }])
        {
            return dashboard with { UsesTls = true };
        }

        if (statement.Arguments is [{ Text: "off" or "false" or "no" }])
        {
            return dashboard with { UsesTls = false };
        }

        if (statement.Arguments is not [Word certificate, Word key, ..])
        {
            values.Faults.Error(
                statement.Position,
                "'tls' needs a certificate and its key, 'tls CERTIFICATE KEY', "
                + "or no value for the box's own");
            return dashboard;
        }

        values.NoMore(statement, 2);
        values.WholePath(certificate);
        values.WholePath(key);
        return dashboard with
        {
            UsesTls = true,
            Certificate = new CertificateConfig(certificate.Text, key.Text),
        };
    }
}
