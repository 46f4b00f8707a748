using System.Collections.Generic;
using Steelyard.Core.Services;

namespace Steelyard.Core.Configuration;

/// <summary>How packets get to a server.</summary>
/// <param name="Tunnel">How they are wrapped, when the method is a tunnel.</param>
internal readonly record struct MethodChoice(
    ForwardingMethod Method, TunnelSettings Tunnel = default)
{
    /// <summary>The port that the client asked for is the one that the server sees.</summary>
    public bool KeepsPort => Method is ForwardingMethod.Direct or ForwardingMethod.Tunnel;
}

/// <summary>
/// <c>lvs_method NAT | DR | FNAT | TUN [type ipip | gre | gue port N] [csum]</c>, wherever a method
/// may stand.
/// </summary>
internal sealed class MethodBinding(ValueReader values)
{
    private static readonly string[] Methods = ["NAT", "DR", "TUN", "FNAT"];
    private static readonly string[] Kinds = ["ipip", "gre", "gue"];
    private static readonly string[] Checksums = ["nocsum", "csum", "remcsum"];

    /// <summary>The method, or none with a fault.</summary>
    public MethodChoice? Bind(Statement statement)
    {
        if (!statement.HasArguments)
        {
            values.Faults.Error(
                statement.Position, $"'{statement.Keyword.Text}' needs NAT, DR, TUN or FNAT");
            return null;
        }

        string? method = values.OneOf(statement.Arguments[0], "a forwarding method", Methods);
        if (method == "TUN")
        {
            return BindTunnel(statement) is TunnelSettings tunnel
                ? new(ForwardingMethod.Tunnel, tunnel)
                : null;
        }

        values.NoMore(statement, 1);
        return method switch
        {
            "NAT" => new(ForwardingMethod.Nat),
            "DR" => new(ForwardingMethod.Direct),
            "FNAT" => new(ForwardingMethod.FullNat),
            _ => null,
        };
    }

    private TunnelSettings? BindTunnel(Statement statement)
    {
        IReadOnlyList<Word> words = statement.Arguments;
        if (words.Count == 1)
        {
            return new TunnelSettings(TunnelKind.Ipip);
        }

        if (values.OneOf(words[1], "a word of TUN", ["type"]) is null)
        {
            return null;
        }

        if (words.Count == 2)
        {
            values.Faults.Error(words[1].Position, "'type' needs ipip, gre or gue");
            return null;
        }

        if (values.OneOf(words[2], "a type of tunnel", Kinds) is not string name)
        {
            return null;
        }

        TunnelKind kind = name switch
        {
            "gre" => TunnelKind.Gre,
            "gue" => TunnelKind.Gue,
            _ => TunnelKind.Ipip,
        };
        return BindOptions(words, new TunnelSettings(kind), name);
    }

    private TunnelSettings? BindOptions(
        IReadOnlyList<Word> words, TunnelSettings tunnel, string kind)
    {
        for (int index = 3; index < words.Count; index++)
        {
            Word word = words[index];
            if (values.OneOf(word, "a word of a tunnel", ["port", .. Checksums])
                is not string option)
            {
                return null;
            }

            if (!Fits(option, tunnel.Kind))
            {
                values.Faults.Error(word.Position, $"'{option}' is not for tunnels of type {kind}");
                return null;
            }

            if (option != "port")
            {
                tunnel = tunnel with { Checksum = ChecksumOf(option) };
                continue;
            }

            index++;
            if (index == words.Count)
            {
                values.Faults.Error(word.Position, "'port' needs a number");
                return null;
            }

            tunnel = tunnel with { Port = values.Port(words[index]) ?? tunnel.Port };
        }

        if (tunnel is { Kind: TunnelKind.Gue, Port: 0 })
        {
            values.Faults.Error(words[2].Position, "a tunnel of type gue needs its port: port N");
            return null;
        }

        return tunnel;
    }

    private static bool Fits(string option, TunnelKind kind) => option switch
    {
        "port" or "remcsum" => kind == TunnelKind.Gue,
        _ => kind is TunnelKind.Gue or TunnelKind.Gre,
    };

    private static TunnelChecksum ChecksumOf(string option) => option switch
    {
        "csum" => TunnelChecksum.Local,
        "remcsum" => TunnelChecksum.Remote,
        _ => TunnelChecksum.None,
    };
}
